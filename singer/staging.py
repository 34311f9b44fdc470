"""Where a song's files are made before their release: hidden beside their places, on the same file system."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from singer.audio_file import FORMATS
from singer.errors import BadInput


def places_for(outputs: Sequence[Path]) -> list[Path]:
    """The places to write, as absolute paths, checked before anybody is asked for anything.

    Raises `BadInput` for a suffix that names no format, a folder that is not there, or a place named twice.
    """
    targets = [path.expanduser().absolute() for path in outputs]
    for path in targets:
        if path.suffix.lower().lstrip(".") not in FORMATS:
            sentence = f"{path.name} does not say in which format to write."
            raise BadInput(sentence, f"End it with one of {', '.join('.' + name for name in FORMATS)}.")
        if path.is_dir() or not path.parent.is_dir():
            raise BadInput(f"{path} cannot be written.", "Name a file in a folder that exists and is yours.")
    if not targets or len(set(targets)) != len(targets):
        raise BadInput("Name at least one file to write, and each only once.")
    return targets


@contextmanager
def staging(targets: Sequence[Path]) -> Iterator[list[Path]]:
    """A hidden place for each target, beside it; what is left there afterwards is removed.

    Raises `BadInput` where nothing can be written.
    """
    with ExitStack() as stack:
        folders = {}
        for folder in {target.parent for target in targets}:
            try:
                place = tempfile.TemporaryDirectory(prefix=".consonance-", dir=folder)
            except OSError as error:
                sentence = f"Nothing can be written in {folder}: {error.strerror}."
                raise BadInput(sentence, "Name a file in a folder that is yours.") from error
            folders[folder] = Path(stack.enter_context(place))
        yield [folders[target.parent] / target.name for target in targets]

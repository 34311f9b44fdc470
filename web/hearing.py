"""Sounds that strangers send: kept for as long as they are listened to, few of them at the same time."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from singer.errors import BadInput
from web.security import settings

_listening = threading.BoundedSemaphore(2)  # files that are decoded and listened to at the same time
_PATIENCE_S = 60


@contextmanager
def kept_for_listening(save: Callable[[Path], object], name: str) -> Iterator[Path]:
    """The path of a file that `save` writes, under a name of our own; it is gone when the block ends.

    A `BadInput` from within calls the file `name`, as its sender does. Raises `BadInput` while many others
    are being listened to.
    """
    if not _listening.acquire(timeout=_PATIENCE_S):
        raise BadInput("Many files are being listened to at the moment.", "Send yours again in a minute.")
    try:
        settings().uploads.mkdir(parents=True, exist_ok=True)
        folder = Path(mkdtemp(prefix="verify-", dir=settings().uploads))
        path = folder / "file"
        try:
            save(path)
            yield path
        except BadInput as error:
            sentence = error.sentence.replace(str(path), name).replace(path.name, name, 1)
            raise BadInput(sentence, error.remedy) from error
        finally:
            shutil.rmtree(folder)
    finally:
        _listening.release()

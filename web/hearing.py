"""Sounds that strangers send: kept for as long as they are listened to, few of them at the same time."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from werkzeug.exceptions import ServiceUnavailable

from singer.errors import BadInput
from web.security import settings

LISTENING = 2
"""Files that are decoded and listened to at the same time."""

MOST = 4
"""Files that are received, wait or are listened to: half of the server's threads, so that the page goes on
answering."""

BUSY = "Many files are being listened to at the moment. Send yours again in a minute."

_listening = threading.BoundedSemaphore(LISTENING)
_here = threading.BoundedSemaphore(MOST)


@contextmanager
def kept_for_listening(save: Callable[[Path], object], name: str) -> Iterator[Path]:
    """The path of a file that `save` writes, under a name of our own; it is gone when the block ends.

    The file is received first, so that a slow sender keeps nobody from being heard. A `BadInput` from within
    calls the file `name`, as its sender does. Raises `ServiceUnavailable` while many others are here.
    """
    if not _here.acquire(blocking=False):
        raise ServiceUnavailable(BUSY)
    try:
        settings().uploads.mkdir(parents=True, exist_ok=True)
        folder = Path(mkdtemp(prefix="verify-", dir=settings().uploads))
        path = folder / "file"
        try:
            save(path)
            if not _listening.acquire(timeout=settings().verify_patience_s):
                raise ServiceUnavailable(BUSY)
            try:
                yield path
            finally:
                _listening.release()
        except BadInput as error:
            sentence = error.sentence.replace(str(path), name).replace(path.name, name, 1)
            raise BadInput(sentence, error.remedy) from error
        finally:
            shutil.rmtree(folder)
    finally:
        _here.release()

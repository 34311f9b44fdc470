"""The key that signs session cookies: made once per home, readable by its owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

KEY_BYTES = 32


def session_key(home: Path) -> bytes:
    """The home's session key, made at the first call.

    The file has mode 0600 and appears whole or not at all (written aside, then linked), so that several
    processes that start together agree on one key. A file that others could read is closed to them before
    it is used.
    """
    home.mkdir(parents=True, exist_ok=True)
    path = home / "session-key"
    if not path.exists():
        fresh = home / f".session-key-{secrets.token_hex(8)}"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
        try:
            os.link(fresh, path)
        except FileExistsError:
            os.chmod(path, 0o600)  # another process was first: its key is the home's key
        finally:
            fresh.unlink()
    os.chmod(path, 0o600)
    return path.read_bytes()

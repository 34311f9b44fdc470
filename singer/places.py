"""Where things are on this machine: the user's registry, the shipped voices, the files of a bought
certificate, the user's name."""

from __future__ import annotations

import os
from pathlib import Path

from singer.errors import BadInput

CREDENTIALS_CHAIN, CREDENTIALS_KEY = "CONSONANCE_CREDENTIALS_CHAIN", "CONSONANCE_CREDENTIALS_KEY"
"""Variables that name the files of a certificate that content credentials are signed with."""


def home_folder(home: Path | None = None) -> Path:
    """The registry's folder: `home`, or `consonance` in the user's data folder (XDG Base Directory
    Specification)."""
    if home is not None:
        return home.expanduser().absolute()
    data = Path(os.environ.get("XDG_DATA_HOME", ""))
    return (data if data.is_absolute() else user_home() / ".local" / "share") / "consonance"


def user_home() -> Path:
    """The user's own folder, from the password database where HOME is missing or empty."""
    if os.environ.get("HOME"):
        return Path.home()
    import pwd

    return Path(pwd.getpwuid(os.getuid()).pw_dir)


def voices_folder() -> Path:
    """The folder of shipped voices: `voices/` of the checkout, or the copy that a wheel carries."""
    room = Path(__file__).resolve().parent
    checkout = room.parent / "voices"
    return checkout if checkout.is_dir() else room / "_voices"


def examples_folder() -> Path:
    """The folder of shipped songs: `examples/` of the checkout, or the copy that a wheel carries."""
    room = Path(__file__).resolve().parent
    checkout = room.parent / "examples"
    return checkout if checkout.is_dir() else room / "_examples"


def credentials_files() -> tuple[Path, Path] | None:
    """The chain and the key that the environment names for content credentials, or None.

    Raises `BadInput` where it names only one of them.
    """
    chain, key = os.environ.get(CREDENTIALS_CHAIN, ""), os.environ.get(CREDENTIALS_KEY, "")
    if bool(chain) != bool(key):
        raise BadInput(f"Only one of {CREDENTIALS_CHAIN} and {CREDENTIALS_KEY} is set.", "Set both or none.")
    return (Path(chain), Path(key)) if chain else None


def login_name() -> str:
    """The name of the user who runs this process; the number where there is no name."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid-{os.getuid()}"

"""What can go wrong while a song is made, said so that the person who caused it can mend it."""

from __future__ import annotations


class ConsonanceError(Exception):
    """Root of every error that `singer` and `web` raise on purpose.

    `sentence` says what is wrong and where; `remedy` says what to do about it; `code` is stable, for
    programs; `exit_status` is what the command line leaves with.
    """

    code = "error"
    exit_status = 1

    def __init__(self, sentence: str, remedy: str = "") -> None:
        super().__init__(sentence if not remedy else f"{sentence} {remedy}")
        self.sentence = sentence
        self.remedy = remedy


class BadInput(ConsonanceError):
    """The user's file or text cannot be used as it is (exit status 4)."""

    code = "bad-input"
    exit_status = 4


class ScoreError(BadInput):
    """A score cannot be read: names the file, the bar or line where known, and the remedy."""

    code = "bad-score"


class LyricsError(BadInput):
    """Lyrics do not fit the notes, or cannot be pronounced: names the bar or the word."""

    code = "bad-lyrics"


class PerformanceError(BadInput):
    """A performance file is damaged or holds values that cannot be sung."""

    code = "bad-performance"


class AudioError(BadInput):
    """An audio file cannot be read or written."""

    code = "bad-audio"


class SettingsError(BadInput):
    """What the deployment asks of every song is not understood: for its operator, not for whoever sings."""

    code = "bad-settings"


class MarkMissing(ConsonanceError):
    """A mark could not be read back from a finished file, so the file is not released."""

    code = "mark-missing"


class Cancelled(ConsonanceError):
    """Somebody stopped the work; nothing was released."""

    code = "cancelled"
    exit_status = 130

    def __init__(self) -> None:
        super().__init__("The song was cancelled; nothing was released.")

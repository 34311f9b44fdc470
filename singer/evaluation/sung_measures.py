"""Figures of what voices sing from scores: words, songs, a scale, controls, joins, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from singer.evaluation import words
from singer.evaluation.bars import Figure
from singer.evaluation.bench import Bench
from singer.evaluation.blemishes import clicks, joins_of, sing_range
from singer.evaluation.chain import chain, song
from singer.evaluation.older_singers import festival_can_sing, said_by_espeak, sung_by_festival
from singer.evaluation.repertoire import song_figures
from singer.evaluation.responses import CONTROLS, response
from singer.evaluation.resung import sing_again
from singer.evaluation.rival_nets import cpu_seconds_per_second
from singer.evaluation.songs import expectations, loudest_rest_db
from singer.evaluation.third_octaves import all_of, apart, long_term_spectrum
from singer.performance.expression import CURVES
from singer.places import examples_folder
from singer.training.corpora import TEACHER
from singer.training.publish import read_record


def english(bench: Bench) -> Iterator[Figure]:
    """Words of the closed list, said after the teacher and sung, as shares of the source's own score."""
    sounds, parts = words.source()
    own, count = words.understood(sounds), len(words.WORDS)
    yield Figure("words_source", TEACHER, own, count, "words")
    others = {"spoken": {"espeak": words.understood(said_by_espeak(words.WORDS)) / own}}
    for tempo in words.TEMPI if festival_can_sing() else ():
        sung = sung_by_festival(words.WORDS, words.pitches(), tempo)
        others[f"{tempo}_bpm"] = {"Festival": words.understood(sung) / own}
    yield from _spectrum_of_words(bench)
    for voice in (TEACHER, *bench.chosen):
        sing = bench.teacher if voice == TEACHER else bench.sing
        said = words.understood([take.samples for take in sing_again(sing, voice, parts, "en")])
        name = "words_spoken_own" if voice == TEACHER else "words_spoken"
        yield Figure(name, voice, said / own, count, "words", 1.0, others["spoken"])
        for tempo in words.TEMPI:
            share = words.understood_when_sung(sing, voice, tempo) / own
            name = f"{tempo}_bpm"
            yield Figure(f"words_{name}", voice, share, count, "words", 1.0, others.get(name, {}))


def _spectrum_of_words(bench: Bench) -> Iterator[Figure]:
    """The long-term spectrum of the sung list against the owner's recordings; of other singers, too."""
    performance = words.sung_list(words.TEMPI[-1])
    others = {"espeak": said_by_espeak(words.WORDS)}
    if festival_can_sing():
        others["Festival"] = sung_by_festival(words.WORDS, words.pitches(), words.TEMPI[-1])
    strangers = {name: long_term_spectrum([all_of(s) for s in sounds]) for name, sounds in others.items()}
    for material in bench.clean():
        owner = long_term_spectrum(material.recorded())
        sung = words.phrases_of(bench.sing(performance, material.voice), performance)
        mine = apart(long_term_spectrum([all_of(s) for s in sung]), owner)
        yield Figure(
            "spectrum_words_mean_db",
            material.voice,
            mine.mean_db,
            len(sung),
            "words",
            None,
            {name: apart(one, owner).mean_db for name, one in strangers.items()},
        )


def controls(bench: Bench) -> Iterator[Figure]:
    """What breathiness, tension and loudness do, setting by setting."""
    for material in bench.clean():
        parts = [part for part in material.parts if len(part.phones) > 3][:3]
        for control in (curve.name for curve in CURVES if curve.name in CONTROLS):
            one = response(
                bench.sing, material.voice, parts, material.language, control, material.pitch_hz or 0.0
            )
            name = control.removesuffix("_db")
            of = f"{material.voice}"
            yield Figure(f"{name}_rises", of, one.rises, len(parts), "recordings")
            yield Figure(f"{name}_per_unit", of, one.per_unit, len(parts), "recordings")
            yield Figure(f"{name}_phones_moved_db", of, one.phones_moved_db, len(parts), "recordings")


def compass(bench: Bench) -> Iterator[Figure]:
    """A scale from C3 to C6."""
    for voice in bench.chosen:
        one = sing_range(bench.sing, voice)
        for measure in ("cents_median", "cents_worst", "steepest_db", "quietest_db"):
            yield Figure(f"scale_{measure}", voice, getattr(one, measure), one.notes, "notes")


def training_loops_s(voices: Path) -> dict[str, float]:
    """CPU seconds of each training loop that the voices in a folder came from; labels and features are not in
    them."""
    curves = read_record(voices)["curves"]
    return {
        name: max((float(row.get("cpu_s", 0.0)) for row in rows), default=0.0)
        for name, rows in curves.items()
    }


def songs(bench: Bench) -> Iterator[Figure]:
    """The shipped examples, which no voice was trained on."""
    scores = sorted(examples_folder().glob("*.musicxml"))
    for voice in bench.chosen:
        yield from song_figures(bench.sing, voice, scores)


def joins(bench: Bench) -> Iterator[Figure]:
    """Clicks where phrases and silences join, and the loudest rest, in a song of many phrases."""
    performance = song()
    at_s = joins_of(performance)
    _, sounding = expectations(performance)
    for voice in bench.chosen:
        samples = bench.sing(performance, voice)
        yield Figure("clicks", voice, float(clicks(samples, at_s)), len(at_s), "joins")
        loudest_db = loudest_rest_db(samples, sounding, performance.duration_s)
        yield Figure("loudest_rest_db", voice, loudest_db, len(performance.phrases), "phrases")


def speed(bench: Bench) -> Iterator[Figure]:
    """The whole chain of a song, files and marks included, on one core and on two; and beside the networks
    of others."""
    voice = bench.chosen[0]
    one, two, nets = chain(bench.sing, voice, 1), chain(bench.sing, voice, 2), sum(cpu_seconds_per_second())
    yield Figure("chain_one_core", voice, one.cpu_s, 1, "songs")
    yield Figure("chain_two_cores", voice, two.wall_s, 1, "songs")
    others = {"DiffSinger and NSF-HiFiGAN": nets}
    yield Figure("times_faster", voice, nets / one.cpu_s, 1, "songs", None, others)
    loops = training_loops_s(bench.voices)
    yield Figure("training_hours", "all", sum(loops.values()) / 3600.0, len(loops), "loops")

"""Each group of figures by its name, and those that hold recordings against what was sung again from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from singer.evaluation.bars import Figure
from singer.evaluation.bench import Bench, Material
from singer.evaluation.bursts import bursts_kept, hisses_kept
from singer.evaluation.copies import distances
from singer.evaluation.identity import Mixture, enrol, nearest
from singer.evaluation.phone_recogniser import accuracy, count_errors
from singer.evaluation.report import report_voices
from singer.evaluation.responses import aperiodicity_db
from singer.evaluation.resung import Take
from singer.evaluation.sung_measures import compass, controls, english, joins, songs, speed
from singer.evaluation.third_octaves import Apart, apart, long_term_spectrum
from singer.training.corpora import TEACHER
from singer.training.features import extract
from singer.training.recipe import CLEAN_CONDITION

Measure = Callable[[Bench], Iterator[Figure]]
Counts = Sequence[tuple[int, int]]


def vocoder(bench: Bench) -> Iterator[Figure]:
    """Copy-synthesis of clean recordings, ours beside WORLD's."""
    for material in bench.clean():
        recorded = material.recorded()
        pairs = [
            tuple(distances(copy.samples, one.samples) for copy in copies)
            for one, *copies in zip(recorded, bench.copied(material), bench.by_world(material), strict=True)
        ]
        for measure in ("mr_stft", "pesq_wb"):
            ours, world = (float(np.mean([pair[n][measure] for pair in pairs])) for n in (0, 1))
            yield Figure(measure, material.name, ours, len(pairs), "recordings", None, {"WORLD": world})


def spectrum(bench: Bench) -> Iterator[Figure]:
    """Long-term average spectra against the owner's, copy-synthesis and WORLD beside them."""
    for material in bench.clean():
        owner = long_term_spectrum(material.recorded())
        rivals = {
            "made": bench.made(material),
            "copied": bench.copied(material),
            "WORLD": bench.by_world(material),
        }
        lowest_hz = float(np.percentile(np.concatenate([f.f0_hz[f.voiced] for f in material.features]), 5))
        for measure, least_hz in (("spectrum", lowest_hz), ("spectrum_with_room", 0.0)):
            far = {name: apart(long_term_spectrum(takes), owner, least_hz) for name, takes in rivals.items()}
            yield _apart(f"{measure}_worst_db", material, far, lambda one: abs(one.worst_db))
            yield _apart(f"{measure}_mean_db", material, far, lambda one: one.mean_db)


def _apart(
    measure: str, material: Material, far: Mapping[str, Apart], figure: Callable[[Apart], float]
) -> Figure:
    return Figure(
        measure,
        material.name,
        figure(far["made"]),
        len(material.parts),
        f"recordings, worst at {far['made'].worst_hz:.0f} Hz",
        figure(far["copied"]),
        {"WORLD": figure(far["WORLD"])},
    )


def noises(bench: Bench) -> Iterator[Figure]:
    """Bursts, hisses and breath noise of the recordings that are still there."""
    for material in bench.clean():
        recorded, made, copied = material.recorded(), bench.made(material), bench.copied(material)
        for name, kept_by in (("bursts", bursts_kept), ("hisses", hisses_kept)):
            mine, floor = kept_by(made, recorded), kept_by(copied, recorded)
            if not mine.count:
                continue
            yield Figure(f"{name}_kept", material.name, mine.share, mine.count, "sounds", floor.share)
            yield Figure(
                f"{name}_level_db", material.name, mine.level_db, mine.count, "sounds", floor.level_db
            )
        noise = [_breath_db(material, takes) for takes in (made, copied, recorded)]
        yield Figure(
            "aperiodicity_off_db",
            material.name,
            noise[0] - noise[2],
            len(made),
            "recordings",
            noise[1] - noise[2],
        )


def _breath_db(material: Material, takes: Sequence[Take]) -> float:
    """Mean noise against everything, over the frames that are voiced in the recordings and in the takes."""
    heard = [extract(take.samples, material.pitch_hz) for take in takes]
    both = [(one, one.voiced & other.voiced) for one, other in zip(heard, material.features, strict=True)]
    return float(np.mean([aperiodicity_db(one, voiced) for one, voiced in both if voiced.any()]))


def identity(bench: Bench) -> Iterator[Figure]:
    """Whose voice each phrase is nearest to, among the chosen ones."""
    models = enrol({voice: bench.seen(voice) for voice in bench.chosen})
    for material in bench.clean():
        floor, mine = (
            _nearest_share(models, material, takes) for takes in (material.recorded(), bench.made(material))
        )
        yield Figure("identity", material.name, mine[0], mine[1], "recordings", floor[0])
    for voice in bench.chosen:
        for material in bench.materials:
            own = material.voice == voice and material.condition != CLEAN_CONDITION
            if own or material.voice == TEACHER:
                share, count = _nearest_share(models, material, bench.made(material, voice), voice)
                yield Figure("identity", f"{voice} {material.language}", share, count, "recordings")


def _nearest_share(
    models: Mapping[str, Mixture], material: Material, takes: list[Take], voice: str | None = None
) -> tuple[float, int]:
    said = [nearest(models, extract(take.samples, material.pitch_hz)) for take in takes]
    told = [one for one in said if one is not None]
    return told.count(voice or material.voice) / max(len(told), 1), len(told)


def phones(bench: Bench) -> Iterator[Figure]:
    """What a recogniser of held-out recordings makes of each language's phones, against copy-synthesis.

    A language's recogniser hears all voices that were recorded in it. Every voice sings every recording: its
    owner's own are what the bar is for, those of others say whether it can do without.
    """
    for language in dict.fromkeys(material.language for material in bench.materials):
        spoken = [material for material in bench.materials if material.language == language]
        spoken = [one for one in spoken if one.voice == TEACHER or language != "en"]
        recorded = [take for one in spoken for take in one.recorded()]
        copied = [take for one in spoken for take in bench.copied(one)]
        own = [take for one in spoken for take in bench.made(one)]
        by_voice = [[take for one in spoken for take in bench.made(one, voice)] for voice in bench.chosen]
        raw, floor, mine, *others = count_errors(recorded, [recorded, copied, own, *by_voice])
        first = 0
        for one in spoken:
            part = slice(first, first + len(one.parts))
            first = part.stop
            of = f"{one.voice} {language} ({one.condition})"
            yield _phones("phones_share", of, raw[part], floor[part], mine[part])
        for voice, counts in zip(bench.chosen, others, strict=True):
            yield _phones("phones_after_others", f"{voice} {language}", raw, floor, counts)


def _phones(measure: str, of: str, raw: Counts, floor: Counts, mine: Counts) -> Figure:
    least, most = accuracy(floor), accuracy(raw)
    share = accuracy(mine).share / least.share if least.share > 0 else float("nan")
    things = f"phones in {len(mine)} recordings"
    return Figure(measure, of, share, least.phones, things, least.share, {"recorded": most.share})


def envelope(bench: Bench) -> Iterator[Figure]:
    """MCD and variance ratio of the run's acoustic model, given the recordings' own phones and pitch."""
    for row in report_voices(bench.recordings, bench.work):
        name, count = str(row["voice"]), int(str(row["held_out"]))
        if name.split("/")[0] in (*bench.chosen, TEACHER):
            others = {"phone mean": float(str(row["phone_mean_mcd_db"]))}
            yield Figure("mcd_db", name, float(str(row["mcd_db"])), count, "recordings", None, others)
            yield Figure("variance_ratio", name, float(str(row["variance_ratio"])), count, "recordings", 1.0)


MEASURES: Mapping[str, Measure] = {
    "songs": songs,
    "joins": joins,
    "envelope": envelope,
    "speed": speed,
    "vocoder": vocoder,
    "spectrum": spectrum,
    "noises": noises,
    "identity": identity,
    "phones": phones,
    "english": english,
    "controls": controls,
    "compass": compass,
}

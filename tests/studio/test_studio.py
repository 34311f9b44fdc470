"""The one path: what is allowed comes out marked in every format, what is not leaves nothing at all."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import soundfile

from consent.errors import Refused
from consent.ledger.proof import Proof, verify_proof
from consent.ledger.proving import beside
from consent.registry import Registry
from singer import SAMPLE_RATE, studio
from singer.audio_file import FORMATS, read
from singer.errors import AudioError, BadInput, Cancelled
from singer.performance.model import Performance
from singer.voice import Voice

ME = studio.Use("me")


@pytest.fixture
def registry(tmp_path: Path, tiny_voices: Path) -> Registry:
    return studio.open_registry(tmp_path / "home", tiny_voices)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def kinds(registry: Registry) -> list[str]:
    return [row.kind for row in registry.ledger_rows()]


def test_every_format_leaves_marked_and_verifies(
    registry: Registry, performance: Performance, out: Path
) -> None:
    targets = [out / f"song.{name}" for name in FORMATS]
    song = studio.render(registry, performance, targets, voice="tiny-open", use=ME)
    assert song.sidecars == (out / "song.ogg.c2pa", out / "song.opus.c2pa")
    proofs = [beside(file) for file in (*targets, *song.sidecars)]
    assert sorted(out.iterdir()) == sorted([*targets, *song.sidecars, *proofs])
    for target, proof in zip((*targets, *song.sidecars), proofs, strict=True):
        sha256 = hashlib.sha256(target.read_bytes()).hexdigest()
        proven = verify_proof(Proof.from_json(proof.read_bytes()), registry.proofs.public_key, sha256)
        assert (proven.voice, proven.grant) == ("tiny-open", song.grant)
    assert song.owner == "Nobody In Particular" and song.voice_name == "Tiny Open"
    for target in targets:
        verdict = studio.verify(registry, target)
        assert verdict.state == "made-here" and verdict.intact and verdict.allowed_now
        assert verdict.marks_found == ("watermark", "digest", "credentials", "label")
        assert (verdict.render_id, verdict.voice, verdict.grant) == (song.render_id, "tiny-open", song.grant)
    assert kinds(registry)[-2:] == ["authorisation", "render"]
    assert registry.check_ledger().ok


def test_length_and_rests_are_the_performances(
    registry: Registry, performance: Performance, out: Path
) -> None:
    song = studio.render(registry, performance, [out / "song.wav"], voice="tiny-open", use=ME)
    assert song.samples.shape == (round(performance.duration_s * SAMPLE_RATE),)
    between = song.samples[round(2.5 * SAMPLE_RATE) : round(3.1 * SAMPLE_RATE)]
    assert not between.any()
    assert np.abs(song.samples).max() > 0.01
    written = read(out / "song.wav")
    assert len(written.samples) == len(song.samples)
    assert np.abs(written.samples - song.samples).max() < 2**-22


def test_the_same_request_gives_the_same_bytes(
    registry: Registry, performance: Performance, out: Path
) -> None:
    first = studio.render(registry, performance, [out / "1.flac"], voice="tiny-open", use=ME)
    second = studio.render(registry, performance, [out / "2.flac"], voice="tiny-open", use=ME)
    assert first.render_id == second.render_id
    assert np.array_equal(first.samples, second.samples)
    assert (out / "1.flac").read_bytes() == (out / "2.flac").read_bytes()
    other = studio.render(registry, replace(performance, seed=4), [out / "3.flac"], voice="tiny-open", use=ME)
    assert other.render_id != first.render_id


def test_what_leaves_a_voice_is_marked_and_nothing_else_leaves_it(
    registry: Registry, performance: Performance
) -> None:
    from singer.watermark import detect

    authorization = registry.authorise(studio.request_for(performance, "tiny-open", ME))
    samples = Voice.open(registry, authorization).sing(performance)
    found = detect(samples, SAMPLE_RATE, registry.watermark_keys()[-1][1])
    assert found is not None and found.render_id == authorization.render_id
    assert {name for name in vars(Voice) if not name.startswith("_")} == {"open", "sing", "sing_again"}


@pytest.mark.parametrize(
    ("voice", "use", "code"),
    [
        ("tiny-closed", studio.Use("bob"), "licensee"),
        ("tiny-closed", studio.Use("alice", "commercial"), "purpose"),
        ("nobody-at-all", ME, "unknown-voice"),
        ("tiny-open", studio.Use("me", "world domination"), "unknown-purpose"),
    ],
)
def test_what_was_never_granted_is_refused_and_leaves_nothing(
    registry: Registry, performance: Performance, out: Path, voice: str, use: studio.Use, code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        studio.render(registry, performance, [out / "song.wav"], voice=voice, use=use)
    assert code in {reason.code for reason in refusal.value.reasons}
    assert list(out.iterdir()) == []
    assert kinds(registry)[-1] == "refusal"


def test_an_expired_grant_is_refused(registry: Registry, performance: Performance, out: Path) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    conditions = [
        {"type": "purpose", "anything": True},
        {"type": "period", "not_after": yesterday.isoformat()},
    ]
    registry.grant("tiny-closed", {"actions": ["sing"], "constraints": conditions}, to="bob")
    with pytest.raises(Refused, match="The grant ended at"):
        studio.render(registry, performance, [out / "song.wav"], voice="tiny-closed", use=studio.Use("bob"))
    assert list(out.iterdir()) == []


def test_a_withdrawn_voice_sings_no_more_and_its_songs_are_still_known(
    registry: Registry, performance: Performance, out: Path
) -> None:
    song = studio.render(registry, performance, [out / "before.mp3"], voice="tiny-open", use=ME)
    stale = registry.authorise(studio.request_for(performance, "tiny-open", ME))
    registry.withdraw("tiny-open")
    with pytest.raises(Refused, match="withdrawn"):
        studio.render(registry, performance, [out / "after.mp3"], voice="tiny-open", use=ME)
    with pytest.raises(Refused, match="withdrawn"):
        Voice.open(registry, stale)
    assert sorted(path.name for path in out.iterdir()) == ["before.mp3", "before.mp3.proof"]
    verdict = studio.verify(registry, out / "before.mp3")
    assert (verdict.state, verdict.render_id, verdict.allowed_now) == ("withdrawn", song.render_id, False)


def test_a_withdrawal_while_it_sings_stops_the_release(
    registry: Registry, performance: Performance, out: Path
) -> None:
    def withdraw_late(share: float, what: str) -> None:
        if what.startswith("writing"):
            registry.withdraw("tiny-open")

    with pytest.raises(Refused, match="withdrawn"):
        studio.render(
            registry, performance, [out / "song.wav"], voice="tiny-open", use=ME, progress=withdraw_late
        )
    assert list(out.iterdir()) == []
    assert "render" not in kinds(registry)


def test_a_forged_authorisation_opens_nothing(registry: Registry, performance: Performance) -> None:
    genuine = registry.authorise(studio.request_for(performance, "tiny-open", ME))
    for forged in (
        replace(genuine, voice="tiny-closed"),
        replace(genuine, render_id=1),
        replace(genuine, mac="0"),
    ):
        with pytest.raises(Refused):
            Voice.open(registry, forged)


@pytest.mark.parametrize("calls", [0, 1, 2])
def test_a_cancelled_song_leaves_nothing(
    registry: Registry, performance: Performance, out: Path, calls: int
) -> None:
    asked = []

    def cancelled() -> bool:
        asked.append(True)
        return len(asked) > calls

    with pytest.raises(Cancelled):
        studio.render(
            registry, performance, [out / "song.wav"], voice="tiny-open", use=ME, cancelled=cancelled
        )
    assert list(out.iterdir()) == []
    assert "render" not in kinds(registry)


def test_progress_rises_from_nothing_to_all(registry: Registry, performance: Performance, out: Path) -> None:
    told: list[tuple[float, str]] = []
    studio.render(
        registry,
        performance,
        [out / "song.wav"],
        voice="tiny-open",
        use=ME,
        progress=lambda share, what: told.append((share, what)),
    )
    shares = [share for share, _ in told]
    assert shares == sorted(shares) and shares[-1] == 1.0
    assert {"singing", "marking", "writing WAV", "released"} <= {what for _, what in told}


@pytest.mark.parametrize("name", ["song.aiff", "song", "missing/song.wav", ".", "/proc/song.wav"])
def test_a_place_that_cannot_be_written_is_said_before_anybody_is_asked(
    registry: Registry, performance: Performance, out: Path, name: str
) -> None:
    before = kinds(registry)
    with pytest.raises(BadInput):
        studio.render(registry, performance, [out / name], voice="tiny-open", use=ME)
    assert kinds(registry) == before


def test_a_song_that_is_too_short_to_mark_is_not_released(registry: Registry, out: Path) -> None:
    from singer.errors import MarkMissing

    silence = Performance("Silence", "en", 1.0, 0, ())
    with pytest.raises(MarkMissing):
        studio.render(registry, silence, [out / "song.wav"], voice="tiny-open", use=ME)
    assert list(out.iterdir()) == []


def test_an_excerpt_is_known_and_a_strangers_file_is_not(
    registry: Registry, performance: Performance, out: Path, tmp_path: Path
) -> None:
    song = studio.render(registry, performance, [out / "song.wav"], voice="tiny-open", use=ME)
    soundfile.write(tmp_path / "excerpt.wav", song.samples[30_000:], SAMPLE_RATE, subtype="PCM_16")
    excerpt = studio.verify(registry, tmp_path / "excerpt.wav")
    assert (excerpt.state, excerpt.render_id, excerpt.intact) == ("stripped", song.render_id, False)
    noise = np.random.default_rng(1).normal(0, 0.1, 5 * SAMPLE_RATE)
    soundfile.write(tmp_path / "noise.wav", noise, SAMPLE_RATE)
    stranger = studio.verify(registry, tmp_path / "noise.wav")
    assert (stranger.state, stranger.identified, stranger.voice) == ("not-ours", False, None)


def test_what_is_no_file_is_not_read(registry: Registry, tmp_path: Path) -> None:
    for path in (Path("/dev/zero"), tmp_path, tmp_path / "missing.wav"):
        with pytest.raises(AudioError, match="is no file"):
            studio.verify(registry, path)

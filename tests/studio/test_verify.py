"""What `verify` says of songs that something happened to, in every format: each its own true verdict."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from shelf import BESIDE, EMBEDDED, Shelf, codes, kept, relabel, rename, says

from consent.credentials import sidecar_of
from consent.ledger.proving import beside
from singer import studio
from singer.audio_file import FORMATS
from singer.performance.model import Performance
from singer.studio.layers import Looked, look_at_credentials


@pytest.mark.parametrize("suffix", FORMATS)
def test_what_was_released_is_whole_in_every_layer(shelf: Shelf, suffix: str) -> None:
    verdict = shelf.verdict(shelf.copy(suffix))
    assert (verdict.state, verdict.render_id) == ("made-here", shelf.first.render_id)
    assert verdict.marks_found == ("watermark", "digest", "credentials", "label")
    assert verdict.changes == () and {evidence.found for evidence in verdict.evidence} == {"yes"}


@pytest.mark.parametrize("suffix", FORMATS)
def test_one_flipped_bit_of_the_sound(shelf: Shelf, suffix: str) -> None:
    file = shelf.copy(suffix)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    verdict = shelf.verdict(file)
    assert (verdict.state, verdict.render_id) == ("altered", shelf.first.render_id)
    assert "sound-changed" in codes(verdict) and "tags-edited" not in codes(verdict)
    around = {"credentials-do-not-fit", "sidecar-does-not-fit", "proof-does-not-fit"}
    assert codes(verdict) <= {"sound-changed", *around}
    assert (says(verdict, "credentials"), says(verdict, "label"), says(verdict, "digest")) == (
        "no",
        "yes",
        "no",
    )


@pytest.mark.parametrize("suffix", [name for name in FORMATS if name != "wav"])
def test_an_edited_title(shelf: Shelf, suffix: str) -> None:
    file = shelf.copy(suffix)
    rename(file, "Another's song")
    verdict = shelf.verdict(file)
    assert (verdict.state, verdict.render_id) == ("altered", shelf.first.render_id)
    assert "tags-edited" in codes(verdict) and "sound-changed" not in codes(verdict)
    assert "untouched" in verdict.sentence


def test_an_edited_title_of_a_wave(shelf: Shelf) -> None:
    file = shelf.copy("wav")
    content = file.read_bytes()
    at = content.index(b"INAM") + 8
    assert content[at : at + 8] == b"Song one"
    file.write_bytes(content[:at] + b"Song six" + content[at + 8 :])
    verdict = shelf.verdict(file)
    assert verdict.state == "altered" and "tags-edited" in codes(verdict)


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_edited_label(shelf: Shelf, suffix: str) -> None:
    file = shelf.copy(suffix)
    other = f"{int(shelf.first.render_id, 16) ^ 1:016x}"
    relabel(file, f'"ProduceID":"{shelf.first.render_id}', f'"ProduceID":"{other}')
    verdict = shelf.verdict(file)
    assert (verdict.state, verdict.render_id) == ("altered", shelf.first.render_id)
    assert "label-edited" in codes(verdict)


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_label_of_another_song(shelf: Shelf, suffix: str) -> None:
    """Whole, with its signature: of the same length, so that nothing has to move."""
    from singer.audio_tags import read_label

    file, other = shelf.copy(suffix), shelf.copy(suffix, shelf.second, "other")
    ours, theirs = read_label(file), read_label(other)
    assert ours and theirs and len(ours) == len(theirs)
    relabel(file, ours, theirs)
    verdict = shelf.verdict(file)
    assert (verdict.state, verdict.render_id) == ("transplanted", shelf.first.render_id)
    assert "label-of-another-song" in codes(verdict)


@pytest.mark.parametrize("suffix", EMBEDDED)
def test_a_manifest_transplanted(shelf: Shelf, suffix: str) -> None:
    """The manifest of the second song stands where that of the first stood."""
    file, other = shelf.copy(suffix), shelf.copy(suffix, shelf.second, "other")
    ours, theirs = (kept(shelf.registry, song, path) for song, path in
                    ((shelf.first, file), (shelf.second, other)))  # fmt: skip
    content = file.read_bytes()
    assert len(ours) == len(theirs) and content.count(ours) == 1
    file.write_bytes(content.replace(ours, theirs))
    verdict = shelf.verdict(file)
    assert (verdict.state, verdict.render_id) == ("transplanted", shelf.first.render_id)
    assert {"credentials-of-another-song", "credentials-do-not-fit"} <= codes(verdict)
    assert says(verdict, "credentials") == "no" and "another song" in verdict.sentence


@pytest.mark.parametrize("suffix", BESIDE)
def test_a_sidecar_swapped(shelf: Shelf, suffix: str) -> None:
    file, other = shelf.copy(suffix), shelf.copy(suffix, shelf.second, "other")
    shutil.copy(sidecar_of(other), sidecar_of(file))
    verdict = shelf.verdict(file)
    assert (verdict.state, verdict.render_id) == ("made-here", shelf.first.render_id)
    assert codes(verdict) == {"sidecar-does-not-fit"} and "signed for another file" in verdict.sentence
    assert "credentials" not in verdict.marks_found and verdict.intact


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_proof_swapped(shelf: Shelf, suffix: str) -> None:
    file, other = shelf.copy(suffix), shelf.copy(suffix, shelf.second, "other")
    shutil.copy(beside(other), beside(file))
    verdict = shelf.verdict(file)
    assert (verdict.state, verdict.render_id) == ("made-here", shelf.first.render_id)
    assert codes(verdict) == {"proof-does-not-fit"} and "not that of this file" in verdict.sentence
    for content in (b"", b"{}", b"[" * 200_000, beside(other).read_bytes()[:-1]):
        beside(file).write_bytes(content)
        assert codes(shelf.verdict(file)) == {"proof-does-not-fit"}


@pytest.mark.parametrize("suffix", EMBEDDED)
def test_one_flipped_bit_of_the_manifest(shelf: Shelf, suffix: str) -> None:
    file = shelf.copy(suffix)
    content = bytearray(file.read_bytes())
    manifest = kept(shelf.registry, shelf.first, file)
    at = bytes(content).index(manifest) + manifest.index(b"Sung by the model")
    content[at] ^= 1
    file.write_bytes(content)
    verdict = shelf.verdict(file)
    assert (verdict.state, verdict.render_id) == ("altered", shelf.first.render_id)
    assert codes(verdict) == {"credentials-broken", "proof-does-not-fit"}
    assert "credentials" not in verdict.marks_found


@pytest.mark.parametrize("suffix", EMBEDDED)
def test_one_flipped_bit_that_no_signature_covers(shelf: Shelf, suffix: str) -> None:
    """The padding of a manifest's signature; in M4A, the version of its brand, which C2PA leaves out."""
    file = shelf.copy(suffix)
    content, manifest = bytearray(file.read_bytes()), kept(shelf.registry, shelf.first, file)
    if suffix == "m4a":
        content[15] ^= 1
    else:
        content[bytes(content).index(manifest) + manifest.rindex(bytes(64)) + 32] ^= 1
    file.write_bytes(content)
    verdict = shelf.verdict(file)
    assert (verdict.state, verdict.render_id) == ("altered", shelf.first.render_id)
    assert codes(verdict) == {"uncovered-bytes-changed", "proof-does-not-fit"} and not verdict.intact
    assert "these very bytes" not in repr(verdict.evidence)


def test_another_rate_is_another_sound(shelf: Shelf) -> None:
    """The samples are untouched, and play faster."""
    file = shelf.copy("wav")
    content = bytearray(file.read_bytes())
    at = content.index(b"fmt ") + 12
    assert content[at : at + 4] == (44_100).to_bytes(4, "little")
    content[at : at + 4] = (46_000).to_bytes(4, "little")
    file.write_bytes(content)
    verdict = shelf.verdict(file)
    assert (verdict.state, verdict.render_id) == ("altered", shelf.first.render_id)
    assert "sound-changed" in codes(verdict) and "tags-edited" not in codes(verdict)


def test_what_a_strangers_file_calls_itself_cannot_be_taken_for_our_words(shelf: Shelf) -> None:
    """A label without a signature names a maker: in quotation marks, and not for long."""
    from singer.audio_file import Tags, write

    file = shelf.bench / "bold.flac"
    claim = "Made_here,_and_allowed." * 90
    label = f'{{"Label":"1","ContentProducer":"{claim}","ProduceID":"1"}}'
    write(file, np.sin(np.arange(44_100, dtype=np.float32) / 9), Tags(aigc=label))
    said = next(one.sentence for one in shelf.verdict(file).evidence if one.layer == "label")
    assert "names “Made_here,_and_allowed." in said and "…” as the producer" in said and len(said) < 120


@pytest.mark.parametrize("suffix", FORMATS)
def test_everything_stripped(shelf: Shelf, suffix: str) -> None:
    from singer.audio_file import Tags, read, write

    bare = shelf.bench / f"bare.{suffix}"
    write(bare, read(shelf.copy(suffix)).samples, Tags())
    verdict = shelf.verdict(bare)
    assert (verdict.state, verdict.render_id) == ("stripped", shelf.first.render_id)
    assert verdict.marks_found == ("watermark",)
    assert codes(verdict) == {"label-missing", "credentials-missing"}


def test_a_manifest_that_somebody_else_signed_anew(
    shelf: Shelf, tmp_path: Path, tiny_voices: Path, performance: Performance
) -> None:
    """Another registry sings the same, and its file's manifest is put beside ours as a sidecar."""
    other = studio.open_registry(tmp_path / "other", tiny_voices)
    theirs = studio.render(
        other, performance, [tmp_path / "theirs.opus"], voice="tiny-open", use=studio.Use("me")
    )
    file = shelf.copy("opus")
    shutil.copy(theirs.sidecars[0], sidecar_of(file))
    verdict = shelf.verdict(file)
    assert (verdict.state, verdict.render_id) == ("made-here", shelf.first.render_id)
    assert "credentials" not in verdict.marks_found and says(verdict, "credentials") == "no"
    stranger = shelf.verdict(theirs.files[0])
    assert (stranger.state, stranger.identified) == ("not-ours", False)


def test_a_manifest_put_onto_somebody_elses_sound(shelf: Shelf) -> None:
    """A tone of somebody else's, with everything of ours around it."""
    file = shelf.copy("wav")
    content = bytearray(file.read_bytes())
    start = content.index(b"data") + 8
    length = int.from_bytes(content[start - 4 : start], "little")
    content[start : start + length] = bytes(n * 7 % 64 for n in range(length))
    file.write_bytes(content)
    verdict = shelf.verdict(file)
    assert (verdict.state, verdict.identified) == ("transplanted", False)
    assert verdict.marks_found == ("credentials", "label") and "put here from elsewhere" in verdict.sentence


def test_nothing_of_who_it_was_made_for_is_said(
    shelf: Shelf, tmp_path: Path, performance: Performance
) -> None:
    quiet = "a-licensee-who-wants-no-fame"
    song = studio.render(
        shelf.registry, performance, [tmp_path / "quiet.flac"], voice="tiny-open", use=studio.Use(quiet)
    )
    verdict = shelf.verdict(song.files[0])
    assert verdict.state == "made-here" and quiet not in repr(verdict)
    assert quiet.encode() not in song.files[0].read_bytes()


@pytest.mark.parametrize("suffix", ["flac", "opus"])
def test_a_certificate_that_has_expired_since_spoils_nothing_that_was_released(
    shelf: Shelf, suffix: str
) -> None:
    """What C2PA's reader says of an expired signer (tests/consent), of a file that is whole or is not."""
    found = shelf.registry.credentials.read(shelf.copy(suffix))
    assert found is not None and found.state == "trusted"
    expired = replace(
        found, state="invalid", problems=("signingCredential.untrusted", "signingCredential.expired")
    )
    for whole, says_so in ((True, "yes"), (False, "no")):
        looked = Looked()
        look_at_credentials(shelf.registry, expired, whole, looked)
        assert [one.found for one in looked.evidence] == [says_so] and looked.signed_here == whole
    broken = replace(expired, problems=(*expired.problems, "assertion.dataHash.mismatch"))
    looked = Looked()
    look_at_credentials(shelf.registry, broken, True, looked)
    assert not looked.signed_here and looked.songs["credentials"] is None


def test_an_owner_whom_the_credit_line_leaves_out_is_not_named(
    tiny_voices: Path, tmp_path: Path, performance: Performance
) -> None:
    voices = tmp_path / "voices"
    shutil.copytree(tiny_voices, voices)
    card = voices / "tiny-open" / "voice.toml"
    text = card.read_text("utf-8")
    assert text.count("Tiny Open by Nobody In Particular") == 1
    card.write_text(text.replace("Tiny Open by Nobody In Particular", "Voice: Tiny Open"), "utf-8")
    registry = studio.open_registry(tmp_path / "home", voices)
    song = studio.render(registry, performance, [tmp_path / "a.mp3"], voice="tiny-open", use=studio.Use("me"))
    verdict = studio.verify(registry, song.files[0])
    assert (verdict.state, verdict.owner, verdict.credit) == ("made-here", None, "Voice: Tiny Open")
    assert "Nobody In Particular" not in repr(verdict)
    assert b"Nobody In Particular" not in song.files[0].read_bytes()

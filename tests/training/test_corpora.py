"""Corpora: banks are segmented where the sounds are, and the English teacher says what it was asked to."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from singer import SAMPLE_RATE
from singer.errors import AudioError
from singer.language.phones import is_known, is_vowel
from singer.training import corpora
from singer.training.corpora import LabelledPhone, LabelsError, Utterance
from singer.training.corpora.festival import TeacherMissing, phones_of
from singer.training.corpora.model import gapless
from singer.training.corpora.oto import read_oto
from singer.training.corpora.refinement import refine
from singer.training.corpora.sentences import sentences
from singer.training.corpora.sung import sing
from singer.training.corpora.transcripts import Transcript, japanese_transcript, mandarin_transcript
from singer.training.corpora.utau import Bank, read_bank

PITCH_HZ = 220.0
FORMANTS_HZ = {"a": (800, 1250), "i": (300, 2600), "ɯ": (350, 1400), "e": (500, 2100), "o": (480, 850)}
KANA = {
    "さ": ("s", "a"), "し": ("ɕ", "i"), "す": ("s", "ɯ"),
    "か": ("k", "a"), "き": ("k", "i"), "く": ("k", "ɯ"),
}  # fmt: skip
MORA_S, FIRST_S, CONSONANT_S = 0.5, 0.8, 0.12


def sung_vowel(vowel: str, seconds: float) -> np.ndarray:
    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    wave = np.zeros_like(time)
    for number in range(1, 40):
        hz = number * PITCH_HZ
        gain = sum(1.0 / (1.0 + ((hz - formant) / 120.0) ** 2) for formant in FORMANTS_HZ[vowel])
        wave += (gain + 0.01 / number) * np.sin(2 * np.pi * hz * time)
    return 0.15 * wave * np.minimum(1.0, np.minimum(time, time[::-1]) / 0.008)


def consonant(phone: str, seconds: float, random: np.random.Generator) -> np.ndarray:
    noise = 0.05 * random.standard_normal(int(seconds * SAMPLE_RATE))
    if phone == "k":
        noise[: -int(0.02 * SAMPLE_RATE)] = 0.0
        return noise
    spectrum = np.fft.rfft(noise)
    spectrum[: int((5000 if phone == "s" else 2500) * seconds)] = 0.0
    return np.fft.irfft(spectrum, len(noise))


def write_bank(folder: Path, names: list[str], *, offset: float = 0.0) -> dict:
    """A bank whose vowel onsets are known exactly; its `oto.ini` is off by up to 30 ms and misses a third."""
    folder.mkdir()
    random = np.random.default_rng(3)
    lines: list[str] = []
    truth: dict[str, list[tuple[str, str, float]]] = {}
    for name in names:
        samples = 1e-4 * random.standard_normal(int((FIRST_S + MORA_S * len(name) + 0.6) * SAMPLE_RATE))
        before = "-"
        for index, kana in enumerate(name):
            first, vowel = KANA[kana]
            onset_s = FIRST_S + MORA_S * index
            for at_s, sound in (
                (onset_s - CONSONANT_S, consonant(first, CONSONANT_S, random)),
                (onset_s, sung_vowel(vowel, MORA_S - CONSONANT_S)),
            ):
                start = round(at_s * SAMPLE_RATE)
                samples[start : start + len(sound)] += sound
            truth.setdefault(f"_{name}", []).append((first, vowel, onset_s))
            if (index + len(lines)) % 3:
                mark_ms = 1000 * (onset_s + random.uniform(-0.03, 0.03)) - 300
                lines.append(f"_{name}.wav={before} {kana},{mark_ms:.3f},450,-700,300,100")
            before = {"ɯ": "u"}.get(vowel, vowel)
        soundfile.write(folder / f"_{name}.flac", samples + offset, SAMPLE_RATE)
    (folder / "oto.ini").write_bytes("\r\n".join([*lines, "gone.wav=- か,0,0,0,0,0"]).encode("cp932"))
    return truth


NAMES = ["さかしす", "かさきく", "しきささ", "すくさか", "きかくし", "くしすき", "ささかか", "しくきさ"]


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Utterance], dict]:
    root = tmp_path_factory.mktemp("recordings")
    truth = write_bank(root / "made", NAMES, offset=0.2)
    return read_bank(root, Bank("made", "maker", "16-bit", "ja", PITCH_HZ)), truth


def test_vowels_begin_where_they_were_sung_although_the_marks_are_wrong(bank: tuple) -> None:
    utterances, truth = bank
    errors_ms = []
    for utterance in utterances:
        vowels = [label for label in utterance.phones if is_vowel(label.phone)]
        wanted = truth[utterance.audio.stem]
        assert [label.phone for label in vowels] == [vowel for _, vowel, _ in wanted]
        errors_ms += [1000 * (label.start_s - at) for label, (_, _, at) in zip(vowels, wanted, strict=True)]
    assert np.median(np.abs(errors_ms)) < 8.0
    assert np.max(np.abs(errors_ms)) < 25.0


def test_consonants_end_at_the_vowel_and_start_after_the_one_before(bank: tuple) -> None:
    utterances, truth = bank
    starts_ms = []
    for utterance in utterances:
        wanted = truth[utterance.audio.stem]
        sung = [label for label in utterance.phones if label.phone not in ("SP", "AP")]
        assert [label.phone for label in sung[::2]] == [first for first, _, _ in wanted]
        pairs = list(zip(sung[::2], wanted, strict=True))[1:]
        starts_ms += [1000 * (label.start_s - (at - CONSONANT_S)) for label, (_, _, at) in pairs]
    assert np.median(np.abs(starts_ms)) < 25.0


def test_labels_fill_the_file_from_end_to_end(bank: tuple) -> None:
    for utterance in bank[0]:
        edges = [(label.start_s, label.end_s) for label in utterance.phones]
        assert edges[0][0] == 0.0
        assert all(before[1] == after[0] for before, after in itertools.pairwise(edges))
        assert edges[-1][1] == pytest.approx(soundfile.info(utterance.audio).duration)
        assert all(start < end for start, end in edges)


def test_labels_come_back_as_they_were_saved(bank: tuple, tmp_path: Path) -> None:
    utterances = bank[0]
    root = utterances[0].audio.parent.parent
    corpora.save_labels(utterances, tmp_path / "labels.json", root)
    loaded = corpora.load_labels(tmp_path / "labels.json", root)
    assert [(u.id, u.voice, u.audio, u.pitch_hz) for u in loaded] == [
        (u.id, u.voice, u.audio, u.pitch_hz) for u in utterances
    ]
    for before, after in zip(utterances, loaded, strict=True):
        for a, b in zip(before.phones, after.phones, strict=True):
            assert (a.phone, a.start_s, a.end_s) == (
                b.phone,
                pytest.approx(b.start_s, abs=1e-5),
                pytest.approx(b.end_s, abs=1e-5),
            )


def test_breath_after_a_vowel_is_not_the_vowel() -> None:
    voiced = np.zeros(400, dtype=np.float32)
    voiced[100:200] = 1.0
    labels = [LabelledPhone("SP", 0.0, 0.5), LabelledPhone("a", 0.5, 1.3), LabelledPhone("SP", 1.3, 2.0)]
    refined = refine(labels, voiced)
    assert [label.phone for label in refined] == ["SP", "a", "AP", "SP"]
    assert refined[1].end_s == pytest.approx(1.0, abs=0.006)


def test_a_glide_leaves_its_vowel_room() -> None:
    labels = [LabelledPhone("w", 0.0, 0.7), LabelledPhone("a", 0.7, 0.72), LabelledPhone("n", 0.72, 1.0)]
    glide, vowel, _ = refine(labels, np.ones(200, dtype=np.float32))
    assert glide.end_s == vowel.start_s < 0.2
    assert vowel.end_s == 0.72


def test_the_report_counts_what_is_there_and_measures_the_onsets(bank: tuple) -> None:
    (figures,) = corpora.report(bank[0])
    assert figures.files == len(NAMES)
    assert figures.phones["k"] == sum(kana in "かきく" for name in NAMES for kana in name)
    assert figures.onsets == 4 * len(NAMES)
    assert figures.onsets_measured >= 0.9 * figures.onsets
    assert abs(figures.onset_error_ms[1]) < 5.0
    assert figures.masked_minutes == 0.0
    assert "8 files" in str(figures)


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "gb18030"])
def test_oto_is_read_in_every_encoding_that_banks_use(tmp_path: Path, encoding: str) -> None:
    text = "_ああ.wav=a あ,100.5,200,-300,50,25\r\n_ああ.wav=- あ,10,20,30,40,5\r\n_ああ.wav=,0,0,0,0,0\r\n"
    (tmp_path / "oto.ini").write_bytes((text * 3).encode(encoding))
    (tmp_path / "_ああ.flac").touch()
    first, *_, last = read_oto(tmp_path / "oto.ini")["_ああ"]
    assert (first.alias, first.anchor_s) == ("- あ", pytest.approx(0.05))
    assert (last.alias, last.anchor_s) == ("a あ", pytest.approx(0.1505))
    assert (last.steady_s, last.overlap_s) == (pytest.approx(0.3005), pytest.approx(0.1255))


def test_a_damaged_oto_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "oto.ini").write_text("_あ.wav=あ,1,2,3,4,5\n_あ.wav=あ,1,two,3,4,5\n", encoding="utf-8")
    with pytest.raises(LabelsError, match="line 2"):
        read_oto(tmp_path / "oto.ini")


def test_kana_names_give_morae_with_their_small_kana() -> None:
    wanted = ["kʲ", "a", "ɴ", "dʲ", "e", "v", "a", "kʷ", "ɯ"]
    assert sung(japanese_transcript("_きゃんでぃぇヴぁクゥ", [])) == wanted


def test_a_release_is_a_breath_and_a_breath_file_is_one() -> None:
    assert sung(japanese_transcript("_うRいR", [])) == ["ɯ", "AP", "SP", "i", "AP"]
    assert sung(japanese_transcript("brlo1", [])) == ["AP"]
    assert sung(japanese_transcript("naya", [])) == [corpora.UNKNOWN]


def test_mandarin_names_give_two_syllables_and_what_is_not_named_is_unknown() -> None:
    assert sung(mandarin_transcript("_zhuang_zhuang", [])) == ["ʈʂ", "w", "ɑ", "ŋ", "ʈʂ", "w", "ɑ", "ŋ"]
    assert sung(mandarin_transcript("_ai_b", [])) == ["a", "ɪ", "p", corpora.UNKNOWN]
    assert sung(mandarin_transcript("_zi_w", [])) == ["ts", "ɿ", "u"]
    assert sung(mandarin_transcript("_ye_bre1", [])) == ["j", "ɛ", "AP"]


def sung(transcript: Transcript) -> list[str]:
    return [token.phone for token in transcript.tokens if not token.optional][1:-1] or [corpora.UNKNOWN]


def test_an_oto_mark_out_of_order_does_not_move_the_others(tmp_path: Path) -> None:
    lines = ["- か,500,9,-9,300,9", "a き,1000,9,-9,300,9", "i く,1500,9,-9,300,9", "u か,700,9,-9,300,9"]
    (tmp_path / "oto.ini").write_text("\n".join(f"_かきくか.wav={line}" for line in lines), encoding="utf-8")
    entries = read_oto(tmp_path / "oto.ini")["_かきくか"]
    anchors = [token.anchor_s for token in japanese_transcript("_かきくか", entries).tokens]
    assert [at for at in anchors if at is not None] == [
        pytest.approx(0.8),
        pytest.approx(1.3),
        pytest.approx(1.8),
    ]


def test_an_empty_bank_is_said_to_be_empty(tmp_path: Path) -> None:
    with pytest.raises(LabelsError, match="no recordings"):
        read_bank(tmp_path, Bank("none", "nobody", "16-bit", "ja", 220.0))


def test_damaged_labels_are_refused(tmp_path: Path) -> None:
    for text in ("", "[]", '{"format": "consonance-labels-1", "utterances": [{"id": "x"}]}'):
        (tmp_path / "labels.json").write_text(text, encoding="utf-8")
        with pytest.raises(LabelsError, match=r"labels\.json"):
            corpora.load_labels(tmp_path / "labels.json", tmp_path)


def test_recordings_are_read_without_their_offset(tmp_path: Path) -> None:
    wave = sung_vowel("a", 1.0)
    soundfile.write(tmp_path / "a.wav", wave - 0.25, SAMPLE_RATE)
    read = corpora.read_samples(tmp_path / "a.wav")
    assert np.abs(read - wave)[1000:-1000].max() < 2e-3


def test_a_recording_that_is_no_audio_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"RIFF" + bytes(40))
    with pytest.raises(AudioError, match=r"a\.wav"):
        corpora.read_samples(tmp_path / "a.wav")


def test_about_one_in_twenty_is_held_out_whatever_else_there_is() -> None:
    made = [
        Utterance(f"bank/{number}", "voice", "16-bit", "ja", Path("x.wav"), 220.0, ())
        for number in range(4000)
    ]
    held = {utterance.id for utterance in made if corpora.is_held_out(utterance)}
    assert 140 < len(held) < 260
    assert held == {utterance.id for utterance in reversed(made) if corpora.is_held_out(utterance)}


@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "SP", "k"]), st.floats(0.0, 5.0), st.floats(0.0, 5.0)), max_size=12
    )
)
def test_gapless_labels_have_no_gaps_whatever_goes_in(rows: list[tuple[str, float, float]]) -> None:
    labels = gapless([LabelledPhone(phone, min(a, b), max(a, b)) for phone, a, b in rows], 6.0)
    assert labels[0].start_s == 0.0
    assert labels[-1].end_s == 6.0
    assert all(x.end_s == y.start_s for x, y in itertools.pairwise(labels))
    assert all(x.start_s < x.end_s for x in labels)


def test_sentences_are_the_same_every_time_and_never_twice() -> None:
    made = sentences(400)
    assert made == sentences(400)
    assert len(set(made)) == 400
    assert all(text.isascii() and '"' not in text for text in made)


def test_festivals_diphthongs_become_two_phones() -> None:
    labels = phones_of([("pau", 0.1), ("ay", 0.2), ("el", 0.3)])
    assert [label.phone for label in labels] == ["SP", "a", "ɪ", "ə", "l"]
    assert [label.end_s for label in labels] == pytest.approx([0.1, 0.16, 0.2, 0.26, 0.3])


def test_singing_holds_vowels_and_keeps_consonants() -> None:
    wave = np.concatenate(
        [np.zeros(4410), 0.1 * np.random.default_rng(1).standard_normal(4410), sung_vowel("a", 0.2)]
    )
    spoken = [LabelledPhone("SP", 0.0, 0.1), LabelledPhone("s", 0.1, 0.2), LabelledPhone("a", 0.2, 0.4)]
    for seed in range(4):
        samples, labels, pitch_hz = sing(wave.astype(np.float64), SAMPLE_RATE, spoken, seed=seed)
        assert [label.phone for label in labels] == ["SP", "s", "a"]
        assert labels[1].start_s == pytest.approx(0.1)
        assert labels[1].end_s == pytest.approx(0.2)
        assert labels[2].end_s - labels[2].start_s >= 0.2 - 1e-9
        assert len(samples) / SAMPLE_RATE == pytest.approx(labels[2].end_s, abs=0.02)
        assert 190.0 < pitch_hz < 530.0


def test_the_teacher_speaks_or_says_what_to_install(tmp_path: Path) -> None:
    try:
        made = corpora.synthesise_teacher(tmp_path, count=2)
    except TeacherMissing as refusal:
        assert "apt install" in refusal.remedy
        return
    again = corpora.synthesise_teacher(tmp_path, count=2)
    assert [utterance.id for utterance in again] == [utterance.id for utterance in made]
    for utterance in made:
        assert soundfile.info(utterance.audio).samplerate == SAMPLE_RATE
        assert utterance.duration_s == pytest.approx(soundfile.info(utterance.audio).duration)
        assert all(is_known(label.phone) for label in utterance.phones)


def test_without_festival_the_teacher_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(TeacherMissing, match="not installed"):
        corpora.synthesise_teacher(tmp_path / "work", count=1)

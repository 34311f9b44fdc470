"""What was reserved is not sung: melodies in any guise, quoted lyrics, declared works; and it ends when its
holder says so."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from made_registries import Place, a_request, database
from made_songs import JAPANESE, LYRIC, MANDARIN, Tune, a_song, drawn_tune
from sqlalchemy import text

from consent.errors import Refused, UnknownName
from consent.registry import Registry
from consent.reservations import ReservationError
from consent.song import Song

EVE = {"holder": "Eve Author", "source": "https://example.org/eve"}


def codes(registry: Registry, song: Song | None) -> list[str]:
    decision = registry.may(a_request(song=song))
    return [reason.code for reason in decision.reasons]


# --- through the whole registry -----------------------------------------------------------------------------


RESERVED: tuple[tuple[str, dict[str, object]], ...] = (
    ("melody", {"notes": drawn_tune(1)}),
    ("lyric", {"text": LYRIC}),
    ("declaration", {"works": [{"title": "Boatman's Song"}]}),
    ("declaration", {"works": [{"iswc": "T-034.524.680-1"}]}),
    ("declaration", {"isrc_registrants": ["US-S1Z"]}),
)


def test_a_reserved_song_is_refused_until_the_reservation_ends(registry: Registry) -> None:
    song = a_song(lyrics=LYRIC, title="BOATMAN’S  song (live)", iswc="T0345246801", isrc="USS1Z9900001")
    other = a_song(2, "Two bells ring in the tower all day and the whole night long", title="Bells")
    assert registry.may(a_request(song=song)).allow
    for kind, data in RESERVED:
        made = registry.reservations.reserve(kind, title="Boatman", data=data, **EVE)
        with pytest.raises(Refused) as refused:
            registry.authorise(a_request(song=song))
        (reason,) = refused.value.reasons
        assert reason.code == "reserved"
        assert made.id in reason.sentence and "Eve Author" in reason.sentence
        assert registry.ledger_rows()[-1].kind == "refusal"
        assert registry.may(a_request(song=other)).allow
        registry.reservations.end(made.id, "licensed")
        assert registry.authorise(a_request(song=song)).voice == "ada"
    assert registry.check_ledger().ok and registry.reservations.faults() == ()


def test_a_reservation_made_after_the_yes_stops_the_song(registry: Registry) -> None:
    song = a_song()
    authorization = registry.authorise(a_request(song=song))
    made = registry.reservations.reserve("melody", data={"notes": song.melody}, **EVE)
    with pytest.raises(Refused, match=made.id):
        registry.unseal(authorization)


def test_a_song_that_nobody_described_is_refused_where_songs_are_reserved(registry: Registry) -> None:
    assert registry.may(a_request(song=None)).allow
    registry.reservations.reserve("lyric", data={"text": LYRIC}, **EVE)
    assert codes(registry, None) == ["reserved"]


def test_an_excepted_voice_or_title_stays_free(registry: Registry) -> None:
    tune = {"notes": drawn_tune(1)}
    registry.reservations.reserve("melody", data=tune, exceptions={"voices": ["ada"]}, **EVE)
    registry.reservations.reserve("melody", data=tune, exceptions={"titles": ["Two Bells"]}, **EVE)
    assert codes(registry, a_song(title="Bells")) == ["reserved"]
    assert registry.may(a_request(song=a_song(title="TWO bells"))).allow


def test_a_title_is_another_work_where_the_codes_say_so(registry: Registry) -> None:
    work = {"title": "Bells", "iswc": "T-034.524.680-1"}
    registry.reservations.reserve("declaration", data={"works": [work]}, **EVE)
    assert codes(registry, a_song(title="Bells")) == ["reserved"]
    assert registry.may(a_request(song=a_song(title="Bells", iswc="T-000.000.001-0"))).allow


# --- guises -------------------------------------------------------------------------------------------------


def with_ornaments(tune: Tune) -> Tune:
    rng = random.Random(3)
    notes: list[tuple[float, float]] = []
    for pitch, seconds in tune:
        grace = ((pitch + 2, 0.1 * seconds), (pitch, 0.9 * seconds))
        notes.extend(grace if rng.random() < 0.25 else ((pitch, seconds),))
    return tuple(notes)


@pytest.mark.parametrize(
    "guise",
    [
        lambda tune: tuple((pitch + 5, seconds * 1.7) for pitch, seconds in tune),
        lambda tune: tuple((pitch - 24, seconds) for pitch, seconds in tune),
        lambda tune: tuple((pitch + 0.4, seconds) for pitch, seconds in tune),
        lambda tune: tuple((pitch + 12 * (n % 7 == 0), seconds) for n, (pitch, seconds) in enumerate(tune)),
        lambda tune: tuple(note for pitch, s in tune for note in ((pitch, s / 2), (pitch, s / 2))),
        with_ornaments,
        lambda tune: tuple(note for n, note in enumerate(tune) if n % 12),
        lambda tune: (*tune[:20], (61.0, 0.5), *tune[20:]),
        lambda tune: tune[9:49],
        lambda tune: drawn_tune(99, 40) + tune + drawn_tune(98, 40),
    ],
    ids=["key and tempo", "octaves", "detuned", "octaves of some", "parted notes", "ornaments", "left out",
         "put in", "cut", "inside another"],
)  # fmt: skip
def test_a_melody_is_known_in_its_guises(sqlite_registry: Registry, guise: object) -> None:
    made = sqlite_registry.reservations.reserve("melody", data={"notes": drawn_tune(1)}, **EVE)
    changed = guise(drawn_tune(1))  # type: ignore[operator]
    (hit,) = sqlite_registry.reservations.hits_of_song(Song("", changed))
    assert hit.reservation == made.id and hit.kind == "melody"


def test_scales_and_other_tunes_are_no_melody_of_anybody(sqlite_registry: Registry) -> None:
    door = sqlite_registry.reservations
    scale = [0, 2, 4, 5, 7, 9, 11, 12, 11, 9, 7, 5, 4, 2]
    exercise = tuple((60.0 + step, 0.5) for step in scale * 4)
    with pytest.raises(ReservationError, match="too plain"):
        door.reserve("melody", data={"notes": exercise}, **EVE)
    for seed in range(60):
        tune = tuple((pitch, 0.5) for pitch, _ in exercise[:14]) + drawn_tune(seed, 80)
        door.reserve("melody", data={"notes": tune}, **EVE)
    assert door.hits_of_song(Song("", exercise)) == ()
    assert [door.hits_of_song(Song("", drawn_tune(seed, 80))) for seed in range(1000, 1060)] == [()] * 60


@pytest.mark.parametrize(
    "quoted",
    [
        LYRIC.upper().replace(",", " — "),
        LYRIC.replace("a", "а").replace("e", "ｅ"),
        "la la la la " * 30 + LYRIC.split("\n")[2] + " " + LYRIC.split("\n")[3],
        LYRIC.replace("silver", "golden").replace("drifting", "floating").replace("windless", "weary"),
        LYRIC.replace("lantern", "lan-tern").replace("nobody", "no-body"),
    ],
    ids=["capitals", "lookalikes", "two lines in another song", "words changed", "syllables"],
)
def test_a_quoted_lyric_is_known(sqlite_registry: Registry, quoted: str) -> None:
    made = sqlite_registry.reservations.reserve("lyric", data={"text": LYRIC}, **EVE)
    (hit,) = sqlite_registry.reservations.hits_of_song(Song(quoted, ()))
    assert hit.reservation == made.id


@pytest.mark.parametrize(
    ("reserved", "quoted"),
    [
        (JAPANESE, JAPANESE[:30]),
        (JAPANESE, "\n".join(JAPANESE).replace("ひ", "ヒ").replace("と", "ト")),
        (MANDARIN, MANDARIN.replace("，", " ")),
        (
            "漂着一盏灯的银色河面没有人知道船夫的姓名无风的夜里歌声",
            "漂著一盞燈的銀色河面沒有人知道船夫的姓名無風的夜裡歌聲",
        ),
    ],
    ids=["part", "kana", "punctuation", "traditional"],
)
def test_scripts_without_spaces(sqlite_registry: Registry, reserved: str, quoted: str) -> None:
    made = sqlite_registry.reservations.reserve("lyric", data={"text": reserved}, **EVE)
    (hit,) = sqlite_registry.reservations.hits_of_song(Song(quoted, ()))
    assert hit.reservation == made.id
    assert sqlite_registry.reservations.hits_of_song(Song("春天来了，花都开了，我们一起去看海吧", ())) == ()


def test_a_lyric_is_known_by_its_sound(sqlite_registry: Registry) -> None:
    rng = random.Random(1)
    sounds = tuple(rng.choice("aeiouptkbdgmnszrl") for _ in range(120))
    sqlite_registry.reservations.reserve("lyric", data={"text": LYRIC, "sounds": list(sounds)}, **EVE)
    edged = tuple(part for sound in sounds[20:100] for part in (sound, "|"))  # other words, the same sound
    (hit,) = sqlite_registry.reservations.hits_of_song(Song("spelt in another way", (), edged))
    assert "sound like" in hit.sentence


def test_common_phrases_are_nobodys(sqlite_registry: Registry) -> None:
    door = sqlite_registry.reservations
    door.reserve("lyric", data={"text": LYRIC + " I love you so much, la la la la la la la la"}, **EVE)
    for words in (
        "I love you so much and I always will, whatever the weather may bring to us two",
        "la " * 200,
        "nobody knows the name of the street where the old house stood before the war",
    ):
        assert door.hits_of_song(Song(words, ())) == ()


# --- what is kept, and what is not --------------------------------------------------------------------------


def test_neither_words_nor_names_leave_the_rows(place: Place, registry: Registry) -> None:
    registry.reservations.reserve("lyric", title="Boatman", data={"text": LYRIC}, **EVE)
    registry.reservations.reserve("declaration", data={"names": ["Mina Stern"], "everything": True}, **EVE)
    entries = [entry for entry in registry.ledger_rows() if entry.kind == "reservation"]
    assert len(entries) == 2
    said = repr(entries)
    for private in ("Eve", "Boatman", "lantern", "Mina"):
        assert private not in said
    with database(place).connect() as connection:
        rows = repr(connection.execute(text("SELECT * FROM reservations")).all())
        rows += repr(connection.execute(text("SELECT * FROM reservation_shingles")).all())
    assert "lantern" not in rows and "willows" not in rows


def test_an_ended_reservation_keeps_nothing_that_it_was_known_by(registry: Registry) -> None:
    door = registry.reservations
    made = door.reserve("melody", data={"notes": drawn_tune(1)}, **EVE)
    ended = door.end(made.id, "sold")
    assert (ended.state, dict(ended.data), ended.reason) == ("ended", {}, "sold")
    assert door.list() == () and door.list(ended=True) == (ended,) and door.get(made.id) == ended
    with pytest.raises(ReservationError, match="ended before"):
        door.end(made.id)
    with pytest.raises(UnknownName):
        door.end("reservation-none")


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE reservations SET state = 'ended'",
        "UPDATE reservations SET holder = 'Mallory'",
        "UPDATE reservations SET uses = '[]'",
        'UPDATE reservations SET exceptions = \'{"voices": ["ada"]}\'',
        "UPDATE reservation_summary SET standing = '{}'",
        "UPDATE reservation_summary SET proof = 1",
        "DELETE FROM reservation_summary",
    ],
)
def test_rows_changed_behind_the_registry_count_as_a_no(
    sqlite_registry: Registry, tmp_path: Path, harm: str
) -> None:
    sqlite_registry.reservations.reserve("melody", data={"notes": drawn_tune(1)}, **EVE)
    change(Place(tmp_path / "home", None), harm)
    assert codes(sqlite_registry, a_song()) == ["reserved"]
    assert sqlite_registry.reservations.faults() != ()


def test_an_index_that_was_thinned_out_is_named(place: Place, registry: Registry) -> None:
    made = registry.reservations.reserve("melody", data={"notes": drawn_tune(1)}, **EVE)
    assert registry.reservations.faults() == ()
    change(place, "DELETE FROM reservation_shingles WHERE place = 0")
    (fault,) = registry.reservations.faults()
    assert made.id in fault
    change(place, "UPDATE reservations SET reason = 'none'")
    assert codes(registry, a_song()) == ["reserved"]


def change(place: Place, statement: str) -> None:
    """Change the raw database."""
    with database(place).begin() as connection:
        connection.exec_driver_sql(statement)


def test_without_the_key_of_the_index_nothing_is_sung(place: Place, registry: Registry) -> None:
    registry.reservations.reserve("lyric", data={"text": LYRIC}, **EVE)
    key = place.home / "keys" / "reservations.hmac"
    kept = key.read_bytes()
    key.unlink()
    assert codes(registry, a_song()) == ["reserved"]
    key.write_bytes(bytes(32))
    key.chmod(0o600)
    assert codes(registry, a_song()) == ["reserved"]
    with pytest.raises(Exception, match="key of the reservations"):
        registry.reservations.reserve("lyric", data={"text": JAPANESE}, **EVE)
    key.write_bytes(kept)
    assert registry.may(a_request(song=a_song())).allow


# --- what cannot be reserved --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "data", "says"),
    [
        ("smell", {}, "cannot be reserved"),
        ("melody", {"notes": [[60, 1.0]] * 3}, "too short"),
        ("melody", {"notes": "abc"}, "list of notes"),
        ("melody", {"notes": [[float("nan"), 1.0]] * 40}, "too short"),
        ("melody", {}, "list of notes"),
        ("lyric", {"text": "I love you so much"}, "too short"),
        ("lyric", {"text": 5}, "is a text"),
        ("recording", {"items": [1, 2, 3]}, "too short"),
        ("recording", {"items": [-1] * 100}, "32-bit"),
        ("voice", {"takes": []}, "screen vectors"),
        ("voice", {"takes": [{"version": 9, "values": [0.0] * 19}]}, "version"),
        ("declaration", {}, "names nothing"),
        ("declaration", {"names": ["Mina"]}, "no work"),
        ("declaration", {"everything": True}, "of whom"),
        ("declaration", {"works": [{"iswc": "T-034.524.680-2"}]}, "check digit"),
        ("declaration", {"works": [{"isrc": "US"}]}, "no ISRC"),
        ("declaration", {"works": [{"title": "!?"}]}, "no letter"),
        ("declaration", {"colour": 1}, "not understood"),
    ],
)
def test_what_cannot_be_reserved_is_said(
    sqlite_registry: Registry, kind: str, data: dict[str, object], says: str
) -> None:
    with pytest.raises(ReservationError, match=says):
        sqlite_registry.reservations.reserve(kind, data=data, **EVE)
    assert sqlite_registry.reservations.list() == ()


def test_a_reservation_says_whose_it_is_what_shows_it_and_against_what(sqlite_registry: Registry) -> None:
    door, tune = sqlite_registry.reservations, {"notes": drawn_tune(1)}
    with pytest.raises(ReservationError, match="whose"):
        door.reserve("melody", holder=" ", data=tune, source="x")
    with pytest.raises(ReservationError, match="Nothing shows"):
        door.reserve("melody", holder="Eve", data=tune)
    with pytest.raises(ReservationError, match="not held against 'train'"):
        door.reserve("melody", data=tune, uses=["train"], **EVE)
    with pytest.raises(ReservationError, match="colour"):
        door.reserve("melody", data=tune, exceptions={"colour": ["x"]}, **EVE)
    made = door.reserve(
        "declaration", data={"works": [{"title": "A"}]}, uses=["train"], evidence="No!", holder="E"
    )
    assert made.uses == ("train",) and len(made.evidence_sha256) == 64
    assert door.hits_of_song(Song("", (), title="A")) == ()
    assert [hit.reservation for hit in door.hits_of_recordings(title="A")] == [made.id]

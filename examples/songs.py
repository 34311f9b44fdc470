"""The example songs as we wrote them down: melody, words and where both come from. `write.py` makes MusicXML
of them.

A bar is a row of notes `PITCH/QUARTERS`; `r` is a rest, `(` … `)` a slur, `~` a tie to the next note. Every
note that is not slurred or tied to the one before takes the next syllable; a syllable that ends in `-` goes
on in its word.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Song:
    """One song in the public domain."""

    file: str
    title: str
    composer: str
    lyricist: str
    language: str
    fifths: int
    """Sharps of the key, flats negative."""
    beats: int
    beat_type: int
    bpm: float
    """Quarter notes per minute."""
    bars: str
    """Bars parted by `|`; a first bar that is shorter than the metre is a pickup."""
    verses: tuple[str, ...]
    repeated: bool = False
    """The whole song is repeated, so that each verse is sung."""


SONGS = (
    Song(
        file="first-song.musicxml",
        title="Amazing Grace",
        composer="Traditional (New Britain, 1829)",
        lyricist="John Newton (1725–1807)",
        language="en",
        fifths=1,
        beats=3,
        beat_type=4,
        bpm=96,
        bars="""
        D4/1 | G4/2 (B4/.5 G4/.5) | B4/2 A4/1 | G4/2 E4/1 | D4/2'
        D4/1 | G4/2 (B4/.5 G4/.5) | B4/2 A4/1 | D5/3~ | D5/2'
        B4/1 | (D5/1.5 B4/.5) (D5/.5 B4/.5) | G4/2 D4/1 | (E4/1.5 G4/.5) (G4/.5 E4/.5) | D4/2'
        D4/1 | G4/2 (B4/.5 G4/.5) | B4/2 A4/1 | G4/3~ | G4/2 r/1
        """,
        verses=(
            "A- maz- ing grace! How sweet the sound That saved a wretch like me! "
            "I once was lost, but now am found, Was blind, but now I see.",
        ),
    ),
    Song(
        file="twinkle.musicxml",
        title="Twinkle, Twinkle, Little Star",
        composer="Traditional (Ah ! vous dirai-je, maman, 1761)",
        lyricist="Jane Taylor (1783–1824)",
        language="en",
        fifths=2,
        beats=4,
        beat_type=4,
        bpm=100,
        bars="""
        D4/1 D4/1 A4/1 A4/1 | B4/1 B4/1 A4/2 | G4/1 G4/1 F#4/1 F#4/1 | E4/1 E4/1 D4/2' |
        A4/1 A4/1 G4/1 G4/1 | F#4/1 F#4/1 E4/2' | A4/1 A4/1 G4/1 G4/1 | F#4/1 F#4/1 E4/2' |
        D4/1 D4/1 A4/1 A4/1 | B4/1 B4/1 A4/2 | G4/1 G4/1 F#4/1 F#4/1 | E4/1 E4/1 D4/2
        """,
        verses=(
            "Twin- kle, twin- kle, lit- tle star, How I won- der what you are! "
            "Up a- bove the world so high, Like a dia- mond in the sky. "
            "Twin- kle, twin- kle, lit- tle star, How I won- der what you are!",
        ),
    ),
    Song(
        file="silent-night.musicxml",
        title="Silent Night",
        composer="Franz Xaver Gruber (1787–1863)",
        lyricist="Joseph Mohr (1792–1848), English by John Freeman Young (1820–1885)",
        language="en",
        fifths=3,
        beats=6,
        beat_type=8,
        bpm=72,
        bars="""
        (E4/.75 F#4/.25) E4/.5 C#4/1.5 | (E4/.75 F#4/.25) E4/.5 C#4/1.5' |
        B4/1 B4/.5 G#4/1.5 | A4/1 A4/.5 E4/1.5' |
        F#4/1 F#4/.5 (A4/.75 G#4/.25) F#4/.5 | E4/.75 F#4/.25 E4/.5 C#4/1.5' |
        F#4/1 F#4/.5 A4/.75 G#4/.25 F#4/.5 | E4/.75 F#4/.25 E4/.5 C#4/1.5' |
        B4/1 B4/.5 D5/.75 B4/.25 G#4/.5 | (A4/1.5 C#5/1.5)' |
        (A4/.5 E4/.5) C#4/.5 E4/.75 D4/.25 B3/.5 | A3/2 r/1
        """,
        verses=(
            "Si- lent night, ho- ly night! All is calm, all is bright. "
            "Round yon vir- gin moth- er and child, Ho- ly in- fant so ten- der and mild, "
            "Sleep in heav- en- ly peace, sleep in heav- en- ly peace.",
            "Si- lent night, ho- ly night! Shep- herds quake at the sight. "
            "Glo- ries stream from heav- en a- far, Heav'n- ly hosts _ sing al- le- lu- ia; "
            "Christ, the Sav- ior, is born! Christ, the Sav- ior, is born!",
        ),
        repeated=True,
    ),
    Song(
        file="auld-lang-syne.musicxml",
        title="Auld Lang Syne",
        composer="Traditional (Scotland, 1799)",
        lyricist="Robert Burns (1759–1796)",
        language="en",
        fifths=2,
        beats=4,
        beat_type=4,
        bpm=104,
        bars="""
        A3/1 | D4/1.5 D4/.5 D4/1 F#4/1 | E4/1.5 D4/.5 E4/1 F#4/1 | D4/1.5 D4/.5 F#4/1 A4/1 | B4/3'
        B4/1 | A4/1.5 F#4/.5 F#4/1 D4/1 | E4/1.5 D4/.5 E4/1 F#4/1 | D4/1.5 B3/.5 B3/1 A3/1 | D4/3'
        B4/1 | (A4/1.5 F#4/.5) (F#4/1 D4/1) | E4/1.5 D4/.5 E4/1 B4/1 |
        (A4/1.5 F#4/.5) (F#4/1 A4/1) | B4/3'
        D5/1 | A4/1.5 F#4/.5 F#4/1 D4/1 | E4/1.5 D4/.5 E4/1 F#4/1 |
        (D4/1.5 B3/.5) (B3/1 A3/1) | D4/3
        """,
        verses=(
            "Should auld ac- quain- tance be for- got, And nev- er brought to mind? "
            "Should auld ac- quain- tance be for- got, And days of auld lang syne? "
            "For auld lang syne, my dear, For auld lang syne, "
            "We'll take a cup of kind- ness yet, For auld lang syne.",
        ),
    ),
    Song(
        file="sakura.musicxml",
        title="さくらさくら",
        composer="日本古謡",
        lyricist="日本古謡",
        language="ja",
        fifths=0,
        beats=4,
        beat_type=4,
        bpm=92,
        bars="""
        A4/1 A4/1 B4/2 | A4/1 A4/1 B4/2' | A4/1 B4/1 C5/1 B4/1 | A4/1 (B4/.5 A4/.5) F4/2' |
        E4/1 C4/1 E4/1 F4/1 | E4/1 (E4/.5 C4/.5) B3/2' | A4/1 B4/1 C5/1 B4/1 | A4/1 (B4/.5 A4/.5) F4/2' |
        E4/1 C4/1 E4/1 F4/1 | E4/1 (E4/.5 C4/.5) B3/2' | A4/1 A4/1 B4/2 | A4/1 A4/1 B4/2' |
        E4/1 F4/1 (B4/.5 A4/.5) F4/1 | E4/4
        """,
        verses=(
            "さ- く- ら さ- く- ら や- よ- い- の そ- ら- は み- わ- た- す か- ぎ- り "
            "か- す- み- か く- も- か "
            "に- お- い- ぞ い- ず- る い- ざ- や い- ざ- や み- に ゆ- か- ん",
        ),
    ),
    Song(
        file="furusato.musicxml",
        title="ふるさと",
        composer="岡野貞一 (1878–1941)",
        lyricist="高野辰之 (1876–1947)",
        language="ja",
        fifths=-1,
        beats=3,
        beat_type=4,
        bpm=88,
        bars="""
        F4/1 F4/1 F4/1 | G4/1.5 A4/.5 G4/1 | A4/1 A4/1 Bb4/1 | C5/2 r/1 |
        Bb4/1 C5/1 D5/1 | A4/1.5 Bb4/.5 A4/1 | G4/1 G4/1 E4/1 | F4/2 r/1 |
        (G4/.5 F4/.5) G4/1 C4/1 | (F4/.5 G4/.5) A4/1 A4/1 | (Bb4/.5 A4/.5) (Bb4/1.5 D5/.5) |
        (C5/.5 Bb4/.5) A4/1 r/1 |
        C5/1 C5/1 C5/1 | F4/1.5 G4/.5 A4/1 | Bb4/1 Bb4/1 G4/1 | F4/2 r/1
        """,
        verses=(
            "う- さ- ぎ お- い- し か- の や- ま こ- ぶ- な つ- り- し か- の か- わ "
            "ゆ- め- は い- ま- も め- ぐ- り- て わ- す- れ- が- た- き ふ- る- さ- と",
        ),
    ),
    Song(
        file="songbie.musicxml",
        title="送别",
        composer="John Pond Ordway (1824–1880)",
        lyricist="李叔同 (1880–1942)",
        language="zh",
        fifths=0,
        beats=4,
        beat_type=4,
        bpm=88,
        bars="""
        G4/1 (E4/.5 G4/.5) C5/2 | A4/1 C5/1 G4/2' | G4/1 (C4/.5 D4/.5) E4/1 (D4/.5 C4/.5) | D4/3 r/1 |
        G4/1 (E4/.5 G4/.5) C5/1.5 B4/.5 | A4/1 C5/1 G4/2' | G4/1 (D4/.5 E4/.5) F4/1.5 B3/.5 | C4/3 r/1 |
        A4/1 C5/1 C5/2 | B4/1 (A4/.5 B4/.5) C5/2' |
        (A4/.5 B4/.5) (C5/.5 A4/.5) (A4/.5 G4/.5) (E4/.5 C4/.5) | D4/3 r/1 |
        G4/1 (E4/.5 G4/.5) C5/1.5 B4/.5 | A4/1 C5/1 G4/2 | G4/1 (D4/.5 E4/.5) F4/1.5 B3/.5 | C4/3 r/1
        """,
        verses=(
            "长 亭 外， 古 道 边， 芳 草 碧 连 天。 晚 风 拂 柳 笛 声 残， 夕 阳 山 外 山。 "
            "天 之 涯， 地 之 角， 知 交 半 零 落。 一 壶 浊 酒 尽 余 欢， 今 宵 别 梦 寒。",
        ),
    ),
    Song(
        file="molihua.musicxml",
        title="茉莉花",
        composer="江苏民歌",
        lyricist="江苏民歌",
        language="zh",
        fifths=2,
        beats=4,
        beat_type=4,
        bpm=84,
        bars="""
        F#4/1 F#4/.5 A4/.5 (B4/.5 D5/.5) D5/.5 B4/.5 | A4/1 (A4/.5 B4/.5) A4/2' |
        F#4/1 F#4/.5 A4/.5 (B4/.5 D5/.5) D5/.5 B4/.5 | A4/1 (A4/.5 B4/.5) A4/2' |
        A4/1 A4/1 A4/1 (F#4/.5 A4/.5) | B4/1 B4/1 A4/2' |
        F#4/1 (E4/.5 F#4/.5) A4/1 (F#4/.5 E4/.5) | D4/1 (D4/.5 E4/.5) D4/2' |
        (F#4/.5 E4/.5) (D4/.5 F#4/.5) E4/1.5 F#4/.5 | A4/1 (B4/.5 D5/.5) A4/2' |
        E4/1 (F#4/.5 A4/.5) (E4/.5 F#4/.5) (D4/.5 B3/.5) | A3/2 B3/1 D4/1 |
        E4/1.5 F#4/.5 (D4/.5 E4/.5) (D4/.5 B3/.5) | A3/4
        """,
        verses=(
            "好 一 朵 美- 丽- 的 茉- 莉- 花， 好 一 朵 美- 丽- 的 茉- 莉- 花， 芬- 芳 美- 丽 满 枝- 桠， "
            "又 香 又 白 人- 人 夸， 让 我 来 将 你 摘- 下， 送- 给 别- 人- 家， 茉- 莉- 花 呀 茉- 莉- 花。",
        ),
    ),
)

"""The real flow in a real browser, with its scripts and without, and what only a browser can tell."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from playwright.sync_api import BrowserContext, Page, expect
from visitors import SCORE

SONG_MS = 120_000
PAGE_MS = 30_000  # a busy machine may take its time; what never comes still fails
expect.set_options(timeout=PAGE_MS)
CONTRAST = """() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => [r, g, b].map((v) => linear(v / 255)).reduce(
    (sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (node) => {
    for (; node; node = node.parentElement) {
      const colour = parts(getComputedStyle(node).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const worst = [];
  for (const node of document.querySelectorAll('body *')) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    if (!own || !node.checkVisibility() || node.closest('.unseen, option, optgroup')) continue;
    const [a, b] = [light(parts(getComputedStyle(node).color)), light(ground(node))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) worst.push(`${node.textContent.trim().slice(0, 40)}: ${ratio.toFixed(2)}`);
  }
  return worst;
}"""
"""Texts whose contrast is under 4.5 : 1 (WCAG 2.2, 1.4.3)."""

NewContext = Callable[..., BrowserContext]


@pytest.fixture
def quiet(page: Page) -> Iterator[Page]:
    """A page that must not complain: no error of a script, none of the content security policy."""
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    yield page
    assert said == []


@pytest.fixture
def score(tmp_path: Path) -> Path:
    file = tmp_path / "two-bells.musicxml"
    file.write_text(SCORE, encoding="utf-8")
    return file


def test_a_song_is_sung_played_kept_and_verified(
    quiet: Page, served: str, score: Path, tmp_path: Path
) -> None:
    quiet.goto(served)
    quiet.get_by_role("radio", name="さくらさくら").check()
    expect(quiet.get_by_label("Lyrics")).to_have_value(re.compile("やよいのそら"))
    quiet.get_by_label("Score file").set_input_files(score)
    expect(quiet.get_by_role("radio", name="A score of your own")).to_be_checked()
    expect(quiet.get_by_label("Lyrics")).to_have_value("")
    quiet.get_by_label("Lyrics").fill("bim bam")
    quiet.get_by_role("radio", name="Tiny Open").check()
    quiet.get_by_role("button", name="Sing it").click()
    expect(quiet.get_by_role("heading", name="Two Bells")).to_be_visible()
    player = quiet.locator("audio")
    expect(player).to_be_visible(timeout=SONG_MS)
    length_s = player.evaluate(
        """(a) => new Promise((done) => {
            if (a.readyState) done(a.duration);
            a.onloadedmetadata = () => done(a.duration);
        })"""
    )
    assert length_s == pytest.approx(1.0, abs=0.1)
    assert quiet.locator("figure img").evaluate("(img) => img.decode().then(() => img.naturalWidth)") > 800
    for scheme, width in (("dark", 390), ("light", 1280)):
        quiet.emulate_media(color_scheme=scheme)
        quiet.set_viewport_size({"width": width, "height": 844})
        assert quiet.evaluate(CONTRAST) == []
        assert quiet.evaluate("document.documentElement.scrollWidth") <= width
    for suffix in ("WAV", "MP3"):
        with quiet.expect_download() as kept:
            quiet.get_by_role("link", name=f"Download {suffix}").click()
        assert kept.value.suggested_filename == f"Two Bells.{suffix.lower()}"
        kept.value.save_as(tmp_path / f"kept.{suffix.lower()}")
    quiet.get_by_role("navigation").get_by_role("link", name="Verify").click()
    for name in ("kept.wav", "kept.mp3"):
        quiet.get_by_label("Drop a file here, or choose one").set_input_files(tmp_path / name)
        expect(quiet.get_by_text("Made here, with the voice of Tiny Open")).to_be_visible(timeout=SONG_MS)
        expect(quiet.get_by_text(name, exact=True)).to_be_visible()


def test_the_same_without_scripts(new_context: NewContext, served: str, tmp_path: Path) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(served)
    page.get_by_role("radio", name="さくらさくら").check()
    page.get_by_role("button", name="Show this song’s words").click()
    assert "やよいのそら" in page.get_by_label("Lyrics").input_value()
    page.get_by_role("button", name="Sing it").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.locator("audio")).to_be_visible(timeout=SONG_MS)  # the page reloads itself
    with page.expect_download() as kept:
        page.get_by_role("link", name="Download MP3").click()
    kept.value.save_as(tmp_path / "kept.mp3")
    page.get_by_role("navigation").get_by_role("link", name="Verify").click()
    page.get_by_label("Drop a file here, or choose one").set_input_files(tmp_path / "kept.mp3")
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_text("Made here, with the voice of Tiny Open")).to_be_visible(timeout=SONG_MS)


def test_picking_a_song_shows_its_words_but_never_over_the_visitors_own(quiet: Page, served: str) -> None:
    quiet.goto(served)
    lyrics = quiet.get_by_label("Lyrics")
    quiet.get_by_role("radio", name="茉莉花").check()
    expect(lyrics).to_have_value(re.compile("^好一朵"))
    assert lyrics.get_attribute("lang") == "zh"
    lyrics.fill("my own words")
    quiet.get_by_role("radio", name="Auld Lang Syne").check()
    quiet.wait_for_load_state("networkidle")
    expect(lyrics).to_have_value("my own words")


def test_faults_are_where_the_eye_and_the_focus_are(page: Page, served: str, score: Path) -> None:
    page.goto(served)
    page.get_by_label("Score file").set_input_files(score)
    page.get_by_label("Lyrics").fill("far too many words for two bells")
    page.get_by_role("button", name="Sing it").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Too many syllables")
    expect(alert).to_be_focused()
    expect(page.get_by_label("Lyrics")).to_have_value("far too many words for two bells")
    page.get_by_label("Lyrics").fill("bim bam")
    page.get_by_role("button", name="Sing it").click()
    expect(page.get_by_role("heading", name="Two Bells")).to_be_visible()
    page.get_by_role("button", name="Cancel").or_(page.locator("audio")).wait_for(timeout=SONG_MS)


def test_a_file_can_be_dropped_anywhere_on_the_verify_page(page: Page, served: str) -> None:
    page.goto(f"{served}/verify")
    carried = page.evaluate_handle(
        """() => {
            const carried = new DataTransfer();
            carried.items.add(new File(['no sound'], 'letter.txt'));
            return carried;
        }"""
    )
    page.dispatch_event("main", "drop", {"dataTransfer": carried})
    expect(page.get_by_role("alert")).to_contain_text("letter.txt is not an audio file")


def test_the_form_can_be_filled_with_the_keyboard_alone(page: Page, served: str) -> None:
    page.goto(served)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    seen = []
    for _ in range(16):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()"))
        if seen[-1] == "Sing it":
            break
    order = ["melody", "score", "lyrics", "language", "purpose", "More", "voice", "Sing it"]
    assert [name for name in seen if name in order] == order


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_pages_are_readable_and_never_wider_than_the_screen(
    new_context: NewContext, served: str, scheme: str, width: int
) -> None:
    page = new_context(color_scheme=scheme, viewport={"width": width, "height": 844}).new_page()
    for path in ("/", "/voices", "/verify", "/songs/", "/nowhere"):
        page.goto(served + path)
        assert page.evaluate(CONTRAST) == [], (path, scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


DROP = """async ([sound, beside]) => {
  const files = new DataTransfer();
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  files.items.add(new File([bytes(sound)], 'hum.wav', { type: 'audio/wav' }));
  files.items.add(new File([bytes(beside)], 'hum.wav.c2pa'));
  document.dispatchEvent(new DragEvent('drop', { dataTransfer: files, bubbles: true, cancelable: true }));
}"""


def test_a_song_and_its_credentials_are_dropped_together(quiet: Page, served: str) -> None:
    sound = io.BytesIO()
    soundfile.write(sound, 0.2 * np.sin(np.arange(3 * 44_100) / 30), 44_100, format="WAV")
    files = [base64.b64encode(content).decode() for content in (sound.getvalue(), b"no manifest")]
    quiet.goto(f"{served}/verify")
    quiet.evaluate(DROP, files)
    expect(quiet.get_by_role("heading", name="Not ours")).to_be_visible(timeout=SONG_MS)
    expect(quiet.get_by_text("what they say is nobody's word")).to_be_visible()


def test_credentials_are_chosen_without_sending_the_song_too_soon(
    quiet: Page, served: str, tmp_path: Path
) -> None:
    sound, beside = tmp_path / "hum.wav", tmp_path / "hum.wav.c2pa"
    soundfile.write(sound, 0.2 * np.sin(np.arange(3 * 44_100) / 30), 44_100)
    beside.write_bytes(b"no manifest")
    quiet.goto(f"{served}/verify")
    quiet.get_by_text("It came with a second file").click()
    quiet.get_by_label("Drop a file here").set_input_files(sound)
    expect(quiet.get_by_role("button", name="Verify")).to_be_enabled()
    quiet.get_by_label("Its content credentials").set_input_files(beside)
    quiet.get_by_role("button", name="Verify").click()
    expect(quiet.get_by_text("what they say is nobody's word")).to_be_visible(timeout=SONG_MS)

"""The vocoder: in tune, in level, in pieces, and the same every time."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from singer import HOP, SAMPLE_RATE
from singer.networks import ConvNeXtBlock
from singer.vocoder.controls import BANDS, FLOOR_DB, Controls, bands_from_bins, bins_from_bands
from singer.vocoder.excitation import harmonic_comb, white_noise
from singer.vocoder.model import Vocoder, VocoderConfig
from singer.vocoder.synthesis import BLOCK_FRAMES, Synthesiser

SMALL = VocoderConfig(channels=16, layers=2, detail=32)


def make_controls(
    frames: int = 200, f0_hz: float = 220.0, harmonic_db: float = -40.0, noise_db: float = -90.0
):
    return Controls(
        np.full(frames, f0_hz, np.float32),
        np.full((frames, BANDS), harmonic_db, np.float32),
        np.full((frames, BANDS), noise_db, np.float32),
    )


def random_vocoder(seed: int = 0) -> Vocoder:
    torch.manual_seed(seed)
    vocoder = Vocoder(SMALL)
    torch.nn.init.normal_(vocoder.outlet.weight, std=0.05)
    return vocoder.eval()


def spectrum_peak_hz(samples: np.ndarray, around_hz: float) -> float:
    """Frequency of the strongest partial within a semitone of `around_hz`, by parabolic interpolation."""
    size = 1 << 16
    power = np.log(np.abs(np.fft.rfft(samples * np.hanning(len(samples)), size)) + 1e-12)
    hz = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    near = np.flatnonzero((hz > around_hz * 0.95) & (hz < around_hz * 1.05))
    best = near[np.argmax(power[near])]
    left, centre, right = power[best - 1 : best + 2]
    return float((best + 0.5 * (left - right) / (left - 2 * centre + right)) * SAMPLE_RATE / size)


@pytest.mark.parametrize("f0_hz", [80.0, 146.83, 440.0, 1046.5])
def test_the_comb_is_in_tune_and_has_no_partial_above_its_limit(f0_hz: float) -> None:
    comb = harmonic_comb(torch.full((1, 400), f0_hz))[0].numpy()
    for partial in (1, 3):
        found = spectrum_peak_hz(comb, partial * f0_hz)
        assert abs(1200 * np.log2(found / (partial * f0_hz))) < 1.0
    spectrum = np.abs(np.fft.rfft(comb * np.hanning(len(comb))))
    hz = np.fft.rfftfreq(len(comb), 1 / SAMPLE_RATE)
    assert spectrum[hz > 0.497 * SAMPLE_RATE].max() < 0.02 * spectrum.max()


def synthesised(vocoder: Vocoder, controls: Controls, seed: int) -> NDArray[np.float32]:
    return Synthesiser(vocoder).synthesise(controls, white_noise(len(controls.f0_hz) * HOP, seed).numpy())


def test_comb_and_noise_have_unit_power_density() -> None:
    comb = harmonic_comb(torch.full((1, 800), 200.0))[0].numpy()
    assert np.mean(comb**2) == pytest.approx(1.0, abs=0.06)
    assert np.std(white_noise(200_000, 5).numpy()) == pytest.approx(1.0, abs=0.01)


def test_a_gliding_comb_never_clicks() -> None:
    glide = torch.linspace(150.0, 600.0, 600)[None]
    comb = harmonic_comb(glide)[0].numpy()
    crest = np.abs(comb).reshape(-1, HOP).max(axis=1)
    expected = 2.0 * 0.49 * SAMPLE_RATE / glide[0].numpy() * np.sqrt(glide[0].numpy() / SAMPLE_RATE)
    assert (crest < 1.25 * expected + 0.5).all()


def test_levels_come_out_as_they_go_in() -> None:
    vocoder = Vocoder(SMALL)  # its last layer is zero: the analytic start alone
    for harmonic_db, noise_db in ((-40.0, -120.0), (-120.0, -40.0)):
        made = synthesised(vocoder, make_controls(harmonic_db=harmonic_db, noise_db=noise_db), 1)
        middle = made[50 * HOP : 150 * HOP]
        assert 10 * np.log10(np.mean(middle**2)) == pytest.approx(-40.0, abs=1.0)


def test_the_floor_is_silence() -> None:
    made = synthesised(Vocoder(SMALL), make_controls(harmonic_db=FLOOR_DB, noise_db=FLOOR_DB), 1)
    assert np.abs(made).max() < 1e-4


def test_blocks_join_without_a_trace() -> None:
    vocoder, controls = random_vocoder(), make_controls(frames=2 * BLOCK_FRAMES + 37)
    noise = white_noise(len(controls.f0_hz) * HOP, 9)[None]
    with torch.no_grad():
        whole = vocoder(
            torch.from_numpy(controls.f0_hz)[None],
            torch.from_numpy(controls.harmonic_db)[None],
            torch.from_numpy(controls.noise_db)[None],
            noise,
        )[0].numpy()
    in_blocks = synthesised(vocoder, controls, 9)
    np.testing.assert_allclose(in_blocks, whole, atol=1e-5)


def test_the_same_noise_gives_the_same_samples_and_other_noise_does_not() -> None:
    vocoder, controls = random_vocoder(), make_controls(noise_db=-40.0)
    first, again, other = (synthesised(vocoder, controls, seed) for seed in (7, 7, 8))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_no_frames_give_no_samples() -> None:
    assert synthesised(random_vocoder(), make_controls(frames=0), 1).shape == (0,)


def test_controls_of_the_wrong_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="noise_db"):
        Controls(np.ones(5), np.zeros((5, BANDS)), np.zeros((4, BANDS)))


def test_bands_keep_a_flat_and_a_sloping_spectrum() -> None:
    to_bands, to_bins = bands_from_bins(1025), bins_from_bands(BANDS, 1025)
    flat = np.full(1025, -30.0)
    np.testing.assert_allclose((flat @ to_bands) @ to_bins, flat, atol=1e-3)
    slope = np.linspace(0.0, -60.0, 1025)
    assert np.abs((slope @ to_bands) @ to_bins - slope)[8:-40].max() < 0.5


def test_film_colours_a_block() -> None:
    torch.manual_seed(0)
    block, frames = ConvNeXtBlock(8), torch.randn(2, 30, 8)
    plain, coloured = block(frames), block(frames, torch.full((2, 16), 0.5))
    assert plain.shape == frames.shape
    assert not torch.allclose(plain, coloured)

"""Rests are silent: the gate is zero inside them, one inside sounds, and never jumps."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from singer import HOP, SAMPLE_RATE
from singer.performance.model import BREATH, SILENCE, PhoneSpan, Phrase, frame_time_s
from singer.voice import FADE_IN_S, FADE_OUT_S, silence_gate


@st.composite
def phrases(draw: st.DrawFn) -> Phrase:
    """Gapless phones of 5 ms to 0.4 s, silences, breaths and sounds mixed, somewhere in a song."""
    start_frame = draw(st.integers(0, 2000))
    spans, at_s = [], frame_time_s(start_frame)
    for phone, length_s in draw(
        st.lists(
            st.tuples(st.sampled_from([SILENCE, BREATH, "a", "s"]), st.floats(0.005, 0.4)),
            min_size=1,
            max_size=8,
        )
    ):
        spans.append(PhoneSpan(phone, at_s, at_s + length_s, None))
        at_s += length_s
    frames = int(np.ceil(round((at_s - spans[0].start_s) * SAMPLE_RATE / HOP, 6))) or 1
    last = spans[-1]
    spans[-1] = PhoneSpan(last.phone, last.start_s, frame_time_s(start_frame + frames), None)
    return Phrase(start_frame, frames, tuple(spans), (), {"f0_hz": (200.0,) * frames})


@given(phrases())
def test_silence_is_exactly_silent_and_sound_untouched(phrase: Phrase) -> None:
    gate = silence_gate(phrase)
    assert gate.shape == (phrase.frames * HOP,)
    assert gate.min() >= 0 and gate.max() <= 1
    assert np.abs(np.diff(gate)).max(initial=0) < 0.02
    for span in phrase.phones:
        start, stop = ((instant - phrase.start_s) * SAMPLE_RATE for instant in (span.start_s, span.end_s))
        if span.phone == SILENCE:
            inside = gate[
                int(start + FADE_OUT_S * SAMPLE_RATE) + 2 : max(0, int(stop - FADE_IN_S * SAMPLE_RATE) - 2)
            ]
            assert not inside.any()
        else:
            edge = round(0.004 * SAMPLE_RATE)
            assert (gate[max(edge, int(start) + 2) : min(len(gate) - edge, int(stop) - 2)] == 1).all()

"""A voice package. It opens only with an `Authorization`, and what leaves it carries the watermark of that
one use."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from consent.errors import Reason, Refused
from consent.song import Song
from singer import HOP, SAMPLE_RATE
from singer.errors import Cancelled
from singer.performance.content import lyrics_of, melody_of, sounds_of
from singer.performance.model import Performance, Phrase
from singer.planning import performance_sha256, work_digest

if TYPE_CHECKING:
    from consent.authorization import Authorization
    from consent.registry import Registry
    from consent.tracing import Reopened
    from singer.acoustic.phrase import VoiceModel
    from singer.vocoder.synthesis import Synthesiser

Progress = Callable[[float, str], None]
"""Told the share of the work that is done, 0 … 1, and in a word what is being done."""

Cancelling = Callable[[], bool]
"""Asked between two pieces of work: True ends it."""

FADE_OUT_S, FADE_IN_S = 0.03, 0.01
"""A voice dies away within the first part of a silence and comes back within the last; between them it is
exactly zero."""

EDGE_S = 0.003
"""Fade at the ends of a phrase that does not begin or end in silence."""


class Voice:
    """The models of one voice, opened for one authorised use.

    `Voice.open` is the only way in, and `sing` the only way out: it returns marked samples, so that no caller
    ever holds an unmarked rendering (laws 1 and 2 of the house).
    """

    def __init__(
        self,
        acoustic: VoiceModel,
        vocoder: Synthesiser,
        authorization: Authorization | Reopened,
        watermark_key: bytes,
    ) -> None:
        self._acoustic = acoustic
        self._vocoder = vocoder
        self._authorization = authorization
        self._watermark_key = watermark_key

    @classmethod
    def open(cls, registry: Registry, authorization: Authorization) -> Voice:
        """Unseal the voice that `authorization` names and build its models.

        Raises what `registry.unseal` raises: `Refused` when the authorisation is not the registry's own, has
        run out, or its grant was withdrawn meanwhile.
        """
        weights = registry.unseal(authorization)
        _, key = registry.watermark_keys()[-1]
        return cls._loaded(weights, authorization, key)

    @classmethod
    def sing_again(
        cls, registry: Registry, render_id: int, start_s: float, end_s: float, *, by: str, suspect_sha256: str
    ) -> NDArray[np.float32]:
        """A released song once more, (n,) at 44 100 Hz with its own mark, to hold a suspect file against it;
        phrases outside of `start_s` … `end_s` are silent.

        It is sung from its recipe and from nothing else, and the opened voice stays in here. `by` is who
        asks. Raises what `registry.tracing.reopen` raises.
        """
        reopened = registry.tracing.reopen(render_id, by, suspect_sha256)
        voice = cls._loaded(reopened.weights, reopened, reopened.watermark_key)
        whole = voice._authorised(Performance.from_json(reopened.recipe.performance))
        within = (phrase for phrase in whole.phrases if phrase.end_s > start_s and phrase.start_s < end_s)
        return voice._marked(replace(whole, phrases=tuple(within)))

    @classmethod
    def _loaded(
        cls, weights: Mapping[str, bytes], allowed: Authorization | Reopened, watermark_key: bytes
    ) -> Voice:
        import torch

        from singer.acoustic import load as load_acoustic
        from singer.vocoder import load as load_vocoder

        torch.set_num_threads(
            1
        )  # phrases run beside each other, one thread each: faster than threads within one
        return cls(load_acoustic(weights), load_vocoder(weights), allowed, watermark_key)

    def sing(
        self, performance: Performance, progress: Progress | None = None, cancelled: Cancelling | None = None
    ) -> NDArray[np.float32]:
        """The whole song, (round(duration_s * SAMPLE_RATE),) float32 at 44 100 Hz, with the use's watermark
        in it.

        The same performance, voice version and render id give the same samples. Raises `Refused` for any
        performance but the one that was authorised, `Cancelled` when `cancelled` says so between two phrases.
        """
        return self._marked(self._authorised(performance), progress, cancelled)

    def _marked(
        self, performance: Performance, progress: Progress | None = None, cancelled: Cancelling | None = None
    ) -> NDArray[np.float32]:
        """The phrases of a performance that is allowed, in their places, with the use's watermark in them."""
        from singer.loudness import limit_peaks
        from singer.watermark import embed

        song = self._join(performance, progress, cancelled)
        if progress:
            progress(0.9, "marking")
        render_id, key = self._authorization.render_id, self._watermark_key
        return embed(limit_peaks(song), render_id, key, noise_is_keyed=True)

    def _authorised(self, given: Performance) -> Performance:
        """A copy of the performance, which nobody can change while it is sung.

        Raises Refused unless the copy, to its last number, is the work that was authorised.
        """
        performance, allowed = Performance.from_json(given.to_json()), self._authorization
        digest = work_digest(performance_sha256(performance), allowed.voice)
        heard = song_of(performance).sung_sha256()
        if digest != allowed.work_digest or allowed.sung_sha256 not in ("", heard):
            raise Refused([Reason("other-work", "The authorisation is for another song than this one.")])
        return performance

    def _join(
        self, performance: Performance, progress: Progress | None, cancelled: Cancelling | None
    ) -> NDArray[np.float32]:
        """Every phrase in its place, (round(duration_s * SAMPLE_RATE),), marked in its noise alone: it
        stays in this class."""
        song = np.zeros(round(performance.duration_s * SAMPLE_RATE), np.float32)
        frames_in_all = sum(phrase.frames for phrase in performance.phrases) or 1
        frames_done = 0
        with ThreadPoolExecutor(max_workers=_processors()) as pool:
            pending = [(phrase, pool.submit(self._sing_phrase, phrase)) for phrase in performance.phrases]
            try:
                for phrase, future in pending:
                    if cancelled and cancelled():
                        raise Cancelled()
                    start = phrase.start_frame * HOP
                    samples = future.result()[: max(0, len(song) - start)]
                    song[start : start + len(samples)] += samples
                    frames_done += phrase.frames
                    if progress:
                        progress(0.85 * frames_done / frames_in_all, "singing")
            finally:
                for _, future in pending:
                    future.cancel()
        return song

    def _sing_phrase(self, phrase: Phrase) -> NDArray[np.float32]:
        """One phrase alone, (frames * HOP,): silent where its phones are silence.

        Its noise is that of its place in the song, drawn for the render id.
        """
        from singer.watermark.carrier import carrier

        controls = self._acoustic.controls(phrase)
        noise = carrier(
            self._authorization.render_id,
            self._watermark_key,
            phrase.start_frame * HOP,
            len(controls.f0_hz) * HOP,
        )
        samples = self._vocoder.synthesise(controls, noise)
        return (samples * silence_gate(phrase)).astype(np.float32, copy=False)


def song_of(performance: Performance) -> Song:
    """The song that consent is asked for: what this performance sings, and its title."""
    return Song(
        lyrics=lyrics_of(performance),
        melody=melody_of(performance),
        sounds=sounds_of(performance),
        title=performance.title,
    )


def silence_gate(phrase: Phrase) -> NDArray[np.float32]:
    """Gain of each sample, (frames * HOP,): 1 in sound and breath, 0 in silence but for short fades at its
    ends.

    Models hum in rests; a fade is a half cosine of `FADE_OUT_S` after a sound and `FADE_IN_S` before one.
    """
    from singer.performance.model import SILENCE

    size = phrase.frames * HOP
    gate = np.ones(size, np.float32)
    for index, span in enumerate(phrase.phones):
        if span.phone != SILENCE:
            continue
        start, stop = (
            min(max(round((instant - phrase.start_s) * SAMPLE_RATE), 0), size)
            for instant in (span.start_s, span.end_s)
        )
        falling = _half_cosine(stop - start, FADE_OUT_S) if index > 0 else np.zeros(stop - start, np.float32)
        rising = np.zeros_like(falling)
        if index < len(phrase.phones) - 1:
            rising = _half_cosine(stop - start, FADE_IN_S)[::-1]
        gate[start:stop] = np.maximum(falling, rising)
    edge = 1.0 - _half_cosine(size, EDGE_S)
    gate *= np.minimum(edge, edge[::-1])
    return gate


def _half_cosine(size: int, fade_s: float) -> NDArray[np.float32]:
    """(size,): from 1 down to 0 within `fade_s`, then 0."""
    place = np.minimum(np.arange(size) / (fade_s * SAMPLE_RATE), 1.0)
    return (0.5 + 0.5 * np.cos(np.pi * place)).astype(np.float32)


def _processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

"""How a voice plays notes: it makes each different tone once and lays copies on a canvas of silence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np

from generation.rendering.arrangement import RATE, Note, SectionSound
from generation.rendering.voices.signal import Signal, closed, frames_of

USUAL_VELOCITY = 100
LOUDNESS_POWER = 1.35
"""Loudness grows with velocity to this power; brightness grows besides."""
FORCE_STEPS = 6
BRIGHTNESS_STEPS = 4
LENGTH_STEP_S = 0.25


@dataclass(frozen=True, slots=True)
class Stroke:
    """What decides how a tone sounds: force and brightness from 0 to 1, which of its variants."""

    pitch: int
    force: float
    brightness: float
    variant: int
    seconds: float


class Voice(Protocol):
    """Something that plays a part."""

    def play(
        self, canvas: Signal, notes: Sequence[Note], sections: Sequence[SectionSound], gain: float
    ) -> None:
        """Add the notes to ``canvas`` (frames, 2); where nothing sounds it is not touched."""
        ...


@dataclass(frozen=True)
class ToneVoice:
    """Plays tones that do not depend on their neighbours.

    ``tone`` makes one; it may ring longer than the note, which then lets it die within
    ``release_s``. ``attack_s`` is laid over tones that have no attack of their own.
    """

    tone: Callable[[Stroke], Signal]
    release_s: float
    longest_s: float = 6.0
    attack_s: float = 0.0
    variants: int = 3

    def play(
        self, canvas: Signal, notes: Sequence[Note], sections: Sequence[SectionSound], gain: float
    ) -> None:
        """Add the notes to ``canvas``."""
        make = lru_cache(maxsize=256)(self.tone)
        last: dict[int, int] = {}
        seconds = self._longest(notes)
        for note in notes:
            variant = (last.get(note.pitch, -1) + 1) % self.variants
            last[note.pitch] = variant
            stroke = Stroke(
                note.pitch,
                _step(note.velocity / 127, FORCE_STEPS),
                _step(brightness_at(sections, note.start_s), BRIGHTNESS_STEPS),
                variant,
                seconds[note.pitch],
            )
            self._lay(canvas, make(stroke), note, gain)

    def _longest(self, notes: Sequence[Note]) -> Mapping[int, float]:
        """Return, by pitch, how long a tone must be to serve every note; in steps, to make few."""
        seconds: dict[int, float] = {}
        for note in notes:
            needed = min(self.longest_s, note.length_s + self.release_s)
            steps = -(-needed // LENGTH_STEP_S)
            seconds[note.pitch] = max(seconds.get(note.pitch, 0.0), steps * LENGTH_STEP_S)
        return seconds

    def _lay(self, canvas: Signal, tone: Signal, note: Note, gain: float) -> None:
        start = round(note.start_s * RATE)
        held, release = frames_of(note.length_s), frames_of(self.release_s)
        frames = min(len(tone), held + release, len(canvas) - start)
        if frames <= 0:
            return
        gain *= (note.velocity / USUAL_VELOCITY) ** LOUDNESS_POWER
        piece = tone[:frames] * np.float32(gain)
        shape = _release(release)[: max(0, frames - held)]
        if len(shape):
            piece[held:] *= shape if piece.ndim == 1 else shape[:, None]
        if self.attack_s:
            rise = _rise(frames_of(min(self.attack_s, note.length_s)))[:frames]
            piece[: len(rise)] *= rise if piece.ndim == 1 else rise[:, None]
        canvas[start : start + frames] += piece if piece.ndim == 2 else piece[:, None]


def brightness_at(sections: Sequence[SectionSound], at_s: float) -> float:
    """Return the brightness of the section that sounds at ``at_s``; .5 where there is none."""
    for section in sections:
        if section.start_s - 0.05 <= at_s < section.end_s - 0.05:
            return section.brightness
    return sections[-1].brightness if sections else 0.5


def _step(value: float, steps: int) -> float:
    return round(min(1.0, max(0.0, value)) * steps) / steps


@lru_cache(maxsize=64)
def _release(frames: int) -> Signal:
    return closed(np.exp(-5.0 * np.arange(frames) / frames), frames / RATE / 4)


@lru_cache(maxsize=64)
def _rise(frames: int) -> Signal:
    return (0.5 - 0.5 * np.cos(np.pi * np.arange(frames) / frames)).astype(np.float32)

"""A lead that sings: one voice from note to note, with glides, late vibrato and a breath between phrases.

Tones laid side by side are what makes a melody sound like a telephone; here a phrase is one
oscillator whose pitch, loudness and filter move.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import uniform_filter1d

from generation.rendering.arrangement import RATE, Note, SectionSound
from generation.rendering.voices.oscillators import Rows, bank, phase_of, places, swept
from generation.rendering.voices.player import LOUDNESS_POWER, USUAL_VELOCITY, brightness_at
from generation.rendering.voices.signal import (
    Signal,
    Wide,
    bandpass,
    draws,
    frames_of,
    hz,
    noise,
    stereo,
    times,
)

CONTROL = 16
APART_S = 0.03
"""A longer silence than this ends a phrase."""
LONGEST_GLIDE = 2.5
"""Semitones that a singer slides at most: a leap is sung, and its end is reached from near."""


@dataclass(frozen=True)
class SungLead:
    """One patch; times in seconds, ``cutoff_hz`` at middle C and usual force.

    ``also`` is the shape of every other note: a singer changes the vowel.
    """

    name: str
    shape: str
    unison: int = 3
    cents: float = 8.0
    octave: float = 0.0
    cutoff_hz: float = 2200.0
    opens: float = 1.4
    resonance: float = 0.9
    attack_s: float = 0.012
    release_s: float = 0.14
    glide_s: float = 0.028
    vibrato_cents: float = 22.0
    vibrato_hz: float = 5.3
    breath: float = 0.03
    width: float = 0.35
    also: str = ""

    def play(
        self, canvas: Signal, notes: Sequence[Note], sections: Sequence[SectionSound], gain: float
    ) -> None:
        """Add the notes to ``canvas``."""
        for number, phrase in enumerate(phrases(notes)):
            start = round(phrase[0].start_s * RATE)
            sung = self._sing(phrase, number, sections)[: max(0, len(canvas) - start)]
            canvas[start : start + len(sung)] += sung * np.float32(gain)

    def _sing(
        self, phrase: Sequence[Note], number: int, sections: Sequence[SectionSound]
    ) -> Signal:
        origin = phrase[0].start_s
        ends = [frames_of(n.start_s - origin) for n in phrase[1:]]
        frames = frames_of(phrase[-1].start_s + phrase[-1].length_s - origin + self.release_s)
        spans = list(zip([0, *ends], [*ends, frames], strict=True))
        pitch, level, cutoff = (np.empty(frames) for _ in range(3))
        before = phrase[0].pitch - 0.6
        for place, (note, (start, end)) in enumerate(zip(phrase, spans, strict=True)):
            rng = draws(4, "sing", self.name, number, place)
            own = pitch[start:end]
            own[:] = self._pitch(note, before, end - start, rng)
            level[start:end] = self._level(note, end - start, is_first=place == 0)
            cutoff[start:end] = self._cutoff(note, end - start, sections)
            before = float(own[-1])
        level = _joined(level)
        turns = phase_of(440.0 * 2 ** ((pitch - 69) / 12), frames)
        rows, ways = places(_joined(cutoff))
        starts = draws(self.unison, "phase", self.name, number)
        out = np.zeros((frames, 2), np.float32)
        for place, (note, (start, end)) in enumerate(zip(phrase, spans, strict=True)):
            tables = bank(self._shape(place), hz(note.pitch), self.resonance)
            walk = rows[start:end], ways[start:end]
            out[start:end] = self._voices(tables, note, turns[start:end], walk, starts)
        air = bandpass(noise(frames, "air", self.name, number), 2500, 9000)
        for start, end in spans:
            # Breath is heard where a note begins; held on, it would be hiss.
            air[start:end] *= self.breath * (0.15 + 0.85 * np.exp(-times(end - start) / 0.06))
        out += air.astype(np.float32)[:, None]
        tail = np.ones(frames, np.float32)
        held = frames_of(phrase[-1].start_s + phrase[-1].length_s - origin)
        tail[held:] = (1 - np.linspace(0, 1, frames - held)) ** 2
        shape = (level * tail).astype(np.float32)
        return out * shape[:, None]

    def _pitch(self, note: Note, before: float, frames: int, rng: Wide) -> Wide:
        """Slide from the note before, then stay, then sway: nothing is quite still."""
        t = _slow(frames)
        slide = max(-LONGEST_GLIDE, min(LONGEST_GLIDE, before - note.pitch))
        glide = self.glide_s * (0.7 + 0.6 * rng[0])
        late = 0.22 + 0.1 * rng[1]
        depth = self.vibrato_cents / 100 * (0.7 + 0.6 * rng[2]) * np.clip((t - late) / 0.3, 0, 1)
        rate = self.vibrato_hz * (0.94 + 0.12 * rng[3])
        sway = depth * np.sin(2 * np.pi * rate * t)
        return _held(note.pitch + slide * np.exp(-t / glide) + sway, frames)

    def _level(self, note: Note, frames: int, *, is_first: bool) -> Wide:
        t = _slow(frames)
        full = (note.velocity / USUAL_VELOCITY) ** LOUDNESS_POWER
        swell = 0.86 + 0.14 * np.clip(t / max(0.2, note.length_s), 0, 1)
        from_level = 0.0 if is_first else 0.7
        attack = from_level + (1 - from_level) * (1 - np.exp(-t / (self.attack_s / 2)))
        return _held(full * swell * attack, frames)

    def _cutoff(self, note: Note, frames: int, sections: Sequence[SectionSound]) -> Wide:
        bright = brightness_at(sections, note.start_s) - 0.5
        force = note.velocity / 127 - 0.7
        follow = (hz(note.pitch) / 261.6) ** 0.5
        octaves = 1.4 * bright + 1.6 * force + self.opens * np.exp(-_slow(frames) / 0.12)
        return _held(self.cutoff_hz * follow * 2**octaves, frames)

    def _shape(self, place: int) -> str:
        return self.also if self.also and place % 2 else self.shape

    def _voices(
        self,
        tables: Signal,
        note: Note,
        turns: Wide,
        walk: tuple[Rows, Signal],
        starts: Wide,
    ) -> Signal:
        """Return all oscillators of one note; their phases run on from the note before."""
        left, right = (np.zeros(len(turns), np.float32) for _ in range(2))
        for voice, start in enumerate(starts):
            place = voice / (self.unison - 1) - 0.5 if self.unison > 1 else 0.0
            phase = turns * 2 ** (place * self.cents / 1200) + start
            pan = (0.5 + self.width * place) * np.pi / 2
            wave = swept(tables, phase, walk)
            if self.octave and place == 0.0:
                below = bank("square", hz(note.pitch - 12), 0.7)
                wave += np.float32(self.octave) * swept(below, phase / 2, walk)
            left += wave * np.float32(np.cos(pan) / self.unison**0.5)
            wave *= np.float32(np.sin(pan) / self.unison**0.5)
            right += wave
        return stereo(left, right)


def phrases(notes: Sequence[Note]) -> Iterator[list[Note]]:
    """Yield runs of notes without silence between them, each cut where the next begins."""
    run: list[Note] = []
    for note in sorted(notes, key=lambda n: (n.start_s, n.pitch)):
        if run and note.start_s <= run[-1].start_s:
            run.pop()
        if run and note.start_s - (run[-1].start_s + run[-1].length_s) > APART_S:
            yield run
            run = []
        run.append(note)
    if run:
        yield run


def _slow(frames: int) -> Wide:
    """Return the time of every sixteenth sample: hands and breath move no faster."""
    return np.asarray(np.arange(-(-frames // CONTROL)) * (CONTROL / RATE), np.float64)


def _held(slow: Wide, frames: int) -> Wide:
    return np.repeat(slow, CONTROL)[:frames]


def _joined(x: Wide) -> Wide:
    """Take the corners off where two notes meet: a few ms, so that nothing clicks."""
    frames = frames_of(0.007)
    once = uniform_filter1d(x, frames, mode="nearest")
    return np.asarray(uniform_filter1d(once, frames, mode="nearest"), np.float64)


SAW_LEAD = SungLead("saw-lead", "saw", 3, 14.0, 0.25, 2000, 1.8, 1.1, width=0.7)
SQUARE_LEAD = SungLead("square-lead", "hollow", 2, 6.0, 0.0, 2400, 1.2, width=0.3)
SOFT_LEAD = SungLead(
    "soft-lead", "triangle", 2, 7.0, 0.0, 2600, 0.8, 0.7, 0.03, 0.2, 0.035, 26.0, breath=0.06
)
GLIDE_LEAD = SungLead(
    "glide-lead", "pulse", 3, 9.0, 0.3, 1400, 1.5, 1.2, glide_s=0.05, vibrato_cents=28.0
)
VOX = SungLead(
    "vox",
    "ah",
    2,
    11.0,
    cutoff_hz=4200,
    opens=0.6,
    resonance=0.7,
    attack_s=0.035,
    release_s=0.2,
    glide_s=0.04,
    vibrato_cents=30.0,
    breath=0.08,
    width=0.45,
    also="oh",
)

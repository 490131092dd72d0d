"""A short song as dry stems made from formulas: what the tests of mix, master and bars listen to."""

from __future__ import annotations

import numpy as np

from generation.rendering.arrangement import RATE, Arrangement, Note, Part, SectionSound

BPM, BAR_S = 120.0, 2.0
SECTIONS = (
    ("intro", 0, 1),
    ("verse", 1, 3),
    ("chorus", 3, 5),
    ("verse", 5, 6),
)
"""Role, first bar and the bar after the last."""
SECONDS = 6 * BAR_S
TAIL_S = 1.5
CHORDS = ((45, 57, 60, 64), (41, 53, 57, 60), (48, 55, 60, 64), (43, 55, 59, 62))


def arrangement(**changes) -> Arrangement:
    """Return six bars: kick on every beat, snare on two and four, bass, chords and a tune."""
    sections = tuple(
        SectionSound(role, first * BAR_S, last * BAR_S, 0.5, 0.5, 0.5, 0.5)
        for role, first, last in SECTIONS
    )
    beats = [n * BAR_S / 4 for n in range(4, 24)]
    parts = {
        "Lead": [
            Note(bar * BAR_S + step * 0.25, 0.22, 72 + (0, 2, 4, 0, 7)[step], 96)
            for bar in range(1, 6)
            for step in range(5)
        ],
        "Pad": [
            Note(bar * BAR_S, BAR_S, pitch, 80) for bar in range(6) for pitch in CHORDS[bar % 4][1:]
        ],
        "Bass": [
            Note(bar * BAR_S + n * 0.5, 0.45, CHORDS[bar % 4][0], 100)
            for bar in range(1, 6)
            for n in range(4)
        ],
        "Kick": [Note(at, 0.2, 36, 110) for at in beats],
        "Snare": [Note(at, 0.2, 38, 110) for at in beats[1::2]],
    }
    made = {
        "seconds": SECONDS,
        "bpm": BPM,
        "seed": 1,
        "parts": tuple(Part(name, "formula", tuple(notes)) for name, notes in parts.items()),
        "sections": sections,
    }
    return Arrangement(**{**made, **changes})


def dry_stems(song: Arrangement) -> dict[str, np.ndarray]:
    """Return the parts as two channels of 32-bit floats, the pad wide, the rest mono."""
    frames = round((song.seconds + TAIL_S) * RATE)
    return {part.name: _stem(part, frames) for part in song.parts}


def _stem(part, frames):
    stem = np.zeros((frames, 2), np.float32)
    rng = np.random.default_rng(len(part.name))
    for note in part.notes:
        sides = _sound(part.name, note, rng)
        first = round(note.start_s * RATE)
        room = min(sides.shape[1], frames - first)
        stem[first : first + room] += sides[:, :room].T * np.float32(note.velocity / 127)
    return stem


def _sound(name, note, rng):
    time = np.arange(round((note.length_s + 0.1) * RATE)) / RATE
    hz = 440 * 2 ** ((note.pitch - 69) / 12)
    if name == "Kick":
        wave = np.sin(2 * np.pi * np.cumsum(50 + 150 * np.exp(-time / 0.03)) / RATE)
        wave = wave * np.exp(-time / 0.12)
    elif name == "Snare":
        wave = rng.standard_normal(len(time)) * np.exp(-time / 0.06) * 0.4
    else:
        wave = sum(np.sin(2 * np.pi * hz * k * time + k) / k for k in range(1, 9)) * 0.2
        wave = wave * np.minimum(1, time / 0.01) * np.clip((time[-1] - time) / 0.08, 0, 1)
    if name == "Pad":
        return np.stack([wave, np.roll(wave, 200)]).astype(np.float32)
    return np.stack([wave, wave]).astype(np.float32)


def noise(seconds, seed=0, level=0.1):
    """Return white noise in two unrelated channels."""
    rng = np.random.default_rng(seed)
    return (level * rng.standard_normal((round(seconds * RATE), 2))).astype(np.float32)


def tone(seconds, hz, level=0.1):
    """Return a sine in two equal channels."""
    wave = level * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)
    return np.repeat(wave[:, None], 2, axis=1).astype(np.float32)


def db(ratio):
    return 20 * float(np.log10(max(float(ratio), 1e-12)))

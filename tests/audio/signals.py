"""Synthetic signals with known answers: silence, sine, chirp, clicks, chords, a drum kit, a song."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

PITCHES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


def seconds(duration_s, rate_hz):
    """Sample times."""
    return np.arange(round(duration_s * rate_hz)) / rate_hz


def stereo(mono):
    """Two equal channels, frames by channels, float32."""
    return np.repeat(np.asarray(mono, np.float32)[:, None], 2, axis=1)


def silence(duration_s, rate_hz):
    return stereo(np.zeros(round(duration_s * rate_hz)))


def sine(duration_s, rate_hz, hz=997.0, peak=1.0):
    return stereo(peak * np.sin(2 * np.pi * hz * seconds(duration_s, rate_hz)))


def chirp(duration_s, rate_hz, low_hz=40.0, high_hz=6_000.0):
    t = seconds(duration_s, rate_hz)
    growth = np.log(high_hz / low_hz)
    phase = 2 * np.pi * low_hz * duration_s / growth * (np.exp(growth * t / duration_s) - 1)
    return stereo(0.5 * np.sin(phase))


def noise(duration_s, rate_hz, level=0.1, seed=0):
    rng = np.random.default_rng(seed)
    return stereo(level * rng.standard_normal(round(duration_s * rate_hz)))


def place(out, rate_hz, at_s, sound):
    """Add ``sound`` to ``out`` at a time; what hangs over the end is cut."""
    start = round(at_s * rate_hz)
    part = sound[: max(0, len(out) - start)]
    out[start : start + len(part)] += part


def clicks(duration_s, rate_hz, bpm, first_s=0.5):
    """A 10 ms burst on each beat. Returns (samples, beat times)."""
    out = np.zeros(round(duration_s * rate_hz))
    t = seconds(0.01, rate_hz)
    burst = 0.8 * np.random.default_rng(3).standard_normal(len(t)) * np.exp(-t / 0.002)
    times = np.arange(first_s, duration_s - 0.05, 60 / bpm)
    for at in times:
        place(out, rate_hz, at, burst)
    return stereo(out), times


@lru_cache(maxsize=32)
def drum(piece, rate_hz):
    t = seconds(0.35, rate_hz)
    rng = np.random.default_rng({"kick": 1, "snare": 2, "hat": 3}[piece])
    hiss = rng.standard_normal(len(t))
    if piece == "kick":
        return np.sin(2 * np.pi * (50 * t - 4 * np.exp(-t / 0.03))) * np.exp(-t / 0.1)
    if piece == "snare":
        return (0.4 * np.sin(2 * np.pi * 190 * t) + 0.35 * hiss) * np.exp(-t / 0.06)
    bright = np.diff(np.diff(hiss, prepend=0), prepend=0)
    return 0.15 * bright * np.exp(-t / 0.02)


@lru_cache(maxsize=256)
def tone(midi, duration_s, rate_hz, partials=6, level=0.2):
    """A struck tone: harmonics with a slow decay."""
    t = seconds(duration_s, rate_hz)
    hz = 440 * 2 ** ((midi - 69) / 12)
    wave = sum(
        np.sin(2 * np.pi * k * hz * t) / k**1.5
        for k in range(1, partials + 1)
        if k * hz < rate_hz / 2.2
    )
    fade = np.minimum(1, np.minimum(t / 0.02, (t[-1] - t + 1e-3) / 0.02))
    return level * wave * np.exp(-t / 1.5) * fade


def triad(label, low=60):
    """MIDI notes of "C:maj" or "A:min" around middle C, and the bass note."""
    name, quality = label.split(":")
    root = PITCHES.index(name)
    notes = [low + (root + step) % 12 for step in (0, 4 if quality == "maj" else 3, 7)]
    return notes, 36 + (root - 0) % 12


def song(labels, rate_hz, bpm=120.0, meter=4, first_s=0.4, pattern=None, bright=None):
    """One chord per bar with bass on every beat and drums.

    ``pattern``: {piece: steps in sixteenths}. ``bright``: per bar, number of partials of the tones.
    Returns (samples, truth) with beats, downbeats and chords of the truth.
    """
    pattern = pattern or {"kick": (0, 8), "snare": (4, 12), "hat": (0, 2, 4, 6, 8, 10, 12, 14)}
    beat_s = 60 / bpm
    bar_s = meter * beat_s
    out = np.zeros(round((first_s + len(labels) * bar_s + 0.5) * rate_hz))
    hits = {piece: drum(piece, rate_hz) for piece in pattern}
    for bar, label in enumerate(labels):
        start = first_s + bar * bar_s
        notes, bass = triad(label)
        partials = bright[bar] if bright else 6
        for note in notes:
            place(out, rate_hz, start, tone(note, bar_s, rate_hz, partials, 0.12))
        for beat in range(meter):
            place(out, rate_hz, start + beat * beat_s, tone(bass, 0.9 * beat_s, rate_hz, 4, 0.35))
        for piece, steps in pattern.items():
            for step in steps:
                if step < 4 * meter:
                    place(out, rate_hz, start + step * beat_s / 4, 1.2 * hits[piece])
    beats = first_s + np.arange(len(labels) * meter) * beat_s
    truth = {
        "beats_s": beats,
        "downbeats_s": beats[::meter],
        "chords": [
            (first_s + i * bar_s, first_s + (i + 1) * bar_s, x) for i, x in enumerate(labels)
        ],
    }
    return stereo(0.7 * out / np.abs(out).max()), truth

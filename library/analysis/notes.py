"""Melody and notes of short excerpts, by the basic-pitch network (Bittner et al., ICASSP 2022).

The 230 KB ONNX file inside the basic-pitch wheel is opened by ``network``: importing that package
would pull in TensorFlow or librosa. Without the file or onnxruntime nothing is transcribed and
nothing fails.
The network reads the first instance of each section letter, at most ``MOST_S`` in all; a repeat
would say the same again.
"""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from library.analysis.harmony import PITCHES
from library.analysis.network import NOTES, ONSETS, open_network
from library.analysis.spectra import RATE_HZ, Floats, Spectra
from library.analysis.types import Note, NoteLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from library.analysis.types import Chord, Section

METHOD = "basic-pitch-0.4.0-onnx"
NOT_TRANSCRIBED = NoteLine((), "none", 0.0)

WINDOW, HOP, PAD, FRAME = 43_844, 36_164, 3_840, 256
EDGE_FRAMES, LOWEST_MIDI = 15, 21
ONSET, SUSTAIN, GAP_FRAMES, SHORTEST_FRAMES = 0.5, 0.3, 8, 9
MOST_S, MOST_SECTION_S = 40.0, 16.0
MELODY_FROM_MIDI = 55
MELODY_TRUST = 0.6
"""Full-mix melody is unreliable (docs/algorithms/analysis.md): its confidence stays below this."""


def transcribe(
    spectra: Spectra, sections: Sequence[Section], chords: Sequence[Chord]
) -> tuple[NoteLine, NoteLine]:
    """Melody and all notes of the excerpts, with times of the whole song.

    Bounded by seconds of audio, never by the clock: a busy machine must not hear less.
    """
    session = _session()
    if session is None or spectra.is_silent:
        return NOT_TRANSCRIBED, NOT_TRANSCRIBED
    found: list[Note] = []
    for start_s, end_s in excerpts(sections):
        part = spectra.mono[round(start_s * RATE_HZ) : round(end_s * RATE_HZ)]
        onsets, frames, times = _posteriors(session, part)
        found += [_shift(note, start_s) for note in _pick_notes(onsets, frames, times)]
    found.sort(key=lambda note: (note.start_s, note.pitch))
    if not found:
        return NoteLine((), METHOD, 0.0), NoteLine((), METHOD, 0.0)
    strength = float(np.mean([note.confidence for note in found]))
    agreement = _chord_agreement(found, chords)
    melody = _melody(found)
    return (
        NoteLine(melody, METHOD, MELODY_TRUST * strength * agreement if melody else 0.0),
        NoteLine(tuple(found), METHOD, strength * agreement),
    )


def excerpts(sections: Sequence[Section]) -> list[tuple[float, float]]:
    """First instance of each letter, choruses first, cut to the limits, in order of time."""
    first: dict[str, Section] = {}
    for section in sections:
        first.setdefault(section.label, section)
    chosen, left = [], MOST_S
    for section in sorted(first.values(), key=lambda s: (s.role != "chorus", s.start_s)):
        length = min(section.end_s - section.start_s, MOST_SECTION_S, left)
        if length >= 1:
            chosen.append((section.start_s, section.start_s + length))
            left -= length
    return sorted(chosen)


@lru_cache(maxsize=1)
def _session() -> Any | None:
    """Return the network, or nothing where the wheel, its file or onnxruntime is missing."""
    file = _network_file()
    if file is None or importlib.util.find_spec("onnxruntime") is None:
        return None
    return open_network(file)


def _network_file() -> Path | None:
    """Where the wheel's network lies, found without importing the package."""
    package = importlib.util.find_spec("basic_pitch")
    if package is None or not package.submodule_search_locations:
        return None
    folder = Path(next(iter(package.submodule_search_locations)))
    file = folder / "saved_models" / "icassp_2022" / "nmp.onnx"
    return file if file.is_file() else None


def _posteriors(session: Any, mono: Floats) -> tuple[Floats, Floats, npt.NDArray[np.float64]]:
    """Onset and note posteriors (frames by 88) and the time of every frame in seconds."""
    padded = np.concatenate([np.zeros(PAD, np.float32), mono])
    windows = -(-len(padded) // HOP)
    padded = np.pad(padded, (0, windows * HOP + WINDOW - len(padded)))
    name = session.get_inputs()[0].name
    onsets, frames, times = [], [], []
    for i in range(windows):
        block = padded[i * HOP : i * HOP + WINDOW][None, :, None]
        onset, note = session.run([ONSETS, NOTES], {name: block})
        inner = slice(EDGE_FRAMES, onset.shape[1] - EDGE_FRAMES)
        onsets.append(onset[0, inner])
        frames.append(note[0, inner])
        places = (EDGE_FRAMES + np.arange(len(onsets[-1]))) * FRAME
        times.append((i * HOP - PAD + places) / RATE_HZ)
    return np.concatenate(onsets), np.concatenate(frames), np.concatenate(times)


def _pick_notes(onsets: Floats, frames: Floats, times: npt.NDArray[np.float64]) -> list[Note]:
    """Start notes at onset peaks; end them where the pitch has been gone for ``GAP_FRAMES``."""
    inner = onsets[1:-1]
    peak = (inner >= ONSET) & (inner >= onsets[:-2]) & (inner > onsets[2:])
    notes = []
    for pitch in np.flatnonzero(peak.any(0)).tolist():
        starts = 1 + np.flatnonzero(peak[:, pitch])
        sounding = np.flatnonzero(frames[:, pitch] >= SUSTAIN)
        for start, limit in zip(starts, np.append(starts[1:], len(frames) - 1), strict=True):
            own = sounding[(sounding >= start) & (sounding < limit)]
            gaps = np.flatnonzero(np.diff(own, prepend=start) > GAP_FRAMES)
            end = int(own[gaps[0] - 1] if len(gaps) and gaps[0] else own[-1]) if len(own) else 0
            if end - start < SHORTEST_FRAMES:
                continue
            level = float(frames[start : end + 1, pitch].mean())
            notes.append(
                Note(
                    start_s=max(0.0, float(times[start])),
                    end_s=float(times[end]),
                    pitch=LOWEST_MIDI + pitch,
                    velocity=int(np.clip(round(127 * level), 1, 127)),
                    confidence=float(np.clip(level, 0, 1)),
                )
            )
    return notes


def _shift(note: Note, by_s: float) -> Note:
    return Note(note.start_s + by_s, note.end_s + by_s, note.pitch, note.velocity, note.confidence)


def _melody(notes: Sequence[Note]) -> tuple[Note, ...]:
    """Skyline: of the notes that start together or overlap, the highest that is not faint."""
    high = [n for n in notes if n.pitch >= MELODY_FROM_MIDI]
    if not high:
        return ()
    faint = 0.7 * float(np.median([n.confidence for n in high]))
    line: list[Note] = []
    for note in sorted(high, key=lambda n: (n.start_s, -n.pitch)):
        if note.confidence < faint:
            continue
        last = line[-1] if line else None
        if last is not None and note.start_s < last.end_s - 0.03:
            if note.pitch < last.pitch or note.start_s - last.start_s < 0.05:
                continue
            line[-1] = Note(last.start_s, note.start_s, last.pitch, last.velocity, last.confidence)
        line.append(note)
    return tuple(line)


def _chord_agreement(notes: Sequence[Note], chords: Sequence[Chord]) -> float:
    """Share of the sounding time whose pitch class belongs to the chord, halfway to 1.

    Half where no chord was heard: nothing speaks for the notes, and nothing against them.
    """
    if not chords:
        return 0.5
    starts = np.array([chord.start_s for chord in chords])
    inside = total = 0.0
    for note in notes:
        chord = chords[max(0, int(np.searchsorted(starts, note.start_s + 0.02)) - 1)]
        if chord.label == "N":
            continue
        root, quality = chord.label.split(":")
        steps = {0, 7, 4 if quality == "maj" else 3}
        length = note.end_s - note.start_s
        total += length
        inside += length * ((note.pitch - PITCHES.index(root)) % 12 in steps)
    return 0.5 + 0.5 * inside / total if total else 0.5

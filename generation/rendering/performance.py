"""From arrangement to dry stems: every part on its instrument, nothing mixed yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy.signal import sosfilt

from generation.rendering.amplifier import amplified
from generation.rendering.arrangement import RATE, Arrangement, Note, Part, SectionSound
from generation.rendering.drumkit import KITS, Drummer
from generation.rendering.instruments import INSTRUMENTS, Instrument
from generation.rendering.lineup import EFFECTS_INSTRUMENT
from generation.rendering.soundfont import FontLayer, FontPlayer, load_font
from generation.rendering.sweep import swept_by_sections
from generation.rendering.voices.registry import VOICES
from generation.rendering.voices.signal import Signal, closed
from generation.rendering.voices.transitions import EFFECTS
from library.analysis.loudness import k_weighting

TAIL_S = 2.5
FADE_S = 0.6
USUAL_LUFS = -27.0
"""Loudest 400 ms of one note at velocity 100 in the middle of its instrument's register."""
EFFECT_PEAK = 0.5
Progress = Callable[[float], None]


def perform(
    arrangement: Arrangement, *, soundfont: Path | None, progress: Progress | None = None
) -> dict[str, Signal]:
    """Return the dry stems by part, (frames, 2) at ``RATE``, all of the same length.

    They last as long as the song and a tail of ``TAIL_S``, and end in silence. Without a SoundFont
    our own voices play everything. ``progress`` is told the part that is done, from 0 to 1.
    """
    font = load_font(soundfont) if soundfont else None
    frames = round((arrangement.seconds + TAIL_S) * RATE)
    stems: dict[str, Signal] = {}
    for number, part in enumerate(arrangement.parts, start=1):
        stem = perform_part(part, frames, arrangement.sections, font)
        stem[-round(FADE_S * RATE) :] = closed(stem[-round(FADE_S * RATE) :], FADE_S)
        stems[part.name] = stem
        if progress:
            progress(number / len(arrangement.parts))
    return stems


def perform_part(
    part: Part, frames: int, sections: Sequence[SectionSound], font: FontPlayer | None
) -> Signal:
    """Return one part.

    Raises
    ------
    KeyError
        If nobody knows its instrument.
    """
    if part.instrument == EFFECTS_INSTRUMENT:
        return _effects(part.notes, frames)
    if part.instrument in KITS:
        return Drummer(KITS[part.instrument], font.stroke if font else None).play(
            part.notes, frames
        )
    return _pitched(INSTRUMENTS[part.instrument], part.notes, frames, sections, font)


def _pitched(
    instrument: Instrument,
    notes: Sequence[Note],
    frames: int,
    sections: Sequence[SectionSound],
    font: FontPlayer | None,
) -> Signal:
    has_font = font is not None and bool(instrument.font)
    stem = np.zeros((frames, 2), np.float32)
    if font is not None:
        for recorded in instrument.font:
            gain = recorded.gain_db + _font_gain_db(font, recorded, instrument)
            _add(stem, font.play(recorded, notes, frames), gain)
    for own in instrument.own if has_font else instrument.fallback:
        moved = [_moved(note, own.transpose) for note in notes]
        gain = own.gain_db + _own_gain_db(own.voice, instrument)
        _add(stem, VOICES[own.voice].play(moved, frames, sections), gain)
    if instrument.amp:
        stem = amplified(stem, instrument.amp)
    if instrument.sweeps:
        stem = swept_by_sections(stem, sections)
    return stem


def _moved(note: Note, semitones: int) -> Note:
    return Note(note.start_s, note.length_s, note.pitch + semitones, note.velocity)


def _add(stem: Signal, layer: Signal, gain_db: float) -> None:
    layer *= np.float32(10 ** (gain_db / 20))
    stem += layer


def _effects(notes: Sequence[Note], frames: int) -> Signal:
    stem = np.zeros((frames, 2), np.float32)
    for note in notes:
        made = EFFECTS[note.pitch](note.length_s)
        start = round(note.start_s * RATE)
        made = made[: max(0, frames - start)]
        stem[start : start + len(made)] += made * np.float32(EFFECT_PEAK * note.velocity / 127)
    return stem


# ---------------------------------------------------------------- one loudness for all


@lru_cache(maxsize=256)
def _own_gain_db(voice: str, instrument: Instrument) -> float:
    probe = VOICES[voice].play([_probe(instrument)], RATE, ())
    return USUAL_LUFS - _loudest_lufs(probe)


@lru_cache(maxsize=256)
def _font_gain_db(font: FontPlayer, layer: FontLayer, instrument: Instrument) -> float:
    return USUAL_LUFS - _loudest_lufs(font.play(layer, [_probe(instrument)], RATE))


def _probe(instrument: Instrument) -> Note:
    return Note(0.0, 0.8, (instrument.low + instrument.high) // 2, 100)


def _loudest_lufs(x: Signal) -> float:
    """Return the loudest 400 ms of ``x`` as in ITU-R BS.1770, without gates."""
    power = (sosfilt(k_weighting(RATE), x.astype(np.float64), axis=0) ** 2).sum(axis=1)
    window = round(0.4 * RATE)
    sums = np.cumsum(np.concatenate([[0.0], power]))
    mean = (sums[window:] - sums[:-window]).max() / window
    return float(-0.691 + 10 * np.log10(max(mean, 1e-12)))

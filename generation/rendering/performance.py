"""From arrangement to dry stems: every part on its instrument, nothing mixed yet."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy.signal import sosfilt

from generation.rendering.amplifier import amplify
from generation.rendering.arrangement import RATE, Arrangement, Note, Part, SectionSound
from generation.rendering.drumkit import KITS, Drummer
from generation.rendering.hands import divide, free_hands
from generation.rendering.instruments import INSTRUMENTS, Instrument
from generation.rendering.lineup import EFFECTS_INSTRUMENT
from generation.rendering.soundfont import FontLayer, FontPlayer, load_font
from generation.rendering.sweep import sweep_by_sections
from generation.rendering.tape import let_go, shared_stem, take_up
from generation.rendering.voices.registry import VOICES
from generation.rendering.voices.signal import Signal, closed, remove_offset
from generation.rendering.voices.transitions import EFFECTS
from library.analysis.loudness import k_weighting

TAIL_S = 2.5
FADE_S = 0.6
USUAL_LUFS = -27.0
"""Loudest 400 ms of one note at velocity 100 in the middle of its instrument's register."""
EFFECT_PEAK = 0.5
STRETCH = 1 << 16
Progress = Callable[[float], None]


def perform(
    arrangement: Arrangement,
    *,
    soundfont: Path | None,
    progress: Progress | None = None,
    players: int | None = None,
) -> dict[str, Signal]:
    """Return the dry stems by part, (frames, 2) at ``RATE``, all of the same length.

    They last as long as the song and a tail of ``TAIL_S``, and end in silence. Without a SoundFont
    our own voices play everything. ``progress`` is told the part that is done, from 0 to 1.
    ``players`` says how many processes may play, 1 or 2: two where there are two processors.
    """
    frames = round((arrangement.seconds + TAIL_S) * RATE)
    stems = {part.name: shared_stem(frames) for part in arrangement.parts}

    def told(done: int) -> None:
        if progress:
            progress(done / len(stems))

    play = _player(arrangement, soundfont)
    play_all(list(stems.values()), play, told, players=players or free_hands())
    del play  # it holds the font
    _let_the_font_go()
    return stems


def play_all(
    stems: Sequence[Signal],
    play: Callable[[int, Signal], None],
    done: Callable[[int], None],
    *,
    players: int,
) -> None:
    """Call ``play`` for each silent stem once, in up to two processes, and ``done`` here after each.

    What a copy of this process left unfinished, because it was killed, is played again here.
    """

    def play_one(number: int) -> None:
        play(number, stems[number])

    lost = divide(len(stems), play_one, done, hands=players)
    for left, number in enumerate(lost, start=1):
        stems[number][:] = 0
        play_one(number)
        done(len(stems) - len(lost) + left)


def _player(arrangement: Arrangement, soundfont: Path | None) -> Callable[[int, Signal], None]:
    """Return what plays a part, by its number, onto a silent stem."""
    font = load_font(soundfont) if soundfont else None

    def play(number: int, stem: Signal) -> None:
        take_up(stem)
        play_part(arrangement.parts[number], stem, arrangement.sections, font)
        stem[-round(FADE_S * RATE) :] = closed(stem[-round(FADE_S * RATE) :], FADE_S)
        let_go(stem)

    return play


def _let_the_font_go() -> None:
    """Give back its memory, as much as that of seven stems: mixing needs it, and may not wait for a
    collector, nor may a C library keep it (malloc_trim(3), glibc only)."""
    _font_gain_db.cache_clear()  # its keys hold the font
    load_font.cache_clear()
    library = ctypes.CDLL(None)
    if hasattr(library, "malloc_trim"):
        library.malloc_trim(0)


def play_part(
    part: Part, stem: Signal, sections: Sequence[SectionSound], font: FontPlayer | None
) -> None:
    """Play one part onto a silent ``stem`` (frames, 2).

    Raises
    ------
    KeyError
        If nobody knows its instrument.
    """
    if part.instrument == EFFECTS_INSTRUMENT:
        _play_effects(stem, part.notes)
    elif part.instrument in KITS:
        Drummer(KITS[part.instrument], font.stroke if font else None).play(stem, part.notes)
    else:
        _play_pitched(stem, INSTRUMENTS[part.instrument], part.notes, sections, font)


def _play_pitched(
    stem: Signal,
    instrument: Instrument,
    notes: Sequence[Note],
    sections: Sequence[SectionSound],
    font: FontPlayer | None,
) -> None:
    own_layers = instrument.fallback
    if font is not None and instrument.font:
        own_layers = instrument.own
        for layer in instrument.font:
            gain = layer.gain_db + _font_gain_db(font, layer, instrument)
            font.play(stem, layer, notes, _factor(gain))
        # Some recordings hold a constant voltage.
        remove_offset(stem)
    for own in own_layers:
        moved = [replace(note, pitch=note.pitch + own.transpose) for note in notes]
        gain = own.gain_db + _own_gain_db(own.voice, instrument)
        VOICES[own.voice].play(stem, moved, sections, _factor(gain))
    if instrument.amp:
        amplify(stem, instrument.amp)
    if instrument.sweeps:
        sweep_by_sections(stem, sections)
    if instrument.width < 1:
        _narrow(stem, instrument.width)


def _narrow(stem: Signal, width: float) -> None:
    for start in range(0, len(stem), STRETCH):
        piece = stem[start : start + STRETCH]
        side = (piece[:, 0] - piece[:, 1]) * np.float32((1 - width) / 2)
        if side.any():
            piece[:, 0] -= side
            piece[:, 1] += side


def _factor(gain_db: float) -> float:
    return float(10 ** (gain_db / 20))


def _play_effects(stem: Signal, notes: Sequence[Note]) -> None:
    made: dict[tuple[int, float], Signal] = {}
    for note in notes:
        # A song has a few, at the same place of every chorus.
        kind = note.pitch, note.length_s
        if kind not in made:
            made[kind] = EFFECTS[note.pitch](note.length_s)
        start = round(note.start_s * RATE)
        heard = made[kind][: max(0, len(stem) - start)]
        stem[start : start + len(heard)] += heard * np.float32(EFFECT_PEAK * note.velocity / 127)


# ---------------------------------------------------------------- one loudness for all


@lru_cache(maxsize=256)
def _own_gain_db(voice: str, instrument: Instrument) -> float:
    probe = np.zeros((RATE, 2), np.float32)
    VOICES[voice].play(probe, [_probe(instrument)], (), 1.0)
    return USUAL_LUFS - _loudest_lufs(probe)


@lru_cache(maxsize=256)
def _font_gain_db(font: FontPlayer, layer: FontLayer, instrument: Instrument) -> float:
    probe = np.zeros((RATE, 2), np.float32)
    font.play(probe, layer, [_probe(instrument)])
    return USUAL_LUFS - _loudest_lufs(probe)


def _probe(instrument: Instrument) -> Note:
    return Note(0.0, 0.8, (instrument.low + instrument.high) // 2, 100)


def _loudest_lufs(x: Signal) -> float:
    """Return the loudest 400 ms of ``x`` as in ITU-R BS.1770, without gates."""
    power = (sosfilt(k_weighting(RATE), x.astype(np.float64), axis=0) ** 2).sum(axis=1)
    window = round(0.4 * RATE)
    sums = np.cumsum(np.concatenate([[0.0], power]))
    mean = (sums[window:] - sums[:-window]).max() / window
    return float(-0.691 + 10 * np.log10(max(mean, 1e-12)))

"""Dry stems to a mix: strips one by one, balance by measured loudness, automation, and an exact sum."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generation.rendering import envelope
from generation.rendering.arrangement import RATE, Arrangement, Note, SectionSound
from generation.rendering.automation import (
    automation_gains,
    colour_of,
    last_fade,
    section_gains_db,
    width_of,
)
from generation.rendering.balance import balanced_db, section_lufs, staged_db
from generation.rendering.channel import Strip, strip_of
from generation.rendering.compressor import compressor_gains
from generation.rendering.convolution import Convolver
from generation.rendering.delay import add_echoes
from generation.rendering.equaliser import response, steep_highpass
from generation.rendering.limiter import ceiling_gains
from generation.rendering.reverb import HALL, ROOM, reverb, ring_samples
from generation.rendering.sidechain import duck_gains
from generation.rendering.spectrum import ReferenceSound, gated_lufs
from generation.rendering.strips import through_strips
from generation.rendering.tape import let_go, take_up
from library.analysis.long_term import WINDOW_S, Frames, frames_of

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Response = npt.NDArray[np.complex64]
Progress = Callable[[str, float], None]

MIX_LUFS = -20.0
"""Loudness of a mix: headroom for every stem and for the master."""
MOST_PEAK = 10 ** (-1 / 20)
STRIP_DB = -20.0
"""Level (mean square of mid and side while it sounds) at which a stem meets its compressor."""
CREST_HOLD, CREST_RELEASE_MS = 2, 30.0
MONO_BELOW_HZ = 120.0
WET_SIZE, WET_RING = 1 << 17, 1 << 16
DRY_SIZE, DRY_RING = 1 << 16, 1 << 14
CROSSFADE_S = 0.04
ECHO_NEEDS_BPM = 1.0


@dataclass(frozen=True)
class Mix:
    """Stems (frames by two) as they sound in the mix; ``audio`` is their sum in the stems' order.

    Adding the stems in 32-bit floats from the first to the last gives ``audio`` bit for bit.
    """

    stems: dict[str, Floats]
    audio: Floats
    gains_db: Mapping[str, float]
    section_gains_db: tuple[float, ...]


def mix(
    stems: Mapping[str, Floats],
    arrangement: Arrangement,
    *,
    reference: ReferenceSound | None,
    progress: Progress | None = None,
) -> Mix:
    """Mix dry stems of equal length.

    The arrays are used up: they hold the wet stems afterwards, so that a song is in memory once.

    Parameters
    ----------
    stems
        Frames by two channels at ``RATE``, by the name of the part.
    reference
        The spectrum of the songs that it should come near to.

    Raises
    ------
    ValueError
        If there is no stem, or the lengths differ.
    StripsLostError
        If a copy of this process was killed over a stem: play the song again.
    """
    lengths = {audio.shape for audio in stems.values()}
    if len(lengths) != 1 or next(iter(lengths))[1:] != (2,):
        raise ValueError(f"stems of {sorted(lengths)}; equal lengths of two channels are mixed")
    kicks = [note for part in arrangement.parts if part.name == "Kick" for note in part.notes]
    console = _Console(arrangement, kicks, next(iter(lengths))[0])

    def told(done: int) -> None:
        if progress:
            progress("strips", done / (len(stems) + 1))

    told(0)
    frames = through_strips(console.strip, stems, told)
    gains_db = staged_db(frames, [strip_of(name).lufs for name in stems])
    reach_db = [strip_of(name).reach_db for name in stems]
    gains_db = balanced_db(frames, gains_db, reference, reach_db)
    return console.sum_up(dict(stems), frames, gains_db)


class _Bench:
    """What filters at one size of FFT: with reverbs that ring, or without and faster."""

    def __init__(self, sections: Sequence[SectionSound], size: int, ring: int) -> None:
        self.size = size
        self.convolver = Convolver(size, ring)
        self.tight = response(steep_highpass(MONO_BELOW_HZ), size)
        self.colours = [response(colour_of(section), size) for section in sections]


class _Console:
    """The desk of one song: the sections' responses, the kick, and the length of the tape."""

    def __init__(self, arrangement: Arrangement, kicks: Sequence[Note], samples: int) -> None:
        self.arrangement, self.kicks, self.samples = arrangement, kicks, samples
        self.sections = _covering(arrangement.sections, samples / RATE)
        self.wet = _Bench(self.sections, WET_SIZE, WET_RING)
        self.dry = _Bench(self.sections, DRY_SIZE, DRY_RING)

    def strip(self, name: str, audio: Floats) -> Frames:
        """Put one stem through its strip in place; return what it measures afterwards."""
        take_up(audio)
        strip = strip_of(name)
        mid = (audio[:, 0] + audio[:, 1]) * np.float32(0.5)
        side = (audio[:, 0] - audio[:, 1]) * np.float32(0.5)
        self._compress(mid, side, strip)
        if strip.echoes and self.arrangement.bpm >= ECHO_NEEDS_BPM:
            notes = [n for part in self.arrangement.parts if part.name == name for n in part.notes]
            add_echoes(mid, side, notes, self.arrangement.bpm)
        mid, side = self._filter(mid, side, strip)
        if strip.duck_db and self.kicks:
            dips = duck_gains(self.kicks, strip.duck_db, self.samples)
            envelope.apply(mid, dips)
            envelope.apply(side, dips)
        measured = frames_of([mid, side])
        np.add(mid, side, out=audio[:, 0])
        np.subtract(mid, side, out=audio[:, 1])
        let_go(audio)
        # Left and right together hold twice the power of mid and side.
        return Frames(2 * measured.bands, 2 * measured.weighted, measured.step_s)

    def _compress(self, mid: Floats, side: Floats, strip: Strip) -> None:
        """Level the stem to where its compressor expects it, and compress mid and side alike."""
        level = envelope.sounding_level(mid, side)
        if level == 0:
            return
        gain = 10 ** (STRIP_DB / 20) / level
        peaks = gain * (envelope.block_peaks(mid) + envelope.block_peaks(side)).astype(np.float64)
        gains = np.ones(len(peaks) + 1)
        if strip.compression:
            gains = compressor_gains(peaks, strip.compression)
            peaks *= np.maximum(gains[:-1], gains[1:])
        crest = 10 ** ((STRIP_DB + strip.crest_db) / 20)
        gains *= gain * ceiling_gains(peaks, crest, CREST_HOLD, CREST_RELEASE_MS, envelope.GRID_S)
        envelope.apply(mid, gains)
        envelope.apply(side, gains)

    def _filter(self, mid: Floats, side: Floats, strip: Strip) -> tuple[Floats, Floats]:
        """Equalise, pan, widen and reverberate: one response for each section and direction."""
        rooms = _rooms(strip)
        bench = self.wet if rooms else self.dry
        own = response(strip.bands, bench.size)
        outs = np.zeros_like(mid), np.zeros_like(side)
        for section, colour in zip(self.sections, bench.colours, strict=True):
            tone = own * colour
            first, part = _faded(mid, section)
            routes = [(tone * (1 + rooms[0]) if rooms else tone, outs[0])]
            if strip.pan or rooms:
                # The side is left minus right: what is panned to the right is taken from it.
                across = rooms[1] - np.float32(strip.pan) if rooms else -np.float32(strip.pan)
                routes.append((tone * bench.tight * across, outs[1]))
            bench.convolver.add(part, first, routes)
        if strip.width and side.any():
            self._widen(side, strip, outs[1])
        return outs

    def _widen(self, side: Floats, strip: Strip, out: Floats) -> None:
        """Add what was already wide, as wide as strip and section want it."""
        own = response(strip.bands, self.dry.size) * self.dry.tight
        for section, colour in zip(self.sections, self.dry.colours, strict=True):
            first, part = _faded(side, section)
            wide = own * colour * np.float32(strip.width * width_of(section))
            self.dry.convolver.add(part, first, [(wide, out)])

    def sum_up(self, stems: dict[str, Floats], frames: Sequence[Frames], gains_db: Doubles) -> Mix:
        """Bring stems to their gains and the sections to theirs; add them up."""
        power = sum(
            (f.weighted * 10 ** (g / 10) for f, g in zip(frames, gains_db, strict=True)),
            np.zeros(len(frames[0].weighted)),
        )
        step_s = frames[0].step_s
        # The last section's tape runs on into the tail, which would make it seem quiet.
        end_s = self.arrangement.seconds
        spans = [(s.start_s, min(s.end_s, end_s)) for s in self.sections]
        moves = section_gains_db(self.sections, section_lufs(power, step_s, spans))
        automation = automation_gains(self.sections, moves, self.samples) * last_fade(self.samples)
        moved = power * automation[_middles(len(power), step_s, len(automation))] ** 2
        loud = gated_lufs(moved)
        level = MIX_LUFS - loud if np.isfinite(loud) else 0.0
        finals = dict(zip(stems, (gains_db + level).tolist(), strict=True))
        gains = {name: automation * 10 ** (final / 20) for name, final in finals.items()}
        audio, peak = _faded_up(stems, gains)
        if peak > MOST_PEAK:
            down = MOST_PEAK / peak
            audio, _ = _faded_up(stems, {n: np.full_like(automation, down) for n in stems})
            finals = {n: g + 20 * np.log10(down) for n, g in finals.items()}
        return Mix(stems=stems, audio=audio, gains_db=finals, section_gains_db=moves)


def _rooms(strip: Strip) -> tuple[Response, Response] | None:
    """Return the mid and side responses of the two reverbs at this strip's levels, if it has any."""
    both = np.zeros((2, WET_SIZE // 2 + 1), np.complex64)
    for name, level_db in ((ROOM, strip.room_db), (HALL, strip.hall_db)):
        if level_db is not None:
            both += np.float32(10 ** (level_db / 20)) * reverb(name, WET_SIZE)
    return (both[0], both[1]) if both.any() else None


def _faded_up(stems: Mapping[str, Floats], gains: Mapping[str, Doubles]) -> tuple[Floats, float]:
    """Bring each stem to its gains in place; return their sum and the highest peak of all of these."""
    total = np.zeros((0, 2), np.float32)
    peak = 0.0
    for number, (name, audio) in enumerate(stems.items()):
        take_up(audio)
        envelope.apply(audio, gains[name])
        peak = max(peak, _peak(audio))
        total = np.add(total, audio, out=total) if number else audio.copy()
        let_go(audio)
    return total, max(peak, _peak(total))


def _peak(audio: Floats) -> float:
    return max(float(audio.max(initial=0.0)), -float(audio.min(initial=0.0)))


def _covering(sections: Sequence[SectionSound], seconds: float) -> tuple[SectionSound, ...]:
    """Return the sections stretched over the whole tape: no sample is in none."""
    if not sections:
        return (SectionSound("whole", 0.0, seconds, 0.5, 0.5, 0.5, 0.5),)
    ordered = sorted(sections, key=lambda section: section.start_s)
    starts = [0.0, *(section.start_s for section in ordered[1:]), seconds]
    return tuple(
        SectionSound(s.role, start, end, s.energy, s.brightness, s.width, s.weight)
        for s, start, end in zip(ordered, starts[:-1], starts[1:], strict=True)
    )


def _faded(signal: Floats, section: SectionSound) -> tuple[int, Floats]:
    """Return a section's part of ``signal``, cross-faded with its neighbours', and where it begins.

    The fades of two neighbours sum to 1, so that equal sections filter as one.
    """
    half = round(CROSSFADE_S / 2 * RATE)
    start, end = round(section.start_s * RATE), round(section.end_s * RATE)
    first, last = max(0, start - half), min(len(signal), end + half)
    part = signal[first:last].copy()
    ramp = (np.arange(2 * half, dtype=np.float32) + np.float32(0.5)) / np.float32(2 * half)
    if start > 0:
        part[: 2 * half] *= ramp[: len(part)]
    if end < len(signal):
        part[-2 * half :] *= (1 - ramp)[-len(part) :]
    return first, part


def _middles(frames: int, step_s: float, edges: int) -> npt.NDArray[np.int64]:
    """Return the grid point in the middle of each frame."""
    at = np.round((np.arange(frames) * step_s + WINDOW_S / 2) / envelope.GRID_S).astype(np.int64)
    return np.asarray(np.minimum(at, edges - 1))


if ring_samples() > WET_RING:
    raise ValueError("the reverbs ring longer than the convolver listens")

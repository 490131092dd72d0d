"""Drum kits: which sound a General MIDI percussion key has, and how a part of the kit is played."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from generation.rendering.arrangement import RATE, Note
from generation.rendering.voices.metal import Bell, Plate, Shaken, Squares
from generation.rendering.voices.signal import Signal, closed, frames_of
from generation.rendering.voices.skins import Blow, Clap, Kick, Rim, Snare, Tom

FORCE_STEPS = 8
ROUND_ROBINS = 4
LOUDNESS_POWER = 1.5
CHOKE_S = 0.03

PIECE_OF: Mapping[int, str] = {
    **dict.fromkeys((35, 36), "kick"),
    37: "rim",
    **dict.fromkeys((38, 40), "snare"),
    39: "clap",
    **dict.fromkeys((42, 44), "hat"),
    46: "open",
    **dict.fromkeys((41, 43), "low-tom"),
    **dict.fromkeys((45, 47), "tom"),
    **dict.fromkeys((48, 50), "high-tom"),
    **dict.fromkeys((49, 52, 55, 57), "crash"),
    **dict.fromkeys((51, 53, 59), "ride"),
    54: "tambourine",
    56: "cowbell",
    **dict.fromkeys((69, 70, 82), "shaker"),
    **dict.fromkeys((75, 76, 77), "block"),
}
PART_OF: Mapping[str, str] = {
    "kick": "Kick",
    "rim": "Snare",
    "snare": "Snare",
    "clap": "Snare",
    "hat": "Hats",
    "open": "Hats",
    "ride": "Hats",
}
"""Everything else is Percussion."""
DRUM_PARTS = ("Kick", "Snare", "Hats", "Percussion")
PAN: Mapping[str, float] = {
    "hat": 0.22,
    "open": 0.22,
    "ride": -0.3,
    "crash": -0.18,
    "high-tom": 0.25,
    "tom": -0.05,
    "low-tom": -0.35,
    "shaker": -0.4,
    "tambourine": 0.4,
    "cowbell": 0.3,
    "block": -0.3,
}
LEVEL: Mapping[str, float] = {
    "kick": 0.80,
    "snare": 0.62,
    "clap": 0.50,
    "rim": 0.42,
    "hat": 0.26,
    "open": 0.28,
    "ride": 0.26,
    "crash": 0.40,
    "low-tom": 0.60,
    "tom": 0.55,
    "high-tom": 0.50,
    "shaker": 0.22,
    "tambourine": 0.26,
    "cowbell": 0.28,
    "block": 0.30,
}
"""Peak of a stroke at velocity 127; the balance of a kit before anybody mixes it."""

Strike = Callable[[Blow], Signal]


def piece_of(key: int) -> str:
    """Return the piece that a General MIDI percussion key sounds; a block for unknown ones."""
    return PIECE_OF.get(key, "block")


def part_of(key: int) -> str:
    """Return the part (Kick, Snare, Hats, Percussion) that plays ``key``."""
    return PART_OF.get(piece_of(key), "Percussion")


@dataclass(frozen=True)
class Kit:
    """Sounds by piece. ``bank_program`` is a kit of the SoundFont that lends its recorded strokes.

    ``recorded`` says how much of a piece comes from there, 0 to 1, where there is a SoundFont.
    """

    name: str
    pieces: Mapping[str, Strike]
    bank_program: int
    recorded: Mapping[str, float]


_COMMON: dict[str, Strike] = {
    "crash": Plate("crash", 200, 560, 16_000, 2.6, 0.7, swell_s=0.012),
    "ride": Plate("ride", 160, 620, 14_000, 1.7, 0.3, ping=0.035),
    "high-tom": Tom("high-tom", 172, 0.5),
    "tom": Tom("tom", 128, 0.6),
    "low-tom": Tom("low-tom", 92, 0.75),
    "rim": Rim("rim", 780),
    "clap": Clap("clap", 0.024, 0.16),
    "shaker": Shaken("shaker", 4200, 0.032, 0.05),
    "tambourine": Shaken("tambourine", 3600, 0.012, 0.16, 0.5),
    "cowbell": Bell("cowbell", (562, 845), 0.32),
    "block": Bell("block", (1180, 2010, 2950), 0.09),
}


def _kit(
    name: str, bank_program: int, recorded: Mapping[str, float], **pieces: Strike
) -> tuple[str, Kit]:
    return name, Kit(name, {**_COMMON, **pieces}, bank_program, recorded)


_REAL = {"snare": 0.5, "hat": 0.6, "open": 0.6, "ride": 0.7, "crash": 0.6, "rim": 0.5}
_TOMS = {"tom": 0.5, "low-tom": 0.5, "high-tom": 0.5, "tambourine": 0.6, "cowbell": 0.5}

KITS: Mapping[str, Kit] = dict(
    [
        _kit(
            "studio",
            0,
            {**_REAL, **_TOMS, "kick": 0.3},
            kick=Kick("studio-kick", 52, 1.6, 0.44, 0.5, 0.5, 0.25),
            snare=Snare("studio-snare", 192, 0.20, 0.85, 0.36, 12_000, 0.2),
            hat=Plate("studio-hat", 130, 3600, 16_500, 0.13, 0.8),
            open=Plate("studio-open", 130, 3300, 16_500, 0.85, 0.7),
        ),
        _kit(
            "power",
            16,
            {**_REAL, **_TOMS, "kick": 0.45},
            kick=Kick("power-kick", 56, 2.0, 0.40, 0.9, 0.9, 0.35),
            snare=Snare("power-snare", 176, 0.28, 1.0, 0.48, 12_500, 0.6),
            hat=Plate("power-hat", 140, 3200, 16_000, 0.15, 0.9),
            open=Plate("power-open", 140, 2900, 16_000, 1.0, 0.8),
        ),
        _kit(
            "machine",
            24,
            {"crash": 0.3},
            kick=Kick("machine-kick", 48, 3.2, 0.58, 0.55, 0.8),
            snare=Snare("machine-snare", 184, 0.16, 1.1, 0.30, 13_000, 0.5),
            clap=Clap("machine-clap", 0.030, 0.22),
            hat=Squares("machine-hat", 0.11, 6800),
            open=Squares("machine-open", 0.55, 6000),
            rim=Rim("machine-rim", 1650),
        ),
        _kit(
            "deep",
            25,
            {},
            kick=Kick("deep-kick", 43, 2.4, 1.10, 0.25, 0.55),
            snare=Snare("deep-snare", 170, 0.14, 0.9, 0.40, 10_000, 0.3),
            clap=Clap("deep-clap", 0.036, 0.34),
            hat=Squares("deep-hat", 0.075, 7400),
            open=Squares("deep-open", 0.28, 6600),
            rim=Rim("deep-rim", 1720),
        ),
        _kit(
            "brush",
            40,
            {**_REAL, **_TOMS, "snare": 0.65, "kick": 0.3, "hat": 0.7},
            kick=Kick("brush-kick", 58, 0.9, 0.32, 0.15, 0.15, 0.4),
            snare=Snare("brush-snare", 205, 0.14, 0.9, 0.34, 8_500),
            hat=Plate("brush-hat", 110, 3700, 14_500, 0.10, 0.6),
            open=Plate("brush-open", 110, 3400, 14_500, 0.7, 0.5),
        ),
    ]
)


Recorded = Callable[[int, int, float], Signal]
"""Key, kit program and force to the SoundFont's own stroke."""


class Drummer:
    """Plays a part of a kit; makes every stroke once."""

    def __init__(self, kit: Kit, recorded: Recorded | None = None) -> None:
        self._kit, self._recorded = kit, recorded

    def play(self, canvas: Signal, notes: Sequence[Note]) -> None:
        """Add the notes to ``canvas`` (frames, 2); a hat that closes ends the open one."""
        # Kept here: as a part of the drummer it would hold him, and with him the font, in a circle.
        made = lru_cache(maxsize=256)(self._make)
        turns: dict[int, int] = {}
        hats = [n.start_s for n in notes if piece_of(n.pitch) in ("hat", "open")]
        for note in notes:
            turns[note.pitch] = turn = turns.get(note.pitch, -1) + 1
            force = max(1, round(note.velocity / 127 * FORCE_STEPS)) / FORCE_STEPS
            stroke = made(note.pitch, force, turn % ROUND_ROBINS)
            if piece_of(note.pitch) == "open":
                stroke = _choked(stroke, note, hats)
            self._lay(canvas, stroke, note)

    def _lay(self, canvas: Signal, stroke: Signal, note: Note) -> None:
        start = round(note.start_s * RATE)
        piece = stroke[: max(0, len(canvas) - start)]
        gain = (note.velocity / 127) ** LOUDNESS_POWER
        canvas[start : start + len(piece)] += piece * np.float32(gain)

    def _make(self, key: int, force: float, variant: int) -> Signal:
        piece = piece_of(key)
        own = _wide(self._kit.pieces[piece](Blow(force, variant)))
        part = self._kit.recorded.get(piece, 0.0) if self._recorded else 0.0
        if part and self._recorded:
            real = self._recorded(key, self._kit.bank_program, force)
            real = _retuned(real, 1 + 0.008 * (variant - 1.5))
            own = _layered(own, real, part)
        pan = PAN.get(piece, 0.0)
        sides = np.array([min(1.0, 1 - pan), min(1.0, 1 + pan)], np.float32)
        out = own * sides
        return closed(out * np.float32(LEVEL[piece] / max(1e-9, float(np.abs(out).max()))))


def _wide(x: Signal) -> Signal:
    return x if x.ndim == 2 else np.repeat(x[:, None], 2, axis=1)


def _layered(own: Signal, real: Signal, part: float) -> Signal:
    """Return both at once; two transients at one moment, so that they are one stroke."""
    real = real[max(0, _onset(real) - _onset(own)) :]
    frames = max(len(own), len(real))
    out = np.zeros((frames, 2), np.float32)
    out[: len(own)] += (1 - part) * own / max(1e-9, np.abs(own).max())
    out[: len(real)] += part * real / max(1e-9, np.abs(real).max())
    return out


def _onset(x: Signal) -> int:
    loud = np.abs(x).max(axis=1)
    return int(np.argmax(loud > 0.15 * loud.max()))


def _retuned(x: Signal, factor: float) -> Signal:
    at = np.arange(int(len(x) / factor)) * factor
    index = np.arange(len(x))
    return np.stack([np.interp(at, index, x[:, side]) for side in (0, 1)], axis=1).astype(
        np.float32
    )


def _choked(stroke: Signal, note: Note, hats: Sequence[float]) -> Signal:
    later = [at for at in hats if at > note.start_s + 0.02]
    if not later:
        return stroke
    frames = frames_of(min(later) - note.start_s + CHOKE_S)
    return stroke if frames >= len(stroke) else closed(stroke[:frames], CHOKE_S)

"""What a creator may choose, as JSON: the same for every engine; what one cannot do it leaves out.

None is left to the sources and the seed. ``instruments`` are sets of the base pack, of which one is
taken; ``without`` is one part that should not play.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from generation.composition.base import load_base_pack
from generation.composition.plan import LEAST_BPM, LEAST_S, LEAVABLE, MOODS, MOST_BPM, MOST_S
from generation.engines.fields import choice, choices, number, require_known, whole

MODES = ("major", "minor")
DEFAULTS: Mapping[str, Any] = {
    "seconds": 190.0,
    "bpm": None,
    "tonic": None,
    "mode": None,
    "energy": 0.5,
    "variation": 0.5,
    "mood": None,
    "instruments": None,
    "without": None,
}


def palettes() -> tuple[str, ...]:
    """Return the names of the instrument sets that ``instruments`` may name."""
    return tuple(palette.name for palette in load_base_pack().palettes)


def options_read(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return every option, those left out at their defaults.

    Raises
    ------
    OptionInvalidError
        If one is unknown or out of range.
    """
    require_known(given, list(DEFAULTS))
    wanted = {**DEFAULTS, **given}
    readers: dict[str, Callable[[], Any]] = {
        "seconds": lambda: number(wanted, "seconds", LEAST_S, MOST_S),
        "bpm": lambda: number(wanted, "bpm", LEAST_BPM, MOST_BPM),
        "tonic": lambda: whole(wanted, "tonic", 0, 11),
        "mode": lambda: choice(wanted, "mode", MODES),
        "energy": lambda: number(wanted, "energy", 0, 1),
        "variation": lambda: number(wanted, "variation", 0, 1),
        "mood": lambda: choice(wanted, "mood", tuple(MOODS)),
        "instruments": lambda: choices(wanted, "instruments", palettes()),
        "without": lambda: choice(wanted, "without", tuple(LEAVABLE)),
    }
    return {
        name: None if wanted[name] is None and DEFAULTS[name] is None else read()
        for name, read in readers.items()
    }

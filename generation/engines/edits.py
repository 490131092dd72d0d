"""What may be changed about a finished version, as JSON: ``{"kind": …}`` and the fields of its kind.

================= ================================= =======================================
kind              fields                            what changes
================= ================================= =======================================
reroll_section    section (index), seed, everywhere one section, or all of its role
reroll_layer      layer, seed                       one layer, written anew
tempo             bpm                               the tempo
key               tonic, mode                       the key; another mode means other chords
energy            energy                            how full and loud
length            seconds                           the form
extend            role, bars                        a section that comes longer
reweigh           weights (ppm by ISRC)             how much of each of the ten
================= ================================= =======================================
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, get_args

from generation.composition.edits import EXTEND_BARS, LAYER_OF
from generation.composition.plan import LEAST_BPM, LEAST_S, MOST_BPM, MOST_S
from generation.composition.units import Role
from generation.constants import SEED_MAX
from generation.engines.errors import OptionInvalidError
from generation.engines.fields import choice, flag, number, require_known, whole
from generation.engines.options import MODES

PPM = 1_000_000
SECTIONS_MAX = 40
LAYERS: tuple[str, ...] = tuple(LAYER_OF)
ROLES: tuple[str, ...] = get_args(Role)


def edit_read(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the edit with exactly the fields of its kind.

    Raises
    ------
    OptionInvalidError
        If the kind is unknown, or a field is missing, unknown or out of range.
    """
    kind = choice(given, "kind", tuple(EDITS))
    fields = EDITS[kind]
    require_known(given, ["kind", *fields])
    return {"kind": kind, **{name: read(given, name) for name, read in fields.items()}}


def _seed(given: Mapping[str, Any], name: str) -> int:
    return whole(given, name, 0, SEED_MAX)


def _bars(given: Mapping[str, Any], name: str) -> int:
    bars = whole(given, name, min(EXTEND_BARS), max(EXTEND_BARS))
    if bars not in EXTEND_BARS:
        raise OptionInvalidError(name, ", ".join(map(str, EXTEND_BARS)))
    return bars


def _mode(given: Mapping[str, Any], name: str) -> str | None:
    return None if given.get(name) is None else choice(given, name, MODES)


def _weights(given: Mapping[str, Any], name: str) -> dict[str, int]:
    """Return weights within the pool of the ten; they sum to one million."""
    value = given.get(name)
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise OptionInvalidError(name, "ppm by ISRC")
    found = {isrc: whole(value, isrc, 0, PPM) for isrc in sorted(value)}
    if sum(found.values()) != PPM:
        raise OptionInvalidError(name, f"sum {PPM}")
    return found


EDITS: Mapping[str, Mapping[str, Callable[[Mapping[str, Any], str], Any]]] = {
    "reroll_section": {
        "section": lambda given, name: whole(given, name, 0, SECTIONS_MAX),
        "seed": _seed,
        "everywhere": flag,
    },
    "reroll_layer": {
        "layer": lambda given, name: choice(given, name, LAYERS),
        "seed": _seed,
    },
    "tempo": {"bpm": lambda given, name: number(given, name, LEAST_BPM, MOST_BPM)},
    "key": {"tonic": lambda given, name: whole(given, name, 0, 11), "mode": _mode},
    "energy": {"energy": lambda given, name: number(given, name, 0, 1)},
    "length": {"seconds": lambda given, name: number(given, name, LEAST_S, MOST_S)},
    "extend": {"role": lambda given, name: choice(given, name, ROLES), "bars": _bars},
    "reweigh": {"weights": _weights},
}

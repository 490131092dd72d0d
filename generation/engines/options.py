"""What a creator may choose, as JSON: the same for every engine; what one cannot do it leaves out.

None is left to the sources and the seed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generation.composition.plan import LEAST_BPM, LEAST_S, MOST_BPM, MOST_S
from generation.engines.fields import choice, number, require_known, whole

MODES = ("major", "minor")
DEFAULTS: Mapping[str, Any] = {
    "seconds": 190.0,
    "bpm": None,
    "tonic": None,
    "mode": None,
    "energy": 0.5,
    "variation": 0.5,
}


def options_read(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return every option, those left out at their defaults.

    Raises
    ------
    OptionInvalidError
        If one is unknown or out of range.
    """
    require_known(given, list(DEFAULTS))
    wanted = {**DEFAULTS, **given}
    return {
        "seconds": number(wanted, "seconds", LEAST_S, MOST_S),
        "bpm": None if wanted["bpm"] is None else number(wanted, "bpm", LEAST_BPM, MOST_BPM),
        "tonic": None if wanted["tonic"] is None else whole(wanted, "tonic", 0, 11),
        "mode": None if wanted["mode"] is None else choice(wanted, "mode", MODES),
        "energy": number(wanted, "energy", 0, 1),
        "variation": number(wanted, "variation", 0, 1),
    }

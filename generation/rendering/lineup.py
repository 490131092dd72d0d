"""Who plays: the palette's General MIDI programs and the sound of the sources choose the instruments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

EFFECTS_INSTRUMENT = "transitions"
HEAVY = 0.58
"""From this weight of the low end on, a synthetic bass is a reese and a soft kit is a deep one."""

FAMILIES: tuple[str, ...] = (
    "grand-piano",
    "vibraphone",
    "organ",
    "nylon-guitar",
    "finger-bass",
    "violin",
    "string-section",
    "brass",
    "saxophone",
    "flute",
    "square-lead",
    "warm-pad",
    "bright-pad",
    "kalimba",
    "marimba",
    "hollow-pad",
)
"""General MIDI has sixteen families of eight programs; this plays a program that has no own row."""

BY_PROGRAM: Mapping[int, str] = {
    **dict.fromkeys((4, 6), "electric-piano"),
    **dict.fromkeys((5, 7), "glass-piano"),
    **dict.fromkeys((8, 9, 10, 14, 112), "music-box"),
    **dict.fromkeys((12, 13, 15), "marimba"),
    **dict.fromkeys((21, 23), "accordion"),
    22: "harmonica",
    25: "steel-guitar",
    **dict.fromkeys((26, 27), "clean-guitar"),
    28: "muted-guitar",
    **dict.fromkeys((29, 30, 31), "rock-guitar"),
    32: "upright-bass",
    34: "pick-bass",
    35: "fretless-bass",
    **dict.fromkeys((36, 37), "slap-bass"),
    38: "synth-bass",
    39: "sub-bass",
    **dict.fromkeys((44, 45, 48, 49, 50, 51), "string-section"),
    **dict.fromkeys((46, 107), "harp"),
    47: "marimba",
    **dict.fromkeys((52, 53, 54), "choir"),
    60: "horn",
    **dict.fromkeys((68, 69), "oboe"),
    **dict.fromkeys((70, 71), "clarinet"),
    **dict.fromkeys((81, 84, 87), "saw-lead"),
    **dict.fromkeys((82, 83, 85), "soft-lead"),
    86: "glide-lead",
    90: "bright-pad",
    **dict.fromkeys((91, 92), "choir"),
    **dict.fromkeys((94, 95), "hollow-pad"),
    **dict.fromkeys((104, 105, 106), "steel-guitar"),
    108: "kalimba",
    **dict.fromkeys((110,), "violin"),
}

BY_ROLE: Mapping[str, Mapping[str, str]] = {
    "lead": {"rock-guitar": "lead-guitar", "clean-guitar": "lead-guitar", "choir": "voice"},
    "double": {"rock-guitar": "lead-guitar", "clean-guitar": "lead-guitar", "choir": "voice"},
    "comp": {
        "warm-pad": "synth-keys",
        "bright-pad": "stab",
        "clean-guitar": "rock-guitar",
        "saw-lead": "stab",
        "square-lead": "stab",
    },
    "pad": {
        "saw-lead": "bright-pad",
        "square-lead": "hollow-pad",
        "violin": "string-section",
        "grand-piano": "string-section",
    },
    "arp": {
        "saw-lead": "pluck",
        "square-lead": "soft-pluck",
        "warm-pad": "soft-pluck",
        "bright-pad": "pluck",
    },
    "bass": {"grand-piano": "upright-bass", "brass": "upright-bass", "square-lead": "synth-bass"},
}
"""What a program becomes in a part that needs it otherwise: a chord on a lead patch is a stab."""

KIT_OF: Mapping[str, str] = {
    "finger-bass": "studio",
    "slap-bass": "studio",
    "fretless-bass": "studio",
    "upright-bass": "brush",
    "pick-bass": "power",
    "synth-bass": "machine",
    "sub-bass": "deep",
    "reese-bass": "machine",
}
"""A kit suits a bass: what holds the song together is chosen together."""
SYNTHETIC = frozenset({"machine", "deep"})
"""Kits whose songs rise into a chorus by noise; the others by a cymbal."""


@dataclass(frozen=True)
class Lineup:
    """The instrument of every part, the kit, and whether the song's transitions are synthetic."""

    lead: str
    double: str
    comp: str
    pad: str
    arp: str
    bass: str
    kit: str

    @property
    def is_synthetic(self) -> bool:
        """Tell whether machines play the drums."""
        return self.kit in SYNTHETIC


def lineup_of(programs: Mapping[str, int], *, weight: float) -> Lineup:
    """Return who plays ``programs`` (by part: lead, double, comp, pad, arp, bass).

    ``weight`` is how heavy the low end of the sources is, 0 to 1.
    """
    roles = {role: _instrument(role, programs[role]) for role in BY_ROLE}
    bass = roles.pop("bass")
    if bass not in KIT_OF:
        bass = "finger-bass"
    if bass == "synth-bass" and weight >= HEAVY:
        bass = "reese-bass"
    kit = KIT_OF[bass]
    if kit == "studio" and weight >= HEAVY and roles["comp"] in ("electric-piano", "glass-piano"):
        kit = "deep"
    return Lineup(**roles, bass=bass, kit=kit)


def _instrument(role: str, program: int) -> str:
    name = BY_PROGRAM.get(program, FAMILIES[max(0, min(127, program)) // 8])
    return BY_ROLE[role].get(name, name)

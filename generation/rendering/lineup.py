"""Who plays: the palette's General MIDI programs and the sound of the sources choose the instruments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generation.composition.stream import Stream

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

ALSO: Mapping[str, Mapping[str, Mapping[str, int]]] = {
    "lead": {
        "flute": {"flute": 2, "soft-lead": 3, "voice": 2, "square-lead": 1},
        "saxophone": {"saxophone": 2, "glide-lead": 2, "voice": 1},
        "harmonica": {"harmonica": 3, "soft-lead": 1, "voice": 1},
        "violin": {"violin": 3, "voice": 1, "soft-lead": 1},
        "saw-lead": {"saw-lead": 3, "glide-lead": 2},
        "square-lead": {"square-lead": 2, "soft-lead": 2, "voice": 1},
        "vibraphone": {"vibraphone": 2, "soft-lead": 1, "flute": 1},
        "lead-guitar": {"lead-guitar": 3, "saw-lead": 1},
    },
    "comp": {
        "grand-piano": {"grand-piano": 4, "electric-piano": 1, "steel-guitar": 1},
        "electric-piano": {"electric-piano": 3, "glass-piano": 1, "muted-guitar": 1},
        "glass-piano": {"glass-piano": 2, "electric-piano": 1, "synth-keys": 1},
        "synth-keys": {"synth-keys": 2, "stab": 2},
        "steel-guitar": {"steel-guitar": 3, "nylon-guitar": 1},
        "rock-guitar": {"rock-guitar": 3, "muted-guitar": 1},
    },
    "pad": {
        "string-section": {"string-section": 3, "warm-pad": 1, "choir": 1},
        "warm-pad": {"warm-pad": 2, "hollow-pad": 1, "choir": 1},
        "bright-pad": {"bright-pad": 2, "hollow-pad": 1},
        "choir": {"choir": 2, "hollow-pad": 1, "warm-pad": 1},
        "organ": {"organ": 3, "string-section": 1},
    },
    "arp": {
        "nylon-guitar": {"nylon-guitar": 2, "soft-pluck": 1, "kalimba": 1, "clean-guitar": 1},
        "vibraphone": {"vibraphone": 2, "soft-pluck": 1, "kalimba": 1},
        "pluck": {"pluck": 3, "soft-pluck": 1, "music-box": 1},
        "harp": {"harp": 3, "music-box": 1, "marimba": 1},
        "clean-guitar": {"clean-guitar": 3, "pluck": 1},
        "kalimba": {"kalimba": 2, "vibraphone": 1},
    },
    "bass": {
        "finger-bass": {"finger-bass": 3, "sub-bass": 1},
        "upright-bass": {"upright-bass": 3, "fretless-bass": 1},
        "sub-bass": {"sub-bass": 2, "synth-bass": 1},
    },
}
"""Which players a palette may send instead, and how often: two songs of a set are not one band."""

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
SUNG = frozenset({"soft-lead", "saw-lead", "square-lead", "glide-lead", "voice"})
"""Leads whose second voice is their own double."""
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


def lineup_of(programs: Mapping[str, int], *, weight: float, seed: int) -> Lineup:
    """Return who plays ``programs`` (by part: lead, double, comp, pad, arp, bass).

    ``weight`` is how heavy the low end of the sources is, 0 to 1; ``seed`` draws among those who suit.
    """
    stream = Stream(seed, "lineup")
    roles = {role: _instrument(role, programs[role], stream.split(role)) for role in BY_ROLE}
    if programs["double"] == programs["lead"] or roles["lead"] in SUNG:
        roles["double"] = roles["lead"]
    bass = roles.pop("bass")
    if bass not in KIT_OF:
        bass = "finger-bass"
    if bass == "synth-bass" and weight >= HEAVY:
        bass = "reese-bass"
    kit = KIT_OF[bass]
    if kit == "studio" and weight >= HEAVY and roles["comp"] in ("electric-piano", "glass-piano"):
        kit = "deep"
    return Lineup(**roles, bass=bass, kit=kit)


def _instrument(role: str, program: int, stream: Stream) -> str:
    usual = instrument_of(role, program)
    others = ALSO.get(role, {}).get(usual, {usual: 1})
    names = sorted(others)
    return names[stream.index([others[name] for name in names])]


def instrument_of(role: str, program: int) -> str:
    """Return the instrument that plays a General MIDI program in a part by default."""
    name = BY_PROGRAM.get(program, FAMILIES[max(0, min(127, program)) // 8])
    return BY_ROLE[role].get(name, name)

"""How influence is weighed: version 1. A policy never changes once a song has been settled by it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Layer(StrEnum):
    """What a part of the music is for."""

    FORM = "form"
    HARMONY = "harmony"
    DRUMS = "drums"
    GROOVE = "groove"
    BASS = "bass"
    COMP = "comp"
    PAD = "pad"
    ARP = "arp"
    MOTIF = "motif"
    SOUND = "sound"


class Group(StrEnum):
    """Layers that are weighed together."""

    MELODY = "melody"
    HARMONY = "harmony"
    DRUMS = "drums"
    BASS = "bass"
    ACCOMPANIMENT = "accompaniment"
    FORM = "form"
    SOUND = "sound"


GROUP_OF: dict[Layer, Group] = {
    Layer.FORM: Group.FORM,
    Layer.HARMONY: Group.HARMONY,
    Layer.DRUMS: Group.DRUMS,
    Layer.GROOVE: Group.DRUMS,
    Layer.BASS: Group.BASS,
    Layer.COMP: Group.ACCOMPANIMENT,
    Layer.PAD: Group.ACCOMPANIMENT,
    Layer.ARP: Group.ACCOMPANIMENT,
    Layer.MOTIF: Group.MELODY,
    Layer.SOUND: Group.SOUND,
}


@dataclass(frozen=True)
class Policy:
    """``group_weights`` sum to 1; the rest says how one event is divided among what made it."""

    version: str
    group_weights: dict[Group, float]
    rhythm_part: float
    """Of a note whose rhythm and pitch come from two places: the part of the rhythm."""
    contour_part: float
    """Of a note that follows a contour unit: the part of the contour, taken from the pitch."""
    groove_part: float
    """Of a drum hit: the part of the template that set its time and its force."""


POLICY_V1 = Policy(
    version="v1",
    group_weights={
        Group.MELODY: 0.30,
        Group.HARMONY: 0.20,
        Group.DRUMS: 0.15,
        Group.BASS: 0.10,
        Group.ACCOMPANIMENT: 0.10,
        Group.FORM: 0.05,
        Group.SOUND: 0.10,
    },
    rhythm_part=0.5,
    contour_part=0.25,
    groove_part=0.25,
)
POLICIES = {POLICY_V1.version: POLICY_V1}

"""Who sings, and what a note of the finished lead is made of."""

from __future__ import annotations

from dataclasses import dataclass

from generation.attribution.policy import Policy
from generation.attribution.shares import BASE
from generation.composition.cast import Cast
from generation.composition.cells import Cell
from generation.composition.harmony import Harmony
from generation.composition.plan import Plan
from generation.composition.singer import Singer, Sung
from generation.composition.slots import GLUE


@dataclass(frozen=True)
class Choir:
    """Everything that does not change while the melody is being tried with other targets."""

    plan: Plan
    cast: Cast
    harmony: Harmony
    policy: Policy
    singer: Singer
    keys: tuple[str, ...]
    """Experts in order: the base, then the sources that sing."""


@dataclass(frozen=True)
class LeadNote:
    """A note of the whole line: sixteenth of the song, and what :class:`Sung` says of it."""

    cell: Cell
    start: int
    note: Sung
    rhythm_changed: bool


def note_parts(choir: Choir, lead: LeadNote) -> dict[str, float]:
    """Return what a lead note is made of: its rhythm, its contour, and the glue between."""
    note, policy, cell = lead.note, choir.policy, lead.cell
    rhythm = BASE if lead.rhythm_changed else cell.rhythm_slot
    contour = policy.contour_part if note.follows else 0.0
    parts = {rhythm: policy.rhythm_part}
    if contour:
        parts[cell.contour_slot] = contour
    # What a rule of the base model moved is no longer the mixture's choice.
    pitch = BASE if note.changed else GLUE
    parts[pitch] = parts.get(pitch, 0.0) + 1 - policy.rhythm_part - contour
    return parts


def note_glue(choir: Choir, lead: LeadNote) -> dict[str, float]:
    """Return what the mixture owes for a lead note."""
    owed = zip(choir.keys, lead.note.owed, strict=True)
    return {key: float(share) for key, share in owed if share > 0}

"""The Effects part: what leads from one section into the next. It follows from the form alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from generation.rendering.arrangement import Note, SectionSound
from generation.rendering.voices.transitions import DOWNLIFTER, IMPACT, REVERSE, RISER, SWELL

RISE_BARS = 2.0
LEAST_LIFT = 0.08
"""A section this much fuller than the one before is announced."""
IMPACT_S = 2.2
LOUD_LIFT = 60


def effects_of(
    sections: Sequence[SectionSound], bar_s: float, *, is_synthetic: bool
) -> tuple[Note, ...]:
    """Return the effects of a song in order; ``pitch`` names the effect.

    Machines rise by noise over two bars and land with a boom; people turn a cymbal round or roll it.
    """
    found: list[Note] = []
    for before, after in pairwise(sections):
        lift = after.energy - before.energy
        if after.role == "chorus" or lift >= LEAST_LIFT:
            force = max(50, min(112, round(72 + LOUD_LIFT * lift)))
            found += _into(before, after, bar_s, force, is_synthetic=is_synthetic)
        elif lift <= -LEAST_LIFT and is_synthetic:
            length = min(2 * bar_s, after.end_s - after.start_s)
            found.append(Note(after.start_s, length, DOWNLIFTER, 70))
    return tuple(sorted(found, key=lambda n: (n.start_s, n.pitch)))


def _into(
    before: SectionSound, after: SectionSound, bar_s: float, force: int, *, is_synthetic: bool
) -> Iterator[Note]:
    room = before.end_s - before.start_s
    at = after.start_s
    if not is_synthetic:
        length = min(bar_s, room)
        yield Note(at - length, length, SWELL if after.role == "chorus" else REVERSE, force)
        return
    if after.role == "chorus":
        length = min(RISE_BARS * bar_s, room)
        yield Note(at - length, length, RISER, force)
        yield Note(at, IMPACT_S, IMPACT, force)
        yield Note(at + bar_s / 2, 1.5 * bar_s, DOWNLIFTER, max(40, force - 24))
    length = min(bar_s, room)
    yield Note(at - length, length, REVERSE, force - 8)

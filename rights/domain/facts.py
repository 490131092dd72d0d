"""Which of several facts about a recording is believed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

RANKS = {"manual": 50, "label": 40, "base": 40, "apple_music": 30, "tags": 10}
"""Who is believed first: staff, the label itself, the catalogue, a recogniser, the file's tags."""
RECOGNISER_RANK = 20
TEXT_MAX = {"title": 255, "version": 255, "artist": 500, "album": 255, "label_name": 255}
TEXT_MAX |= {"p_line": 500, "c_line": 500, "artwork_url": 1000, "preview_url": 1000}
FIELDS = (
    *TEXT_MAX,
    "artists",
    "upc",
    "duration_ms",
    "release_date",
    "explicit",
    "artwork_colour",
)
"""What is known of a recording besides its ISRC, as the columns of ``Recording`` are called."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One value that one source gave for one field; ``order`` grows with time."""

    field: str
    value: object
    source: str
    order: int


def rank(source: str) -> int:
    """Return how much a source is believed; unknown sources are recognisers."""
    return RANKS.get(source, RECOGNISER_RANK)


def believed(facts: Iterable[Fact]) -> dict[str, object]:
    """Return one value for each field: of the source believed most, what it said last.

    The order in which the facts arrived decides only between two of the same rank.
    """
    best: dict[str, Fact] = {}
    for fact in facts:
        held = best.get(fact.field)
        if held is None or (rank(fact.source), fact.order) > (rank(held.source), held.order):
            best[fact.field] = fact
    return {field: fact.value for field, fact in best.items()}


def is_told(value: object) -> bool:
    """Say whether a value says anything: an empty text is silence, no value to believe."""
    return value not in ("", None, [])

"""The plan of an edited song: sections tagged, repeated or left out, and where each comes from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import pairwise

from generation.attribution.policy import Layer
from generation.composition.errors import OptionsInvalidError
from generation.composition.plan import Phrase, Plan, Section
from generation.composition.score import Event
from generation.composition.units import Role

Pair = tuple[str, Layer]
"""A section's key and a layer: the smallest thing that is kept or written anew."""

DECIDED = frozenset({Layer.FORM, Layer.SOUND, Layer.HARMONY})
"""Layers that have no notes of their own."""
LEAST_SECTIONS, LEAST_REPEATED = 4, 2
HALF_OF = 16
"""Bars of a section that may be cut to its last eight."""
CADENCE_BARS = 2
"""Of an outro: the last bars, which close the song and come once."""
COPY_COST = 3
LAST_OF_ROLE_COST = 4.0
ENOUGH_CHORUSES, FEW_CHORUSES_COST = 3, 6.0
"""With two choruses a hook comes back twice, which is not what makes it one; a bridge goes first."""
NEAR_BARS = 3
"""A length this near to the one asked for is it."""


@dataclass(frozen=True)
class Origin:
    """The parent's section that a section's music comes from, from bar ``first`` of it on.

    ``is_copy`` tells a repetition from the section itself; after ``turn`` bars, if any, it begins anew.
    """

    section: Section
    first: int = 0
    is_copy: bool = False
    turn: int = 0

    def runs(self, bars: int) -> Iterator[tuple[int, int, int]]:
        """Yield (bar of the parent, bar of the section, bars) of what goes on without a break."""
        size = self.turn or bars
        for at in range(0, bars, size):
            yield self.section.bar + self.first, at, min(size, bars - at)


@dataclass(frozen=True)
class Outline:
    """``origins`` by section key; ``rewrite`` is what the edit asks to be written anew."""

    plan: Plan
    origins: Mapping[str, Origin]
    rewrite: frozenset[Pair]


def section_of(plan: Plan, event: Event) -> tuple[Section, int]:
    """Return the section that a note starts in and its bar; playing early or late changes neither."""
    bar = plan.bar_of(event.tick)
    return plan.section_at(bar), bar


def retagged(plan: Plan, seed: int, pairs: AbstractSet[Pair]) -> Outline:
    """Give the layers in ``pairs`` slots of their own, to be filled and written anew."""
    number = 1 + max(
        (int(tag[1:].split(".")[0]) for s in plan.sections for _, tag in s.tags), default=0
    )
    # Sections that differ already go on differing: what two share must be alike in every layer.
    kinds = sorted({section.tags for section in plan.sections})
    sections = tuple(
        replace(
            section, tags=_tagged(section, pairs, f"~{number}.{seed}.{kinds.index(section.tags)}")
        )
        for section in plan.sections
    )
    origins = {section.key: Origin(section) for section in plan.sections}
    return Outline(replace(plan, sections=sections), origins, frozenset(pairs))


def _tagged(section: Section, pairs: AbstractSet[Pair], tag: str) -> tuple[tuple[Layer, str], ...]:
    tags = ((one, tag if (section.key, one) in pairs else section.tag(one)) for one in Layer)
    return tuple((layer, own) for layer, own in tags if own)


@dataclass(frozen=True)
class _Row:
    """A section to be laid: ``bars`` of ``section`` from its bar ``first`` on, again after ``turn``."""

    section: Section
    first: int
    bars: int
    is_copy: bool = False
    turn: int = 0


def extended(plan: Plan, role: Role, bars: int) -> Outline:
    """Repeat the last section of ``role`` after itself until ``bars`` are added."""
    rows = [_Row(section, 0, section.bars) for section in plan.sections]
    at = max(n for n, row in enumerate(rows) if row.section.role == role)
    section, left, added = rows[at].section, bars, []
    while left:
        size = min(left, section.bars)
        added.append(_Row(section, section.bars - size, size, is_copy=True))
        left -= size
    if role == "outro":
        # The end stays the end: what is added comes before it, and turns round before its cadence.
        added = [replace(row, first=0, turn=row.bars - CADENCE_BARS) for row in added]
        return _laid(plan, [*rows[:at], *added, *rows[at:]])
    return _laid(plan, [*rows[: at + 1], *added, *rows[at + 1 :]])


def changed_length(plan: Plan, seconds: float) -> Outline:
    """Repeat or leave out whole sections until the song is about ``seconds`` long.

    Raises
    ------
    OptionsInvalidError
        If it is that long already, or no form of its sections comes nearer.
    """
    rows = [_Row(section, 0, section.bars) for section in plan.sections]
    wanted = seconds / plan.bar_s
    before = off = plan.bars - wanted
    while abs(off) > NEAR_BARS:
        tries = _shorter(rows) if off > 0 else _longer(rows)
        sizes = [(abs(_bars(one) - wanted) + cost, n) for n, (one, cost) in enumerate(tries)]
        if not sizes:
            break
        best = tries[min(sizes)[1]][0]
        if abs(_bars(best) - wanted) >= abs(off):
            break
        rows = best
        off = _bars(rows) - wanted
    if off == before:
        raise OptionsInvalidError(
            f"its sections cannot be brought nearer to {seconds:g} s than "
            f"{plan.bars * plan.bar_s:.0f} s; choose another length or another tempo"
        )
    return _laid(plan, rows)


def _bars(rows: Sequence[_Row]) -> int:
    return sum(row.bars for row in rows)


def _longer(rows: Sequence[_Row]) -> list[tuple[list[_Row], float]]:
    """Return every way to repeat one section, with what speaks against it in bars."""
    tries = []
    times = Counter(row.section.key for row in rows)
    for at, row in enumerate(rows[:-1]):
        if row.section.role in ("intro", "pre"):
            continue
        copy = replace(row, is_copy=True)
        cost = COPY_COST * times[row.section.key] + (row.section.role == "bridge")
        tries.append(([*rows[: at + 1], copy, *rows[at + 1 :]], float(cost)))
    return tries


def _shorter(rows: Sequence[_Row]) -> list[tuple[list[_Row], float]]:
    """Return every way to leave out a section, or half of a long one, that leaves a whole form."""
    tries: list[tuple[list[_Row], float]] = []
    for at, row in enumerate(rows[:-1]):
        without = [*rows[:at], *rows[at + 1 :]]
        roles = Counter(r.section.role for r in without)
        whole = len(without) >= LEAST_SECTIONS and roles["chorus"] and roles["verse"]
        repeated = sum(count > 1 for count in roles.values())
        if whole and repeated >= LEAST_REPEATED and _misplaced(without) <= _misplaced(rows):
            cost = 0.0 if roles[row.section.role] else LAST_OF_ROLE_COST
            if row.section.role == "chorus" and roles["chorus"] < ENOUGH_CHORUSES:
                cost += FEW_CHORUSES_COST
            tries.append((without, cost + _verses_in_a_row(without)))
        if row.bars == HALF_OF:
            half = replace(row, first=row.first + row.bars // 2, bars=row.bars // 2)
            tries.append(([*rows[:at], half, *rows[at + 1 :]], 0.0))
    return tries


def _verses_in_a_row(rows: Sequence[_Row]) -> int:
    return sum(a.section.role == b.section.role == "verse" for a, b in pairwise(rows))


def _misplaced(rows: Sequence[_Row]) -> int:
    """Count what no song does: begin with a pre-chorus or a bridge, or lead up to no chorus."""
    roles = [row.section.role for row in rows]
    led_nowhere = sum(a == "pre" and b != "chorus" for a, b in pairwise(roles))
    return led_nowhere + (roles[0] in ("pre", "bridge"))


def _laid(plan: Plan, rows: Sequence[_Row]) -> Outline:
    """Put rows one after another; the first row of a section keeps its key."""
    taken = {row.section.key for row in rows if not row.is_copy}
    roles = [row.section.role for row in rows]
    sections, origins, bar = [], {}, 0
    for index, row in enumerate(rows):
        key = _free(row.section.key, taken) if row.is_copy else row.section.key
        taken.add(key)
        section = replace(
            row.section,
            index=index,
            bar=bar,
            bars=row.bars,
            nth=roles[:index].count(row.section.role),
            is_last_of_role=row.section.role not in roles[index + 1 :],
            phrases=_cut(row, bar),
            key=key,
        )
        sections.append(section)
        origins[key] = Origin(row.section, row.first, row.is_copy, row.turn)
        bar += row.bars
    # A copy has the frame of its own that every section has: form, colour and fills.
    copies = {key for key, origin in origins.items() if origin.is_copy}
    rewrite = {(key, layer) for key in copies for layer in (Layer.FORM, Layer.SOUND)}
    return Outline(replace(plan, sections=tuple(sections)), origins, frozenset(rewrite))


def _free(key: str, taken: AbstractSet[str]) -> str:
    number = 1
    while f"{key}+{number}" in taken:
        number += 1
    return f"{key}+{number}"


def _cut(row: _Row, bar: int) -> tuple[Phrase, ...]:
    """Return the phrases of a row, from ``bar`` on; rows begin and end between phrases."""
    start = row.section.bar + row.first
    return tuple(
        replace(phrase, bar=phrase.bar - start + bar)
        for phrase in row.section.phrases
        if start <= phrase.bar < start + row.bars
    )

"""The sections of a version, as its figures list them or as its bars tell."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from generation.selectors.words import role_letter, role_name, role_of
from library.selectors.track_list import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generation.models import Version, VersionBar


PX_PER_BAR, PX_PER_LETTER = 13, 8
"""How wide a bar is where the drawing scrolls, and a letter above it."""


@dataclass(frozen=True)
class SectionView:
    """A stretch of the form: ``first`` and ``last`` are numbers of bars, ``index`` counts from 0.

    ``code`` ("C2") stands where ``name`` ("Chorus 2") has no room; a section that comes once has
    no number. ``x`` and ``width`` are parts of the whole duration in percent, for a drawing.
    """

    index: int
    role: str
    code: str
    name: str
    first: int
    last: int
    start_s: float
    end_s: float
    start: str
    end: str
    x: str
    width: str

    @property
    def label(self) -> str:
        """The name where the bars leave room for it, else the code."""
        return self.name if len(self.name) * PX_PER_LETTER < self.bars * PX_PER_BAR else self.code

    @property
    def bars(self) -> int:
        """How many bars it has."""
        return self.last - self.first + 1


def sections_of(version: Version, bars: Sequence[VersionBar]) -> tuple[SectionView, ...]:
    """Return the sections of ``version``; ``bars`` are all of its bars in order.

    Two choruses in a row are two sections, which the bars alone do not tell: the lengths in bars
    come from the figures, where the engine wrote the form.
    """
    groups = _by_form(version, bars) or [list(run) for _name, run in groupby(bars, _section)]
    total = Counter(role_of(group[0].section) for group in groups)
    seen: Counter[str] = Counter()
    found = []
    for index, group in enumerate(groups):
        role = role_of(group[0].section)
        seen[role] += 1
        number = seen[role] if total[role] > 1 else 0
        found.append(_view(index, group, number, version.duration_ms or group[-1].end_ms))
    return tuple(found)


def section_at(sections: Sequence[SectionView], bar: int) -> SectionView:
    """Return the section that holds the bar of that number."""
    return next(section for section in sections if section.first <= bar <= section.last)


def percent_of(part: int, whole: int) -> str:
    """Return a part in percent with three decimals and a point, as a drawing takes it."""
    thousandths = part * 100_000 // whole
    return f"{thousandths // 1000}.{thousandths % 1000:03d}%"


def _section(bar: VersionBar) -> str:
    return bar.section


def _by_form(version: Version, bars: Sequence[VersionBar]) -> list[list[VersionBar]]:
    """Cut the bars by the lengths that the figures give, or return none if they do not fit."""
    lengths = [int(section.get("bars", 0)) for section in version.figures.get("sections", [])]
    if not lengths or min(lengths) < 1 or sum(lengths) != len(bars):
        return []
    groups, at = [], 0
    for length in lengths:
        groups.append(list(bars[at : at + length]))
        at += length
    return groups


def _view(index: int, group: list[VersionBar], number: int, duration_ms: int) -> SectionView:
    first, last = group[0], group[-1]
    suffix = f"{number}" if number else ""
    return SectionView(
        index=index,
        role=role_of(first.section),
        code=f"{role_letter(first.section)}{suffix}",
        name=f"{role_name(first.section)} {suffix}".rstrip(),
        first=first.number,
        last=last.number,
        start_s=first.start_ms / 1000,
        end_s=last.end_ms / 1000,
        start=clock(first.start_ms),
        end=clock(last.end_ms),
        x=percent_of(first.start_ms, duration_ms),
        width=percent_of(last.end_ms - first.start_ms, duration_ms),
    )

"""Where things stand in a chart: bars, waterfalls and lines, in thousandths of its width and height.

Whole numbers only, so that a drawing is the same bytes wherever it is made. What is drawn is also
written beside it as a table; nothing is read off a chart that is not in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rights.domain.settlement import Label

WHOLE = 1000
# A bar of an amount that is not zero can be seen, however small.
LEAST = 4
SUMS = frozenset({Label.OPENING, "closing"})
"""Steps of a waterfall that stand on the ground; the others hang where the last one ended."""


@dataclass(frozen=True)
class Span:
    """A bar from ``start`` over ``width``. ``end`` is where its amount ends, which the next may begin at."""

    start: int
    width: int
    end: int
    is_negative: bool = False


@dataclass(frozen=True)
class Scale:
    """A range of amounts, laid over a thousand."""

    lowest: int
    highest: int

    @classmethod
    def over(cls, amounts: Sequence[int]) -> Scale:
        """Return the scale that holds zero and all ``amounts``."""
        return cls(min(0, *amounts, 0), max(0, *amounts, 0))

    def place(self, amount: int) -> int:
        """Return where ``amount`` lies, from 0 to a thousand; in the middle if there is no range."""
        reach = self.highest - self.lowest
        return (amount - self.lowest) * WHOLE // reach if reach else WHOLE // 2

    def span(self, start: int, end: int) -> Span:
        """Return the bar from one amount to another."""
        left, right = sorted((self.place(start), self.place(end)))
        width = max(LEAST, right - left) if start != end else 0
        left = min(left, WHOLE - width)
        return Span(left, width, self.place(end), is_negative=end < start)


def bars(amounts: Sequence[int]) -> tuple[Span, ...]:
    """Return a bar from zero for each amount, all on one scale."""
    scale = Scale.over(amounts)
    return tuple(scale.span(0, amount) for amount in amounts)


def waterfall(steps: Sequence[tuple[str, int]]) -> tuple[Span, ...]:
    """Return the bars of (label, amount) from top to bottom: sums on the ground, the rest between.

    ``settle`` makes the steps; the closing balance stands last under the label ``closing``.
    """
    edges, running = [], 0
    for label, amount in steps:
        start = 0 if label in SUMS else running
        running = start + amount
        edges.append((start, running))
    scale = Scale.over([edge for both in edges for edge in both])
    return tuple(scale.span(start, end) for start, end in edges)


def round_top(highest: int) -> int:
    """Return the first of 1, 2, 2.5 or 5 times a power of ten that is not below ``highest``.

    >>> round_top(1_730_000)
    2000000
    """
    if highest <= 0:
        return 0
    power: int = 10 ** (len(str(highest)) - 1)
    for tenths in (10, 20, 25, 50):
        if tenths * power >= highest * 10:
            return tenths * power // 10
    return power * 10


@dataclass(frozen=True)
class Dot:
    """A value in a line, ``y`` from the top."""

    x: int
    y: int


@dataclass(frozen=True)
class Line:
    """Values in equal steps: their dots, and the ways through those that follow each other.

    ``path`` and ``area`` are SVG path data; a gap in the values is a gap in the line.
    """

    dots: tuple[Dot | None, ...]
    path: str
    area: str
    ground: int


def line(values: Sequence[int | None], scale: Scale) -> Line:
    """Draw values in the middle of columns of equal width."""
    columns = max(1, len(values))
    dots = tuple(
        None
        if value is None
        else Dot((2 * place + 1) * WHOLE // (2 * columns), WHOLE - scale.place(value))
        for place, value in enumerate(values)
    )
    ground = WHOLE - scale.place(0)
    runs = _runs(dots)
    return Line(
        dots=dots,
        path="".join(_way(run) for run in runs),
        area="".join(
            f"M{run[0].x} {ground}{_way(run).replace('M', 'L', 1)}L{run[-1].x} {ground}Z"
            for run in runs
            if len(run) > 1
        ),
        ground=ground,
    )


def _runs(dots: Sequence[Dot | None]) -> list[list[Dot]]:
    runs: list[list[Dot]] = []
    for before, dot in pairwise([None, *dots]):
        if dot is None:
            continue
        if before is None:
            runs.append([])
        runs[-1].append(dot)
    return runs


def _way(run: Sequence[Dot]) -> str:
    return "M" + "L".join(f"{dot.x} {dot.y}" for dot in run)

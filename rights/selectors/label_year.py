"""Twelve months of what was earned: a line of confirmed figures, and of estimates beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.formats import date_format

from config.lib.money import Money
from rights.domain.drawing import Dot, Line, Scale, line, round_top
from rights.selectors.money_words import month_words
from rights.selectors.run_inputs import Period

if TYPE_CHECKING:
    from rights.models import Statement

YEAR = 12
GRID = 4
"""Into how many parts the axis is divided."""


@dataclass(frozen=True)
class Month:
    """A column of the drawing and a row of its table. A month has one kind of figure, or none."""

    period: str
    name: str
    short: str
    year: str
    confirmed: Money | None
    estimated: Money | None
    dot: Dot | None


@dataclass(frozen=True)
class Year:
    """The months, oldest first; the two lines over them; the axis from the top down."""

    months: tuple[Month, ...]
    confirmed: Line
    estimated: Line
    axis: tuple[Money, ...]
    total: Money

    @property
    def has_estimates(self) -> bool:
        """Say whether a legend has to tell the two lines apart."""
        return any(month.estimated is not None for month in self.months)


def year_of(
    statements: Sequence[Statement], estimates: Mapping[str, int], currency: str
) -> Year | None:
    """Return the twelve months up to the last of which anything is known."""
    earned: dict[str, int] = defaultdict(int)
    for one in statements:
        earned[one.period] += one.earned
    known = [*earned, *estimates]
    if not known:
        return None
    periods = months_back(max(known), YEAR)
    confirmed = [earned.get(period) for period in periods]
    estimated = [None if period in earned else estimates.get(period) for period in periods]
    scale = _scale([one for one in (*confirmed, *estimated) if one is not None])
    sure, guessed = line(confirmed, scale), line(_joined(confirmed, estimated), scale)
    return Year(
        months=tuple(
            _month(period, currency, pair, guessed.dots[place] or sure.dots[place])
            for place, (period, *pair) in enumerate(zip(periods, confirmed, estimated, strict=True))
        ),
        confirmed=sure,
        estimated=guessed,
        axis=tuple(
            Money(scale.highest - (scale.highest - scale.lowest) * step // GRID, currency)
            for step in range(GRID + 1)
        ),
        total=Money(sum(one for one in confirmed if one is not None), currency),
    )


def _month(period: str, currency: str, pair: Sequence[int | None], dot: Dot | None) -> Month:
    sure, guess = (None if one is None else Money(one, currency) for one in pair)
    day = Period.parse(period).start.date()
    return Month(period, month_words(period), date_format(day, "M"), period[:4], sure, guess, dot)


def months_back(last: str, count: int) -> list[str]:
    """Return ``count`` months that end with ``last`` (``2026-10``), oldest first."""
    end = int(last[:4]) * 12 + int(last[5:7]) - 1
    return [f"{at // 12:04}-{at % 12 + 1:02}" for at in range(end - count + 1, end + 1)]


def _scale(amounts: Sequence[int]) -> Scale:
    least, most = min(0, *amounts, 0), max(0, *amounts, 0)
    return Scale(-round_top(-least), round_top(most))


def _joined(sure: Sequence[int | None], guesses: Sequence[int | None]) -> list[int | None]:
    """Return the estimates with the confirmed figure just before them, where their line begins."""
    joined = list(guesses)
    for place, guess in enumerate(guesses[1:], start=1):
        if guess is not None and guesses[place - 1] is None:
            joined[place - 1] = sure[place - 1]
    return joined

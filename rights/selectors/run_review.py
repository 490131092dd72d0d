"""What a person looks at before approving a run: who gets much more or less than in the run before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from config.lib.money import Money
from rights.models import Party, RoyaltyRun, RunShare

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from django.utils.functional import _StrPromise

SHOWN = 12
HELD_TENTH = 10
"""Of what is earned at most one part of so many is held in a month that is like others."""
TWICE = 2
"""So many times as much as before, or as little, is looked at."""


@dataclass(frozen=True)
class ReviewRow:
    """What a payee gets in a currency, and the run before (``None``: there was none); why it stands out.

    Without a payee it is what is held.
    """

    name: str
    amount: Money
    before: Money | None
    why: _StrPromise | str

    @property
    def change(self) -> Money | None:
        """Return by how much it is more than before."""
        return None if self.before is None else self.amount - self.before


@dataclass(frozen=True)
class RunReview:
    """What stands out, then the largest changes; ``payees`` counts all who get something."""

    rows: tuple[ReviewRow, ...]
    payees: int
    left_out: int


def run_before(run: RoyaltyRun) -> RoyaltyRun | None:
    """Return the last month that was calculated before this one."""
    earlier = RoyaltyRun.objects.filter(period__lt=run.period).exclude(facts={})
    return earlier.order_by("-period").first()


def run_review(run: RoyaltyRun) -> RunReview:
    """Compare a calculated run with the one before, payee by payee, in four queries for any size."""
    before = run_before(run)
    mine, theirs = _sums(run), _sums(before) if before else {}
    earned: dict[str, int] = {}
    for (_party, currency), micros in mine.items():
        earned[currency] = earned.get(currency, 0) + micros
    found = []
    for key in {*mine, *theirs}:
        party, currency = key
        now = mine.get(key, 0)
        then = theirs.get(key, 0) if before else None
        why = _why_held(now, earned.get(currency, 0)) if party is None else _why(now, then)
        size = abs(now - (then or 0))
        found.append((not why, -size, str(party or ""), currency, key, now, then, why))
    found.sort(key=lambda one: one[:4])
    names = dict(
        Party.objects.filter(pk__in=[one[4][0] for one in found[:SHOWN] if one[4][0]]).values_list(
            "pk", "name"
        )
    )
    rows = tuple(
        ReviewRow(
            names[party] if party else str(_("Held for nobody yet")),
            Money(now, currency),
            None if then is None else Money(then, currency),
            why,
        )
        for _is_usual, _size, _id, _code, (party, currency), now, then, why in found[:SHOWN]
    )
    payees = len({party for party, _currency in mine if party})
    return RunReview(rows, payees, max(0, len(found) - SHOWN))


def _sums(run: RoyaltyRun) -> Mapping[tuple[UUID | None, str], int]:
    rows = (
        RunShare.objects.filter(run=run)
        .order_by()
        .values_list("party", "currency")
        .annotate(Sum("amount"))
    )
    return {(party, currency): int(total) for party, currency, total in rows}


def _why(now: int, then: int | None) -> _StrPromise | str:
    """Return what is unusual about an amount; empty where nothing is."""
    if now < 0:
        return _("Below zero: returns are larger than sales")
    if then is None:
        return ""
    if then == 0:
        return _("Nothing in the run before")
    if now == 0:
        return _("Nothing any more")
    if then > 0 and now > TWICE * then:
        return _("More than twice as much")
    if then > 0 and now * TWICE < then:
        return _("Less than half")
    return ""


def _why_held(now: int, earned: int) -> _StrPromise | str:
    is_much = now > 0 and now * HELD_TENTH > earned
    return _("More than a tenth of the month is held") if is_much else ""

"""What a rights holder sees first: what there is, what comes, what changed, and what waits for them.

Two kinds of figures that are never added: confirmed ones stand on published statements, in the
currency of the contract; estimates stand on months that are still being checked, in the currency
of the store. What is booked and may not be paid yet is told apart from both, with its reason
(``rights.selectors.available``). All say as of when.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Sum
from django.utils import timezone

from config.lib.money import Money
from rights.domain.statement_words import Cut
from rights.models import RoyaltyRun, RunShare, Statement, StatementLine
from rights.selectors.available import Told, available_told
from rights.selectors.breakdown import breakdown_of_lines
from rights.selectors.label_needs import needs_of
from rights.selectors.label_year import YEAR, Year, months_back, year_of
from rights.selectors.next_payout import NextPayout, next_payout
from rights.selectors.payees import contracts_of, payees_of, standings_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from uuid import UUID

    from django.db.models import QuerySet

    from accounts.models import Organisation
    from rights.models import Party
    from rights.selectors.breakdown import Breakdown
    from rights.selectors.label_needs import Need
    from rights.selectors.payees import Standing

TOP = 5
LAST, YEAR_SPAN = "last", "year"
CUTS = (Cut.RECORDING, Cut.SERVICE, Cut.TERRITORY, Cut.USE)
POSTED = (RoyaltyRun.State.LOCKED, RoyaltyRun.State.PUBLISHED)
DIVIDED = (RoyaltyRun.State.CALCULATED, RoyaltyRun.State.APPROVED, *POSTED)


@dataclass(frozen=True)
class Compared:
    """What the newest published period earned, and the one before it."""

    period: str
    earned: Money
    before_period: str
    before: Money | None

    @property
    def change(self) -> Money | None:
        """Return by how much it is more; nothing without a period before."""
        return None if self.before is None else self.earned - self.before

    @property
    def lost(self) -> Money | None:
        """Return by how much it is less."""
        return None if self.change is None else -self.change


@dataclass(frozen=True)
class Dashboard:
    """Everything the page shows, for one currency of all that there are."""

    payees: tuple[Party, ...]
    currencies: tuple[str, ...]
    currency: str
    standing: Standing | None
    told: Told | None
    estimated: tuple[Money, ...]
    next_payout: NextPayout | None
    compared: Compared | None
    year: Year | None
    span: str
    breakdowns: tuple[Breakdown, ...]
    statement_id: UUID | None
    needs: tuple[Need, ...]
    as_of: datetime

    @property
    def is_new(self) -> bool:
        """Say whether there is no figure to show at all."""
        return self.compared is None and not self.estimated and self.standing is None


def label_dashboard(
    *, organisation: Organisation, currency: str = "", span: str = LAST
) -> Dashboard:
    """Return the page of an organisation; the number of queries is the same for any size."""
    payees = tuple(payees_of(organisation))
    contracts = contracts_of(payees)
    standings = standings_of(payees, list(contracts.values()))
    statements = list(current_statements(payees).filter(state=Statement.State.PUBLISHED))
    shares = _shares(payees)
    estimates = _by_month(one for one in shares if one.period > _last(statements, one.party))
    currencies = tuple(
        sorted(
            {one.currency for one in standings if not one.is_empty}
            | {one.currency for one in statements}
        )
    )
    chosen = _chosen(currency, currencies, [one.currency for one in contracts.values()])
    mine = [one for one in statements if one.currency == chosen]
    shown = _shown(mine, span)
    lines = StatementLine.objects.filter(statement__in=shown)
    return Dashboard(
        payees=payees,
        currencies=currencies,
        currency=chosen,
        standing=next((one for one in standings if one.currency == chosen), None),
        told=available_told(payees, chosen),
        estimated=_sums(one for one in shares if not one.is_posted),
        next_payout=next_payout(payees, chosen) if chosen else None,
        compared=_compared(mine, chosen),
        year=year_of(mine, estimates.get(chosen, {}), chosen) if chosen else None,
        span=span if span == YEAR_SPAN else LAST,
        breakdowns=tuple(breakdown_of_lines(lines, cut, chosen, top=TOP) for cut in CUTS)
        if shown
        else (),
        statement_id=shown[0].pk if len(shown) == 1 else None,
        needs=needs_of(payees),
        as_of=timezone.now(),
    )


def current_statements(parties: Collection[Party]) -> QuerySet[Statement]:
    """Return the statements that no published revision replaced, the newest first, without their text."""
    rows = Statement.objects.filter(party__in=list(parties))
    current = rows.exclude(replaced_by__state=Statement.State.PUBLISHED)
    return current.defer("body").order_by("-ends_at", "number", "-revision")


def _chosen(asked: str, currencies: Sequence[str], preferred: Sequence[str]) -> str:
    """Return the currency to show: the one asked for, that of a contract, any in which there is money."""
    wanted = next((one for one in (asked, *preferred) if one in currencies), "")
    return wanted or next(iter((*currencies, *preferred)), "")


def _last(statements: Sequence[Statement], party: UUID) -> str:
    """Return the last month that is on a statement of the payee."""
    return max((one.period for one in statements if one.party_id == party), default="")


def _compared(statements: Sequence[Statement], currency: str) -> Compared | None:
    earned: dict[str, int] = defaultdict(int)
    for one in statements:
        earned[one.period] += one.earned
    if not earned:
        return None
    newest, *before = sorted(earned, reverse=True)
    return Compared(
        newest,
        Money(earned[newest], currency),
        before[0] if before else "",
        Money(earned[before[0]], currency) if before else None,
    )


def _shown(statements: Sequence[Statement], span: str) -> list[Statement]:
    """Return the statements that the tables are of: those of the newest period, or of a year."""
    if not statements:
        return []
    newest = max(one.period for one in statements)
    periods = set(months_back(newest, YEAR)) if span == YEAR_SPAN else {newest}
    return [one for one in statements if one.period in periods]


@dataclass(frozen=True)
class Divided:
    """What a payee got in a run; ``is_posted`` if it stands in the books already."""

    party: UUID
    period: str
    currency: str
    is_posted: bool
    amount: int


def _shares(parties: Sequence[Party]) -> tuple[Divided, ...]:
    rows = (
        RunShare.objects.filter(party__in=list(parties), run__state__in=DIVIDED)
        .values_list("party", "run__period", "currency", "run__state")
        .annotate(Sum("amount"))
        .order_by("run__period", "currency", "party")
    )
    return tuple(
        Divided(party, period, currency, state in POSTED, amount)
        for party, period, currency, state, amount in rows
    )


def _by_month(shares: Iterable[Divided]) -> Mapping[str, Mapping[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for one in shares:
        found[one.currency][one.period] += one.amount
    return found


def _sums(shares: Iterable[Divided]) -> tuple[Money, ...]:
    sums = {code: sum(months.values()) for code, months in _by_month(shares).items()}
    return tuple(Money(amount, code) for code, amount in sorted(sums.items()) if amount)

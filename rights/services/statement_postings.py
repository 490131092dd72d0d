"""The entries of a statement: one for each step, with a key that the statement's place makes.

They take effect in the open period and belong to the statement by ``StatementEntry``: so the balance
of the books, asked by statement, is the closing balance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings

from rights.domain.chart import account
from rights.domain.postings import Movement, PayeeStanding, payee_movements
from rights.domain.statement_words import Step
from rights.selectors.ledger import period_locked_until
from rights.services.ledger import entry_post, entry_reverse

if TYPE_CHECKING:
    from accounts.models import User
    from rights.models import Entry, Statement

# The kind of entry of each step, and the account on the other side.
_KINDS: dict[Step, tuple[str, str]] = {
    Step.OVER_CAP: ("over_cap", "over_cap"),
    Step.FEE: ("fee", "platform_fee"),
    Step.RESERVE_TAKEN: ("reserve_taken", "payee_reserve"),
    Step.RESERVE_RELEASED: ("reserve_released", "payee_reserve"),
    Step.RECOUPED: ("advance_recouped", "recoupable"),
    Step.WITHHELD: ("tax_withheld", "wht_payable"),
}


@dataclass
class Postings:
    """Posts the steps of one statement in one transaction, in which its payee is locked.

    ``standings`` is how the payee stands, by currency, and is kept up with what is posted. ``place``
    (payee, currency, period, revision) makes the keys: the same place is never posted twice.
    """

    number: str
    place: str
    party: str
    contract: str
    effective_at: datetime
    standings: dict[str, PayeeStanding]
    actor: User | None
    posted: list[tuple[str, Entry]] = field(default_factory=list)

    def step(self, step: Step, amount: int, currency: str) -> None:
        """Post a step that changes the balance by ``amount``; nothing for zero."""
        if not amount:
            return
        kind, role = _KINDS[step]
        subjects = {
            "over_cap": self.contract,
            "recoupable": self.contract,
            "payee_reserve": self.party,
            "wht_payable": settings.LEGAL_COUNTRY,
        }
        other = account(role, currency, subjects.get(role, ""))
        self._post(step, kind, [*self._payee(currency, amount), Movement(other, -amount)])

    def convert(self, balance: int, base: str, became: int, currency: str, **facts: Any) -> None:
        """Post that a balance in ``base`` became ``became`` in the statement's currency."""
        movements = []
        if balance:
            movements += self._payee(base, -balance)
            movements.append(Movement(account("fx_gain_loss", base), balance))
        if became:
            movements.append(Movement(account("fx_gain_loss", currency), -became))
            movements += self._payee(currency, became)
        if movements:
            self._post(f"conversion-{base}", "conversion", movements, facts)

    def undo(self, old: Statement) -> None:
        """Reverse what an earlier revision posted, the last first."""
        mine = old.entries.select_related("entry").exclude(entry__kind="reversal").order_by("-id")
        for row in mine:
            entry = entry_reverse(
                entry=row.entry,
                idem=f"statement:{self.place}:undo-{row.step}",
                effective_at=self.effective_at,
                memo=f"Statement {self.number} is corrected: {row.step}",
                posted_by=self.actor,
            )
            self.posted.append((f"undo-{row.step}"[:40], entry))

    def _payee(self, currency: str, amount: int) -> list[Movement]:
        legs = payee_movements(self.party, currency, amount, self.standings[currency])
        self.standings[currency] = standing_after(self.standings[currency], legs)
        return list(legs)

    def _post(
        self,
        step: str,
        kind: str,
        movements: list[Movement],
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        entry = entry_post(
            idem=f"statement:{self.place}:{step}",
            kind=kind,
            effective_at=self.effective_at,
            movements=movements,
            memo=f"Statement {self.number}: {step}",
            facts={"statement": self.number, **(facts or {})},
            posted_by=self.actor,
        )
        self.posted.append((step, entry))


def standing_after(standing: PayeeStanding, legs: Iterable[Movement]) -> PayeeStanding:
    """Return how a payee stands after legs on the two accounts of the balance."""
    payable, owed = standing.payable, standing.owed
    for leg in legs:
        if leg.account.role == "payee_payable":
            payable += leg.amount
        else:
            owed -= leg.amount
    return PayeeStanding(payable=payable, owed=owed)


def moment_open(ends_at: datetime) -> datetime:
    """Return when the steps of a period that ended then take effect: first thing in the open period."""
    locked = period_locked_until()
    return ends_at if locked is None else max(ends_at, locked)

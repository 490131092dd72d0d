"""Payees of an organisation: for whom it is paid, and what stands in their books today."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Sum

from config.lib.money import Money
from rights.models import Contract, Leg, Party

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from django.db.models import QuerySet

    from accounts.models import Organisation

BALANCE = ("payee_payable", "payee_receivable")
"""The accounts whose sum is the balance: what we owe, less what is to be earned off."""
RESERVE, ADVANCE = "payee_reserve", "recoupable"


@dataclass(frozen=True)
class Standing:
    """What a payee has in one currency. ``advance`` is what is not recouped yet, as it stands: not positive."""

    currency: str
    balance: Money
    reserve: Money
    advance: Money

    @property
    def is_empty(self) -> bool:
        """Say whether nothing is left on any of the three."""
        return not (self.balance or self.reserve or self.advance)


def payees_of(organisation: Organisation) -> QuerySet[Party]:
    """Return those for whom the organisation is paid, by name."""
    return Party.objects.filter(organisation=organisation).order_by("name", "pk")


def contracts_of(parties: Collection[Party]) -> dict[UUID, Contract]:
    """Return the contract of each payee that has one."""
    rows = Contract.objects.filter(party__in=list(parties)).prefetch_related("terms")
    return {row.party_id: row for row in rows}


def standings_of(
    parties: Collection[Party], contracts: Collection[Contract]
) -> tuple[Standing, ...]:
    """Return what the payees have together, currency by currency, in one query."""
    subjects = [str(party.pk) for party in parties]
    rows = (
        Leg.objects.filter(account__role__in=(*BALANCE, RESERVE), account__subject__in=subjects)
        | Leg.objects.filter(
            account__role=ADVANCE, account__subject__in=[str(one.pk) for one in contracts]
        )
    ).values_list("account__role", "currency")
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for role, currency, total in rows.annotate(Sum("amount")).order_by("currency"):
        sums[currency]["balance" if role in BALANCE else role] += total
    return tuple(
        Standing(
            currency,
            *(Money(sums[currency][role], currency) for role in ("balance", RESERVE, ADVANCE)),
        )
        for currency in sorted(sums)
    )

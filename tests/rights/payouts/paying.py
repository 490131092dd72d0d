"""Payees with money and an account at the stand-in, staff who approve, and what must hold afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from accounts.billing.ports import payout_provider
from accounts.models import User
from rights.domain.chart import account
from rights.domain.payout_course import IN_TRANSIT
from rights.domain.postings import Movement
from rights.models import Leg, Party, Payout, PayoutBatch
from rights.selectors.ledger_invariants import ledger_findings
from rights.services.ledger import entry_post
from rights.services.payee_onboarding import payee_account_open, payee_account_refresh
from rights.services.payout_events import top_up_keep
from rights.services.payout_sending import PayoutsUnansweredError, payouts_send
from rights.services.payouts import batch_approve, batch_create, batch_send
from tests.rights.factories import make_party
from tests.stripe_desk import Desk

CENT = 10_000


def person(name: str) -> User:
    """Somebody of the staff."""
    return User.objects.create_user(email=f"{name}@tenfold.example", is_staff=True)


def stands(role: str, currency: str = "EUR", subject: str = "") -> int:
    """What stands in an account, in micro-units."""
    legs = Leg.objects.filter(
        account__role=role, account__subject=subject, account__currency=currency
    )
    return int(legs.aggregate(total=Sum("amount"))["total"] or 0)


@dataclass
class Paying:
    """The world of a payout test. ``sam`` makes batches, ``olive`` and ``otto`` approve them."""

    desk: Desk
    sam: User = field(default_factory=lambda: person("sam"))
    olive: User = field(default_factory=lambda: person("olive"))
    otto: User = field(default_factory=lambda: person("otto"))

    def payee(
        self,
        name: str,
        cents: int = 0,
        *,
        currency: str = "EUR",
        is_ready: bool = True,
        **more: Any,
    ) -> Party:
        """A payee who has earned so many cents, with an account that can be paid."""
        party = make_party(name, **more)
        if is_ready:
            made = payee_account_open(party=party, actor=self.sam, country="GB")
            self.desk.act("account", account=made.provider_id, status="active", due=[])
            payee_account_refresh(account=made)
        if cents:
            self.earn(party, cents, currency=currency)
        return Party.objects.get(pk=party.pk)

    def earn(self, party: Party, cents: int, *, currency: str = "EUR", micros: int = 0) -> None:
        """Give a payee what may be paid at once: no run, so that no statement is waited for."""
        amount = cents * CENT + micros
        entry_post(
            idem=f"earn:{party.pk}:{currency}:{Leg.objects.count()}",
            kind="adjustment",
            effective_at=timezone.now(),
            movements=[
                Movement(account("pool_inputs_clearing", currency), -amount),
                Movement(account("payee_payable", currency, str(party.pk)), amount),
            ],
        )

    def top_up(self, cents: int, *, currency: str = "EUR") -> None:
        """Put money into our balance at the provider, and into the books as its message does."""
        made = self.desk.act("topup", amount=cents, currency=currency.lower())
        top_up_keep(payout_provider().top_up(top_up_id=made["id"]))

    def approved(self, currency: str = "EUR") -> PayoutBatch:
        """A batch of everything, approved."""
        batch = batch_create(actor=self.sam, currency=currency)
        return batch_approve(batch=batch, actor=self.olive, because="Compared with the run.")

    def send(self, batch: PayoutBatch) -> bool:
        """Send a batch as its job does; say whether all is known."""
        batch_send(batch=batch)
        try:
            payouts_send(batch)
        except PayoutsUnansweredError:
            return False
        return True

    def of(self, party: Party) -> Payout:
        """The newest payout of a payee."""
        payout = Payout.objects.filter(party=party).order_by("-created_at").first()
        assert payout is not None
        return payout

    def balance(self, party: Party, currency: str = "EUR") -> int:
        """What we owe a payee, in micro-units."""
        return stands("payee_payable", currency, str(party.pk))

    def transfers(self, party: Party) -> list[int]:
        """What the provider sent to a payee, in cents, less what came back."""
        mine = party.payee_account.provider_id
        found = self.desk.show("transfers")
        return [
            one["amount"] - one["amount_reversed"] for one in found if one["destination"] == mine
        ]

    def sound(self) -> None:
        """What holds after every story: the ledger, what is in transit, and nobody below zero."""
        assert [finding for finding in ledger_findings() if finding.rows] == []
        rows = Payout.objects.filter(state__in=IN_TRANSIT).order_by().values("currency")
        reserved = {row["currency"]: int(row["sum"]) for row in rows.annotate(sum=Sum("amount"))}
        currencies = set(Leg.objects.values_list("currency", flat=True))
        for currency in currencies:
            assert stands("in_transit", currency) == reserved.get(currency, 0)
        for payout in Payout.objects.exclude(settle_entry=None):
            assert payout.amount == payout.amount_minor * CENT or payout.currency != "EUR"

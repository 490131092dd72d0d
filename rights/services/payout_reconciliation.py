"""Every day: compare our books with the provider's, coin by coin, and keep what does not agree.

What can be repaired by looking (a message that never came) is: it is what the message would have
done. Everything else is a finding for a person; nothing is ever made to agree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db.models import Sum
from django.utils import timezone

from accounts.billing.amounts import micros_of
from accounts.billing.ports import PayoutProvider, Transfer, payout_provider
from config.lib.money import Money
from rights.models import Entry, Leg, Payout, PayoutBatch, PayoutReconciliation, ProviderEvent
from rights.selectors.payout_facts import in_transit_of_payouts
from rights.services.payout_events import event_ask, top_up_keep
from rights.services.payout_sending import CLOSED, payouts_poll
from rights.services.payout_steps import is_what_was_asked, payout_id_of, payout_observe
from rights.services.payouts import batch_send

log = structlog.get_logger(__name__)
State = Payout.State
WINDOW = timedelta(days=8)
LATE = timedelta(hours=1)


@dataclass(frozen=True)
class Finding:
    """Something that does not agree: what kind, about what, in words."""

    kind: str
    subject: str
    words: str


def payouts_reconcile(*, now: datetime | None = None) -> PayoutReconciliation:
    """Compare everything since eight days ago, and keep what was found.

    Raises
    ------
    ProviderError
        If the provider does not answer; nothing is kept.
    """
    now = now or timezone.now()
    provider = payout_provider()
    late = Payout.objects.filter(state=State.SENT, sent_at__lt=now - LATE)
    polled = payouts_poll(list(late))
    top_ups = [top_up_keep(one) for one in provider.top_ups_since(now - WINDOW)]
    transfers = list(provider.transfers_since(now - WINDOW))
    for transfer in transfers:
        payout_observe(transfer)
    findings = [
        *_strangers(transfers),
        *_missing(transfers, now),
        *_unanswered(now),
        *_in_transit(),
        *_left_reserved(),
        *_provider_balance(provider),
        *_unheard(now),
    ]
    if findings:
        log.error("payouts_do_not_agree", findings=[asdict(one) for one in findings])
    return PayoutReconciliation.objects.create(
        facts={
            "since": (now - WINDOW).isoformat(),
            "transfers": len(transfers),
            "top_ups": len(top_ups),
            "polled": polled,
        },
        findings=[asdict(one) for one in findings],
    )


def payouts_sweep(*, now: datetime | None = None) -> int:
    """Ask again for what was asked for and not finished; return how much that is."""
    now = now or timezone.now()
    asked = 0
    waiting = ProviderEvent.objects.filter(
        state=ProviderEvent.State.RECEIVED, received_at__lt=now - timedelta(minutes=10)
    )
    for row in waiting.order_by("pk")[:500]:
        # The same within an hour, so that a queue which stands is not filled up.
        event_ask(row, again=f"/{now:%Y%m%d%H}")
        asked += 1
    stuck = PayoutBatch.objects.filter(state=PayoutBatch.State.SENDING).select_related("job")
    for batch in stuck:
        if batch.job is not None and batch.job.error_code == CLOSED:
            continue  # asking again helps only when a person has changed the key
        if batch.job is None or batch.job.is_terminal:
            batch_send(batch=batch)
            asked += 1
    return asked


def _strangers(transfers: list[Transfer]) -> Iterator[Finding]:
    """Transfers that no payout of ours asked for, or not just so; and two for one payout."""
    seen: Counter[str] = Counter()
    for transfer in transfers:
        payout_id = payout_id_of(transfer)
        payout = Payout.objects.filter(pk=payout_id).first() if payout_id else None
        if payout is None:
            yield Finding("foreign_transfer", transfer.id, "No payout of ours asked for it.")
            continue
        seen[str(payout.pk)] += 1
        if seen[str(payout.pk)] > 1:
            yield Finding("paid_twice", str(payout.pk), f"{transfer.id} is one transfer too many.")
        elif not is_what_was_asked(payout, transfer):
            yield Finding("transfer_differs", transfer.id, f"It is not what {payout.pk} asked for.")


def _missing(transfers: list[Transfer], now: datetime) -> Iterator[Finding]:
    """Payouts that we call sent, and the provider does not know."""
    known = {transfer.id for transfer in transfers}
    mine = Payout.objects.filter(
        state__in=[State.SENT, State.PAID, State.REVERSED],
        sent_at__gte=now - WINDOW + timedelta(days=1),
    ).exclude(transfer_id__in=known)
    for payout in mine:
        yield Finding(
            "transfer_missing", payout.transfer_id, f"It should be there for {payout.pk}."
        )


def _unanswered(now: datetime) -> Iterator[Finding]:
    old = Payout.objects.filter(state=State.SENDING, first_asked_at__lt=now - LATE)
    for payout in old:
        yield Finding("unanswered", str(payout.pk), "It is not known whether it was made.")


def _in_transit() -> Iterator[Finding]:
    """What the ledger has in transit is what payouts have reserved and not settled."""
    ledger, payouts = _ledger("in_transit"), in_transit_of_payouts()
    for currency in sorted({*ledger, *payouts}):
        has, should = ledger.get(currency, 0), payouts.get(currency, 0)
        if has != should:
            yield Finding("in_transit", currency, _words(has, should, currency))


def _left_reserved() -> Iterator[Finding]:
    """Reservations without a payout that still needs them were not given back."""
    needed = Payout.objects.filter(
        state__in=[State.RESERVED, State.SENDING, State.SENT, State.PAID, State.REVERSED]
    )
    left = Entry.objects.filter(
        kind="payout_reserved", idem__endswith=":reserve", reversed_by=None
    ).exclude(pk__in=needed.values("reserve_entry"))
    for entry in left[:100]:
        yield Finding("left_reserved", entry.idem, "It was not given back after a refusal.")


def _provider_balance(provider: PayoutProvider) -> Iterator[Finding]:
    """Our balance there is what the ledger says, less what is sent and not settled yet.

    Of what is being sent it is not known on which side it is: either is right.
    """
    has = {currency: micros_of(units, currency) for currency, units in provider.balance().items()}
    ledger = _ledger("stripe_balance")
    for currency in sorted({*has, *ledger}):
        sent, sending = (_sum(currency, state) for state in (State.SENT, State.SENDING))
        should = -ledger.get(currency, 0) - sent
        there = has.get(currency, 0)
        if not should - sending <= there <= should:
            yield Finding("provider_balance", currency, _words(there, should, currency))


def _unheard(now: datetime) -> Iterator[Finding]:
    waiting = ProviderEvent.objects.filter(
        state=ProviderEvent.State.RECEIVED, received_at__lt=now - LATE
    )
    for row in waiting[:100]:
        yield Finding("message_waits", row.event_id, f"{row.type} could not be acted upon.")


def _ledger(role: str) -> Mapping[str, int]:
    sums = Leg.objects.filter(account__role=role).order_by().values("currency")
    return {row["currency"]: int(row["total"]) for row in sums.annotate(total=Sum("amount"))}


def _sum(currency: str, state: str) -> int:
    rows = Payout.objects.filter(currency=currency, state=state)
    found: dict[str, Any] = rows.aggregate(total=Sum("amount"))
    return int(found["total"] or 0)


def _words(has: int, should: int, currency: str) -> str:
    return f"There is {Money(has, currency)} and there should be {Money(should, currency)}."

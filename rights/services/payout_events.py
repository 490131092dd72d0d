"""Messages of the payment provider: kept once, then acted upon by looking at the thing itself.

A message says only that something happened. It may come twice, days late or before the one that it
follows; so nothing of what it says about the thing is believed, and doing it again changes nothing.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from accounts.billing.amounts import micros_of
from accounts.billing.ports import PayoutProvider, TopUp, payout_provider
from accounts.services.audit import audit_record
from config.jobs.services import enqueue
from rights.constants import BACK_OFFICE
from rights.domain.chart import account
from rights.domain.postings import Movement
from rights.models import Entry, PayeeAccount, PayeeHold, ProviderEvent
from rights.services.ledger import entry_post, entry_reverse
from rights.services.payee_holds import payee_hold_lift, payee_hold_place
from rights.services.payee_onboarding import payee_account_close, payee_account_refresh
from rights.services.payout_mail import payout_mail_bank_refused
from rights.services.payout_steps import payout_observe

if TYPE_CHECKING:
    from accounts.billing.ports import Event

KIND = "rights.payouts.event"
State = ProviderEvent.State
BANK_FAILED = "payout.failed"
BANK_CHANGED = ("account.external_account.updated", "account.external_account.created")
DISCONNECTED = "account.application.deauthorized"
ABOUT_ACCOUNTS = ("account.", "capability.", "person.", "v2.core.account")


@transaction.atomic
def event_keep(*, event: Event, body: bytes) -> tuple[ProviderEvent, bool]:
    """Keep a message and ask for what follows from it; say whether it is new."""
    row, is_new = ProviderEvent.objects.get_or_create(
        event_id=event.id,
        defaults={
            "type": event.type,
            "object_id": event.object_id,
            "account_id": event.account_id,
            "happened_at": event.happened_at,
            "sha256": hashlib.sha256(body).hexdigest(),
        },
    )
    if is_new:
        event_ask(row, again="")
    return row, is_new


def event_ask(row: ProviderEvent, *, again: str) -> None:
    """Ask for a message to be acted upon; ``again`` tells later requests from the first."""
    enqueue(
        KIND, {"event": row.pk}, idem=f"{KIND}/{row.event_id}{again}", tenant=BACK_OFFICE,
        title=row.type,
    )  # fmt: skip


def event_process(row: ProviderEvent) -> str:
    """Act upon a message that is waiting; return what came of it.

    Raises
    ------
    ProviderError
        If the thing cannot be looked at now; the message waits.
    """
    row.refresh_from_db()
    if row.state != State.RECEIVED:
        return row.outcome
    outcome = _act(row, payout_provider())
    row.state = State.PROCESSED if outcome else State.IGNORED
    row.processed_at, row.outcome = timezone.now(), outcome[:120]
    ProviderEvent.objects.filter(pk=row.pk, state=State.RECEIVED).update(
        state=row.state, processed_at=row.processed_at, outcome=row.outcome
    )
    return outcome


def _act(row: ProviderEvent, provider: PayoutProvider) -> str:
    """Return what was done; nothing for types that concern us not."""
    if row.type.startswith("transfer."):
        return payout_observe(provider.transfer(transfer_id=row.object_id))
    if row.type.startswith("topup."):
        return top_up_keep(provider.top_up(top_up_id=row.object_id))
    mine = PayeeAccount.objects.filter(provider_id=_account_of(row)).exclude(provider_id="")
    payee = mine.select_related("party__organisation").first()
    if payee is None:
        return ""
    if row.type == BANK_FAILED:
        return _bank_failed(row, payee, provider)
    if row.type == DISCONNECTED:
        return payee_account_close(account=payee).state
    if row.type in BANK_CHANGED:
        _bank_changed(row, payee)
    if row.type.startswith(ABOUT_ACCOUNTS):
        return payee_account_refresh(account=payee, provider=provider).state
    return ""


def _account_of(row: ProviderEvent) -> str:
    return row.account_id or (row.object_id if row.object_id.startswith("acct_") else "")


def _bank_failed(row: ProviderEvent, payee: PayeeAccount, provider: PayoutProvider) -> str:
    """Hold the payee's next payouts and tell them, unless they have given another bank since."""
    if _since(row, *BANK_CHANGED):
        return "another bank since"
    told = provider.bank_payout(account=row.account_id, payout_id=row.object_id)
    if told.status != "failed":
        return told.status
    with transaction.atomic():
        payee_hold_place(
            party=payee.party, reason="bank_refused", actor=None,
            because=f"The bank refused {told.id}: {told.failure or 'no reason given'}.",
        )  # fmt: skip
        payout_mail_bank_refused(payee.party)
    return "held"


def _bank_changed(row: ProviderEvent, payee: PayeeAccount) -> None:
    """Lift what a refusal by the old bank has put there."""
    if _since(row, BANK_FAILED):
        return
    for hold in PayeeHold.objects.filter(party=payee.party, reason="bank_refused", lifted_at=None):
        payee_hold_lift(hold=hold, because="The payee gave other bank details.", actor=None)


def _since(row: ProviderEvent, *types: str) -> bool:
    """Say whether one of these happened later to the same account, whenever we heard of it."""
    later = ProviderEvent.objects.filter(account_id=row.account_id, type__in=types)
    return later.filter(happened_at__gt=row.happened_at).exists()


@transaction.atomic
def top_up_keep(top_up: TopUp) -> str:
    """Post what we sent to our balance at the provider, once; and take back what did not stay."""
    from_bank = _top_up_entry(top_up) if top_up.status in ("succeeded", "reversed") else None
    if from_bank is not None and top_up.status == "reversed":
        entry_reverse(
            entry=from_bank, idem=f"topup:{top_up.id}:reversed", effective_at=timezone.now(),
            memo="A top-up went back to our bank",
        )  # fmt: skip
    return f"top-up {top_up.status}"


def _top_up_entry(top_up: TopUp) -> Entry:
    idem = f"topup:{top_up.id}"
    if (known := Entry.objects.filter(idem=idem).first()) is not None:
        return known
    micros = micros_of(top_up.units, top_up.currency)
    entry = entry_post(
        idem=idem,
        kind="top_up",
        effective_at=timezone.now(),
        movements=[
            Movement(account("stripe_balance", top_up.currency), -micros),
            Movement(account("cash_clearing", top_up.currency), micros),
        ],
        memo="Top-up of our balance at the payment provider",
        facts={"top_up": top_up.id},
    )
    audit_record(
        action="rights.payout.topped_up", actor=None, organisation=None, target=entry,
        data={"top_up": top_up.id},
    )  # fmt: skip
    return entry

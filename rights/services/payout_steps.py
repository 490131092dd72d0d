"""The steps that a payout goes by, each in the caller's transaction: locked, posted, moved, kept.

Locks come in one order: the batch, the payout, the payee's accounts. Nothing in here speaks to the
provider.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.billing.ports import ACCOUNT_GONE, ACCOUNT_NOT_READY, BALANCE_TOO_LOW
from accounts.services.audit import audit_record
from config.lib.faultpoints import fault
from rights.domain import payout_course as course
from rights.domain.chart import account
from rights.domain.postings import Movement
from rights.exceptions import PayoutRefusedError
from rights.models import Payout, PayoutBatch, PayoutChange
from rights.selectors.available import NOTHING, available_of
from rights.selectors.payout_facts import payee_facts
from rights.services.ledger import entry_post, entry_reverse
from rights.services.ledger_accounts import payees_lock
from rights.services.payout_mail import payout_mail_sent

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.billing.ports import ProviderRefusedError, Transfer
    from accounts.models import User

State = Payout.State
# What a refusal says about the payee. Whatever else is refused is for a person to look at.
_HOLD_OF = {ACCOUNT_NOT_READY: "account_restricted", ACCOUNT_GONE: "account_closed"}


def payout_locked(payout_id: UUID) -> Payout:
    """Lock a payout until the end of the transaction and return it as it is now."""
    rows = Payout.objects.select_related("party", "party__organisation", "batch")
    return rows.select_for_update(of=("self",)).get(pk=payout_id)


def payout_move(
    payout: Payout, to: str, reason: str, *, actor: User | None = None, **changes: object
) -> None:
    """Move a payout that is locked one step on, with what changes by it, and keep the step.

    Raises
    ------
    PayoutRefusedError
        If there is no such step from where it is.
    """
    before = payout.state
    if not course.is_step(before, to):
        raise PayoutRefusedError(
            "rights.payout.state",
            f"The payout is {payout.get_state_display().lower()}; this step cannot be made any more. "
            "Nothing was changed.",
        )
    payout.state = to
    for name, value in changes.items():
        setattr(payout, name, value)
    payout.save(update_fields=["state", *changes])
    change_keep(payout, before, reason, actor)


def change_keep(payout: Payout, before: str, reason: str, actor: User | None) -> None:
    """Keep a step: from where, by whom, why."""
    PayoutChange.objects.create(
        payout=payout, state_from=before, state_to=payout.state, generation=payout.generation,
        reason=reason, made_by=actor,
    )  # fmt: skip


@transaction.atomic
def payout_reserve(payout_id: UUID) -> Payout:
    """Take the money off the payee's balance, or hold the payout when something speaks against it."""
    payout = payout_locked(payout_id)
    if payout.state != State.APPROVED:
        return payout
    payee, now = str(payout.party_id), timezone.now()
    payees_lock([payee], currency=payout.currency)
    # What is owed to us is taken off: a payable can be there beside it after money came back.
    known = available_of([payout.party_id], currency=payout.currency)
    standing = {payout.party_id: known.get((payout.party_id, payout.currency), NOTHING)}
    facts = payee_facts(standing, currency=payout.currency, on=now.date())[payout.party_id]
    if holds := course.holds_of(facts, amount=payout.amount):
        payout_move(payout, State.PENDING, "Held before it was sent.", hold=holds[0])
        return payout
    entry = entry_post(
        idem=course.reserve_key(payout.pk, payout.generation),
        kind="payout_reserved",
        effective_at=now,
        movements=[
            Movement(account("payee_payable", payout.currency, payee), -payout.amount),
            Movement(account("in_transit", payout.currency), payout.amount),
        ],
        memo=f"Payout {payout.pk}",
        facts={"payout": str(payout.pk)},
        posted_by=payout.batch.approved_by,
    )
    payout_move(
        payout, State.RESERVED, "", reserve_entry=entry, failure="",
        key=course.send_key(payout.pk, payout.generation),
        destination=payout.party.payee_account.provider_id,
    )  # fmt: skip
    fault("payouts.reserving")
    return payout


@transaction.atomic
def payout_begin_asking(payout_id: UUID, *, now: datetime) -> Payout:
    """Say that the provider is going to be asked, before it is."""
    payout = payout_locked(payout_id)
    if payout.state == State.RESERVED:
        payout_move(payout, State.SENDING, "", first_asked_at=now)
    return payout


@transaction.atomic
def payout_ask_anew(payout_id: UUID, *, now: datetime) -> None:
    """Begin the life of the key again: it is forgotten, and nothing was found that it made."""
    payout = payout_locked(payout_id)
    if payout.state == State.SENDING:
        payout.first_asked_at = now
        payout.save(update_fields=["first_asked_at"])
        change_keep(payout, payout.state, "The key is a day old, and no transfer was found.", None)


@transaction.atomic
def payout_answered(payout_id: UUID, transfer: Transfer) -> Payout:
    """Write down the transfer that the provider has made."""
    payout = payout_locked(payout_id)
    if payout.state == State.SENDING:
        _sent(payout, transfer)
        fault("payouts.answering")
    return payout


@transaction.atomic
def payout_refused(payout_id: UUID, error: ProviderRefusedError) -> Payout:
    """Give back what was reserved; the payout waits for money of ours, or is held for a reason."""
    payout = payout_locked(payout_id)
    if payout.state != State.SENDING or payout.reserve_entry is None:
        return payout
    entry_reverse(
        entry=payout.reserve_entry,
        idem=course.release_key(payout.pk, payout.generation),
        effective_at=timezone.now(),
        memo=f"Payout {payout.pk} was refused",
    )
    payout_move(payout, State.FAILED, error.message, failure=error.code)
    anew: dict[str, Any] = {"generation": payout.generation + 1, "key": "", "first_asked_at": None}
    if error.code == BALANCE_TOO_LOW:
        payout_move(payout, State.APPROVED, "Waits for our balance at the provider.", **anew)
    else:
        hold = _HOLD_OF.get(error.code, "other")
        payout_move(payout, State.PENDING, "Held after a refusal.", hold=hold, **anew)
    fault("payouts.refusing")
    return payout


@transaction.atomic
def payout_observe(transfer: Transfer) -> str:
    """Bring our books to where a transfer is at the provider; return what came of it.

    Whoever sees it, and in whatever order: a message, a poll, the daily comparison. A transfer that
    is not just what we asked for moves nothing; the comparison tells of it.
    """
    payout_id = payout_id_of(transfer)
    payout = payout_locked(payout_id) if payout_id is not None else None
    if payout is None or not is_what_was_asked(payout, transfer):
        return "not ours"
    done = []
    if payout.state == State.SENDING:
        _sent(payout, transfer)
    if payout.state == State.SENT:
        _settle(payout)
        done.append("paid")
    if payout.state == State.PAID and _take_back(payout, transfer):
        done.append("taken back")
    return ", ".join(done) or "known"


def payout_id_of(transfer: Transfer) -> UUID | None:
    """Return the payout that a transfer says it is, if there is one of that name."""
    try:
        named = UUID(str(transfer.metadata.get("payout_id", "")))
    except ValueError:
        return None
    return named if Payout.objects.filter(pk=named).exists() else None


def is_what_was_asked(payout: Payout, transfer: Transfer) -> bool:
    """Say whether a transfer is the one that this payout asked for, to the last coin."""
    asked = (payout.amount_minor, payout.currency, payout.destination)
    return (
        payout.state in course.ASKED
        and (transfer.units, transfer.currency, transfer.destination) == asked
        and transfer.group == course.transfer_group(payout.pk)
        and payout.transfer_id in ("", transfer.id)
    )


def _sent(payout: Payout, transfer: Transfer) -> None:
    payout_move(payout, State.SENT, "", transfer_id=transfer.id, sent_at=timezone.now(), failure="")


def _settle(payout: Payout) -> None:
    now = timezone.now()
    entry = entry_post(
        idem=course.settle_key(payout.pk),
        kind="payout_settled",
        effective_at=now,
        movements=[
            Movement(account("in_transit", payout.currency), -payout.amount),
            Movement(account("stripe_balance", payout.currency), payout.amount),
        ],
        memo=f"Payout {payout.pk}",
        facts={"payout": str(payout.pk), "transfer": payout.transfer_id},
    )
    payout_move(payout, State.PAID, "", settle_entry=entry, paid_at=now)
    payout_mail_sent(payout)
    audit_record(
        action="rights.payout.paid", actor=None, organisation=payout.party.organisation,
        target=payout, data={"transfer": payout.transfer_id},
    )  # fmt: skip
    fault("payouts.settling")


def _take_back(payout: Payout, transfer: Transfer) -> bool:
    """Post what came back since we last looked: from the provider's balance to the payee's."""
    total = payout.amount * transfer.reversed_units // payout.amount_minor
    more = total - payout.reversed
    if more <= 0:
        return False
    now, payee = timezone.now(), str(payout.party_id)
    transit = account("in_transit", payout.currency)
    legs = {
        "returned": ("payout_settled", account("stripe_balance", payout.currency), transit),
        "restored": ("payout_reserved", transit, account("payee_payable", payout.currency, payee)),
    }
    for step, (kind, debit, credit) in legs.items():
        entry_post(
            idem=course.return_key(payout.pk, step, total),
            kind=kind,
            effective_at=now,
            movements=[Movement(debit, -more), Movement(credit, more)],
            memo=f"Payout {payout.pk} was taken back",
            facts={"payout": str(payout.pk)},
        )
    if total == payout.amount:
        payout_move(payout, State.REVERSED, "All of it came back.", reversed=total)
    else:
        payout.reversed = total
        payout.save(update_fields=["reversed"])
        change_keep(payout, payout.state, "Part of it came back.", None)
    audit_record(
        action="rights.payout.taken_back", actor=None, organisation=payout.party.organisation,
        target=payout,
    )  # fmt: skip
    return True


def batch_locked(batch: PayoutBatch) -> PayoutBatch:
    """Lock a batch until the end of the transaction and return it as it is now."""
    return PayoutBatch.objects.select_for_update().get(pk=batch.pk)

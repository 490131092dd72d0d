"""Batches of payouts: made from what is payable, approved by other people, handed to a job.

Nothing is sent here: ``rights.services.payout_sending`` does, in a worker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.billing.amounts import step_micros, units_of
from accounts.services.audit import audit_record
from config.jobs.services import enqueue
from config.lib.money import MICROS, Money, MoneyError, money_format
from rights.constants import BACK_OFFICE
from rights.domain import payout_course as course
from rights.exceptions import PayoutRefusedError, StaffOnlyError
from rights.models import Party, Payout, PayoutBatch, PayoutChange
from rights.policies import can_approve_payout_batch
from rights.selectors.payout_facts import payee_facts, payees_payable
from rights.services.payout_steps import batch_locked, payout_move

if TYPE_CHECKING:
    from accounts.models import User
    from config.jobs.models import Job

SEND = "rights.payouts.send"
State = PayoutBatch.State
OPEN = (State.PENDING, State.APPROVED, State.SENDING)


@transaction.atomic
def batch_create(*, actor: User | None, currency: str) -> PayoutBatch:
    """Make a batch of everything payable in a currency; who cannot be paid is in it, held, with why.

    A payee's amount is what is available to them (``rights.selectors.available``) down to the
    smallest coin that can be paid out; what is left stays where it is. Payouts that were held in
    earlier batches are taken over.

    Raises
    ------
    PayoutRefusedError
        If there is no such currency, nothing is payable in it, or a batch of it is open.
    """
    try:
        step = step_micros(currency)
    except MoneyError as error:
        raise _refused(
            "currency", _("There is no currency %(code)s. Nothing was made. Use a code such as EUR.")
            % {"code": currency[:10]},
        ) from error  # fmt: skip
    if PayoutBatch.objects.filter(currency=currency, state__in=OPEN).exists():
        raise _open_before()
    _take_over(currency, actor)
    drawn = _draw(currency, step)
    if not drawn:
        raise _refused("nothing", _("Nothing is payable in this currency. Nothing was made."))
    try:
        with transaction.atomic():
            batch = PayoutBatch.objects.create(
                currency=currency,
                total=sum(one.amount for one, _said in drawn if not one.hold),
                two_people_above=settings.PAYOUT_TWO_PEOPLE_ABOVE * MICROS,
                created_by=actor,
            )
    except IntegrityError as error:
        raise _open_before() from error
    _keep(batch, drawn, actor)
    _record(
        "made", batch, actor, payouts=len(drawn), held=sum(1 for one, _said in drawn if one.hold)
    )
    return batch


@transaction.atomic
def batch_approve(*, batch: PayoutBatch, actor: User, because: str) -> PayoutBatch:
    """Approve a batch, with what was checked; above the limit a second person does it once more.

    Raises
    ------
    StaffOnlyError
        If the person made it, approved it before, or belongs to somebody whom it pays.
    PayoutRefusedError
        If it is not to be approved, or nothing is said of what was checked.
    """
    batch = batch_locked(batch)
    _require(batch, State.PENDING, to=_("be approved"))
    if not can_approve_payout_batch(actor, batch):
        raise StaffOnlyError(
            "rights.payout.other_person",
            _(
                "A batch is approved by somebody of the staff who neither made nor approved it and "
                "does not belong to a payee. Nothing was changed. Ask a colleague."
            ),
        )
    if not because.strip():
        raise _refused("no_reason", _("Say what you checked. Nothing was changed."))
    is_second = batch.approved_at is not None
    place = "second" if is_second else "approved"
    setattr(batch, f"{place}_by", actor)
    setattr(batch, f"{place}_at", timezone.now())
    setattr(batch, f"{place}_because", because.strip())
    batch.save(update_fields=[f"{place}_by", f"{place}_at", f"{place}_because"])
    if is_second or not course.needs_second(batch.total, above=batch.two_people_above):
        batch.state = State.APPROVED
        batch.save(update_fields=["state"])
        for payout in _payouts(batch, Payout.State.PENDING):
            if not payout.hold:
                payout_move(payout, Payout.State.APPROVED, because.strip(), actor=actor)
    _record("approved", batch, actor, because=because.strip(), second=is_second)
    return batch


@transaction.atomic
def batch_cancel(*, batch: PayoutBatch, actor: User, because: str) -> PayoutBatch:
    """Give up a batch of which nothing is on its way.

    Raises
    ------
    PayoutRefusedError
        If something is being sent, or no reason is given.
    """
    batch = batch_locked(batch)
    _require(batch, State.PENDING, State.APPROVED, to=_("be cancelled"))
    if not because.strip():
        raise _refused("no_reason", _("Say why. Nothing was changed."))
    for payout in _payouts(batch, Payout.State.PENDING, Payout.State.APPROVED):
        payout_move(payout, Payout.State.CANCELLED, because.strip(), actor=actor)
    batch.state = State.CANCELLED
    batch.save(update_fields=["state"])
    _record("cancelled", batch, actor, because=because.strip())
    return batch


@transaction.atomic
def batch_send(*, batch: PayoutBatch) -> Job:
    """Ask for an approved batch to be sent; asked again while it is being sent, it is the same job.

    Raises
    ------
    PayoutRefusedError
        If it is not approved.
    """
    batch = batch_locked(batch)
    _require(batch, State.APPROVED, State.SENDING, to=_("be sent"))
    if batch.state == State.SENDING and batch.job is not None and not batch.job.is_terminal:
        return batch.job
    batch.job = enqueue(
        SEND,
        {"batch": str(batch.pk)},
        idem=f"{SEND}/{batch.pk}/{timezone.now().isoformat()}",
        tenant=BACK_OFFICE,
        title=str(batch),
    )
    batch.state = State.SENDING
    batch.save(update_fields=["job", "state"])
    _record("sent", batch, None)
    return batch.job


def batch_follow_retry(*, old: Job, new: Job) -> None:
    """Let the batch of a job that is tried again point at the new job."""
    PayoutBatch.objects.filter(job=old).update(job=new)


@transaction.atomic
def batch_close(batch: PayoutBatch) -> str:
    """Say where a batch is after everything was tried: done, or waiting for money of ours."""
    batch = batch_locked(batch)
    states = set(batch.payouts.values_list("state", flat=True))
    if batch.state == State.SENDING and not states & {Payout.State.RESERVED, Payout.State.SENDING}:
        batch.state = State.APPROVED if Payout.State.APPROVED in states else State.DONE
        batch.save(update_fields=["state"])
    return str(batch.state)


def _take_over(currency: str, actor: User | None) -> None:
    """End what waits from earlier batches; the new one has it anew, with today's balance."""
    waiting = Payout.objects.filter(currency=currency, state=Payout.State.PENDING)
    for payout in waiting.order_by("pk").select_for_update():
        payout_move(payout, Payout.State.CANCELLED, "Taken over by a later batch.", actor=actor)


def _draw(currency: str, step: int) -> list[tuple[Payout, str]]:
    """Return what each payee is to get, and what is said of it: a reason to hold, or what stays."""
    facts = payee_facts(payees_payable(currency), currency=currency, on=timezone.now().date())
    parties = Party.objects.in_bulk(facts)
    drawn = []
    for party in sorted(parties.values(), key=lambda one: (one.name, one.pk)):
        mine = facts[party.pk]
        # Where all of it is disputed, the batch shows what is held, and why.
        parts = (course.payable_part(part, step=step) for part in (mine.balance, mine.disputed))
        amount = next((part for part in parts if part), 0)
        if not amount:
            continue
        hold = next(iter(course.holds_of(mine, amount=amount)), "")
        said = hold or (_stays(mine.disputed, currency) if mine.disputed else "")
        payout = Payout(
            party=party, currency=currency, amount=amount, hold=hold,
            amount_minor=units_of(amount, currency),
        )  # fmt: skip
        drawn.append((payout, said))
    return drawn


def _stays(disputed: int, currency: str) -> str:
    amount = money_format(Money(disputed, currency), is_exact=True)
    return f"{amount} is disputed and stays on the balance until it is decided."


def _keep(batch: PayoutBatch, drawn: list[tuple[Payout, str]], actor: User | None) -> None:
    for payout, _said in drawn:
        payout.batch = batch
    Payout.objects.bulk_create(payout for payout, _said in drawn)
    PayoutChange.objects.bulk_create(
        PayoutChange(
            payout=payout, state_to=Payout.State.PENDING, generation=1, made_by=actor, reason=said
        )
        for payout, said in drawn
    )


def _payouts(batch: PayoutBatch, *states: str) -> list[Payout]:
    return list(batch.payouts.filter(state__in=states).order_by("pk").select_for_update())


def _require(batch: PayoutBatch, *states: str, to: str) -> None:
    if batch.state not in states:
        words = _("The batch is “%(state)s” and cannot %(to)s. Nothing was changed.")
        raise _refused("batch_state", words % {"state": batch.get_state_display(), "to": to})


def _open_before() -> PayoutRefusedError:
    return _refused(
        "open",
        _("A batch of this currency is open. Nothing was made. Send it or cancel it first."),
    )


def _refused(code: str, words: str) -> PayoutRefusedError:
    return PayoutRefusedError(f"rights.payout.{code}", words)


def _record(act: str, batch: PayoutBatch, actor: User | None, **data: object) -> None:
    audit_record(
        action=f"rights.payout_batch.{act}", actor=actor, organisation=None, target=batch, data=data
    )

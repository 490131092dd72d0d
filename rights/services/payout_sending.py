"""Sending: each payout reserved, asked for and written down, so that dying anywhere changes nothing.

Between any two lines here the process may die, the answer may be lost, and another worker may do
the same at the same time. What is committed before the provider is asked says with which key; what
the provider answers is written down by whoever hears it first (docs/explanation/payouts.md).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

import structlog
from django.utils import timezone

from accounts.billing.ports import (
    BALANCE_TOO_LOW,
    PayoutProvider,
    ProviderBusyError,
    ProviderClosedError,
    ProviderConflictError,
    ProviderRefusedError,
    ProviderUnknownError,
    Transfer,
    payout_provider,
)
from accounts.services.audit import audit_record
from config.lib.faultpoints import fault
from rights.domain import payout_course as course
from rights.exceptions import PayoutRefusedError
from rights.models import Payout, PayoutBatch
from rights.services.payee_onboarding import payee_account_refresh
from rights.services.payout_steps import (
    is_what_was_asked,
    payout_answered,
    payout_ask_anew,
    payout_begin_asking,
    payout_observe,
    payout_refused,
    payout_reserve,
)
from rights.services.payouts import batch_close

if TYPE_CHECKING:
    from accounts.models import User

log = structlog.get_logger(__name__)
State = Payout.State
# Not now: tried again after so many seconds, then left to the next attempt of the job.
BACK_OFF_S = (0.5, 2.0, 8.0)
CLOSED = "rights.payout.closed_to_us"
"""Why a batch stopped that only a person can set going again."""


class PayoutsUnansweredError(Exception):
    """The provider's answer to some payouts is not known yet; the job comes back to them."""


def payouts_send(
    batch: PayoutBatch, *, progress: Callable[[int, int], None] = lambda done, total: None
) -> None:
    """Send what is approved in a batch, in a fixed order, as far as our balance there goes.

    What was begun earlier comes first. The rest stays approved when the balance is too low.

    Raises
    ------
    PayoutRefusedError
        If the provider does not take our key. What is begun stays begun and is asked for with the
        same keys when a person sends the batch again.
    PayoutsUnansweredError
        If it is not known of some whether they were made, or the provider says "not now".
    """
    provider = payout_provider()
    try:
        _send_all(batch, provider, progress)
    except ProviderClosedError as error:
        log.exception("payouts_closed_to_us", batch=str(batch.pk), code=error.code)
        raise PayoutRefusedError(
            CLOSED,
            "The payment provider refused our key: it is wrong, was revoked, or may not send money. "
            "The batch has stopped. Nothing is lost and nothing is paid twice: what is not sent stays "
            "approved or reserved. Set STRIPE_SECRET_KEY right, then send the batch again.",
        ) from error
    except (ProviderUnknownError, ProviderBusyError) as error:
        raise PayoutsUnansweredError from error
    if batch_close(batch) == PayoutBatch.State.SENDING:
        raise PayoutsUnansweredError


def _send_all(
    batch: PayoutBatch, provider: PayoutProvider, progress: Callable[[int, int], None]
) -> None:
    begun = _ids(batch, State.SENDING, State.RESERVED)
    waiting = _ids(batch, State.APPROVED)
    total = len(begun) + len(waiting)
    for done, payout_id in enumerate(begun):
        payout_send(payout_id, provider)
        progress(done + 1, total)
    left = provider.balance().get(batch.currency, 0) if waiting else 0
    for done, (payout_id, units) in enumerate(waiting.items()):
        if units > left:
            break
        payout = payout_send(payout_id, provider)
        if payout.state == State.APPROVED:  # refused: our balance is lower than it said
            break
        if payout.state != State.PENDING:
            left -= units
        progress(len(begun) + done + 1, total)


def payout_send(payout_id: UUID, provider: PayoutProvider) -> Payout:
    """Take one payout as far as it goes: reserved, asked for, answered.

    Raises
    ------
    ProviderBusyError
        If the provider says "not now" for longer than we wait; the payout stays as it is, and
        whoever is behind it waits too, so that the order is kept.
    """
    payout = payout_reserve(payout_id)
    fault("payouts.reserved")
    is_first = payout.state == State.RESERVED
    payout = payout_begin_asking(payout_id, now=timezone.now())
    fault("payouts.asking")
    if payout.state != State.SENDING:
        return payout
    try:
        transfer = _asked(payout, provider, is_first=is_first)
    except ProviderRefusedError as error:
        payout = payout_refused(payout_id, error)
        fault("payouts.refused")
        if error.code != BALANCE_TOO_LOW:
            _look_at_account(payout, provider)
        return payout
    except ProviderUnknownError as error:
        log.warning("payout_unanswered", payout=str(payout_id), code=error.code)
        return payout
    except ProviderConflictError:
        # A fault of ours: somebody has to look. A new key could pay twice.
        log.exception("payout_key_conflict", payout=str(payout_id), key=payout.key)
        return payout
    fault("payouts.answered")
    if not _is_ours(payout, transfer):
        return payout
    payout = payout_answered(payout_id, transfer)
    fault("payouts.sent")
    return payout


def payouts_poll(payouts: list[Payout]) -> dict[str, str]:
    """Ask the provider about payouts of which no message came; return what came of each."""
    provider = payout_provider()
    found: dict[str, str] = {}
    for payout in payouts:
        transfers = provider.find(group=course.transfer_group(payout.pk))
        for transfer in transfers:
            found[str(payout.pk)] = payout_observe(transfer)
    return found


def payout_take_back(*, payout: Payout, actor: User, because: str) -> str:
    """Ask the provider to take a payout back, and bring the books to what came of it.

    Prefer not to: what a payee was paid too much is carried forward and earned off. Without a word
    of why it is not done.

    Raises
    ------
    PayoutRefusedError
        If it is not paid, no reason is given, the payee's account has too little left, or it is not
        known whether it was done; pressed again, the same is asked for.
    """
    payout.refresh_from_db()
    if payout.state != State.PAID or not because.strip():
        raise PayoutRefusedError(
            "rights.payout.not_paid",
            "Only a payout that is paid is taken back, with a reason. Nothing was changed.",
        )
    audit_record(
        action="rights.payout.take_back_asked", actor=actor, target=payout,
        organisation=payout.party.organisation, data={"because": because.strip()},
    )  # fmt: skip
    provider = payout_provider()
    units = payout.amount_minor - payout.amount_minor * payout.reversed // payout.amount
    try:
        provider.reverse(
            key=course.return_key(payout.pk, "reverse", payout.amount),
            transfer_id=payout.transfer_id,
            units=units,
        )
        transfer = provider.transfer(transfer_id=payout.transfer_id)
    except ProviderRefusedError as error:
        raise PayoutRefusedError(
            "rights.payout.too_little_left",
            "The payee's account has less left than that. Nothing was taken back. Let the amount be "
            "carried forward: an adjustment is earned off by what comes next.",
        ) from error
    except (ProviderUnknownError, ProviderBusyError) as error:
        raise PayoutRefusedError(
            "rights.payout.unanswered",
            "The provider did not answer, so it is not known whether the payout was taken back. Our "
            "books follow when it tells. Press again later: it is never taken back twice.",
        ) from error
    return payout_observe(transfer)


def _asked(payout: Payout, provider: PayoutProvider, *, is_first: bool) -> Transfer:
    """Ask for the transfer, or find the one that an earlier try has made."""
    group = course.transfer_group(payout.pk)
    if not is_first:
        made = [one for one in provider.find(group=group) if is_what_was_asked(payout, one)]
        if made:
            return made[0]
        now = timezone.now()
        if not payout.first_asked_at or not course.is_key_trusted(payout.first_asked_at, now=now):
            payout_ask_anew(payout.pk, now=now)
    for pause in (*BACK_OFF_S, None):
        try:
            return provider.send(
                key=payout.key,
                units=payout.amount_minor,
                currency=payout.currency,
                destination=payout.destination,
                group=group,
                metadata={"payout_id": str(payout.pk), "batch_id": str(payout.batch_id)},
            )
        except ProviderBusyError as error:
            if pause is None or isinstance(error, ProviderClosedError):
                raise
            time.sleep(pause)
    raise AssertionError  # the last pause is None


def _is_ours(payout: Payout, transfer: Transfer) -> bool:
    if is_what_was_asked(payout, transfer):
        return True
    log.error("payout_answer_differs", payout=str(payout.pk), transfer=transfer.id)
    return False


def _look_at_account(payout: Payout, provider: PayoutProvider) -> None:
    """After a refusal, learn how the payee's account stands; that it cannot be asked is no matter."""
    account = payout.party.payee_account
    try:
        payee_account_refresh(account=account, provider=provider)
    except (ProviderUnknownError, ProviderBusyError):
        log.warning("payee_account_not_seen", account=account.provider_id)


def _ids(batch: PayoutBatch, *states: str) -> dict[UUID, int]:
    rows = batch.payouts.filter(state__in=states).order_by("party__name", "pk")
    return dict(rows.values_list("pk", "amount_minor"))

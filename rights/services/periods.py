"""Locking a period: nothing takes effect in it any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.services.audit import audit_record
from rights.domain.chart import CLEARED
from rights.domain.postings import LedgerError
from rights.models import PeriodLock
from rights.selectors.ledger import balances_at

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User

_ALONE = "SELECT pg_advisory_xact_lock(hashtext('rights.ledger.period'))"
_LOCK = "INSERT INTO rights_periodlock (ends_at, locked_by_id, reason) VALUES (%s, %s, %s)"


class PeriodLockError(LedgerError):
    """The period cannot be locked; nothing was changed."""


@transaction.atomic
def period_lock(*, ends_at: datetime, locked_by: User | None, reason: str) -> PeriodLock:
    """Lock everything before ``ends_at``, which is over, for good. There is no unlocking.

    Entries that are being posted are waited for. Accounts that only pass money on must be empty
    by then: what came in during the period has been allocated in it.

    Raises
    ------
    PeriodLockError
        If the period is not over, was locked before, or has money left in a pool.
    """
    if ends_at > timezone.now():
        raise PeriodLockError(
            "ledger.period_open",
            "This period is not over yet. Nothing was locked. Lock it when it has ended.",
        )
    with connection.cursor() as cursor:
        cursor.execute(_ALONE)
        left = {code: sum_ for code, sum_ in balances_at(ends_at, roles=CLEARED).items() if sum_}
        if left:
            listed = ", ".join(sorted(left))
            raise PeriodLockError(
                "ledger.not_cleared",
                f"There is money left in {listed}. Nothing was locked. Finish the run of the "
                "period first.",
            )
        try:
            with transaction.atomic():
                cursor.execute(_LOCK, [ends_at, locked_by.pk if locked_by else None, reason])
        except IntegrityError as error:
            raise PeriodLockError(
                "ledger.period_locked",
                "Everything before that moment is locked already. Nothing was changed.",
            ) from error
    lock = PeriodLock.objects.get(ends_at=ends_at)
    audit_record(
        action="rights.period.locked",
        actor=locked_by,
        organisation=None,
        target=lock,
        data={"ends_at": ends_at.isoformat()},
    )
    return lock

"""Advances: money paid to a payee before it is earned, recouped by the statements of the contract."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.services.audit import audit_record
from config.lib.money import Money, money_format
from rights.domain.chart import account
from rights.domain.postings import Movement
from rights.exceptions import ContractRefusedError
from rights.models import Entry
from rights.services.ledger import entry_post

if TYPE_CHECKING:
    from datetime import date

    from accounts.models import User
    from rights.models import Contract


@transaction.atomic
def advance_pay(
    *,
    contract: Contract,
    amount: int,
    reference: str,
    actor: User | None,
    on: date | None = None,
) -> Entry:
    """Post that an advance was paid from the bank, in the contract's currency; each reference once.

    ``amount`` is in micro-units, ``reference`` the bank's or the contract's name of the payment, and
    ``on`` the day of it, today if it is not given.

    Raises
    ------
    ContractRefusedError
        If the amount is not positive or the reference is empty.
    IdempotencyConflictError
        If the reference was used for another payment.
    PeriodLockedError
        If the day lies in a locked month.
    """
    reference = reference.strip()
    if amount <= 0 or not reference:
        raise ContractRefusedError(
            "rights.advance.empty",
            _("An advance is more than nothing and has a reference. Nothing was posted."),
        )
    idem = f"advance:{contract.pk}:{reference}"[:200]
    is_known = Entry.objects.filter(idem=idem).exists()
    # The whole day is one moment, so that the same payment written down twice is the same entry.
    day = on or timezone.now().date()
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    entry = entry_post(
        idem=idem,
        kind="advance_paid",
        effective_at=moment,
        movements=[
            Movement(account("recoupable", contract.currency, str(contract.pk)), -amount),
            Movement(account("cash_clearing", contract.currency), amount),
        ],
        memo=f"Advance of {contract.name}: {reference}"[:255],
        facts={"contract": str(contract.pk), "reference": reference},
        posted_by=actor,
    )
    if not is_known:
        audit_record(
            action="rights.advance.paid",
            actor=actor,
            organisation=contract.party.organisation,
            target=contract,
            data={
                "amount": money_format(Money(amount, contract.currency), is_exact=True),
                "reference": reference,
            },
        )
    return entry

"""Holds: what stands against paying a payee until it is lifted, each with who and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.services.audit import audit_record
from rights.domain.payout_course import PLACED
from rights.exceptions import PayoutRefusedError
from rights.models import Party, PayeeHold

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def payee_hold_place(*, party: Party, reason: str, because: str, actor: User | None) -> PayeeHold:
    """Hold a payee's payouts, also those that are approved and not sent; one hold of each reason.

    Raises
    ------
    PayoutRefusedError
        If the reason is not one of ``payout_course.PLACED``, or nothing explains it.
    """
    if reason not in PLACED or not because.strip():
        raise PayoutRefusedError(
            "rights.payout.hold", _("A hold has a reason and says why. Nothing was changed.")
        )
    Party.objects.select_for_update(no_key=True).get(pk=party.pk)
    hold, is_new = PayeeHold.objects.get_or_create(
        party=party,
        reason=reason,
        lifted_at=None,
        defaults={"because": because.strip(), "placed_by": actor},
    )
    if is_new:
        _record("placed", hold, actor)
    return hold


@transaction.atomic
def payee_hold_lift(*, hold: PayeeHold, because: str, actor: User | None) -> PayeeHold:
    """Let the next batch pay the payee, as far as this hold goes; lifted twice it is lifted once.

    Raises
    ------
    PayoutRefusedError
        If nothing explains it.
    """
    if not because.strip():
        raise PayoutRefusedError(
            "rights.payout.no_reason", _("Say why it is lifted. Nothing was changed.")
        )
    mine = PayeeHold.objects.select_for_update(of=("self",)).select_related("party").get(pk=hold.pk)
    if mine.lifted_at is None:
        mine.lifted_at, mine.lifted_by, mine.lifted_because = timezone.now(), actor, because.strip()
        mine.save(update_fields=["lifted_at", "lifted_by", "lifted_because"])
        _record("lifted", mine, actor)
    return mine


def _record(act: str, hold: PayeeHold, actor: User | None) -> None:
    audit_record(
        action=f"rights.payee_hold.{act}", actor=actor, organisation=hold.party.organisation,
        target=hold, data={"reason": hold.reason},
    )  # fmt: skip

"""Mails about payouts: that one is on its way, or that a bank sent one back. Links, never figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.models import Membership
from accounts.services.mail import mail_send

if TYPE_CHECKING:
    from rights.models import Party, Payout

KIND = "payout"
READERS = (Membership.Role.OWNER, Membership.Role.ACCOUNTANT)


def payout_mail_sent(payout: Payout) -> None:
    """Tell the owners and accountants of the payee that a payout is on its way."""
    _tell("rights/payout_sent", payout.party)


def payout_mail_bank_refused(party: Party) -> None:
    """Tell them that their bank refused a payout, and that the next ones wait."""
    _tell("rights/payout_bank_refused", party)


def _tell(template: str, party: Party) -> None:
    if party.organisation is None:
        return
    members = Membership.objects.filter(
        organisation=party.organisation, role__in=READERS, user__is_active=True
    )
    for address in members.order_by("user_id").values_list("user__email", flat=True):
        mail_send(
            template=template,
            to=address,
            context={"payee": party.name, "organisation": party.organisation.name},
            organisation=party.organisation,
            kind=KIND,
        )

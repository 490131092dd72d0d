"""The page on which a person chooses their mails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.domain.mail_kinds import KINDS
from accounts.models import MailRefusal

if TYPE_CHECKING:
    from accounts.models import User


def mail_kinds_wanted(user: User) -> list[str]:
    """Return the kinds of mail that the person gets, in the order of the page."""
    refused = set(MailRefusal.objects.filter(user=user).values_list("kind", flat=True))
    return [kind for kind in KINDS if kind not in refused]

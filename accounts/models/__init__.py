"""Rows of the accounts app."""

from __future__ import annotations

from accounts.models.audit import AuditEntry
from accounts.models.closing import OrganisationClosing
from accounts.models.deletion import AccountDeletion
from accounts.models.export import DataExport
from accounts.models.invitation import Invitation
from accounts.models.mail import OutgoingMail
from accounts.models.mail_refusal import MailRefusal
from accounts.models.organisation import Membership, Organisation
from accounts.models.token import ApiToken
from accounts.models.user import User

from accounts.models import history  # isort: skip  # tracks the models above

__all__ = [
    "AccountDeletion",
    "ApiToken",
    "AuditEntry",
    "DataExport",
    "Invitation",
    "MailRefusal",
    "Membership",
    "Organisation",
    "OrganisationClosing",
    "OutgoingMail",
    "User",
    "history",
]

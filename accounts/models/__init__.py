"""Rows of the accounts app."""

from __future__ import annotations

from accounts.models.mail import OutgoingMail
from accounts.models.organisation import Membership, Organisation
from accounts.models.token import ApiToken
from accounts.models.user import User

__all__ = ["ApiToken", "Membership", "Organisation", "OutgoingMail", "User"]

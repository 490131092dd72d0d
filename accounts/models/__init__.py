"""Rows of the accounts app."""

from __future__ import annotations

from accounts.models.organisation import Membership, Organisation
from accounts.models.user import User

__all__ = ["Membership", "Organisation", "User"]

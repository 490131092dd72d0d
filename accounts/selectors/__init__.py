"""Reads of the accounts app, one module per page or noun."""

from __future__ import annotations

from accounts.selectors.memberships import membership_current, memberships_of

__all__ = ["membership_current", "memberships_of"]

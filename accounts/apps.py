"""Who you are and for whom you act."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, organisations, roles, invitations, tokens and the audit trail."""

    name = "accounts"

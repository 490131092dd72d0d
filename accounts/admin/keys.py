"""Invitations and API tokens: what opens doors. Digests are never shown."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin.rows import RowsAdmin
from accounts.models import ApiToken, Invitation


@admin.register(Invitation)
class InvitationAdmin(RowsAdmin[Invitation]):
    """Who was invited where, and what became of it."""

    list_display = (
        "email",
        "organisation",
        "role",
        "sent_at",
        "expires_at",
        "accepted_at",
        "declined_at",
        "withdrawn_at",
    )
    list_select_related = ("organisation",)
    list_filter = ("role",)
    search_fields = ("email", "organisation__name")
    date_hierarchy = "created_at"
    fields = (*list_display, "invited_by", "created_at")


@admin.register(ApiToken)
class ApiTokenAdmin(RowsAdmin[ApiToken]):
    """The tokens of programs."""

    list_display = (
        "name",
        "prefix",
        "membership",
        "scopes",
        "last_used_at",
        "expires_at",
        "revoked_at",
    )
    list_select_related = ("membership__user", "membership__organisation")
    search_fields = ("name", "prefix", "membership__user__email", "membership__organisation__name")
    date_hierarchy = "created_at"
    fields = (*list_display, "created_at")

"""What happened: the audit trail, and the mail that was sent."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin.rows import RowsAdmin
from accounts.models import AuditEntry, OutgoingMail


@admin.register(AuditEntry)
class AuditEntryAdmin(RowsAdmin[AuditEntry]):
    """The trail in words. The table itself refuses changes; so do these pages."""

    list_display = ("created_at", "action", "actor", "organisation", "target_type", "target_id")
    list_select_related = ("actor", "organisation")
    list_filter = ("action",)
    search_fields = ("action", "target_id", "request_id", "actor__email", "organisation__name")
    date_hierarchy = "created_at"
    fields = (*list_display, "data", "request_id")


@admin.register(OutgoingMail)
class OutgoingMailAdmin(RowsAdmin[OutgoingMail]):
    """The outbox. The texts are left out: they may hold links and codes that open an account."""

    list_display = ("created_at", "template", "to", "state", "attempts", "sent_at", "organisation")
    list_select_related = ("organisation",)
    list_filter = ("state", "template")
    search_fields = ("to", "message_id")
    date_hierarchy = "created_at"
    fields = (*list_display, "subject", "message_id", "due_at", "error")

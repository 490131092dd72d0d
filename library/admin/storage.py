"""Uploads on their way, and how much room an organisation has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db import transaction

from accounts.admin.rows import RowsAdmin
from accounts.services.audit import audit_record
from library.models import StorageQuota, Upload

if TYPE_CHECKING:
    from django.http import HttpRequest


@admin.register(Upload)
class UploadAdmin(RowsAdmin[Upload]):
    """Files that arrive, arrived, or were taken back."""

    list_display = (
        "filename",
        "organisation",
        "state",
        "offset_bytes",
        "size_bytes",
        "created_at",
        "expires_at",
    )
    list_select_related = ("organisation",)
    list_filter = ("state",)
    search_fields = ("id", "filename", "organisation__name")
    date_hierarchy = "created_at"
    fields = ("id", *list_display, "added_by")


@admin.register(StorageQuota)
class StorageQuotaAdmin(RowsAdmin[StorageQuota]):
    """Exceptions from the usual room. Superusers make and change them; the trail says who did."""

    list_display = ("organisation", "limit_bytes")
    list_select_related = ("organisation",)
    search_fields = ("organisation__name",)
    autocomplete_fields = ("organisation",)
    fields = list_display

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only superusers."""
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only superusers."""
        return bool(request.user.is_superuser)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """An exception stays with the organisation for which it was made."""
        return ("organisation",) if obj is not None else ()

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: StorageQuota, form: Any, change: bool) -> None:
        """Save the limit and say so in the trail."""
        obj.save()
        audit_record(
            action="library.quota.changed",
            actor=request.user,  # type: ignore[arg-type]  # staff are logged in
            organisation=obj.organisation,
            target=obj.organisation,
            data={"limit_bytes": obj.limit_bytes},
        )

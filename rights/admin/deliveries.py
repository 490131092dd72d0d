"""Catalogue deliveries of labels, row by row."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin.rows import RowsAdmin
from rights.models import ImportAudio, ImportRow, ImportRun


@admin.register(ImportRun)
class ImportRunAdmin(RowsAdmin[ImportRun]):
    """What labels delivered, and what they say about its use."""

    list_display = ("label", "filename", "state", "consent_state", "created_at", "applied_at")
    list_select_related = ("label",)
    list_filter = ("state", "consent_state")
    search_fields = ("id", "label__name", "filename")
    date_hierarchy = "created_at"
    fields = (
        "id",
        *list_display,
        "organisation",
        "created_by",
        "encoding",
        "columns",
        "mapping",
        "consent_terms",
        "consent_from",
        "consent_to",
        "said_by",
    )


@admin.register(ImportRow)
class ImportRowAdmin(RowsAdmin[ImportRow]):
    """One row of a delivery, as it stood and as it was read. Search by the delivery's id."""

    list_display = ("run", "line", "action", "recording", "audio_name")
    list_select_related = ("run__label", "recording")
    list_filter = ("action",)
    search_fields = ("=run__id", "recording__isrc", "audio_name")
    fields = (*list_display, "raw", "values", "errors", "changes", "fingerprint_key")


@admin.register(ImportAudio)
class ImportAudioAdmin(RowsAdmin[ImportAudio]):
    """One audio file of a delivery: what reading it found. Search by the delivery's id."""

    list_display = ("run", "name", "state", "duration_ms", "size_bytes")
    list_select_related = ("run__label",)
    list_filter = ("state",)
    search_fields = ("=run__id", "name")
    fields = (*list_display, "refusal", "values")

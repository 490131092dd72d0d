"""Songs and what was measured in them."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin.rows import RowsAdmin, RowsInline
from library.models import Asset, Track, TrackAnalysis


class AssetsOfTrack(RowsInline[Asset, Track]):
    """The files of the song. Their keys tell where they lie; nothing here opens them."""

    model = Asset
    fields = ("kind", "name", "content_type", "size_bytes", "key", "created_at")
    readonly_fields = fields
    show_change_link = False


@admin.register(Track)
class TrackAdmin(RowsAdmin[Track]):
    """What was brought, and what became of it."""

    list_display = ("title", "artist", "organisation", "state", "created_at", "deleted_at")
    list_select_related = ("organisation",)
    list_filter = ("state", "format")
    search_fields = ("id", "title", "artist", "filename", "organisation__name")
    date_hierarchy = "created_at"
    fields = (
        "id",
        *list_display,
        "added_by",
        "filename",
        "size_bytes",
        "format",
        "duration_ms",
        "refusal_code",
        "refusal",
        "duplicate_of",
        "file_sha256",
        "audio_sha256",
        "job",
        "upload",
        "analysis",
    )
    inlines = (AssetsOfTrack,)


@admin.register(TrackAnalysis)
class TrackAnalysisAdmin(RowsAdmin[TrackAnalysis]):
    """What was measured, by which revision. It belongs to audio, not to an organisation."""

    list_display = ("audio_sha256", "revision", "created_at")
    list_filter = ("revision",)
    search_fields = ("audio_sha256",)
    date_hierarchy = "created_at"
    fields = (*list_display, "fingerprint_key", "data")

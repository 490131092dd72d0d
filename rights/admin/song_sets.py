"""Song sets and what is in them."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin.rows import RowsAdmin, RowsInline
from rights.models import SongSet, SongSetEntry


class SongsOfSet(RowsInline[SongSetEntry, SongSet]):
    """The ten, in order."""

    model = SongSetEntry
    fields = ("position", "track", "weight_ppm", "recording")
    readonly_fields = fields
    show_change_link = False


@admin.register(SongSet)
class SongSetAdmin(RowsAdmin[SongSet]):
    """What creators put together."""

    list_display = ("name", "organisation", "created_at", "frozen_at", "deleted_at")
    list_select_related = ("organisation",)
    search_fields = ("id", "name", "organisation__name")
    date_hierarchy = "created_at"
    fields = ("id", *list_display, "created_by")
    inlines = (SongsOfSet,)

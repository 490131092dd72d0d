"""Songs and their versions at a glance."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin.rows import RowsAdmin, RowsInline
from generation.models import Song, Version


class VersionsOfSong(RowsInline[Version, Song]):
    """The tree of versions, oldest first."""

    model = Version
    fk_name = "song"
    fields = ("number", "parent", "state", "passed", "seed", "used_seed", "rating", "created_at")
    readonly_fields = fields


@admin.register(Song)
class SongAdmin(RowsAdmin[Song]):
    """What was made from which set."""

    list_display = ("title", "organisation", "song_set", "created_at", "deleted_at")
    list_select_related = ("organisation", "song_set")
    search_fields = ("id", "title", "organisation__name")
    date_hierarchy = "created_at"
    fields = ("id", *list_display, "current", "created_by")
    inlines = (VersionsOfSong,)

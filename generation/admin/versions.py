"""Versions: how they were made, how they did at the quality gate, what they owe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.rows import RowsAdmin, RowsInline
from generation.models import Version, VersionAsset, VersionSource

if TYPE_CHECKING:
    from django.utils.safestring import SafeString


class SourcesOfVersion(RowsInline[VersionSource, Version]):
    """What each of the ten and the base catalogue was given and got."""

    model = VersionSource
    fields = ("position", "pool", "isrc", "title", "artist", "weight_ppm", "share_ppm")
    readonly_fields = fields
    show_change_link = False


class AssetsOfVersion(RowsInline[VersionAsset, Version]):
    """The files. Their keys tell where they lie; nothing here opens them."""

    model = VersionAsset
    fields = ("kind", "name", "content_type", "size_bytes", "key", "created_at")
    readonly_fields = fields
    show_change_link = False


@admin.register(Version)
class VersionAdmin(RowsAdmin[Version]):
    """What was asked, what came out, and every try at it."""

    list_display = ("song", "number", "state", "passed", "engine", "rating", "created_at")
    list_select_related = ("song",)
    list_filter = ("state", "passed", "engine", "engine_revision", "rating")
    search_fields = ("id", "song__id", "song__title", "audio_sha256")
    date_hierarchy = "created_at"
    fields = (
        "id",
        *list_display,
        "parent",
        "edit",
        "options",
        "seed",
        "used_seed",
        "engine_revision",
        "base_model",
        "policy",
        "refusal_code",
        "refusal",
        "tempo_bpm",
        "key_pitch_class",
        "key_mode",
        "duration_ms",
        "audio_sha256",
        "tries",
        "job",
        "created_by",
        "ready_at",
    )
    inlines = (SourcesOfVersion, AssetsOfVersion)

    def get_readonly_fields(self, request: Any, obj: Version | None = None) -> tuple[str, ...]:
        """Show the tries, which are no column, beside the columns."""
        return (*super().get_readonly_fields(request, obj), "tries")

    @admin.display(description=gettext_lazy("quality report"))
    def tries(self, version: Version) -> SafeString | str:
        """Return every seed that was tried, and what it missed by how much."""
        tries = version.quality.get("tries", [])
        if not tries:
            return "-"
        return format_html_join("", "<p>{}</p>", ((_line(one),) for one in tries))


def _line(one: dict[str, Any]) -> str:
    said = _("Try %(number)s, seed %(seed)s: %(verdict)s") % {
        "number": one["number"],
        "seed": one["seed"],
        "verdict": _("passed") if one["passed"] else _missed(one),
    }
    return f"{said} · {_('kept')}" if one["kept"] else said


def _missed(one: dict[str, Any]) -> str:
    found = (*one["notes"], *(one["heard"] or ()))
    missed = [
        f"{each['name']} {each['value']} ({each['low']} … {each['high']})"
        for each in found
        if not each["passed"]
    ]
    if not missed:
        return _("not played, because an earlier try was better")
    return _("missed %(bars)s") % {"bars": ", ".join(missed)}

"""Recordings with where each fact comes from, and the parties they name."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin.rows import RowsAdmin, RowsInline
from rights.models import (
    CatalogueListing,
    Consent,
    OwnerHint,
    Party,
    Recording,
    RecordingFact,
    RecordingFingerprint,
)


class FactsOfRecording(RowsInline[RecordingFact, Recording]):
    """Every value that any source gave."""

    model = RecordingFact
    fields = ("field", "value", "source", "confidence_ppm", "fetched_at", "raw_ref")
    readonly_fields = fields
    show_change_link = False


class HintsOfRecording(RowsInline[OwnerHint, Recording]):
    """Who may own it."""

    model = OwnerHint
    fields = ("role", "name", "source", "confidence_ppm", "fetched_at", "raw_ref")
    readonly_fields = fields
    show_change_link = False


class ListingsOfRecording(RowsInline[CatalogueListing, Recording]):
    """Where it is sold."""

    model = CatalogueListing
    fields = ("storefront", "apple_music_id", "preferred", "playable", "url", "fetched_at")
    readonly_fields = fields
    show_change_link = False


class FingerprintsOfRecording(RowsInline[RecordingFingerprint, Recording]):
    """By which sounds our index knows it."""

    model = RecordingFingerprint
    fields = ("source", "revision", "landmark_count", "posting_count", "created_at")
    readonly_fields = fields
    show_change_link = False


class ConsentsOfRecording(RowsInline[Consent, Recording]):
    """What was said about its use."""

    model = Consent
    fields = ("state", "valid_from", "valid_to", "said_by", "withdrawn_at")
    readonly_fields = fields


@admin.register(Recording)
class RecordingAdmin(RowsAdmin[Recording]):
    """What an ISRC names. The values follow from the facts; nobody types over them."""

    list_display = ("isrc", "title", "artist", "label_name", "origin", "updated_at")
    list_filter = ("origin", "explicit")
    search_fields = ("isrc", "title", "artist", "label_name", "id")
    date_hierarchy = "created_at"
    fields = (
        "id",
        "isrc",
        "title",
        "version",
        "artist",
        "artists",
        "album",
        "upc",
        "duration_ms",
        "release_date",
        "label_name",
        "label",
        "p_line",
        "c_line",
        "explicit",
        "preview_url",
        "origin",
        "created_at",
        "updated_at",
    )
    inlines = (
        ConsentsOfRecording,
        HintsOfRecording,
        ListingsOfRecording,
        FingerprintsOfRecording,
        FactsOfRecording,
    )


@admin.register(Party)
class PartyAdmin(RowsAdmin[Party]):
    """Labels, artists, publishers, distributors; some are customers."""

    list_display = ("name", "kind", "organisation", "created_at")
    list_select_related = ("organisation",)
    list_filter = ("kind",)
    search_fields = ("name", "normalised_name", "id")
    fields = ("id", "name", "normalised_name", "kind", "organisation", "created_at")

"""Base models: what they hold, and whose it is."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin.rows import RowsAdmin
from generation.models import BaseModel, BaseModelItem


@admin.register(BaseModel)
class BaseModelAdmin(RowsAdmin[BaseModel]):
    """Frozen snapshots, the newest first."""

    list_display = ("revision", "sha256", "frozen_at")
    search_fields = ("revision", "sha256")
    date_hierarchy = "frozen_at"
    fields = (*list_display, "artefact_key", "card")


@admin.register(BaseModelItem)
class BaseModelItemAdmin(RowsAdmin[BaseModelItem]):
    """Patterns and recordings, with their owner and their part of the pool."""

    list_display = ("key", "kind", "base_model", "recording", "owner", "weight_ppm")
    list_select_related = ("base_model", "recording", "owner")
    list_filter = ("kind", "base_model")
    search_fields = ("key", "recording__isrc", "owner__name")
    fields = (*list_display, "sha256")

"""Exchange rates for staff: read only, in the words of their source."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin.rows import RowsAdmin
from rights.models import ExchangeRate


@admin.register(ExchangeRate)
class ExchangeRateAdmin(RowsAdmin[ExchangeRate]):
    """What one euro was worth, day by day; imported by the schedule or by ``rates_import``."""

    list_display = ("on", "base", "quote", "text", "source", "imported_at")
    list_filter = ("quote", "source")
    search_fields = ("quote",)
    date_hierarchy = "on"
    fields = list_display

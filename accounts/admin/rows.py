"""The base of every page of rows that staff read and nobody changes by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Model

if TYPE_CHECKING:  # unfold's classes carry no types; these are what they extend
    from django.contrib.admin import ModelAdmin, TabularInline
    from django.http import HttpRequest
else:
    from unfold.admin import ModelAdmin, TabularInline

Row = TypeVar("Row", bound=Model)
Parent = TypeVar("Parent", bound=Model)


class ReadOnly:
    """Rows that only services change. Without the right to delete there is no bulk delete."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody adds rows by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes rows by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes rows by hand."""
        return False


class RowsAdmin(ReadOnly, ModelAdmin[Row]):
    """A list of rows with a page for each."""

    list_per_page = 50
    show_full_result_count = False  # counting a whole table costs more than it tells


class RowsInline(ReadOnly, TabularInline[Row, Parent]):
    """Rows that belong to the one above."""

    extra = 0
    can_delete = False
    show_change_link = True

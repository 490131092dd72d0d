"""Organisations and who belongs to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from accounts.admin.rows import RowsAdmin, RowsInline
from accounts.models import Membership, Organisation

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


class MembersOfOrganisation(RowsInline[Membership, Organisation]):
    """Who belongs to it."""

    model = Membership
    fields = ("user", "role", "created_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> Any:
        """Read the people along."""
        return super().get_queryset(request).select_related("user", "organisation")


@admin.register(Organisation)
class OrganisationAdmin(RowsAdmin[Organisation]):
    """The tenants."""

    list_display = ("name", "kind", "members_count", "created_at", "closed_at")
    list_filter = ("kind",)
    search_fields = ("name", "id")
    date_hierarchy = "created_at"
    fields = ("name", "kind", "id", "created_at", "closed_at")
    inlines = (MembersOfOrganisation,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organisation]:
        """Count the members along."""
        found: QuerySet[Organisation] = super().get_queryset(request)
        return found.annotate(shown_members=Count("memberships"))

    @admin.display(description=_("members"), ordering="shown_members")
    def members_count(self, organisation: Any) -> int:
        """Return how many people belong to it."""
        return int(organisation.shown_members)


@admin.register(Membership)
class MembershipAdmin(RowsAdmin[Membership]):
    """Who acts for whom, as what."""

    list_display = ("user", "organisation", "role", "created_at")
    list_select_related = ("user", "organisation")
    list_filter = ("role",)
    search_fields = ("user__email", "organisation__name")
    fields = list_display

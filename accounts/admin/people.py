"""People, and their wish to be forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.admin.rows import RowsAdmin, RowsInline
from accounts.models import AccountDeletion, Membership, User
from accounts.selectors.security import user_has_mfa
from accounts.services.audit import audit_record

if TYPE_CHECKING:
    from django.http import HttpRequest

STAFF_FIELDS = ("is_active", "is_staff")


class MembershipsOfPerson(RowsInline[Membership, User]):
    """Where the person belongs."""

    model = Membership
    fk_name = "user"
    fields = ("organisation", "role", "created_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> Any:
        """Read the organisations along."""
        return super().get_queryset(request).select_related("organisation", "user")


@admin.register(User)
class UserAdmin(RowsAdmin[User]):
    """People. A superuser may close an account or make staff; all else is the person's own."""

    list_display = ("email", "name", "is_active", "is_staff", "joined_at", "last_login")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name")
    ordering = ("email",)
    date_hierarchy = "joined_at"
    readonly_fields = ("email", "name", "joined_at", "last_login", "is_superuser", "second_factor")
    fieldsets = (
        (None, {"fields": ("email", "name")}),
        (_("Access"), {"fields": (*STAFF_FIELDS, "is_superuser", "second_factor")}),
        (_("Times"), {"fields": ("joined_at", "last_login")}),
    )
    inlines = (MembershipsOfPerson,)

    @admin.display(description=_("logs in with a second step"), boolean=True)
    def second_factor(self, user: User) -> bool:
        """Say whether a second step is set up."""
        return user_has_mfa(user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only superusers, and not on themselves: nobody locks themselves out or in."""
        return bool(request.user.is_superuser) and obj != request.user

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save the two flags and say so in the trail."""
        changed = {name: getattr(obj, name) for name in STAFF_FIELDS if name in form.changed_data}
        if changed:
            obj.save(update_fields=list(changed))
            audit_record(
                action="accounts.person.access_changed",
                actor=request.user,  # type: ignore[arg-type]  # staff are logged in
                organisation=None,
                target=obj,
                data=changed,
            )


@admin.register(AccountDeletion)
class AccountDeletionAdmin(RowsAdmin[AccountDeletion]):
    """Who asked to be forgotten, and when it is carried out."""

    list_display = ("user", "requested_at", "due_at", "cancelled_at", "erased_at")
    list_select_related = ("user",)
    search_fields = ("user__email",)
    date_hierarchy = "requested_at"
    fields = list_display

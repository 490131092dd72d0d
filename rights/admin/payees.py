"""Payees for staff: where they are paid, looked at anew, and what stands against paying them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from rights.admin.decided import LOOK, Act, ActForm, DecidedAdmin
from rights.domain.payout_course import PLACED
from rights.models import Party, PayeeAccount, PayeeHold
from rights.models.payout import HOLD_WORDS
from rights.services.payee_holds import payee_hold_lift, payee_hold_place
from rights.services.payee_onboarding import payee_account_refresh

if TYPE_CHECKING:
    from django.http import HttpRequest


@admin.register(PayeeAccount)
class PayeeAccountAdmin(DecidedAdmin[PayeeAccount]):
    """A payee's account at the payment provider."""

    list_display = ("party", "country", "state", "provider_id", "checked_at")
    list_select_related = ("party",)
    list_filter = ("state", "country")
    search_fields = ("party__name", "=provider_id")
    shown = (
        "party", "country", "state", "provider_id", "requirements", "created_at", "checked_at",
    )  # fmt: skip

    def acts_of(self, row: Any) -> dict[str, tuple[Any, Act]]:
        """Offer to look at it."""
        if not row.provider_id:
            return {}
        return {
            "look": (
                _("Look at it at the payment provider"),
                lambda account, _actor, _said: payee_account_refresh(account=account),
            )
        }


class HoldForm(ActForm):
    """Whom to hold, for what and why; or what to do with a hold, and why.

    The model has a reason of its own, so the words have another name here.
    """

    reason = None  # type: ignore[assignment]  # how Django leaves out a field of the base
    words = forms.CharField(
        label=_("Why"), required=False, widget=forms.Textarea(attrs={"rows": 3, **LOOK})
    )

    payee = forms.ModelChoiceField(
        Party.objects.order_by("name"), label=_("Payee"), widget=forms.Select(attrs=LOOK)
    )
    ground = forms.ChoiceField(
        label=_("Reason"),
        choices=[(name, HOLD_WORDS[name]) for name in PLACED],
        widget=forms.Select(attrs=LOOK),
    )


@admin.register(PayeeHold)
class PayeeHoldAdmin(DecidedAdmin[PayeeHold]):
    """What stands against paying a payee."""

    form = HoldForm
    asked = ("act", "words")
    list_display = ("party", "reason", "placed_at", "placed_by", "lifted_at")
    list_select_related = ("party", "placed_by")
    list_filter = ("reason", ("lifted_at", admin.EmptyFieldListFilter))
    search_fields = ("party__name",)
    shown = (
        "party", "reason", "because", "placed_at", "placed_by", "lifted_at", "lifted_by",
        "lifted_because",
    )  # fmt: skip

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Ask for the permission that Django keeps for the model."""
        return bool(request.user.has_perm("rights.add_payeehold"))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Ask whom to hold, or show the hold."""
        if obj is None:
            return [(None, {"fields": ("payee", "ground", "words")})]
        return super().get_fieldsets(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A hold that is placed is read."""
        return () if obj is None else self.shown

    def acts_of(self, row: Any) -> dict[str, tuple[Any, Act]]:
        """Offer to lift it."""
        return {"lift": (_("Lift it; say below why"), _lift)} if row.lifted_at is None else {}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Place a hold, or lift it."""
        if change:
            super().save_model(request, obj, form, change)
            return
        actor: Any = request.user  # staff are logged in
        said = form.cleaned_data
        placed = payee_hold_place(
            party=said["payee"], reason=said["ground"], because=said["words"], actor=actor
        )
        obj.pk, obj.party, obj.reason = placed.pk, placed.party, placed.reason


def _lift(row: Any, actor: Any, said: dict[str, Any]) -> object:
    return payee_hold_lift(hold=row, because=said["words"], actor=actor)

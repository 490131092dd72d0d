"""Pages on which staff choose an act and say why; the act is a service, and the rest is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.contrib.admin.utils import flatten_fieldsets
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from rights.admin.refusals import ServiceAdmin

if TYPE_CHECKING:
    from django.http import HttpRequest

Row = TypeVar("Row", bound=Model)
# From the row, who acts and what the page says; the words are those of the choice.
Act = Callable[[Any, Any, dict[str, Any]], object]


# As the admin draws its own fields; widgets of a form of ours come without.
LOOK = {
    "class": "border border-base-200 rounded-default px-3 py-2 w-full max-w-2xl "
    "dark:bg-base-900 dark:border-base-700"
}


class ActForm(forms.ModelForm[Any]):
    """What to do with the row, and why."""

    act = forms.ChoiceField(label=_("What to do"), required=False)  # choices are the row's
    reason = forms.CharField(
        label=_("Why"), required=False, widget=forms.Textarea(attrs={"rows": 3, **LOOK})
    )


class DecidedAdmin(ServiceAdmin[Row]):
    """Rows that are read, with acts below: ``acts`` by name, each with its words and its service."""

    form = ActForm
    shown: tuple[str, ...] = ()
    asked: tuple[str, ...] = ("act", "reason")

    def acts_of(self, row: Any) -> dict[str, tuple[Any, Act]]:
        """Return what can be done with the row as it is, by name."""
        return {}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Everything is read."""
        return self.shown

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Offer what can be done to those who may."""
        sets: list[Any] = [(None, {"fields": self.shown})]
        if obj is not None and self.has_change_permission(request, obj) and self.acts_of(obj):
            sets.append((_("Decide"), {"fields": self.asked}))
        return sets

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **more: Any) -> Any:  # fmt: skip
        """Ask for what the page shows, with the choices of this row."""
        form = super().get_form(request, obj, change=change, **more)
        asked = flatten_fieldsets(self.get_fieldsets(request, obj))
        for name in set(form.base_fields) - set(asked):
            del form.base_fields[name]
        if obj is not None and "act" in form.base_fields:
            choices = [(name, words) for name, (words, _act) in self.acts_of(obj).items()]
            form.base_fields["act"] = forms.ChoiceField(
                label=_("What to do"),
                required=False,
                choices=[("", _("Nothing")), *choices],
                widget=forms.Select(attrs=LOOK),
            )
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Do what was chosen; without a choice nothing is saved."""
        chosen = self.acts_of(obj).get(form.cleaned_data.get("act", ""))
        if chosen is not None:
            chosen[1](obj, request.user, form.cleaned_data)

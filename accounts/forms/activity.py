"""Filter the audit trail."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.selectors.activity import ActivityFilter


class ActivityForm(forms.Form):
    """Who, what and when; everything may stay open."""

    person = forms.ChoiceField(label=_("Person"), required=False)
    action = forms.ChoiceField(label=_("What"), required=False)
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    page = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        people: list[tuple[str, str]],
        actions: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("person", people), ("action", actions)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
            field.choices = [("", _("All")), *choices]

    @property
    def wanted(self) -> ActivityFilter:
        """The filter; a form with errors filters nothing."""
        if not self.is_valid():
            return ActivityFilter()
        typed = self.cleaned_data
        return ActivityFilter(
            person=int(typed["person"]) if typed["person"] else None,
            action=typed["action"] or None,
            since=typed["since"],
            until=typed["until"],
        )

    @property
    def number(self) -> int:
        """The page asked for."""
        return (self.cleaned_data.get("page") if self.is_valid() else None) or 1

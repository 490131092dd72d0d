"""What a label says about the use of its recordings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rights.models import Consent

TERMS = Consent.State.TERMS


def day_input(**attrs: str) -> forms.DateInput:
    """Return a field for a day that browsers fill in their own way and send as ISO."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", **attrs})


class ConsentForm(forms.Form):
    """Allowed, allowed with terms or blocked; from when to when; who says so."""

    state = forms.ChoiceField(
        label=gettext_lazy("May it be used to make new music?"),
        choices=Consent.State.choices,
        widget=forms.RadioSelect,
    )
    terms = forms.CharField(
        label=gettext_lazy("Terms"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Needed for “allowed with terms”, and only then."),
    )
    may_train = forms.BooleanField(
        label=gettext_lazy("Its patterns may also join the base model"),
        required=False,
        help_text=gettext_lazy(
            "The base model takes part in every song and is paid a third of what each earns. "
            "Songs that were made with it keep it; from the day you say otherwise no new base "
            "model holds it."
        ),
    )
    valid_from = forms.DateField(label=gettext_lazy("From"), widget=day_input())
    valid_to = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=day_input(),
        help_text=gettext_lazy(
            "The first day on which it holds no more. Empty: until you say otherwise."
        ),
    )
    said_by = forms.CharField(
        label=gettext_lazy("Who says so"),
        max_length=255,
        help_text=gettext_lazy("The person who decides this at your company, with their role."),
    )

    def clean(self) -> dict[str, Any]:
        """Check that terms stand where they belong, and that it ends after it begins."""
        said = super().clean() or {}
        has_terms = bool(said.get("terms", "").strip())
        if said.get("state") == TERMS and not has_terms:
            self.add_error("terms", _("Write down the terms."))
        if said.get("state") in (Consent.State.ALLOWED, Consent.State.BLOCKED) and has_terms:
            self.add_error("terms", _("Choose “allowed with terms”, or leave this empty."))
        if said.get("state") == Consent.State.BLOCKED and said.get("may_train"):
            self.add_error(
                "may_train", _("What is blocked cannot be trained on. Leave this empty.")
            )
        begins, ends = said.get("valid_from"), said.get("valid_to")
        if begins and ends and ends <= begins:
            self.add_error("valid_to", _("It has to end after it begins."))
        if begins and begins < timezone.localdate():
            # What was made meanwhile was made under what was said then.
            self.add_error("valid_from", _("It can begin today or later, not in the past."))
        return said

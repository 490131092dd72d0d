"""Make an API token."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken

if TYPE_CHECKING:
    from datetime import datetime


class ApiTokenForm(forms.Form):
    """What the token is for, what it may do and for how long."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("To recognise it later, such as “backup script” or “DAW plug-in”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scope = forms.ChoiceField(
        label=_("What may it do?"),
        choices=[
            (ApiToken.Scope.READ, _("Read only")),
            (ApiToken.Scope.WRITE, _("Read and write, as far as your role goes")),
        ],
        widget=forms.RadioSelect,
        initial=ApiToken.Scope.READ,
    )
    days = forms.TypedChoiceField(
        label=_("Good for"),
        coerce=int,
        choices=[
            (30, _("30 days")),
            (90, _("90 days")),
            (365, _("a year")),
            (0, _("until you revoke it")),
        ],
        initial=90,
    )

    @property
    def scopes(self) -> list[str]:
        """The scopes as the token keeps them."""
        return [self.cleaned_data["scope"]]

    @property
    def expires_at(self) -> datetime | None:
        """When the token ends by itself, or None."""
        days: int = self.cleaned_data["days"]
        return timezone.now() + timedelta(days=days) if days else None

"""In which country a payee is, before its account is opened at the payment service."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from rights.selectors.money_words import COUNTRIES


class CountryForm(forms.Form):
    """The country, which cannot be changed once the account is open."""

    country = forms.ChoiceField(
        label=gettext_lazy("Country of the company or person that is paid"),
        help_text=gettext_lazy("It cannot be changed afterwards."),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        named = sorted((str(name), code) for code, name in COUNTRIES.items())
        field: Any = self.fields["country"]
        field.choices = [("", gettext_lazy("Choose …")), *((code, name) for name, code in named)]

"""Delete my account: type the address, so that nobody does it by a slip."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class DeletionForm(forms.Form):
    """The person's own e-mail address, typed."""

    address = forms.CharField(
        label=_("Type your e-mail address to confirm"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, address: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = address

    def clean_address(self) -> str:
        """Compare without regard to case and spaces around it."""
        typed: str = self.cleaned_data["address"].strip().lower()
        if typed != self.expected.lower():
            raise forms.ValidationError(_("This is not the address of your account."))
        return typed

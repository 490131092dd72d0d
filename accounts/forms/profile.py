"""How others see a person."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ProfileForm(forms.Form):
    """The name that members of the same organisation see."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        required=False,
        help_text=_(
            "Seen by the members of your organisations. Left empty, they see the part of your "
            "e-mail address before the @."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

"""What a payee says is wrong with a line of a statement."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy


class DisputeForm(forms.Form):
    """The reason, which our staff answers."""

    reason = forms.CharField(
        label=gettext_lazy("What is wrong with it"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Such as a share that was sold before, and the contract that shows it."
        ),
    )

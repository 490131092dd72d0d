"""Choose one's mails."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.domain.mail_kinds import KINDS


def kind_choices() -> list[tuple[str, str]]:
    """Return the kinds that may be refused; read late, because apps above add theirs."""
    return [(name, f"{gettext(kind.title)}. {gettext(kind.when)}") for name, kind in KINDS.items()]


class MailPreferencesForm(forms.Form):
    """The kinds of mail that the person wants."""

    wanted = forms.MultipleChoiceField(
        label=_("Send me"),
        choices=kind_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

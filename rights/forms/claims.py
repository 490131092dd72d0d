"""What a label claims: how much, where, from when to when, and what shows it."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rights.domain.shares import percent_parse
from rights.domain.territories import Territories
from rights.forms.consents import day_input
from rights.models import Party, Recording, RightsClaim
from rights.selectors.claims import DOCUMENTS

if TYPE_CHECKING:
    from django.db.models import QuerySet

DOCUMENT_MAX_BYTES = 10 * 1024 * 1024
ACCEPT = ",".join(f".{ending}" for ending in DOCUMENTS)


class EvidenceForm(forms.Form):
    """What a claim rests on: words, and a document if there is one."""

    words = forms.CharField(
        label=gettext_lazy("What shows that it is yours"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Such as the contract and its date, or the ℗ line of the release."),
    )
    document = forms.FileField(
        label=gettext_lazy("Document"),
        required=False,
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        help_text=gettext_lazy(
            "PDF, PNG, JPG or text, up to 10 MB. Only you and our staff see it."
        ),
    )

    def clean_document(self) -> Any:
        """Take documents of a few kinds, and no large ones."""
        document = self.cleaned_data["document"]
        if document is None:
            return None
        if PurePath(document.name).suffix.lower().lstrip(".") not in DOCUMENTS:
            raise ValidationError(_("Only PDF, PNG, JPG and text files are taken."))
        if document.size > DOCUMENT_MAX_BYTES:
            raise ValidationError(_("The document is larger than 10 MB."))
        return document


class ClaimForm(EvidenceForm):
    """A share of one recording. A share is written in per cent and becomes exact ppm."""

    recording = forms.ModelChoiceField(queryset=Recording.objects.all(), widget=forms.HiddenInput)
    party = forms.ModelChoiceField(
        label=gettext_lazy("Who claims"), queryset=Party.objects.none(), empty_label=None
    )
    role = forms.ChoiceField(label=gettext_lazy("As"), choices=RightsClaim.Role.choices)
    share = forms.CharField(
        label=gettext_lazy("Share in %"),
        initial="100",
        max_length=8,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text=gettext_lazy("Up to four decimal places, with a point: 33.3333"),
    )
    territories = forms.CharField(
        label=gettext_lazy("Where"),
        initial="world",
        max_length=1000,
        help_text=gettext_lazy("“world”, countries such as “GB IE”, or “world -US -CA”."),
    )
    active_from = forms.DateField(
        label=gettext_lazy("From"),
        required=False,
        widget=day_input(),
        help_text=gettext_lazy("Empty: always."),
    )
    active_to = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=day_input(),
        help_text=gettext_lazy("The first day on which it is yours no more. Empty: for ever."),
    )
    field_order = (
        "recording", "party", "role", "share", "territories", "active_from", "active_to", "words",
        "document",
    )  # fmt: skip

    def __init__(self, parties: QuerySet[Party], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        field: Any = self.fields["party"]
        field.queryset = parties

    def clean_share(self) -> int:
        """Return the share in ppm."""
        try:
            ppm = percent_parse(self.cleaned_data["share"].strip())
        except ValueError as error:
            words = _("Write a percentage from 0.0001 to 100, with at most four decimal places.")
            raise ValidationError(words) from error
        if not ppm:
            raise ValidationError(_("A share is at least 0.0001 %."))
        return ppm

    def clean_territories(self) -> str:
        """Return the countries as they are kept."""
        try:
            return str(Territories.parse(self.cleaned_data["territories"].strip()))
        except ValueError as error:
            words = _("Write “world”, countries such as “GB IE”, or “world -US -CA”.")
            raise ValidationError(words) from error

    def clean(self) -> dict[str, Any]:
        """Check that it ends after it begins."""
        said = super().clean() or {}
        begins, ends = said.get("active_from"), said.get("active_to")
        if begins and ends and ends <= begins:
            self.add_error("active_to", _("It has to end after it begins."))
        return said


class WithdrawForm(forms.Form):
    """Why a claim is taken back."""

    reason = forms.CharField(label=gettext_lazy("Why you withdraw it"), max_length=1000)

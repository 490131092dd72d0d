"""A label's delivery: the table it brings, what is said about its use, which column is what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rights.domain.catalogue_csv import COLUMNS
from rights.forms.consents import day_input
from rights.models import Consent, Party

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import QuerySet

TABLE_MAX_BYTES = 5 * 1024 * 1024
SAYS_NOTHING = ("", gettext_lazy("Nothing: what was said before stays"))


AUDIO_ACCEPT = ".wav,.flac,.mp3,.m4a,.aac,.ogg,.opus,.aif,.aiff"


class SeveralFilesInput(forms.FileInput):
    """Several files at once, which Django lets a widget say of itself."""

    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """Cleans to a list of files, each as a single one would be."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return the files, an empty list for none."""
        each = [one for one in (data if isinstance(data, list | tuple) else [data]) if one]
        if not each and self.required:
            return [super().clean(None, initial)]
        return [super(SeveralFilesField, self).clean(one, initial) for one in each]


class DeliveryForm(forms.Form):
    """Recordings of one label as a table, as audio, or both, and what it says about their use."""

    label = forms.ModelChoiceField(
        label=gettext_lazy("Label"), queryset=Party.objects.none(), empty_label=None
    )
    table = forms.FileField(
        label=gettext_lazy("Table"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
        help_text=gettext_lazy("CSV with one row for each recording, up to 5 MB."),
    )
    audio = SeveralFilesField(
        label=gettext_lazy("Audio files"),
        required=False,
        widget=SeveralFilesInput(attrs={"accept": AUDIO_ACCEPT}),
        help_text=gettext_lazy(
            "Up to 50 files and 300 MB. They are read for their sound and their tags, and then "
            "removed. Without a table their tags say what they are; with one, its column “Audio "
            "file” or the ISRC does."
        ),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("May these recordings be used to make new music?"),
        choices=[SAYS_NOTHING, *Consent.State.choices],
        required=False,
        widget=forms.RadioSelect,
    )
    terms = forms.CharField(
        label=gettext_lazy("Terms"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    valid_from = forms.DateField(label=gettext_lazy("From"), required=False, widget=day_input())
    valid_to = forms.DateField(label=gettext_lazy("Until"), required=False, widget=day_input())
    said_by = forms.CharField(label=gettext_lazy("Who says so"), max_length=255, required=False)

    def __init__(self, labels: QuerySet[Party], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["label"].queryset = labels  # type: ignore[attr-defined]

    def clean_table(self) -> Any:
        """Refuse what no list of recordings is that large."""
        table = self.cleaned_data["table"]
        if table is not None and table.size > TABLE_MAX_BYTES:
            raise forms.ValidationError(_("The table is larger than 5 MB. Split it in two."))
        return table

    def clean(self) -> dict[str, Any]:
        """Ask for the day and the speaker as soon as something is said about use."""
        said = super().clean() or {}
        if not self.errors and not said.get("table") and not said.get("audio"):
            self.add_error("table", _("Choose a table, audio files, or both."))
        if said.get("state"):
            for name in ("valid_from", "said_by"):
                if not said.get(name) and name not in self.errors:
                    self.add_error(name, _("Needed when you say something about use."))
        if (said.get("state") == Consent.State.TERMS) != bool(said.get("terms", "").strip()):
            self.add_error("terms", _("Write terms for “allowed with terms”, and only then."))
        return said


class MappingForm(forms.Form):
    """For each thing we can take, the column of the table that holds it."""

    def __init__(
        self, columns: Sequence[str], mapping: Mapping[str, str], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Not in the table")), *((name, name) for name in columns)]
        for column in COLUMNS:
            self.fields[column.name] = forms.ChoiceField(
                label=column.heading,
                choices=choices,
                required=column.required,
                initial=mapping.get(column.name, ""),
            )

"""What the columns of a table are: asked on one page, with what is saved or guessed filled in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from rights.domain.csv_mapping import (
    DAYS,
    ENCODINGS,
    FIELDS,
    MOST_SKIPPED,
    RETURNS,
    ColumnMapping,
    MappingError,
)

if TYPE_CHECKING:
    from django.forms.boundfield import BoundField

LABELS: dict[str, Any] = {
    "isrc": "ISRC", "icpn": _("Barcode (UPC, EAN)"), "label_id": _("Our number"),
    "dsp_id": _("The store's number"), "title": _("Title"), "artist": _("Artist"),
    "day": _("Day or month of the use"), "territory": _("Territory"), "service": _("Service"),
    "model": _("Commercial model"), "use": _("Kind of use"), "usages": _("Units"),
    "returns": _("Returns"), "net": _("Net revenue"), "currency": _("Currency"),
}  # fmt: skip
PLAIN = ("delimiter", "encoding", "header_row", "skip_last", "decimal", "thousands", "days", "returns")  # fmt: skip
FIXABLE = ("day", "territory", "service", "model", "use", "currency")
SIGNS = [(",", _("Comma")), (";", _("Semicolon")), ("\t", _("Tab")), ("|", _("Bar"))]
THOUSANDS = [("", _("Nothing")), (",", _("Comma")), (".", _("Point")), (" ", _("Blank")), ("'", _("Apostrophe"))]  # fmt: skip
RETURN_WORDS = {
    "column": _("in a column of their own"),
    "negative": _("as negative units, with negative revenue"),
    "positive": _("as negative units, with revenue that is printed positive"),
}


class ShapeForm(forms.Form):
    """How the file is cut: asked first, for the names of the columns depend on it."""

    delimiter = forms.ChoiceField(label=_("Cells are divided by"), choices=SIGNS)
    encoding = forms.ChoiceField(label=_("Encoding"), choices=[(one, one) for one in ENCODINGS])
    header_row = forms.IntegerField(
        label=_("Line with the names of the columns"), min_value=1, max_value=MOST_SKIPPED
    )


class ColumnsForm(ShapeForm):
    """Which column is what, and how numbers, days and returns are written."""

    source = forms.RegexField(
        label=_("Source"),
        regex=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$",
        help_text=_("A short name, such as lanternwave; its next reports are recognised by it."),
    )
    skip_last = forms.IntegerField(
        label=_("Last lines to pass over"), min_value=0, max_value=MOST_SKIPPED, initial=0
    )
    decimal = forms.ChoiceField(
        label=_("Decimals begin with"), choices=[(".", _("Point")), (",", _("Comma"))]
    )
    thousands = forms.ChoiceField(
        label=_("Thousands are divided by"), choices=THOUSANDS, required=False
    )
    days = forms.ChoiceField(label=_("Days are written"), choices=[(one, one) for one in DAYS])
    returns = forms.ChoiceField(
        label=_("Returns are written"), choices=[(key, RETURN_WORDS[key]) for key in RETURNS]
    )

    def __init__(self, *args: Any, header: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.header = tuple(header)
        columns = [("", _("No column")), *((name, name) for name in dict.fromkeys(header) if name)]
        for name in FIELDS:
            self.fields[f"column_{name}"] = forms.ChoiceField(
                label=LABELS[name], choices=columns, required=False
            )
        for name in FIXABLE:
            self.fields[f"fixed_{name}"] = forms.CharField(
                label=_("%(field)s of every line") % {"field": LABELS[name]},
                required=False,
                max_length=80,
            )

    @property
    def shape(self) -> Iterator[BoundField]:
        """Yield how the file is written, for the page."""
        for name in ("source", *PLAIN):
            yield self[name]

    @property
    def pairs(self) -> Iterator[tuple[BoundField, BoundField | None]]:
        """Yield each column with the value that takes its place, for the page."""
        for name in FIELDS:
            yield self[f"column_{name}"], self[f"fixed_{name}"] if name in FIXABLE else None

    def clean(self) -> dict[str, Any]:
        """Make the mapping, or say what it lacks."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        columns = {name: cleaned[f"column_{name}"] for name in FIELDS}
        fixed = {name: cleaned[f"fixed_{name}"].strip() for name in FIXABLE}
        try:
            cleaned["mapping"] = ColumnMapping(
                header=self.header,
                columns={name: column for name, column in columns.items() if column},
                fixed={name: value for name, value in fixed.items() if value},
                **{name: cleaned[name] for name in PLAIN},
            )
        except MappingError as error:
            raise ValidationError(_("%(why)s.") % {"why": str(error).capitalize()}) from error
        return cleaned


def initial_of(mapping: ColumnMapping, source: str) -> dict[str, Any]:
    """Return what the form shows for a mapping."""
    return {
        "source": source,
        **{name: getattr(mapping, name) for name in PLAIN},
        **{f"column_{name}": column for name, column in mapping.columns.items()},
        **{f"fixed_{name}": value for name, value in mapping.fixed.items()},
    }

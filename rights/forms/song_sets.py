"""Forms of song sets: the name, the weights."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rights.models import SongSetEntry

NAME_MAX = 120
PPM_PER_PERCENT = 10_000
PERCENT_MAX = 100


class SongSetNameForm(forms.Form):
    """What a set is called."""

    name = forms.CharField(
        label=_("Name"),
        max_length=NAME_MAX,
        help_text=_("For yourself, for instance the mood or the project. It can be changed later."),
    )


class WeightsForm(forms.Form):
    """A weight in percent for each song of a set; other sums than 100 are scaled to it."""

    def __init__(self, entries: Iterable[SongSetEntry], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entries = list(entries)
        for entry in self.entries:
            self.fields[field_of(entry.pk)] = forms.DecimalField(
                min_value=0,
                max_value=PERCENT_MAX,
                max_digits=7,
                decimal_places=4,
                label=_("Weight of song %(number)s, in percent") % {"number": entry.position},
            )

    def weights(self) -> dict[int, int]:
        """Return the weights in parts per million, by the id of the entry."""
        return {
            entry.pk: int(Decimal(self.cleaned_data[field_of(entry.pk)]) * PPM_PER_PERCENT)
            for entry in self.entries
        }

    def said(self) -> str:
        """Return what is wrong, with the number of each song, as one sentence."""
        numbers = {field_of(entry.pk): entry.position for entry in self.entries}
        wrong = sorted(numbers[name] for name in self.errors if name in numbers)
        text = _("Write a number from 0 to 100 as the weight of song %(songs)s. Nothing was saved.")
        return str(text % {"songs": ", ".join(map(str, wrong))})


def field_of(entry_id: int) -> str:
    """Return the name of the field in which the weight of an entry stands."""
    return f"weight-{entry_id}"

"""A song's title; a rating; the gains of a mix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from generation.constants import MIX_GAIN_MAX_DB, MIX_GAIN_MIN_DB
from generation.services.mixes import NAME_MAX
from generation.services.songs import TITLE_MAX

if TYPE_CHECKING:
    from collections.abc import Sequence

RATINGS = (1, 2, 3, 4, 5)


class SongTitleForm(forms.Form):
    """What a song is called."""

    title = forms.CharField(label=_("Title"), max_length=TITLE_MAX)


class RatingForm(forms.Form):
    """One to five; none takes the rating back."""

    rating = forms.TypedChoiceField(
        choices=[(value, value) for value in RATINGS],
        coerce=int,
        required=False,
        empty_value=None,
    )


class MixForm(forms.Form):
    """The name of a mix and, for each strip, its gain and whether it is muted or alone."""

    name = forms.CharField(label=_("Name of the mix"), max_length=NAME_MAX)

    def __init__(self, strips: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.strips = tuple(strips)
        for strip in self.strips:
            self.fields[f"gain-{strip}"] = forms.FloatField(
                min_value=MIX_GAIN_MIN_DB, max_value=MIX_GAIN_MAX_DB, required=False
            )
            self.fields[f"muted-{strip}"] = forms.BooleanField(required=False)
            self.fields[f"solo-{strip}"] = forms.BooleanField(required=False)

    def gains(self) -> dict[str, dict[str, Any]]:
        """Return gain and switches by strip; an empty field is 0 dB."""
        data = self.cleaned_data
        return {
            strip: {
                "gain_db": data[f"gain-{strip}"] or 0.0,
                "muted": data[f"muted-{strip}"],
                "solo": data[f"solo-{strip}"],
            }
            for strip in self.strips
        }

"""An edit of a version: its kind and the fields of that kind, read from an address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from generation.composition.edits import EXTEND_BARS
from generation.composition.plan import LEAST_BPM, MOST_BPM
from generation.constants import SEED_MAX
from generation.engines.edits import LAYERS as ENGINE_LAYERS
from generation.engines.edits import SECTIONS_MAX
from generation.forms.wish import ENERGIES, key_choices, key_read, length_choices
from generation.selectors.edit_words import LAYERS
from generation.selectors.words import ROLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generation.selectors.edit_page import EditPage

BARS = tuple((bars, bars) for bars in EXTEND_BARS)


class SectionForm(forms.Form):
    """Which section is written anew, or with ``everywhere`` all of its role."""

    section = forms.IntegerField(min_value=0, max_value=SECTIONS_MAX)
    everywhere = forms.BooleanField(label=_("All sections of its name, alike"), required=False)
    seed = forms.IntegerField(min_value=0, max_value=SEED_MAX, required=False)


class LayerForm(forms.Form):
    """Which layer is written anew."""

    layer = forms.ChoiceField(
        label=_("Layer"),
        choices=lambda: [(name, word) for name, word in LAYERS.items() if name in ENGINE_LAYERS],
    )
    seed = forms.IntegerField(min_value=0, max_value=SEED_MAX, required=False)


class TempoForm(forms.Form):
    """Another tempo."""

    bpm = forms.FloatField(label=_("Tempo in BPM"), min_value=LEAST_BPM, max_value=MOST_BPM)


class KeyForm(forms.Form):
    """Another key."""

    key = forms.ChoiceField(label=_("Key"), choices=key_choices)


class EnergyForm(forms.Form):
    """More or less energy."""

    energy = forms.ChoiceField(label=_("Energy"), choices=ENERGIES)


class LengthForm(forms.Form):
    """Another length."""

    seconds = forms.ChoiceField(label=_("Length, about"), choices=length_choices)


class ExtendForm(forms.Form):
    """A section that goes on for longer."""

    role = forms.ChoiceField(
        label=_("Section"), choices=lambda: [(role, name) for role, (_l, name) in ROLES.items()]
    )
    bars = forms.TypedChoiceField(label=_("Bars more"), choices=BARS, coerce=int)


class ReweighForm(forms.Form):
    """More or less of one source: its share of the whole song, the others scaled."""

    source = forms.CharField(max_length=12)
    points = forms.DecimalField(
        label=_("Influence in percent"), min_value=0, max_value=67, max_digits=6, decimal_places=4
    )


FORMS: dict[str, type[forms.Form]] = {
    "reroll_section": SectionForm,
    "reroll_layer": LayerForm,
    "tempo": TempoForm,
    "key": KeyForm,
    "energy": EnergyForm,
    "length": LengthForm,
    "extend": ExtendForm,
    "reweigh": ReweighForm,
}


def edit_form(
    kind: str,
    page: EditPage,
    given: Mapping[str, Any] | None = None,
    initial: Mapping[str, Any] | None = None,
) -> forms.Form | None:
    """Return the form of a kind of edit for one version, or None for a kind that there is not."""
    known = FORMS.get(kind)
    if known is None:
        return None
    form = known(given, auto_id=f"{kind}-%s", initial=dict(initial or {}))
    if isinstance(form, SectionForm):
        form.fields["section"] = forms.IntegerField(min_value=0, max_value=len(page.sections) - 1)
    if isinstance(form, ExtendForm):
        choices = [(role, name) for role, (_letter, name) in ROLES.items() if role in page.roles]
        form.fields["role"] = forms.ChoiceField(label=_("Section"), choices=choices)
    return form


def edit_of(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the edit that a valid form holds, as the service takes it, but for its weights."""
    fields = {name: value for name, value in data.items() if value is not None}
    if kind == "key":
        return {"kind": kind, **key_read(fields["key"])}
    if kind in {"energy", "length"}:
        return {"kind": kind, **{name: float(value) for name, value in fields.items()}}
    return {"kind": kind, **fields}

"""What a creator wishes for: length, tempo, key, energy, variation, seed, one version or two."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from generation.composition.plan import LEAST_BPM, LEAST_S, MOST_BPM, MOST_S
from generation.constants import SEED_MAX
from generation.services.songs import TITLE_MAX
from library.domain.keys import ALL
from library.selectors.track_list import clock

STEP_S = 10
USUAL_S = 190
ENERGIES = (
    ("0.1", _("Calm")),
    ("0.3", _("Easy")),
    ("0.5", _("Middling")),
    ("0.7", _("Lively")),
    ("0.9", _("Full")),
)
VARIATIONS = (
    ("0.25", _("Close to the songs")),
    ("0.5", _("Balanced")),
    ("0.75", _("Adventurous")),
)
MOODS = (
    ("", _("As the ten suggest")),
    ("calm", _("Calm")),
    ("bright", _("Bright")),
    ("dark", _("Dark")),
    ("driving", _("Driving")),
    ("dreamy", _("Dreamy")),
    ("tender", _("Tender")),
)
INSTRUMENTS = (
    ("piano-band", _("Piano and band")),
    ("electric-soul", _("Electric piano, soul")),
    ("synth-pop", _("Synthesizers")),
    ("folk", _("Guitars, folk")),
    ("chamber", _("Strings and woodwind")),
    ("dream", _("Wide pads, dream pop")),
    ("rock", _("Rock band")),
    ("night", _("Late night")),
)
LEAVABLE = (
    ("", _("Nothing")),
    ("comp", _("The chord instrument")),
    ("pad", _("The pads")),
    ("arp", _("The broken chords")),
)
VERSIONS = (("2", _("Two, to choose from")), ("1", _("One")))


def length_choices() -> list[tuple[str, str]]:
    """Return the lengths that can be asked for: "190" is "3:10"."""
    seconds = range(int(LEAST_S), int(MOST_S) + 1, STEP_S)
    return [(str(second), clock(second * 1000)) for second in seconds]


def key_choices() -> list[tuple[str, str]]:
    """Return every key: "9-minor" is "A minor"."""
    ordered = sorted(ALL, key=lambda key: (key.pitch_class, key.mode))
    return [(f"{key.pitch_class}-{key.mode}", str(key)) for key in ordered]


def key_read(value: str) -> dict[str, Any]:
    """Return tonic and mode of a choice of :func:`key_choices`; none for an empty one."""
    if not value:
        return {"tonic": None, "mode": None}
    tonic, _dash, mode = value.partition("-")
    return {"tonic": int(tonic), "mode": mode}


class SongWishForm(forms.Form):
    """Everything but the shares. What is left empty follows from the ten songs."""

    title = forms.CharField(
        label=_("Title"),
        max_length=TITLE_MAX,
        required=False,
        help_text=_("Empty: the set's name."),
    )
    seconds = forms.ChoiceField(label=_("Length, about"), choices=length_choices, initial=USUAL_S)
    bpm = forms.FloatField(
        label=_("Tempo in BPM"),
        min_value=LEAST_BPM,
        max_value=MOST_BPM,
        required=False,
        help_text=_("Empty: as the ten suggest."),
    )
    key = forms.ChoiceField(
        label=_("Key"),
        choices=lambda: [("", _("As the ten suggest")), *key_choices()],
        required=False,
    )
    mood = forms.ChoiceField(label=_("Mood"), choices=MOODS, required=False)
    instruments = forms.MultipleChoiceField(
        label=_("Instruments"),
        choices=INSTRUMENTS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("One of those you tick; with none, what suits the ten songs."),
    )
    without = forms.ChoiceField(label=_("Leave out"), choices=LEAVABLE, required=False)
    energy = forms.ChoiceField(
        label=_("Energy"), choices=ENERGIES, initial="0.5", widget=forms.RadioSelect
    )
    variation = forms.ChoiceField(
        label=_("Variation"), choices=VARIATIONS, initial="0.5", widget=forms.RadioSelect
    )
    versions = forms.ChoiceField(
        label=_("Versions"), choices=VERSIONS, initial="2", widget=forms.RadioSelect
    )
    seed = forms.IntegerField(
        label=_("Seed"),
        min_value=0,
        max_value=SEED_MAX,
        required=False,
        help_text=_("The same songs, wishes and seed give the same song. Empty: by lot."),
    )
    idem = forms.CharField(max_length=60, widget=forms.HiddenInput)

    def options(self) -> dict[str, Any]:
        """Return the wishes as the engine reads them (``generation.engines.options``)."""
        data = self.cleaned_data
        return {
            "seconds": float(data["seconds"]),
            "bpm": data["bpm"],
            "energy": float(data["energy"]),
            "variation": float(data["variation"]),
            **key_read(data["key"]),
            **{name: data[name] or None for name in ("mood", "instruments", "without")},
        }

"""Why: for every bar and section, what each layer took, from which bars of which source."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generation.selectors.words import LAYERS, layer_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.utils.functional import _StrPromise

    from generation.models import VersionBar
    from generation.selectors.sections import SectionView
    from generation.selectors.sources import SourceView

KINDS: dict[str, _StrPromise] = {
    "harmony": gettext_lazy("Chord progression"),
    "drums": gettext_lazy("Drum pattern"),
    "fill": gettext_lazy("Drum fill"),
    "groove": gettext_lazy("Timing and accents"),
    "bass": gettext_lazy("Bass line"),
    "comp": gettext_lazy("Rhythm of the chords"),
    "pad": gettext_lazy("Held chords"),
    "arp": gettext_lazy("Broken chords"),
    "rhythm": gettext_lazy("Rhythm of the melody"),
    "contour": gettext_lazy("Shape of the melody"),
    "form": gettext_lazy("Plan of the section"),
    "sound": gettext_lazy("Sound"),
    "base": gettext_lazy("Passing chords, approaches and accents"),
    "glue": gettext_lazy("Connecting notes"),
}


@dataclass(frozen=True)
class Taken:
    """What was taken: in words, and its source; ``number`` 0 is the base catalogue, -1 all together."""

    what: str
    tone: str
    number: int
    source: str


@dataclass(frozen=True)
class LayerTaken:
    """One layer of a section and what it took, the largest first, in whole percents of the layer."""

    layer: str
    parts: tuple[tuple[Taken, int], ...]


@dataclass(frozen=True)
class SectionTaken:
    """A section: its name, its first and last bar, its layers."""

    name: str
    first: int
    last: int
    layers: tuple[LayerTaken, ...]


@dataclass(frozen=True)
class DerivationView:
    """All of a song; ``drawing`` is the same by bar, as the script reads it."""

    sections: tuple[SectionTaken, ...]
    drawing: Mapping[str, Any]


def derivation_view(
    bars: Sequence[VersionBar], sections: Sequence[SectionView], sources: Sequence[SourceView]
) -> DerivationView | None:
    """Return the view; None for a version from before it was kept. No query."""
    if not any(bar.why for bar in bars):
        return None
    by_key = {source.key: source for source in sources}
    read = [
        [(one["layer"], _taken(one, by_key), one["percent"]) for one in bar.why] for bar in bars
    ]
    return DerivationView(
        sections=tuple(
            SectionTaken(s.name, s.first, s.last, _layers(read[s.first - 1 : s.last]))
            for s in sections
        ),
        drawing=_drawing(read),
    )


Read = list[tuple[str, Taken, int]]


def _taken(one: Mapping[str, Any], sources: Mapping[str, SourceView]) -> Taken:
    kind = str(KINDS.get(one["what"], one["what"]))
    bars, name = one.get("bars"), one.get("name")
    if bars:
        said = {"what": kind, "first": bars[0], "last": bars[1]}
        what = (
            _("%(what)s of bar %(first)s") % said
            if bars[0] == bars[1]
            else _("%(what)s of bars %(first)s to %(last)s") % said
        )
    elif name:
        what = _("%(what)s “%(name)s”") % {"what": kind, "name": name.replace("-", " ")}
    else:
        what = kind
    source = sources.get(one["source"])
    if source is None:
        return Taken(what, "base", -1, _("all sources together"))
    return Taken(what, source.tone, source.number, source.name)


def _layers(bars: Sequence[Read]) -> tuple[LayerTaken, ...]:
    """Return what the bars of a section took in the mean: a bar without the layer does not count."""
    sums: dict[str, Counter[Taken]] = {}
    counts: Counter[str] = Counter()
    for bar in bars:
        counts.update({layer for layer, _taken, _percent in bar})
        for layer, taken, percent in bar:
            sums.setdefault(layer, Counter())[taken] += percent
    found = []
    for layer in sorted(sums, key=_place):
        parts = [(taken, round(sums[layer][taken] / counts[layer])) for taken in sums[layer]]
        parts.sort(key=lambda part: (-part[1], part[0].what))
        kept = tuple(part for part in parts if part[1])
        found.append(LayerTaken(layer_name(layer), kept))
    return tuple(found)


def _drawing(bars: Sequence[Read]) -> dict[str, Any]:
    """Return layers, what was taken, and for each bar [layer, taken, percent] by their places."""
    layers = sorted({layer for bar in bars for layer, _taken, _percent in bar}, key=_place)
    takes = list(dict.fromkeys(taken for bar in bars for _layer, taken, _percent in bar))
    places = {taken: place for place, taken in enumerate(takes)}
    return {
        "layers": [layer_name(layer) for layer in layers],
        "takes": [[one.what, one.tone, one.number, one.source] for one in takes],
        "bars": [
            sorted(
                ([layers.index(layer), places[taken], percent] for layer, taken, percent in bar),
                key=lambda row: (row[0], -row[2]),
            )
            for bar in bars
        ],
    }


def _place(layer: str) -> int:
    order = list(LAYERS)
    return order.index(layer) if layer in order else len(order)

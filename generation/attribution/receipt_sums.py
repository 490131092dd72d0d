"""The sums of a receipt, checked when it is issued and again by whoever verifies it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from generation.attribution.receipt_shape import BASE, POOLS, SHAPE, milliseconds, misfits
from rights.domain.allocation import PPM

SHOWN = 3


def gettext_noop(text: str) -> str:
    """Mark a text for translation; it is translated where it is shown."""
    return text


TEXTS = {
    "shape": gettext_noop("it is not laid out as version 1 of a receipt (%(places)s)"),
    "bar": gettext_noop("the shares of bar %(bar)s make %(sum)s and not 1,000,000 ppm"),
    "layer": gettext_noop("the shares of the layer %(layer)s make %(sum)s and not 1,000,000 ppm"),
    "song": gettext_noop("the shares of the song make %(sum)s and not 1,000,000 ppm"),
    "pools": gettext_noop("the two pools make %(sum)s and not 1,000,000 ppm"),
    "pool": gettext_noop("the weights of the pool %(pool)s make %(sum)s and not %(agreed)s ppm"),
    "twice": gettext_noop("%(isrc)s stands among the sources twice"),
    "stranger": gettext_noop("%(isrc)s has a share of %(where)s, and is no source"),
    "order": gettext_noop("bar %(bar)s does not begin where the one before it ends"),
    "mean": gettext_noop("%(name)s has %(share)s ppm of the song, and its bars say %(mean)s"),
}


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: a ``code`` of :data:`TEXTS` and what to put into its text."""

    code: str
    data: Mapping[str, str | int] = field(default_factory=dict)

    def words(self) -> str:
        """Return the sentence in English."""
        return TEXTS[self.code] % self.data


def faults_of(content: Mapping[str, Any]) -> tuple[Fault, ...]:
    """Return everything that is wrong with a receipt that is not signed yet; nothing if sound.

    Where a member is missing or of the wrong kind, only that is said.
    """
    places = list(misfits(content, SHAPE))
    return shape_faults(places) if places else sum_faults(content)


def shape_faults(places: Sequence[str]) -> tuple[Fault, ...]:
    """Return the fault of a receipt that is not laid out as it should be at ``places``."""
    more = ["…"] if len(places) > SHOWN else []
    return (Fault("shape", {"places": ", ".join([*places[:SHOWN], *more])}),)


def sum_faults(content: Mapping[str, Any]) -> tuple[Fault, ...]:
    """Return what does not agree in a receipt whose members are all there and of the right kind."""
    return (
        *_of_parts(content),
        *_of_weights(content),
        *_of_names(content),
        *_of_times(content),
        *_of_means(content),
    )


def _of_parts(content: Mapping[str, Any]) -> Iterator[Fault]:
    for bar in content["bars"]:
        if (total := sum(bar["shares"].values())) != PPM:
            yield Fault("bar", {"bar": bar["bar"], "sum": total})
    for layer, shares in content["layers"].items():
        if (total := sum(shares.values())) != PPM:
            yield Fault("layer", {"layer": layer, "sum": total})
    if (total := sum(source["share_ppm"] for source in content["sources"])) != PPM:
        yield Fault("song", {"sum": total})


def _of_weights(content: Mapping[str, Any]) -> Iterator[Fault]:
    agreed = {pool: content["pools"][f"{pool}_ppm"] for pool in POOLS}
    if (total := sum(agreed.values())) != PPM:
        yield Fault("pools", {"sum": total})
    for pool, ppm in agreed.items():
        total = sum(s["weight_ppm"] for s in content["sources"] if s["pool"] == pool)
        if total != ppm:
            yield Fault("pool", {"pool": pool, "sum": total, "agreed": ppm})


def _of_names(content: Mapping[str, Any]) -> Iterator[Fault]:
    times = Counter(source["isrc"] for source in content["sources"])
    for isrc, count in times.items():
        if count > 1:
            yield Fault("twice", {"isrc": isrc})
    shared = {f"bar {bar['bar']}": bar["shares"] for bar in content["bars"]}
    for where, shares in (shared | content["layers"]).items():
        for isrc in sorted(set(shares) - {*times, BASE}):
            yield Fault("stranger", {"isrc": isrc, "where": where})


def _of_times(content: Mapping[str, Any]) -> Iterator[Fault]:
    bars = content["bars"]
    for bar in bars:
        if milliseconds(bar["start_s"]) >= milliseconds(bar["end_s"]):
            yield Fault("order", {"bar": bar["bar"]})
    for before, bar in pairwise(bars):
        if before["end_s"] != bar["start_s"] or before["bar"] + 1 != bar["bar"]:
            yield Fault("order", {"bar": bar["bar"]})


def _of_means(content: Mapping[str, Any]) -> Iterator[Fault]:
    """Compare each share with the mean of its bars, weighted by their length.

    What rounding can make is allowed: less than one part for each of the bar and the song, and for
    each bar one of its milliseconds. The base model is compared as a whole, whoever owns its parts.
    """
    pool_of = {source["isrc"]: source["pool"] for source in content["sources"]} | {BASE: POOLS[1]}
    lengths = [milliseconds(bar["end_s"]) - milliseconds(bar["start_s"]) for bar in content["bars"]]
    whole = max(1, sum(lengths))
    held: Counter[str] = Counter()
    said: Counter[str] = Counter()
    for bar, length in zip(content["bars"], lengths, strict=True):
        for isrc, ppm in bar["shares"].items():
            held[_group(isrc, pool_of)] += length * ppm
    for source in content["sources"]:
        said[_group(source["isrc"], pool_of)] += source["share_ppm"]
    rounding = 1 + len(content["sources"]) + PPM * len(lengths) // whole
    for name in sorted({*held, *said}):
        mean = held[name] // whole
        if abs(mean - said[name]) > rounding:
            yield Fault("mean", {"name": name, "share": said[name], "mean": mean})


def _group(isrc: str, pool_of: Mapping[str, str]) -> str:
    return BASE if pool_of.get(isrc) == POOLS[1] else isrc

"""Casting: which source fills which slot (the quota), and with which of its units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from generation.attribution.errors import QuotaInfeasibleError
from generation.attribution.policy import Layer
from generation.attribution.quota import Quota, assign
from generation.attribution.shares import BASE
from generation.composition.base import BasePack
from generation.composition.cast import Cast
from generation.composition.fitting import misfit
from generation.composition.grammar import grow_loop
from generation.composition.plan import Plan, source_keys
from generation.composition.slots import Slot, SlotTable
from generation.composition.stream import Stream
from generation.composition.units import HarmonyUnit, SourceModel, Unit

GROWN_LOOPS = 6
MOST_CANDIDATES = 64
"""Units of one source that are weighed for one slot."""
JITTER = 0.35
SAME_AGAIN = 0.6
STAYS = 3.0
"""What it is worth that a second casting leaves a slot as it was measured."""
EASE = ((0.004, 2.0), (0.006, 3.0), (0.009, 5.0))
"""Tried in order: how far a source that has no melody may be from its weight, and how many times
its usual part of the glue slots may leave to one that sings."""
NEVER = float("inf")
FRAMING = frozenset({Layer.FORM, Layer.SOUND, Layer.GROOVE})
TELLING = frozenset({Layer.HARMONY, Layer.DRUMS, Layer.BASS, Layer.MOTIF})
IN_FRONT = 2.0
"""What a pool pays to stand where songs are told apart, for each part of the song that the other pool
is larger by; half of it where little is told. Who has more of the song is heard more."""


@dataclass(frozen=True)
class Offers:
    """What everybody could give: (cost, unit), cheapest first, by slot and then by source."""

    keys: tuple[str, ...]
    rows: Mapping[str, Sequence[Sequence[tuple[float, Unit]]]]

    def staying(self, before: Cast) -> Offers:
        """Return offers in which whoever has a slot keeps it with its unit, unless it must go."""
        rows = {}
        for slot, row in self.rows.items():
            owner, unit = self.keys.index(before.owners[slot]), before.units[slot].id
            rows[slot] = [
                sorted(
                    ((cost - STAYS * ((n, own.id) == (owner, unit)), own) for cost, own in offers),
                    key=lambda pair: (pair[0], pair[1].id),
                )
                for n, offers in enumerate(row)
            ]
        return Offers(self.keys, rows)


def gather_offers(
    plan: Plan,
    slots: Sequence[Slot],
    sources: Sequence[SourceModel],
    base: BasePack,
    weights: Mapping[str, float],
) -> Offers:
    """Return what the base and every source could give to each slot."""
    pools = [Pool(plan, source, base, weights[BASE]) for source in (base.source, *sources)]
    rows = {slot.key: [pool.options(slot) for pool in pools] for slot in slots}
    return Offers(source_keys(sources), rows)


def cast_slots(
    table: SlotTable,
    offers: Offers,
    sources: Sequence[SourceModel],
    weights: Mapping[str, float],
) -> Cast:
    """Fill every slot so that each source comes as near to its weight as slots can bring it.

    Raises
    ------
    QuotaInfeasibleError
        If even the widest bounds cannot be met; its reasons name the sources.
    """
    keys = offers.keys
    options = [offers.rows[slot.key] for slot in table.slots]
    cost = np.array([[row[0][0] if row else NEVER for row in slot] for slot in options])
    mass = np.array([slot.mass for slot in table.slots])
    for ease, most_glue in EASE:
        low, high = _bounds(keys, sources, weights, table, ease, most_glue)
        quota = Quota(keys, tuple(s.key for s in table.slots), mass, cost, low, high)
        try:
            columns = assign(quota)
            break
        except QuotaInfeasibleError:
            if ease == EASE[-1][0]:
                raise
    chosen = choose(table.slots, options, columns)
    planned = {key: float(mass[np.array(columns) == n].sum()) for n, key in enumerate(keys)}
    planned[BASE] += table.base_mass
    owners = {slot.key: keys[c] for slot, c in zip(table.slots, columns, strict=True)}
    return Cast(chosen, owners, planned, ease)


def _bounds(
    keys: Sequence[str],
    sources: Sequence[SourceModel],
    weights: Mapping[str, float],
    table: SlotTable,
    ease: float,
    most_glue: float,
) -> tuple[
    np.ndarray[tuple[int], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.float64]]
]:
    """Return bounds: sources that sing get their rest from the glue, the others all from slots."""
    sings = {BASE} | {source.key for source in sources if source.lines}
    voice = sum(weights[key] for key in keys if key in sings)
    low, high = [], []
    for key in keys:
        usual = table.glue_mass * weights[key] / voice if key in sings and voice else 0.0
        slack = ease if key not in sings else 0.0
        own = weights[key] - (table.base_mass if key == BASE else 0.0)
        low.append(max(0.0, own - most_glue * usual - slack))
        high.append(max(0.0, own + slack) if weights[key] else 0.0)
    return np.array(low), np.array(high)


def choose(
    slots: Sequence[Slot],
    options: Sequence[Sequence[Sequence[tuple[float, Unit]]]],
    columns: Sequence[int],
) -> dict[str, Unit]:
    """Take each source's best unit, but not the same chords twice if there is a choice."""
    chosen: dict[str, Unit] = {}
    used: list[object] = []
    for slot, rows, column in zip(slots, options, columns, strict=True):
        ranked = [
            (cost + SAME_AGAIN * used.count(_content(unit)), n)
            for n, (cost, unit) in enumerate(rows[column])
        ]
        unit = rows[column][min(ranked)[1]][1]
        used.append(_content(unit))
        chosen[slot.key] = unit
    return chosen


def _content(unit: Unit) -> object:
    return unit.chords if isinstance(unit, HarmonyUnit) else unit.id


class Pool:
    """The units of one source, ranked for a slot; the seed shifts costs a little."""

    def __init__(
        self, plan: Plan, source: SourceModel, base: BasePack, base_weight: float = 0.5
    ) -> None:
        self._plan, self._source, self._base = plan, source, base
        self._base_weight = base_weight
        self.key = source.key
        self._stream = Stream(plan.seed, "casting").split(source.key)

    def options(self, slot: Slot) -> list[tuple[float, Unit]]:
        """Return (cost, unit) of everything that may fill ``slot``, cheapest first."""
        stream = self._stream.split(slot.key)
        width = JITTER * (0.3 + self._plan.variation)
        rated = [
            (
                misfit(unit, slot.layer, slot.role, self._plan.mode, slot.key, self._plan.lift)
                + self._telling(slot.layer)
                + stream.split(unit.id).unit() * width,
                unit,
            )
            for unit in self._units(slot, stream)
        ]
        return sorted(rated, key=lambda pair: (pair[0], pair[1].id))

    def _telling(self, layer: Layer) -> float:
        """Return the price of standing in ``layer``: the smaller pool stays behind."""
        ahead = 0.5 - self._base_weight
        if self.key == BASE:
            return max(0.0, IN_FRONT * ahead) if layer in TELLING else 0.0
        if layer in TELLING:
            return max(0.0, -IN_FRONT * ahead)
        return max(0.0, IN_FRONT / 2 * ahead) if layer in FRAMING else 0.0

    def _units(self, slot: Slot, stream: Stream) -> Sequence[Unit]:
        own = self._source
        kind = slot.key.split("/")[0]
        if kind == "harmony" and own.key == BASE:
            return self._base_harmony(slot, stream)
        of_kind: dict[str, Sequence[Unit]] = {
            "harmony": own.harmony,
            "drums": own.drums,
            "fill": own.fills,
            "groove": own.grooves,
            "bass": own.bass,
            "comp": own.comp,
            "pad": own.pads,
            "arp": own.arps,
            "rhythm": own.rhythms,
            "contour": own.contours,
            "form": own.forms,
            "sound": own.sounds,
        }
        return _few(of_kind[kind], stream)

    def _base_harmony(self, slot: Slot, stream: Stream) -> Sequence[Unit]:
        mode = self._plan.mode
        grown = [
            grow_loop(self._base.grammars[mode], mode, stream.split("grow", n), f"{slot.key}/{n}")
            for n in range(GROWN_LOOPS)
        ]
        return [*_few(self._base.loops[mode], stream), *grown]


def _few(units: Sequence[Unit], stream: Stream) -> Sequence[Unit]:
    """Draw from a catalogue of many recordings, so that no song takes longer for its size."""
    if len(units) <= MOST_CANDIDATES:
        return units
    return sorted(units, key=lambda unit: (stream.split("few", unit.id).unit(), unit.id))[
        :MOST_CANDIDATES
    ]

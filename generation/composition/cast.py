"""The cast of a song: which unit of which source fills each slot, and whom that is owed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from generation.attribution.shares import BASE, Shares, blend
from generation.composition.slots import GLUE
from generation.composition.units import Unit

U = TypeVar("U", bound=Unit)


@dataclass(frozen=True)
class Cast:
    """``units`` and ``owners`` by slot key; ``planned`` is each source's part of the slots."""

    units: Mapping[str, Unit]
    owners: Mapping[str, str]
    planned: Mapping[str, float]
    eased: float

    def unit(self, slot: str, kind: type[U]) -> U:
        """Return the unit of ``slot``, which is a ``kind``."""
        unit = self.units[slot]
        if not isinstance(unit, kind):
            raise TypeError(f"{slot} holds {type(unit).__name__}, not {kind.__name__}")
        return unit

    def owe(self, parts: Shares, glue: Shares | None = None) -> dict[str, float]:
        """Return the shares of what is made of ``parts``.

        Keys of ``parts`` are slots, :data:`BASE`, or :data:`GLUE` for what ``glue`` divides.
        """
        whole: list[tuple[float, Shares]] = []
        for key, part in parts.items():
            if key == GLUE and glue is not None:
                whole.append((part, glue))
            else:
                whole.append((part, {BASE if key == BASE else self.owners[key]: 1.0}))
        return blend(whole)

"""Options and edits from JSON to what Mosaic composes by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generation.attribution.shares import BASE
from generation.composition.edits import (
    ChangeEnergy,
    ChangeKey,
    ChangeLength,
    ChangeTempo,
    Edit,
    Extend,
    RerollLayer,
    RerollSection,
    Reweigh,
)
from generation.composition.mining.source import source_key
from generation.composition.plan import Options
from generation.engines.base import GenerationSpec

PPM = 1_000_000


def options_of(spec: GenerationSpec, seed: int) -> Options:
    """Return the options with one of the seeds that are tried."""
    wishes = {**spec.options, "instruments": tuple(spec.options.get("instruments") or ())}
    return Options(seed=seed, **wishes)


def weights_of(spec: GenerationSpec) -> dict[str, float]:
    """Return what each source and the base should get, by the keys of the ledger."""
    weights = {source_key(source.isrc): source.weight_ppm / PPM for source in spec.sources}
    return weights | {BASE: spec.base.weight_ppm / PPM}


def edit_of(spec: GenerationSpec, seed: int) -> Edit:
    """Return the edit; where it draws anything it does so from ``seed``."""
    said: Mapping[str, Any] = spec.edit or {}
    match said["kind"]:
        case "reroll_section":
            return RerollSection(said["section"], seed, said["everywhere"])
        case "reroll_layer":
            return RerollLayer(said["layer"], seed)
        case "tempo":
            return ChangeTempo(said["bpm"])
        case "key":
            return ChangeKey(said["tonic"], said["mode"], seed)
        case "energy":
            return ChangeEnergy(said["energy"])
        case "length":
            return ChangeLength(said["seconds"])
        case "extend":
            return Extend(said["role"], said["bars"])
        case _:
            return Reweigh(weights_of(spec))

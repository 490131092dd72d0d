"""What a creator may change about a song, as values that can be stored, and what each will touch.

Nothing here composes: an edit and its parent give an :class:`Outline`, the new plan, where each of
its sections comes from, and what must be written anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from generation.attribution.policy import Layer
from generation.attribution.shares import BASE
from generation.composition.chords import Mode
from generation.composition.codec import ShapeError, from_plain, to_plain
from generation.composition.composition import Composition
from generation.composition.errors import OptionsInvalidError
from generation.composition.outlines import (
    Outline,
    changed_length,
    extended,
    retagged,
)
from generation.composition.plan import LEAST_BPM, LEAST_S, MOST_BPM, MOST_S, Options, Plan
from generation.composition.units import Role

LayerName = Literal["melody", "harmony", "drums", "bass", "comp", "pad", "arp"]
LAYER_OF: dict[LayerName, Layer] = {
    "melody": Layer.MOTIF,
    "harmony": Layer.HARMONY,
    "drums": Layer.DRUMS,
    "bass": Layer.BASS,
    "comp": Layer.COMP,
    "pad": Layer.PAD,
    "arp": Layer.ARP,
}
FOLLOW_THE_CHORDS = (Layer.MOTIF, Layer.BASS, Layer.COMP, Layer.PAD, Layer.ARP)
EXTEND_BARS = (4, 8, 12, 16)
MOST_BARS = 160
LONGEST_S = 1.25 * MOST_S
"""Of a song after an edit: what is played and mixed stands in memory, 4 MB for each second."""


@dataclass(frozen=True)
class Edit:
    """One wish; a new version is the parent and one edit."""


@dataclass(frozen=True)
class RerollSection(Edit):
    """Write section ``index`` anew; with ``everywhere`` all sections of its role, alike."""

    index: int
    seed: int
    everywhere: bool = False


@dataclass(frozen=True)
class RerollLayer(Edit):
    """Write one layer anew in the whole song; new harmony takes every pitched part with it."""

    layer: LayerName
    seed: int


@dataclass(frozen=True)
class ChangeTempo(Edit):
    """The same notes faster or slower."""

    bpm: float


@dataclass(frozen=True)
class ChangeKey(Edit):
    """Another tonic (0 is C): the same notes moved. Another mode: new harmony."""

    tonic: int
    mode: Mode | None = None
    seed: int = 0


@dataclass(frozen=True)
class ChangeEnergy(Edit):
    """The same notes played with more force or less, 0 to 1."""

    energy: float


@dataclass(frozen=True)
class ChangeLength(Edit):
    """Whole sections repeated or left out until the song is about so long."""

    seconds: float


@dataclass(frozen=True)
class Extend(Edit):
    """The last section of ``role`` comes ``bars`` longer, by its own music."""

    role: Role
    bars: int


@dataclass(frozen=True)
class Reweigh(Edit):
    """More or less of some sources: ``weights`` by key, the base's under ``base``; normalised."""

    weights: Mapping[str, float]


def edit_as_json(edit: Edit) -> dict[str, Any]:
    """Return ``edit`` as a JSON object whose ``is`` names its kind."""
    plain: dict[str, Any] = to_plain(edit, Edit)
    return plain


def edit_from_json(data: Mapping[str, Any]) -> Edit:
    """Return the edit that :func:`edit_as_json` wrote.

    Raises
    ------
    OptionsInvalidError
        If ``data`` is no edit.
    """
    try:
        edit: Edit = from_plain(dict(data), Edit)
    except ShapeError as wrong:
        raise OptionsInvalidError(str(wrong)) from wrong
    return edit


def is_pure(parent: Plan, edit: Edit) -> bool:
    """Tell whether every note stays: only tempo, pitch or force of all of them changes."""
    if isinstance(edit, ChangeKey):
        return edit.mode in (None, parent.mode)
    return isinstance(edit, ChangeTempo | ChangeEnergy)


def require_possible(parent: Composition, edit: Edit) -> None:
    """Raise :class:`OptionsInvalidError` when ``edit`` asks for what no song can be."""
    plan = parent.score.plan
    match edit:
        case ChangeTempo(bpm=bpm) if not LEAST_BPM <= bpm <= MOST_BPM:
            raise OptionsInvalidError(f"{bpm:g} BPM; choose {LEAST_BPM:g} to {MOST_BPM:g}")
        case ChangeTempo(bpm=bpm):
            _require_room(plan, replace(plan, bpm=bpm))
        case ChangeKey(tonic=tonic) if tonic not in range(12):
            raise OptionsInvalidError(f"tonic {tonic}; choose 0 (C) to 11 (B)")
        case ChangeEnergy(energy=energy) if not 0 <= energy <= 1:
            raise OptionsInvalidError(f"energy {energy:g}; choose 0 to 1")
        case ChangeLength(seconds=seconds) if not LEAST_S <= seconds <= MOST_S:
            raise OptionsInvalidError(f"{seconds:g} s; choose {LEAST_S:g} to {MOST_S:g}")
        case Extend():
            _require_extension(plan, edit)
        case RerollSection(index=index) if not 0 <= index < len(plan.sections):
            raise OptionsInvalidError(f"section {index}; the song has {len(plan.sections)}")
        case RerollLayer(layer=layer):
            _require_layer(plan, layer)
        case Reweigh(weights=weights):
            _require_weights(parent, weights)


def _require_extension(plan: Plan, edit: Extend) -> None:
    if edit.bars not in EXTEND_BARS or plan.bars + edit.bars > MOST_BARS:
        raise OptionsInvalidError(
            f"{edit.bars} bars more; choose 4, 8, 12 or 16 and at most {MOST_BARS} in all"
        )
    if all(section.role != edit.role for section in plan.sections):
        raise OptionsInvalidError(f"the song has no {edit.role}")
    _require_room(plan, plan, edit.bars)


def _require_room(before: Plan, after: Plan, more_bars: int = 0) -> None:
    """Refuse a song that would be longer than any may be, and longer than it is."""
    seconds = (after.bars + more_bars) * after.bar_s
    if seconds > max(LONGEST_S, before.bars * before.bar_s):
        raise OptionsInvalidError(
            f"the song would last {seconds:.0f} s, and at most {LONGEST_S:.0f} are made; "
            "shorten it first"
        )


def _require_layer(plan: Plan, name: str) -> None:
    layer = next((layer for own, layer in LAYER_OF.items() if own == name), None)
    if layer is None:
        raise OptionsInvalidError(f"layer {name!r:.20}; choose {', '.join(LAYER_OF)}")
    if layer is not Layer.HARMONY and all(layer not in s.layers for s in plan.sections):
        raise OptionsInvalidError(f"the song has no {name}")


def _require_weights(parent: Composition, weights: Mapping[str, float]) -> None:
    missing = sorted({*parent.weights, BASE} - weights.keys())
    if missing:
        raise OptionsInvalidError(f"no weight for {', '.join(missing)}")
    if any(not 0 <= weight < float("inf") for weight in weights.values()) or not any(
        weights.values()
    ):
        raise OptionsInvalidError("weights are 0 or more, and one of them is above 0")


def outline(parent: Composition, edit: Edit) -> Outline:
    """Return the plan after ``edit`` and what of it is written anew.

    Raises
    ------
    OptionsInvalidError
        If the edit asks for what no song can be.
    """
    require_possible(parent, edit)
    plan = parent.score.plan
    match edit:
        case RerollSection(index=index, seed=seed, everywhere=everywhere):
            own = plan.sections[index]
            keys = {s.key for s in plan.sections if s.role == own.role} if everywhere else {own.key}
            return retagged(plan, seed, {(key, layer) for key in keys for layer in Layer})
        case RerollLayer(layer=layer, seed=seed):
            return _new_layer(plan, LAYER_OF[layer], seed)
        case ChangeKey(tonic=tonic, mode=mode, seed=seed) if not is_pure(plan, edit):
            made = _new_layer(plan, Layer.HARMONY, seed)
            home = mode or plan.mode
            moved = replace(made.plan, mode=home, tonic=(tonic + 3 * (home == "minor")) % 12)
            return replace(made, plan=moved)
        case Extend(role=role, bars=bars):
            return extended(plan, role, bars)
        case ChangeLength(seconds=seconds):
            return changed_length(plan, seconds)
        case _:
            return retagged(plan, 0, set())


def _new_layer(plan: Plan, layer: Layer, seed: int) -> Outline:
    tagged = {(section.key, layer) for section in plan.sections}
    made = retagged(plan, seed, tagged)
    if layer is not Layer.HARMONY:
        return made
    followers = {(s.key, one) for s in plan.sections for one in FOLLOW_THE_CHORDS}
    return replace(made, rewrite=made.rewrite | followers)


def edited_options(options: Options, edit: Edit) -> Options:
    """Return the options that describe the song after ``edit``."""
    match edit:
        case ChangeTempo(bpm=bpm):
            return replace(options, bpm=bpm)
        case ChangeKey(tonic=tonic, mode=mode):
            return replace(options, tonic=tonic, mode=mode or options.mode)
        case ChangeEnergy(energy=energy):
            return replace(options, energy=energy)
        case ChangeLength(seconds=seconds):
            return replace(options, seconds=seconds)
        case _:
            return options

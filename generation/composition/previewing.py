"""What an edit will do, in numbers that a page can word before anything is composed."""

from __future__ import annotations

from dataclasses import dataclass

from generation.attribution.policy import Layer
from generation.composition.composition import Composition
from generation.composition.edits import LAYER_OF, ChangeTempo, Edit, Reweigh, is_pure, outline
from generation.composition.outlines import DECIDED, Outline, Pair, section_of
from generation.composition.plan import Plan


@dataclass(frozen=True)
class EditPlan:
    """What an edit will do, in numbers: ``notes_kept`` sound as before, ``notes_new`` are written
    anew, ``notes_copied`` are repeated from what stands already.

    ``sections`` and ``layers`` name what changes; ``is_pure`` says that notes only move in pitch,
    tempo or force; ``may_rebalance`` that small parts elsewhere (the colour of a section, then its
    accompaniment) may change hands so that every share stays within a point of its weight.
    """

    kind: str
    is_pure: bool
    sections: tuple[tuple[int, str], ...]
    layers: tuple[str, ...]
    notes_kept: int
    notes_new: int
    notes_copied: int
    bars_before: int
    bars_after: int
    seconds_before: float
    seconds_after: float
    may_rebalance: bool


def preview(parent: Composition, edit: Edit) -> EditPlan:
    """Return what ``edit`` will change and what will stay, without composing.

    Raises
    ------
    OptionsInvalidError
        If the edit asks for what no song can be.
    """
    plan = parent.score.plan
    after = outline(parent, edit)
    bar_s = 240.0 / edit.bpm if isinstance(edit, ChangeTempo) else plan.bar_s
    counts = _counts(parent, after)
    sections = {key for key, layer in after.rewrite if layer not in DECIDED}
    sections |= {s.key for s in after.plan.sections if after.origins[s.key].is_copy}
    layers = {layer for key, layer in after.rewrite if _plays(after.plan, key, layer)}
    if isinstance(edit, Reweigh):
        sections, layers = {s.key for s in plan.sections}, set(LAYER_OF.values())
    return EditPlan(
        kind=type(edit).__name__,
        is_pure=is_pure(plan, edit),
        sections=tuple((s.index, s.role) for s in after.plan.sections if s.key in sections),
        layers=tuple(name for name, layer in LAYER_OF.items() if layer in layers),
        notes_kept=counts[0],
        notes_new=counts[1],
        notes_copied=counts[2],
        bars_before=plan.bars,
        bars_after=after.plan.bars,
        seconds_before=plan.bars * plan.bar_s,
        seconds_after=after.plan.bars * bar_s,
        may_rebalance=not is_pure(plan, edit),
    )


def _plays(plan: Plan, key: str, layer: Layer) -> bool:
    section = next(s for s in plan.sections if s.key == key)
    return layer is Layer.HARMONY or layer in section.layers


def _counts(parent: Composition, after: Outline) -> tuple[int, int, int]:
    """Count the notes kept, written anew and copied; what is written anew is as many as stood there."""
    notes: dict[Pair, list[int]] = {}
    plan = parent.score.plan
    for event in parent.score.events:
        section, bar = section_of(plan, event)
        notes.setdefault((section.key, event.layer), []).append(bar)
    kept = new = copied = 0
    for section in after.plan.sections:
        origin = after.origins[section.key]
        for layer in Layer:
            bars = notes.get((origin.section.key, layer), [])
            here = sum(
                start <= bar < start + count
                for start, _, count in origin.runs(section.bars)
                for bar in bars
            )
            if (section.key, layer) in after.rewrite:
                new += here
            elif origin.is_copy:
                copied += here
            else:
                kept += here
    return kept, new, copied

"""A new version of a song: the parent with one edit, what is kept kept to the note.

The parent's notes are carried over as they stand. What the edit opens is cast by the same quota and
written by the same players as a new song, with the shares of everything kept as given; if that does
not bring every source to its weight, more slots may change hands, from those that are heard least.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from generation.attribution.errors import NothingPossibleError, QuotaInfeasibleError
from generation.attribution.policy import POLICIES, Layer, Policy
from generation.attribution.shares import BASE
from generation.composition.base import BasePack
from generation.composition.carrying import (
    Carried,
    carry,
    kind_of,
    renamed_parts,
    slots_of,
)
from generation.composition.cast import Cast
from generation.composition.compose import asked_weights
from generation.composition.composition import Composition
from generation.composition.edits import (
    ChangeEnergy,
    ChangeKey,
    ChangeLength,
    ChangeTempo,
    Edit,
    Extend,
    Reweigh,
    is_pure,
    outline,
    require_possible,
)
from generation.composition.errors import EditOutOfReachError
from generation.composition.ledger import weigh_slots
from generation.composition.melody import gather_singer
from generation.composition.outlines import Outline, Pair, section_of
from generation.composition.plan import Options, Section
from generation.composition.recasting import Opening, Standing, recast
from generation.composition.rewriting import Rewriter
from generation.composition.score import Decision, Event, Score
from generation.composition.slots import GLUE, slot_table
from generation.composition.transposing import with_energy, with_tempo, with_tonic
from generation.composition.units import SourceModel

KEPT_MARK = "="
"""Before a source's key: what it is owed by notes that stand."""
ROUNDS = 3
"""Castings tried with one set of open slots: masses are estimates until they are measured."""
NEAR_ENOUGH, MOST_OFF = 0.0085, 0.01
FRAME = frozenset({"form", "sound"})
BACKGROUND = FRAME | {"fill", "groove", "pad", "arp", "comp"}
BAND = BACKGROUND | {"drums", "bass"}
EVERYTHING = BAND | {"harmony", "rhythm", "contour"}
NOTHING: frozenset[str] = frozenset()
FRAME_PRICE = 1.5
"""The frame is not heard as notes: when weights are changed, it should not be all that moves."""


@dataclass(frozen=True)
class _Job:
    """Everything that does not change while an edit is being tried."""

    parent: Composition
    outline: Outline
    carried: Carried
    sources: Sequence[SourceModel]
    base: BasePack
    asked: Mapping[str, float]
    policy: Policy


def recompose(
    parent: Composition,
    edit: Edit,
    sources: Sequence[SourceModel],
    base: BasePack,
    weights: Mapping[str, float],
    options: Options,
) -> Composition:
    """Return ``parent`` with ``edit``: a pure function of its arguments, byte for byte.

    What the edit does not ask for keeps its events, shares and derivation; only times move where
    sections are put in or taken out. Decisions on form and colour, and after those the accompaniment,
    may change hands where an edit of the form or of the weights needs it.

    Parameters
    ----------
    sources
        The songs of the parent; one of weight 0 leaves the song.
    weights
        As for :func:`compose`; :class:`Reweigh` brings its own.
    options
        Those of the parent; only ``variation`` matters here, the rest is in the parent's plan.

    Raises
    ------
    OptionsInvalidError
        If the edit or a weight is out of range.
    EditOutOfReachError
        If the song could not keep every share within one point; the message says what to do.
    """
    require_possible(parent, edit)
    if is_pure(parent.score.plan, edit):
        return _pure(parent, edit)
    wanted = edit.weights if isinstance(edit, Reweigh) else weights
    asked = asked_weights(sources, wanted)
    plan = outline(parent, edit)
    plan = replace(plan, plan=replace(plan.plan, variation=options.variation))
    used = sorted((s for s in sources if asked[s.key] > 0), key=lambda s: s.key)
    job = _Job(parent, plan, carry(parent.score, plan), used, base, asked, POLICIES[parent.policy])
    best: Composition | None = None
    cause = ""
    for kinds in _ladder(edit):
        try:
            made = _try(job, kinds, edit, sources)
        except (QuotaInfeasibleError, NothingPossibleError) as refused:
            cause = refused.message
            continue
        best = made if best is None else min(best, made, key=lambda one: one.largest_error)
        if best.largest_error <= NEAR_ENOUGH:
            break
    if best is None or best.largest_error > MOST_OFF:
        raise EditOutOfReachError(_why(best, cause), _advice(edit))
    return best


def _pure(parent: Composition, edit: Edit) -> Composition:
    if isinstance(edit, ChangeTempo):
        return with_tempo(parent, edit.bpm)
    made = parent
    if isinstance(edit, ChangeKey):
        made = with_tonic(parent, edit.tonic)
    elif isinstance(edit, ChangeEnergy):
        made = with_energy(parent, edit.energy)
    if made.largest_error > MOST_OFF:
        raise EditOutOfReachError(_why(made, ""), "choose an energy nearer to the present one")
    return made


def _ladder(edit: Edit) -> tuple[frozenset[str], ...]:
    """Return the kinds of slots that may change hands, one try after the other."""
    if isinstance(edit, Reweigh):
        return BAND, EVERYTHING
    if isinstance(edit, ChangeLength | Extend):
        return NOTHING, FRAME, BACKGROUND, BAND, EVERYTHING
    return NOTHING, FRAME


def _why(made: Composition | None, cause: str) -> str:
    if made is None:
        return cause or "nothing that fits was found"
    key = max(made.weights, key=lambda k: (abs(made.shares.get(k, 0.0) - made.weights[k]), k))
    return (
        f"{key} would have {made.shares.get(key, 0.0):.1%} of it and should have "
        f"{made.weights[key]:.1%}"
    )


def _advice(edit: Edit) -> str:
    if isinstance(edit, Reweigh):
        return "move the weights less, or make a new song with them"
    if isinstance(edit, ChangeLength | Extend):
        return "choose another length, or make a new song of that length"
    return "try another seed, re-roll more at once, or make a new song"


def _try(
    job: _Job, kinds: frozenset[str], edit: Edit, sources: Sequence[SourceModel]
) -> Composition:
    """Cast and write with slots of ``kinds`` open, measure, and try again with what was measured."""
    plan, policy = job.outline.plan, job.policy
    leaving = {source.key for source in sources if job.asked[source.key] <= 0}
    opening = _opening(job, kinds, leaving, 1.0 if not isinstance(edit, Reweigh) else FRAME_PRICE)
    opened = _opened(job, opening, leaving)
    slots = {slot.key: slot for slot in slot_table(plan, policy).slots}
    choir = gather_singer(plan, job.sources, job.base, policy, heard=sources)
    rewriter = Rewriter(job.outline, job.parent, job.carried, job.base, job.asked, policy, choir)
    score = rewriter.stand_in()
    best: Composition | None = None
    for attempt in range(ROUNDS):
        standing = _standing(job, score, opened)
        args = (job.parent.cast, slots, job.sources, job.base, job.asked)
        try:
            cast = recast(plan, standing, opening, *args)
        except QuotaInfeasibleError:
            # Measured masses can be harder to divide than estimated ones; what exists stays.
            if best is None:
                raise
            break
        made = rewriter.write(cast, _changed(job, cast, opened, leaving), attempt)
        score = made.score
        best = made if best is None else min(best, made, key=lambda one: one.largest_error)
        if best.largest_error <= NEAR_ENOUGH:
            break
    if best is None:
        raise NothingPossibleError("an edit")
    return best


def _things(carried: Carried, pair: Pair) -> list[Event | Decision]:
    return [*carried.events.get(pair, ()), *carried.decisions.get(pair, ())]


def _opening(
    job: _Job, kinds: frozenset[str], leaving: AbstractSet[str], frame_price: float
) -> Opening:
    """Return the new slots of what is rewritten, and the standing ones that may change hands."""
    fresh: dict[str, set[str]] = {}
    soft: dict[str, float] = {}
    owners, units = job.parent.cast.owners, job.parent.cast.units
    for section in job.outline.plan.sections:
        for layer in Layer:
            pair = (section.key, layer)
            for key, before in slots_of(_things(job.carried, pair), section).items():
                if key not in owners:
                    fresh.setdefault(key, set()).update(units[old].id for old in before)
                elif kind_of(key) in kinds or owners[key] in leaving:
                    soft[key] = frame_price if kind_of(key) in FRAME else 1.0
    return Opening({key: frozenset(ids) for key, ids in fresh.items()}, soft)


def _opened(job: _Job, opening: Opening, leaving: AbstractSet[str]) -> frozenset[Pair]:
    """Return what may be written anew: what the edit asks for, and whatever an open slot made."""
    opened = set(job.outline.rewrite)
    free = opening.fresh.keys() | opening.soft.keys()
    for section in job.outline.plan.sections:
        for layer in Layer:
            things = _things(job.carried, (section.key, layer))
            owing = any(key in leaving for thing in things for key in thing.shares)
            if owing or slots_of(things, section).keys() & free:
                opened.add((section.key, layer))
        if (section.key, Layer.HARMONY) in opened:
            # A melody is sung over its chords.
            opened.add((section.key, Layer.MOTIF))
    return frozenset(opened)


def _standing(job: _Job, score: Score, opened: frozenset[Pair]) -> Standing:
    """Weigh ``score``: by source what is closed, by slot what is open."""
    plan = job.outline.plan

    def parts(thing: Event | Decision, section: Section) -> dict[str, float]:
        if (section.key, thing.layer) in opened:
            return renamed_parts(thing.parts, section)
        return {KEPT_MARK + key: share for key, share in thing.shares.items()}

    events = tuple(replace(e, parts=parts(e, section_of(plan, e)[0])) for e in score.events)
    decisions = tuple(replace(d, parts=parts(d, plan.section_at(d.bar))) for d in score.decisions)
    masses = weigh_slots(replace(score, events=events, decisions=decisions), job.policy)
    return Standing(
        fixed={key[1:]: mass for key, mass in masses.items() if key.startswith(KEPT_MARK)},
        slots={
            key: mass
            for key, mass in masses.items()
            if not key.startswith(KEPT_MARK) and key not in (BASE, GLUE)
        },
        base=masses.get(BASE, 0.0),
        glue=masses.get(GLUE, 0.0),
    )


def _changed(
    job: _Job, cast: Cast, opened: frozenset[Pair], leaving: AbstractSet[str]
) -> frozenset[Pair]:
    """Return what must be written: what was asked for, and what a slot that changed hands made."""
    before = job.parent.cast
    changed = set(job.outline.rewrite)
    for section in job.outline.plan.sections:
        for layer in Layer:
            things = _things(job.carried, (section.key, layer))
            if (section.key, layer) not in opened:
                continue
            gone = any(key in leaving for thing in things for key in thing.shares)
            moved = any(
                (cast.owners[key], cast.units[key].id) != (before.owners[old], before.units[old].id)
                for key, olds in slots_of(things, section).items()
                for old in olds
            )
            if gone or moved:
                changed.add((section.key, layer))
        if (section.key, Layer.HARMONY) in changed:
            changed.add((section.key, Layer.MOTIF))
    if any(layer is Layer.MOTIF for _, layer in changed - job.outline.rewrite):
        # One melody, one balance: the glue of all of it is divided again.
        changed |= {pair for pair in opened if pair[1] is Layer.MOTIF}
    return frozenset(changed)

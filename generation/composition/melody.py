"""The lead: every distinct cell sung once, developed where the form says so, laid in all its places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

import numpy as np

from generation.attribution.copy_guard import CopyGuard
from generation.attribution.deficit import DeficitController
from generation.attribution.errors import NothingPossibleError
from generation.attribution.policy import Policy
from generation.attribution.shares import BASE
from generation.composition.base import BasePack
from generation.composition.cells import Cell, cell_strokes, lay_cells
from generation.composition.choir import Choir, LeadNote
from generation.composition.chords import Chord
from generation.composition.judging import judge
from generation.composition.plan import Plan
from generation.composition.seams import repair
from generation.composition.singer import LONG_STEPS, Doubles, Singer, State, Sung, Task
from generation.composition.stream import Stream
from generation.composition.units import STEPS, ContourUnit, RhythmUnit, Role, SourceModel
from generation.composition.vom import WIDEST, MarkovModel

ATTEMPTS = {"theme": 10, "sequence": 1, "contrast": 8, "return": 6}
RANGES: dict[Role, tuple[int, int, float]] = {
    "verse": (59, 73, 64.0),
    "pre": (60, 75, 68.0),
    "chorus": (62, 77, 70.0),
    "bridge": (60, 76, 68.0),
}
"""Lowest, highest and central MIDI pitch: the chorus lies a third to a fourth above the verse."""
SHIFTS = (0, 1, -1, 2, -2, 3, -3)
PRIOR_PART, PRIOR_WIDTH = 0.4, 1.7
HEAD_STEPS = 16
ENDLESS = 40
MOVED, STILL = 0.12, 0.3
"""What a note that had to move, and a sequence that stays where it was, cost against the rest."""


class BaseSinger(MarkovModel):
    """The base model's notion of melody: its authored contours, and that small steps are usual."""

    def __init__(self, lines: Sequence[Sequence[int]]) -> None:
        super().__init__(lines)
        prior = np.exp(-np.abs(np.arange(-WIDEST, WIDEST + 1)) / PRIOR_WIDTH)
        self._prior = prior / prior.sum()

    def next(self, context: Sequence[int]) -> tuple[Doubles, int]:
        """Return the distribution of the next step and the order that was known."""
        p, order = super().next(context)
        return (1 - PRIOR_PART) * p + PRIOR_PART * self._prior, order


def gather_singer(
    plan: Plan,
    sources: Sequence[SourceModel],
    base: BasePack,
    policy: Policy,
    heard: Sequence[SourceModel] | None = None,
) -> tuple[Singer, tuple[str, ...]]:
    """Train the experts and fill the copy guard; return the singer and the experts' keys.

    The guard knows ``heard`` (``sources`` when None): who no longer sings is not copied either.
    """
    singing = [source for source in sources if source.lines]
    experts = [BaseSinger(base.source.lines), *(MarkovModel(s.lines) for s in singing)]
    guard = CopyGuard(
        line for source in (base.source, *(heard or sources)) for line in source.heard
    )
    singer = Singer(experts, guard, 60 + plan.tonic, plan.mode, policy)
    return singer, (BASE, *(source.key for source in singing))


def write_lead(
    choir: Choir,
    targets: Mapping[str, float],
    attempt: int = 0,
    sections: AbstractSet[str] | None = None,
    kept: Sequence[tuple[int, int]] = (),
) -> list[LeadNote]:
    """Return the lead.

    Parameters
    ----------
    targets
        How the glue should be divided among the experts.
    sections
        Keys of the sections to sing; all when None.
    kept
        (sixteenth, pitch) of the notes that stand already in the others.

    Raises
    ------
    NothingPossibleError
        If a cell cannot be sung at all.
    """
    cells = [
        cell
        for cell in lay_cells(choir.plan)
        if sections is None or choir.plan.section_at(cell.bars[0]).key in sections
    ]
    wanted = np.array([max(0.0, targets.get(key, 0.0)) for key in choir.keys])
    controller = DeficitController(wanted if wanted.sum() > 0 else np.eye(len(choir.keys))[0])
    state = State(controller)
    stream = Stream(choir.plan.seed, "melody").split(attempt)
    sung: dict[str, tuple[Task, list[Sung]]] = {}
    for cell in cells:
        task = _task(choir, cell)
        if cell.kind != "theme" and cell.theme in sung:
            task = _develop(choir, cell, task, sung[cell.theme])
        tries = ATTEMPTS[cell.kind]
        best, state = _best(choir, task, tries, state, stream.split(cell.identity))
        sung[cell.identity] = (task, best)
    return repair(choir, _lay(choir, cells, sung), kept)


def _task(choir: Choir, cell: Cell) -> Task:
    first = cell.bars[0] * STEPS
    unit = choir.cast.unit(cell.rhythm_slot, RhythmUnit)
    strokes = [stroke for stroke, _ in cell_strokes(unit, cell.closing, breathes=cell.breathes)]
    low, high, centre = RANGES[cell.role]
    contour: tuple[int, ...] = ()
    if cell.kind == "theme":
        contour = choir.cast.unit(cell.contour_slot, ContourUnit).steps
    return Task(
        strokes=tuple((stroke.step, stroke.length) for stroke in strokes),
        chords=tuple(choir.harmony.at(first + stroke.step) for stroke in strokes),
        first_step=first,
        low=low,
        high=high,
        centre=centre,
        closing=cell.closing,
        contour=contour,
        places=len(cell.bars),
    )


def _develop(choir: Choir, cell: Cell, task: Task, theme: tuple[Task, list[Sung]]) -> Task:
    """Give the notes that a cell takes from its theme: all of a sequence, the head of a return."""
    if cell.kind == "contrast":
        # The answer starts higher than the question.
        return replace(task, centre=task.centre + 2)
    until = HEAD_STEPS if cell.kind == "return" else ENDLESS
    own = [note for note in theme[1] if note.step < until]
    # A closing note is sung for the chord it closes on, whatever the theme had there.
    strokes = task.strokes[:-1] if cell.closing not in ("", "onward") else task.strokes
    head = [
        (note, chord)
        for note, chord, stroke in zip(own, task.chords, strokes, strict=False)
        if note.step == stroke[0] and (note is not own[-1] or cell.kind != "return" or len(own) < 3)
    ]
    if not head:
        return task
    shifts = SHIFTS if cell.kind == "sequence" else (0,)
    tries = [_shifted(choir, task, head, shift) for shift in shifts]
    worth = [
        judge(task, notes) - MOVED * sum(note.changed for note in notes) - STILL * (shift == 0)
        for notes, shift in zip(tries, shifts, strict=True)
    ]
    return replace(task, given=tuple(tries[worth.index(max(worth))]))


def _shifted(
    choir: Choir, task: Task, head: Sequence[tuple[Sung, Chord]], shift: int
) -> list[Sung]:
    """Move notes by scale steps; those that clash on a beat or leave the range move to a neighbour."""
    notes = []
    for number, (note, chord) in enumerate(head):
        wanted = note.degree + shift
        clash = note.step % 8 == 0 or note.length >= LONG_STEPS
        fits = [
            degree
            for degree in (wanted, wanted - 1, wanted + 1, wanted - 2, wanted + 2, wanted - 5)
            if task.low <= choir.singer.pitch(degree, chord) <= task.high
            and (not clash or degree % 7 in chord.degrees)
        ]
        degree = fits[0] if fits else wanted
        changed = degree != wanted or note.changed
        step, length = task.strokes[number]
        notes.append(
            replace(
                note,
                step=step,
                length=length,
                degree=degree,
                pitch=choir.singer.pitch(degree, chord),
                owed=np.eye(len(choir.keys))[0] if changed else note.owed,
                follows=note.follows and not changed,
                changed=changed,
                ops=(*note.ops, f"shift {shift:+d}") if shift else note.ops,
            )
        )
    return notes


def _best(
    choir: Choir, task: Task, attempts: int, state: State, stream: Stream
) -> tuple[list[Sung], State]:
    """Sing several times and keep the best; the controller goes on from that one."""
    tries = []
    for number in range(attempts):
        try:
            notes, after = choir.singer.sing(task, state, stream.split(number))
        except NothingPossibleError:
            continue
        tries.append((judge(task, notes), -number, notes, after))
    if not tries:
        # Without its given notes and its contour there is nearly always a way out.
        free = replace(task, given=(), contour=())
        return choir.singer.sing(free, state, stream.split("free"))
    best = max(tries, key=lambda one: one[:2])
    return best[2], best[3]


def _lay(
    choir: Choir, cells: Sequence[Cell], sung: Mapping[str, tuple[Task, list[Sung]]]
) -> list[LeadNote]:
    line = []
    for cell in cells:
        unit = choir.cast.unit(cell.rhythm_slot, RhythmUnit)
        changed = [
            altered for _, altered in cell_strokes(unit, cell.closing, breathes=cell.breathes)
        ]
        for bar in cell.bars:
            for note, altered in zip(sung[cell.identity][1], changed, strict=True):
                line.append(LeadNote(cell, bar * STEPS + note.step, note, altered))
    return sorted(line, key=lambda lead: lead.start)

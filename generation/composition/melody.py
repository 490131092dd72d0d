"""The lead: every distinct cell sung once, developed where the form says so, laid in all its places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from generation.attribution.copy_guard import CopyGuard
from generation.attribution.deficit import DeficitController
from generation.attribution.errors import NothingPossibleError
from generation.attribution.policy import Policy
from generation.attribution.shares import BASE
from generation.composition.base import BasePack
from generation.composition.cast import Cast
from generation.composition.cells import Cell, cell_strokes, lay_cells
from generation.composition.chords import Chord
from generation.composition.harmony import Harmony
from generation.composition.judging import judge
from generation.composition.plan import Plan
from generation.composition.singer import LONG_STEPS, Doubles, Singer, State, Sung, Task
from generation.composition.slots import GLUE
from generation.composition.stream import Stream
from generation.composition.units import STEPS, ContourUnit, RhythmUnit, Role, SourceModel
from generation.composition.vom import WIDEST, MarkovModel

ATTEMPTS = {"theme": 12, "sequence": 1, "contrast": 10, "return": 8}
RANGES: dict[Role, tuple[int, int, float]] = {
    "verse": (59, 73, 65.0),
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


@dataclass(frozen=True)
class LeadNote:
    """A note of the whole line: sixteenth of the song, and what :class:`Sung` says of it."""

    cell: Cell
    start: int
    note: Sung
    rhythm_changed: bool


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


@dataclass(frozen=True)
class Choir:
    """Everything that does not change while the melody is being tried with other targets."""

    plan: Plan
    cast: Cast
    harmony: Harmony
    policy: Policy
    singer: Singer
    keys: tuple[str, ...]
    """Experts in order: the base, then the sources that sing."""


def gather_singer(
    plan: Plan, sources: Sequence[SourceModel], base: BasePack, policy: Policy
) -> tuple[Singer, tuple[str, ...]]:
    """Train the experts and fill the copy guard; return the singer and the experts' keys."""
    singing = [source for source in sources if source.lines]
    experts = [BaseSinger(base.source.lines), *(MarkovModel(s.lines) for s in singing)]
    guard = CopyGuard(line for source in sources for line in source.heard)
    singer = Singer(experts, guard, 60 + plan.tonic, plan.mode, policy)
    return singer, (BASE, *(source.key for source in singing))


def write_lead(choir: Choir, targets: Mapping[str, float], attempt: int = 0) -> list[LeadNote]:
    """Return the lead; ``targets`` says how the glue should be divided among the experts.

    Raises
    ------
    NothingPossibleError
        If a cell cannot be sung at all.
    """
    wanted = np.array([max(0.0, targets.get(key, 0.0)) for key in choir.keys])
    controller = DeficitController(wanted if wanted.sum() > 0 else np.eye(len(choir.keys))[0])
    state = State(controller)
    stream = Stream(choir.plan.seed, "melody").split(attempt)
    sung: dict[str, tuple[Task, list[Sung]]] = {}
    for cell in lay_cells(choir.plan):
        task = _task(choir, cell)
        if cell.kind != "theme" and cell.theme in sung:
            task = _develop(choir, cell, task, sung[cell.theme])
        tries = ATTEMPTS[cell.kind]
        best, state = _best(choir, task, tries, state, stream.split(cell.identity))
        sung[cell.identity] = (task, best)
    return repair(choir, _lay(choir, sung))


def _task(choir: Choir, cell: Cell) -> Task:
    first = cell.bars[0] * STEPS
    unit = choir.cast.unit(f"rhythm/{cell.role}/{cell.letter}", RhythmUnit)
    strokes = [stroke for stroke, _ in cell_strokes(unit, cell.closing)]
    low, high, centre = RANGES[cell.role]
    contour: tuple[int, ...] = ()
    if cell.kind == "theme":
        contour = choir.cast.unit(f"contour/{cell.role}", ContourUnit).steps
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
    head = [
        (note, chord)
        for note, chord, stroke in zip(own, task.chords, task.strokes, strict=False)
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


def _lay(choir: Choir, sung: Mapping[str, tuple[Task, list[Sung]]]) -> list[LeadNote]:
    line = []
    for cell in lay_cells(choir.plan):
        unit = choir.cast.unit(f"rhythm/{cell.role}/{cell.letter}", RhythmUnit)
        changed = [altered for _, altered in cell_strokes(unit, cell.closing)]
        for bar in cell.bars:
            for note, altered in zip(sung[cell.identity][1], changed, strict=True):
                line.append(LeadNote(cell, bar * STEPS + note.step, note, altered))
    return sorted(line, key=lambda lead: lead.start)


def repair(choir: Choir, line: Sequence[LeadNote]) -> list[LeadNote]:
    """Walk the whole line under the copy guard; a note that would copy too far gives way.

    Cells are sung under the guard, but where they meet, and where a cell was moved, a run can grow.
    """
    state = State(DeficitController(np.ones(1)))
    repaired: list[LeadNote] = []
    for lead in line:
        note = lead.note
        chord = choir.harmony.at(lead.start)
        if repaired:
            before = repaired[-1]
            away = lead.start - before.start
            choices = [
                degree
                for degree in (note.degree + move for move in (0, 1, -1, 2, -2, 3, -3, 4, -4))
                if choir.singer.guard.allows(
                    state.match, (choir.singer.pitch(degree, chord) - before.note.pitch, away)
                )
            ]
            good = [d for d in choices if note.step % 4 or d % 7 in chord.degrees] or choices
            if note.degree not in choices and good:
                note = replace(
                    note,
                    degree=good[0],
                    pitch=choir.singer.pitch(good[0], chord),
                    owed=np.eye(len(choir.keys))[0],
                    follows=False,
                    changed=True,
                    ops=(*note.ops, "turned away"),
                )
            token = (note.pitch - before.note.pitch, away)
            state.match = choir.singer.guard.step(state.match, token)
        repaired.append(replace(lead, note=note))
    return repaired


def note_parts(choir: Choir, lead: LeadNote) -> dict[str, float]:
    """Return what a lead note is made of: its rhythm, its contour, and the glue between."""
    note, policy, cell = lead.note, choir.policy, lead.cell
    rhythm = BASE if lead.rhythm_changed else f"rhythm/{cell.role}/{cell.letter}"
    contour = policy.contour_part if note.follows else 0.0
    parts = {rhythm: policy.rhythm_part}
    if contour:
        parts[f"contour/{cell.role}"] = contour
    # What a rule of the base model moved is no longer the mixture's choice.
    pitch = BASE if note.changed else GLUE
    parts[pitch] = parts.get(pitch, 0.0) + 1 - policy.rhythm_part - contour
    return parts


def note_glue(choir: Choir, lead: LeadNote) -> dict[str, float]:
    """Return what the mixture owes for a lead note."""
    owed = zip(choir.keys, lead.note.owed, strict=True)
    return {key: float(share) for key, share in owed if share > 0}

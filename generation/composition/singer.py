"""The singer: one cell of melody at a time, each note from a mixture of all who sing in the sources.

What is musically welcome (chord tones on beats, small steps, a contour, a range, a cadence, the copy
guard) constrains every expert before they are mixed, so none of it moves shares.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import exp, log

import numpy as np
import numpy.typing as npt

from generation.attribution.copy_guard import NO_MATCH, CopyGuard, Match
from generation.attribution.deficit import DeficitController
from generation.attribution.errors import NothingPossibleError
from generation.attribution.mixture import mix
from generation.attribution.policy import Policy
from generation.composition.chords import TONIC_DEGREE, Chord, Mode, scale_pitch
from generation.composition.stream import Stream
from generation.composition.vom import STEPS, MarkovModel

Doubles = npt.NDArray[np.float64]

LEAP = (0.8, 1.0, 0.9, 0.4, 0.22, 0.1, 0.02, 0.06)
"""How welcome a move of 0 to 7 scale steps is."""
OFF_CHORD_ON_BEAT, OFF_CHORD_LONG, OFF_CHORD = 0.2, 0.12, 0.7
LONG_STEPS = 6
FOREIGN = 0.6
"""How welcome a chord tone outside the scale is: the melody keeps to its key, chords may leave it."""
ON_AFTER_LEAP, LEAP_STEPS = 0.12, 3
THIRD_TIME = 0.15
CONTOUR_WIDTH, GRAVITY_WIDTH = 0.75, 6.0
BARELY = 1e-6
LOWEST_STEP, HIGHEST_STEP = -40, 50
"""Scale steps that a line can think of; its range is far narrower."""


@dataclass(frozen=True, slots=True)
class Sung:
    """A note of a cell: where, which scale step, and who is owed for its pitch.

    ``owed`` are responsibilities in the order of the experts; ``follows`` tells whether the note
    keeps to its contour; ``changed`` that a rule of the base model moved it.
    """

    step: int
    length: int
    degree: int
    pitch: int
    owed: Doubles
    follows: bool
    changed: bool
    order: int
    logp: float
    ops: tuple[str, ...] = ()


@dataclass(frozen=True)
class Task:
    """What to sing: (step, length) of each note with its chord, from ``first_step`` of the song on.

    ``low``, ``high`` and ``centre`` are MIDI pitches; ``contour`` are scale steps to follow as far as
    it goes; ``given`` notes stand already, at the beginning; ``places`` is how often the cell sounds.
    """

    strokes: tuple[tuple[int, int], ...]
    chords: tuple[Chord, ...]
    first_step: int
    low: int
    high: int
    centre: float
    closing: str
    contour: tuple[int, ...] = ()
    given: tuple[Sung, ...] = ()
    places: int = 1


@dataclass
class State:
    """Where the line stands; copied before every attempt."""

    controller: DeficitController
    match: Match = NO_MATCH
    degree: int | None = None
    pitch: int = 0
    step: int = 0
    moves: tuple[int, ...] = ()

    def fork(self) -> State:
        """Return a copy that goes its own way."""
        return replace(self, controller=copy.copy(self.controller))


@dataclass
class Singer:
    """All who sing: ``experts`` in the order of the controller's targets."""

    experts: Sequence[MarkovModel]
    guard: CopyGuard
    tonic: int
    """MIDI note of the relative major's tonic, 60 to 71."""
    mode: Mode
    policy: Policy
    _ladders: dict[Chord, tuple[int, ...]] = field(default_factory=dict)

    def ladder(self, chord: Chord) -> tuple[int, ...]:
        """Return the MIDI pitches of the scale steps over ``chord``, from :data:`LOWEST_STEP` up."""
        known = self._ladders.get(chord)
        if known is None:
            steps = range(LOWEST_STEP, HIGHEST_STEP + 1)
            known = tuple(scale_pitch(degree, self.tonic, chord) for degree in steps)
            self._ladders[chord] = known
        return known

    def pitch(self, degree: int, chord: Chord) -> int:
        """Return the MIDI pitch of a scale step over ``chord``."""
        return self.ladder(chord)[degree - LOWEST_STEP]

    def sing(self, task: Task, state: State, stream: Stream) -> tuple[list[Sung], State]:
        """Sing ``task`` from ``state``; the state given is left as it was.

        Raises
        ------
        NothingPossibleError
            If no note is left at some point; another stream may find a way.
        """
        now = state.fork()
        notes: list[Sung] = []
        for note in task.given:
            self._advance(now, note, task)
            notes.append(note)
        target: int | None = None
        for number in range(len(task.given), len(task.strokes)):
            if number == 0:
                note = self._begin(task, now, stream)
                target = note.degree
            else:
                if target is not None:
                    target = self._target(task, number, target)
                note = self._next(task, number, target, now, stream)
            self._advance(now, note, task)
            notes.append(note)
        return notes, now

    def glue_part(self, note: Sung) -> float:
        """Return the part of a note that its responsibilities divide."""
        rest = 1 - self.policy.rhythm_part
        return rest - self.policy.contour_part if note.follows else rest

    def _target(self, task: Task, number: int, target: int) -> int | None:
        if number - 1 < len(task.contour):
            return target + task.contour[number - 1]
        return None

    def _advance(self, now: State, note: Sung, task: Task) -> None:
        now.controller.record(note.owed, task.places * note.length * self.glue_part(note))
        step = task.first_step + note.step
        if now.degree is not None:
            token = (note.pitch - now.pitch, step - now.step)
            now.match = self.guard.step(now.match, token)
            now.moves = (*now.moves[-7:], max(-7, min(7, note.degree - now.degree)))
        now.degree, now.pitch, now.step = note.degree, note.pitch, step

    def _begin(self, task: Task, now: State, stream: Stream) -> Sung:
        """Take a chord tone near the centre; all experts are indifferent to where a line begins."""
        step, length = task.strokes[0]
        chord = task.chords[0]
        choices = [
            degree
            for degree in range(-14, 22)
            if degree % 7 in chord.degrees
            and task.low <= self.pitch(degree, chord) <= task.high
            and self._free(degree, chord, task.first_step + step, now)
        ]
        if not choices:
            raise NothingPossibleError("the first note of a cell")
        near = [exp(-abs(self.pitch(d, chord) - task.centre) / 2.0) for d in choices]
        degree = choices[stream.index(near)]
        return Sung(
            step=step,
            length=length,
            degree=degree,
            pitch=self.pitch(degree, chord),
            owed=now.controller.weights(),
            follows=bool(task.contour),
            changed=False,
            order=0,
            logp=0.0,
        )

    def _free(self, degree: int, chord: Chord, step: int, now: State) -> bool:
        if now.degree is None:
            return True
        token = (self.pitch(degree, chord) - now.pitch, step - now.step)
        return self.guard.allows(now.match, token)

    def _next(
        self, task: Task, number: int, target: int | None, now: State, stream: Stream
    ) -> Sung:
        phi = self.welcome(task, number, target, now)
        heard = [expert.next(now.moves) for expert in self.experts]
        mixed = mix(np.array([p for p, _ in heard]), phi, now.controller.weights())
        event = stream.index(mixed.p.tolist())
        owed = mixed.responsibilities(event)
        step, length = task.strokes[number]
        degree = (now.degree or 0) + STEPS[event]
        return Sung(
            step=step,
            length=length,
            degree=degree,
            pitch=self.pitch(degree, task.chords[number]),
            owed=owed,
            follows=target is not None,
            changed=False,
            order=heard[int(owed.argmax())][1],
            logp=round(log(mixed.p[event]), 6),
        )

    def welcome(self, task: Task, number: int, target: int | None, now: State) -> Doubles:
        """Return phi: how welcome each step of :data:`STEPS` is as the next note."""
        step, length = task.strokes[number]
        chord = task.chords[number]
        here = now.degree or 0
        is_last = number == len(task.strokes) - 1
        phi = np.zeros(len(STEPS))
        ladder, degrees, altered = self.ladder(chord), chord.degrees, chord.alterations
        closes = is_last and task.closing not in ("", "onward")
        away = task.first_step + step - now.step
        off_chord = _off_chord(step, length)
        guarded = now.degree is not None and now.match.tokens >= self.guard.cap
        for at, move in enumerate(STEPS):
            degree = here + move
            pitch = ladder[degree - LOWEST_STEP]
            if not task.low <= pitch <= task.high:
                continue
            if guarded and not self.guard.allows(now.match, (pitch - now.pitch, away)):
                continue
            value = 1.0 if degree % 7 in degrees else off_chord
            value *= _smooth(move, now.moves)
            if degree % 7 in altered:
                value *= FOREIGN
            value *= exp(-(((pitch - task.centre) / GRAVITY_WIDTH) ** 2) / 2)
            if target is not None:
                value *= exp(-abs(degree - target) / CONTOUR_WIDTH)
            if closes:
                value *= self._ending(degree, chord, task.closing)
            phi[at] = max(value, BARELY) if value else 0.0
        return phi

    def _ending(self, degree: int, chord: Chord, closing: str) -> float:
        """Phrases end on chord tones, the last one on the tonic and nothing else."""
        tonic = TONIC_DEGREE[self.mode]
        if closing == "final":
            return 1.0 if degree % 7 == tonic else 0.0
        if degree % 7 not in chord.degrees:
            return 0.0
        if closing == "closed":
            return 1.0 if (degree - tonic) % 7 in (0, 2, 4) else 0.2
        return 0.4 if degree % 7 == tonic else 1.0


def _off_chord(step: int, length: int) -> float:
    """Return how welcome a tone outside the chord is."""
    if length >= LONG_STEPS:
        return OFF_CHORD_LONG
    return OFF_CHORD_ON_BEAT if step % 4 == 0 else OFF_CHORD


def _smooth(move: int, moves: Sequence[int]) -> float:
    value = LEAP[abs(move)]
    if moves and abs(moves[-1]) >= LEAP_STEPS and move * moves[-1] > 0:
        value *= ON_AFTER_LEAP
    if move == 0 and tuple(moves[-2:]) == (0, 0):
        value *= THIRD_TIME
    return value

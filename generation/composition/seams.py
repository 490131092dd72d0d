"""Where notes meet: a walk over the whole lead under the copy guard.

Cells are sung under the guard, but where they meet, where a sequence was moved, and where new notes
stand before kept ones, a run can grow too long. The note that would do it gives way; one that is kept
never does, so the new note before it looks ahead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from generation.attribution.copy_guard import NO_MATCH, CopyGuard, Match
from generation.composition.choir import Choir, LeadNote
from generation.composition.chords import Chord
from generation.composition.singer import Sung

MOVES = (0, 1, -1, 2, -2, 3, -3, 4, -4)
"""Scale steps by which a note may give way, nearest first."""


def repair(
    choir: Choir, line: Sequence[LeadNote], kept: Sequence[tuple[int, int]] = ()
) -> list[LeadNote]:
    """Return ``line`` (sorted) with its copied runs broken; ``kept`` are (sixteenth, pitch)."""
    guard = choir.singer.guard
    whole: list[tuple[int, int, LeadNote | None]] = [
        *((lead.start, 0, lead) for lead in line),
        *((start, pitch, None) for start, pitch in kept),
    ]
    whole.sort(key=lambda one: one[0])
    repaired: list[LeadNote] = []
    match, before = NO_MATCH, None
    for at, (start, stood, lead) in enumerate(whole):
        pitch = stood
        if lead is not None:
            coming = _kept_after(whole, at, guard.cap)
            repaired.append(_give_way(choir, lead, match, before, coming))
            pitch = repaired[-1].note.pitch
        if before is not None:
            match = guard.step(match, (pitch - before[1], start - before[0]))
        before = (start, pitch)
    return repaired


def _kept_after(
    whole: Sequence[tuple[int, int, LeadNote | None]], at: int, most: int
) -> list[tuple[int, int]]:
    coming = []
    for start, pitch, lead in whole[at + 1 : at + 2 + most]:
        if lead is not None:
            break
        coming.append((start, pitch))
    return coming


def _give_way(
    choir: Choir,
    lead: LeadNote,
    match: Match,
    before: tuple[int, int] | None,
    coming: Sequence[tuple[int, int]],
) -> LeadNote:
    """Return the note, or its nearest neighbour with which no run grows beyond the cap."""
    note = lead.note
    if before is None and not coming:
        return lead
    chord = choir.harmony.at(lead.start)
    choices = [
        degree
        for degree in (note.degree + move for move in MOVES)
        if _fits(
            choir.singer.guard,
            match,
            [
                *([before] if before else []),
                (lead.start, _pitch(choir, note, degree, chord)),
                *coming,
            ],
        )
    ]
    good = [d for d in choices if note.step % 4 or d % 7 in chord.degrees] or choices
    if note.degree in choices or not good:
        return lead
    moved = replace(
        note,
        degree=good[0],
        pitch=choir.singer.pitch(good[0], chord),
        owed=np.eye(len(choir.keys))[0],
        follows=False,
        changed=True,
        ops=(*note.ops, "turned away"),
    )
    return replace(lead, note=moved)


def _pitch(choir: Choir, note: Sung, degree: int, chord: Chord) -> int:
    return note.pitch if degree == note.degree else choir.singer.pitch(degree, chord)


def _fits(guard: CopyGuard, match: Match, notes: Sequence[tuple[int, int]]) -> bool:
    for (start, pitch), (then, later) in pairwise(notes):
        match = guard.step(match, (later - pitch, then - start))
        if match.tokens > guard.cap:
            return False
    return True

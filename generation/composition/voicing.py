"""Voicings by dynamic programming: each chord lies where the hand already is.

Cost of a step: .35 movement + .25 tones not kept + .2 spacing + .2 register (Tymoczko's voice-leading
distance in practice), and a penalty for outer voices that move in octaves with the bass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt

from generation.composition.chords import Chord

Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Voicing = tuple[int, ...]

MOVEMENT, COMMON, SPACING, REGISTER = 0.35, 0.25, 0.2, 0.2
PARALLEL = 0.6
USUAL_MOVE = 4.0
CLOSEST_LOW = 4
"""Semitones below which two voices under middle C sound muddy."""


@dataclass(frozen=True)
class Hand:
    """Where a part may play: MIDI range, number of voices, and the span it likes in semitones."""

    low: int
    high: int
    voices: int
    spread: int
    colours: bool = False
    """Whether it plays what colours add to the triad."""


def voice(chords: Sequence[Chord], bass: Sequence[int], tonic: int, hand: Hand) -> list[Voicing]:
    """Return one voicing (ascending MIDI pitches) for each chord, the cheapest path of all.

    ``bass`` are the lowest notes under the chords, ``tonic`` the pitch class of the relative major.
    """
    if not chords:
        return []
    options = [_options(chord, tonic, hand) for chord in chords]
    cost = _lie(chords[0], tonic, hand)
    back: list[Ints] = []
    for number in range(1, len(chords)):
        before, now = options[number - 1], options[number]
        step = _moves(before, now) + _parallels(before, now, bass[number] - bass[number - 1])
        total = cost[:, None] + step
        back.append(total.argmin(0))
        cost = total.min(0) + _lie(chords[number], tonic, hand)
    at = int(cost.argmin())
    path = [at]
    for pointers in reversed(back):
        at = int(pointers[at])
        path.append(at)
    path.reverse()
    return [tuple(options[n][p].tolist()) for n, p in enumerate(path)]


@lru_cache(maxsize=512)
def _options(chord: Chord, tonic: int, hand: Hand) -> Ints:
    """All ascending voicings in range with three tones; of four, three voices leave out the fifth.

    Root, third and colour are the shell of a chord: without its root ``Cmaj7`` is an ``Em``.
    """
    tones = chord.tones if hand.colours else chord.pitch_classes
    classes = [(tone + tonic) % 12 for tone in tones]
    told = {classes[0], classes[1], classes[-1]} if len(classes) > 3 else set()
    pitches = [p for p in range(hand.low, hand.high + 1) if p % 12 in classes]
    found = []
    for notes in combinations(pitches, hand.voices):
        if notes[-1] - notes[0] > hand.spread + 5:
            continue
        held = {note % 12 for note in notes}
        if len(held) < 3 or not told <= held:
            continue
        if any(b - a < CLOSEST_LOW - 1 and a < 55 for a, b in pairwise(notes)):
            continue
        found.append(notes)
    return np.array(found, np.int64)


@lru_cache(maxsize=512)
def _lie(chord: Chord, tonic: int, hand: Hand) -> Doubles:
    """Cost of each voicing of ``chord`` by itself: spacing and register."""
    options = _options(chord, tonic, hand)
    span = options[:, -1] - options[:, 0]
    centre = options.mean(1)
    middle = (hand.low + hand.high) / 2
    return np.asarray(
        SPACING * np.abs(span - hand.spread) / 12 + REGISTER * np.abs(centre - middle) / 12
    )


def _moves(before: Ints, now: Ints) -> Doubles:
    apart = np.abs(before[:, None, :] - now[None, :, :])
    kept = (apart == 0).mean(2)
    return np.asarray(MOVEMENT * apart.mean(2) / USUAL_MOVE + COMMON * (1 - kept))


def _parallels(before: Ints, now: Ints, bass_move: int) -> Doubles:
    """Charge outer voices that move exactly with the bass: they would only double it."""
    if bass_move == 0:
        return np.zeros((len(before), len(now)))
    top = (now[None, :, -1] - before[:, None, -1]) == bass_move
    low = (now[None, :, 0] - before[:, None, 0]) == bass_move
    return np.asarray(PARALLEL * (top | low))


def movement(voicings: Sequence[Voicing]) -> float:
    """Return the mean movement of a voice in semitones where the chord changes; 0 if it never does."""
    moves = [
        sum(abs(b - a) for a, b in zip(one, two, strict=True)) / len(one)
        for one, two in pairwise(voicings)
        if one != two and len(one) == len(two)
    ]
    return sum(moves) / len(moves) if moves else 0.0

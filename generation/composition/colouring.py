"""What the base model adds to a loop: sevenths, suspensions, inversions, a chord from outside.

Rules of common practice (Piston; Levine for the sevenths), drawn once for each half bar of a loop, so
that a loop that comes back is coloured alike. A colour leaves the triad its source's; a chord of
another root is the base's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from generation.composition.chords import Chord, Colour, Mode, dominant_chord, tonic_chord
from generation.composition.stream import Stream

COLOUR_PART = 0.25
"""Of a coloured chord: the part that is the base's, one tone of four."""
SUSPENDED, SEVENTH_OF_V, SEVENTH_OF_MINOR = 0.35, 0.5, 0.45
MAJOR_SEVENTH, NINTH = 0.2, 0.35
INVERTED, SECONDARY, BORROWED, PREPARED = 0.4, 0.14, 0.2, 0.18
FOURTH_UP, FIFTH_UP, WHOLE_TONE = 5, 7, 2
SECOND = 2
SUBDOMINANT = {"major": 5, "minor": 2}


def coloured(chords: Sequence[Chord], mode: Mode, stream: Stream) -> tuple[Chord, ...]:
    """Return a loop (two chords to the bar) with its colours; it is heard again from its end."""
    halves = list(chords)
    for at in range(0, len(halves) - 1, 2):
        first, second = halves[at], halves[at + 1]
        own = stream.split(at)
        before, following = halves[at - 1], halves[(at + 2) % len(halves)]
        if first == second:
            halves[at], halves[at + 1] = _bar(before, first, following, mode, own)
        else:
            halves[at] = _seventh(first, mode, own.split("a"))
            halves[at + 1] = _seventh(second, mode, own.split("b"))
    return tuple(halves)


def _bar(
    before: Chord, chord: Chord, following: Chord, mode: Mode, stream: Stream
) -> tuple[Chord, Chord]:
    """Colour a bar of one chord; its second half may lead to the chord that follows."""
    plain = _seventh(chord, mode, stream.split("a"))
    if chord == dominant_chord(mode) or (chord.root == 7 and chord.quality == "maj"):
        return _dominant_bar(before, chord, plain, stream)
    leading = Chord((following.root + FIFTH_UP) % 12, "maj", "7")
    leads_home = following.core == tonic_chord(mode)
    if (
        leading.core != chord
        and following.core != chord
        and not leads_home
        and following.is_diatonic
        and stream.chance(SECONDARY)
    ):
        return plain, leading
    if mode == "major" and chord == Chord(5, "maj") and leads_home and stream.chance(BORROWED):
        return plain, Chord(5, "min")
    if (following.root - chord.root) % 12 == FOURTH_UP and stream.chance(INVERTED):
        return plain, replace(chord, over=chord.pitch_classes[1])
    return plain, plain


def _dominant_bar(before: Chord, chord: Chord, plain: Chord, stream: Stream) -> tuple[Chord, Chord]:
    """A dominant is approached from its second degree unless that was there, or held back by its fourth."""
    if stream.chance(SUSPENDED):
        return replace(chord, colour="sus4"), plain
    if chord.root == 7 and before.root != SECOND and stream.chance(PREPARED):
        return Chord(SECOND, "min", "7"), plain
    return plain, plain


def _seventh(chord: Chord, mode: Mode, stream: Stream) -> Chord:
    colour: Colour = ""
    if chord.quality == "min":
        colour = "7" if stream.chance(SEVENTH_OF_MINOR) and chord.is_diatonic else ""
    elif chord in (dominant_chord(mode), Chord(7, "maj")) or not chord.is_diatonic:
        colour = "7" if stream.chance(SEVENTH_OF_V) else ""
    elif stream.chance(MAJOR_SEVENTH):
        colour = "maj7"
    elif stream.chance(NINTH):
        colour = "add9"
    return replace(chord, colour=colour)

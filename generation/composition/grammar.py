"""Four-bar loops from the base pack's functional grammar: opened, left, approached, closed."""

from __future__ import annotations

from generation.composition.base import Grammar
from generation.composition.chords import Mode, read_loop
from generation.composition.stream import Stream
from generation.composition.units import HarmonyUnit

COLOUR_CHANCE = 0.1


def grow_loop(grammar: Grammar, mode: Mode, stream: Stream, name: str) -> HarmonyUnit:
    """Return one phrase of ``grammar``; at most one bar is coloured by a chord from outside."""
    phrase = stream.pick(grammar.phrases)
    bars: list[str] = []
    for function in phrase:
        choices = grammar.functions[function]
        # The chord that just sounded is half as likely: a phrase should move.
        weights = [weight * (0.5 if bars and bar == bars[-1] else 1.0) for bar, weight in choices]
        bars.append(choices[stream.index(weights)][0])
    for plain, colour in grammar.colours:
        if plain in bars and stream.chance(COLOUR_CHANCE):
            bars[bars.index(plain)] = colour
            break
    return HarmonyUnit(id=f"base:grammar/{mode}/{name}", chords=read_loop(" ".join(bars), mode))

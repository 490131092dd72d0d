"""What plays, in the numbers of General MIDI: a MIDI file names the instruments that were heard.

A palette's programs are only the beginning: the line-up draws others that suit, and our own voices
have no program. A workstation should come up with what is nearest to the song.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from generation.composition.score import Score
from generation.rendering.arranging import PITCHED, arrange
from generation.rendering.instruments import INSTRUMENTS

NEAREST: Mapping[str, int] = {
    "rock-guitar": 29,
    "stab": 90,
    "pluck": 88,
    "soft-pluck": 98,
    "saw-lead": 81,
    "glide-lead": 81,
    "square-lead": 80,
    "soft-lead": 82,
    "synth-bass": 38,
    "reese-bass": 38,
    "sub-bass": 39,
}
"""Voices of our own, and the one whose recording is driven by an amplifier."""


def program_of(instrument: str) -> int:
    """Return the program, from 0, that is nearest to an instrument: its recording's where it has one."""
    if instrument in NEAREST:
        return NEAREST[instrument]
    return INSTRUMENTS[instrument].font[0].program


def with_heard_programs(score: Score, *, seed: int) -> Score:
    """Return ``score`` with the programs of the instruments that play it under ``seed``."""
    parts = arrange(score, seed=seed).parts
    heard = {
        part.name.lower(): program_of(part.instrument) for part in parts if part.name in PITCHED
    }
    return replace(score, programs={**score.programs, **heard})

"""Drum patterns as the analysis agreed on them, and the groove that their lateness and force make."""

from __future__ import annotations

from statistics import mean, median

from generation.composition.mining.measured import Measured
from generation.composition.units import (
    LEAST_CONFIDENCE,
    PPQ,
    STEPS,
    DrumUnit,
    GrooveUnit,
    Hit,
)
from library.analysis.types import DrumHit, DrumPattern

MOST_LATE = 30
FULL_HITS = 24
"""Hits of a dense bar; energy grows up to it."""
LEAST_HITS = 5
REST_ACCENT = 0.85
GROOVE_HITS = 8


def mine_drums(song: Measured, key: str) -> tuple[DrumUnit, ...]:
    """Return the patterns of sixteen steps that are clear and hold a kick or a snare."""
    units = []
    for pattern in _usable(song):
        hits = tuple(Hit(hit.step, hit.piece, hit.velocity) for hit in pattern.hits)
        units.append(
            DrumUnit(
                id=f"{key}:drums/{pattern.section}",
                confidence=pattern.confidence,
                roles=(song.role_of(pattern.section),),
                hits=hits,
                energy=min(1.0, len(hits) / FULL_HITS),
            )
        )
    return tuple(units)


def mine_grooves(song: Measured, key: str) -> tuple[GrooveUnit, ...]:
    """Return one groove for each pattern with enough hits to tell."""
    return tuple(
        _groove(song, key, pattern) for pattern in _usable(song) if len(pattern.hits) >= GROOVE_HITS
    )


def _usable(song: Measured) -> list[DrumPattern]:
    """Patterns in four; a waltz keeps its drums to itself."""
    if not song.has_grid:
        return []
    return [
        pattern
        for pattern in song.drums
        if pattern.steps == STEPS
        and pattern.confidence >= LEAST_CONFIDENCE
        and len(pattern.hits) >= LEAST_HITS
        and any(hit.piece in ("kick", "snare") for hit in pattern.hits)
    ]


def _groove(song: Measured, key: str, pattern: DrumPattern) -> GrooveUnit:
    ticks = song.bpm / 60 * PPQ / 1000
    # Beat tracking is early or late by a constant: what counts is lateness against the strong beats.
    strong = [hit.offset_ms for hit in pattern.hits if hit.step % 8 == 0]
    zero = median(strong) if strong else 0.0
    of_piece = {
        piece: mean(h.velocity for h in pattern.hits if h.piece == piece)
        for piece in sorted({h.piece for h in pattern.hits})
    }
    late, accent = [], []
    for step in range(STEPS):
        own: list[DrumHit] = [hit for hit in pattern.hits if hit.step == step]
        offset = mean(hit.offset_ms - zero for hit in own) * ticks if own else 0.0
        force = mean(hit.velocity / of_piece[hit.piece] for hit in own) if own else REST_ACCENT
        late.append(max(-MOST_LATE, min(MOST_LATE, round(offset))))
        accent.append(round(max(0.7, min(1.25, force)), 3))
    return GrooveUnit(
        id=f"{key}:groove/{pattern.section}",
        confidence=pattern.confidence,
        roles=(song.role_of(pattern.section),),
        late=tuple(late),
        accent=tuple(accent),
    )

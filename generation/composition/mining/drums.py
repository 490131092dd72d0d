"""Drum patterns as a drummer would play them, and the groove that their lateness and force make.

An analysis hears three bands of a full mix. A kick's beater reaches into the snare's band, and a bass
that plays eighths sounds in the kick's; both would state another beat than the song has.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
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
BACKBEAT = frozenset({4, 12})
HALF_TIME = 8
MOST_KICKS, MOST_SNARES = 6, 4
"""Strokes of a bar that one foot and one hand play; where more are heard, the bass's notes are among
the kicks and everybody's attacks among the snares."""
BEATS = frozenset({0, 4, 8, 12})


def mine_drums(song: Measured, key: str) -> tuple[DrumUnit, ...]:
    """Return the patterns of sixteen steps that are clear and hold a kick or a snare."""
    units = []
    for pattern in _usable(song):
        hits = tuple(Hit(hit.step, hit.piece, hit.velocity) for hit in played_hits(pattern.hits))
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


def played_hits(hits: Sequence[DrumHit]) -> tuple[DrumHit, ...]:
    """Return the strokes of one bar of four that a drummer played, without what leaked into them.

    A snare at the moment of a kick is the kick's beater, unless it is a backbeat (on two and four, or
    on three where the bar has neither). Of more than six kicks with all four beats among them those
    four stay: a bass fills a house beat to eighths. Of others those on beats stay, then the loudest;
    of more than four snares the backbeat, then the loudest.
    """
    kicks = [hit for hit in hits if hit.piece == "kick"]
    under = {hit.step for hit in kicks}
    is_house = len(kicks) > MOST_KICKS and under >= BEATS
    feet = _foremost(kicks, BEATS, len(BEATS) if is_house else MOST_KICKS)
    snares = [hit for hit in hits if hit.piece == "snare"]
    real = BACKBEAT if {hit.step for hit in snares} & BACKBEAT else frozenset({HALF_TIME})
    own = [hit for hit in snares if hit.step in real or hit.step not in under]
    hands = _foremost(own, real, MOST_SNARES)
    return tuple(
        hit
        for hit in hits
        if (hit.piece != "kick" or hit.step in feet) and (hit.piece != "snare" or hit.step in hands)
    )


def _foremost(hits: Sequence[DrumHit], usual: AbstractSet[int], most: int) -> set[int]:
    """Return the steps of at most ``most`` strokes: those on ``usual`` steps, then the loudest."""
    ranked = sorted(hits, key=lambda hit: (hit.step not in usual, -hit.velocity, hit.step))
    return {hit.step for hit in ranked[:most]}


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

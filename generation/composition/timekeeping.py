"""Does a bar of drums state its beat? What it lacks is added by the base model, and owed to it.

A pattern that was heard in a full mix has holes where the analysis could not tell, and strokes off the
beat count for an ear only against strokes on it: a bar with nothing on three and everything on the
eighth after it is heard as beginning there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from generation.composition.units import DrumUnit, Hit, Piece

BEATS = (0, 4, 8, 12)
BACKBEAT = (4, 12)
THIRD = HALF_TIME = 8
TIME_KEEPERS: frozenset[Piece] = frozenset({"hat", "open", "ride", "shaker"})
BACKBEATERS: tuple[Piece, ...] = ("snare", "clap", "rim")
EIGHTHS = tuple(Hit(step, "hat", 84 if step % 4 == 0 else 68) for step in range(0, 16, 2))
FOOT, STICK, MARK = 104, 100, 104
"""Velocities of an added kick, backbeat and hat."""
OFF_BEAT, BETWEEN = 0.9, 0.82
"""How strong strokes are played on the eighths between beats, and on the sixteenths."""
OPEN: frozenset[Piece] = frozenset({"open", "ride", "shaker"})
"""They often live between the beats, and are as strong there."""


def added_hits(unit: DrumUnit, others: Collection[int] = ()) -> tuple[Hit, ...]:
    """Return what the base adds to a bar: all that it lacks, if an analysis heard it.

    ``others`` are the steps that bass and comping strike: where neither they nor the drums strike the
    third beat, a kick does. What a person wrote is meant as it stands; it gets a hat on the eighths if
    nobody keeps time.
    """
    if not unit.is_heard:
        return () if _keeps_time(unit.hits) else EIGHTHS
    added = _lacked(unit.hits)
    is_struck = THIRD in {*others, *_steps((*unit.hits, *added), ("kick", *BACKBEATERS))}
    return added if is_struck else (Hit(THIRD, "kick", FOOT), *added)


def lacking(unit: DrumUnit) -> float:
    """Return how much of the beat a bar leaves unsaid, from 0 to 1."""
    on_beats = [hit for hit in _lacked(unit.hits) if hit.step in BEATS]
    drums = sum(hit.piece not in TIME_KEEPERS for hit in on_beats)
    return min(1.0, drums / 3 + (len(on_beats) - drums) / 12)


def pulse(hit: Hit) -> float:
    """Return the factor of a stroke's velocity for its place: what is off the beat leans on it."""
    if hit.piece in OPEN or hit.step % 4 == 0:
        return 1.0
    return OFF_BEAT if hit.step % 2 == 0 else BETWEEN


def _lacked(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Return the strokes with which somebody keeps time and every beat is struck.

    A kick on one; a backbeat on two and four, on the piece that plays half of it already, unless the
    bar is in half time (its snare on three); eighths where nobody keeps time, else a hat on each beat
    that has neither hat nor backbeat: a kick alone is felt more than heard.
    """
    added = [] if 0 in _steps(hits, ("kick",)) else [Hit(0, "kick", FOOT)]
    added += _backbeat(hits)
    if not _keeps_time(hits):
        return (*added, *EIGHTHS)
    heard = _steps((*hits, *added), (*TIME_KEEPERS, *BACKBEATERS))
    return (*added, *(Hit(step, "hat", MARK) for step in BEATS if step not in heard))


def _keeps_time(hits: Sequence[Hit]) -> bool:
    return any(hit.piece in TIME_KEEPERS for hit in hits)


def _backbeat(hits: Sequence[Hit]) -> list[Hit]:
    snares = _steps(hits, BACKBEATERS)
    if HALF_TIME in snares and not snares & set(BACKBEAT):
        return []
    usual = (one for one in BACKBEATERS if _steps(hits, (one,)) & set(BACKBEAT))
    piece = next(usual, BACKBEATERS[0])
    return [Hit(step, piece, STICK) for step in BACKBEAT if step not in snares]


def _steps(hits: Sequence[Hit], pieces: Collection[str]) -> set[int]:
    return {hit.step for hit in hits if hit.piece in pieces}

"""What must hold of a song, edited or not, and where its parts are."""

from __future__ import annotations

import math

from generation.attribution.copy_guard import CAP_TOKENS, CopyGuard, melody_tokens
from generation.attribution.settlement import settle
from generation.attribution.shares import BASE
from generation.composition.outlines import section_of
from generation.composition.plan import Options
from generation.composition.slots import GLUE
from generation.composition.units import BAR_TICKS
from generation.quality.gate import lead_of
from rights.domain.allocation import PPM

OPTIONS = Options(seed=3)


def by_section(song):
    """Return the events of every section and layer, in order."""
    found = {}
    for event in song.score.events:
        section, _ = section_of(song.score.plan, event)
        found.setdefault((section.key, event.layer), []).append(event)
    return found


def first_of(song, role):
    return next(s for s in song.score.plan.sections if s.role == role)


def require_whole(song, sources):
    """Everything that must hold of any song, edited or not."""
    assert song.largest_error <= 0.01
    assert len(song.bars) == song.score.plan.bars
    for bar in song.bars:
        assert sum(settle(bar.total).values()) == PPM
    end = song.score.plan.bars * BAR_TICKS
    for thing in (*song.score.events, *song.score.decisions):
        assert math.isclose(sum(thing.shares.values()), 1, abs_tol=1e-9)
        assert math.isclose(sum(thing.parts.values()), 1, abs_tol=1e-9)
        assert thing.why.slot in song.cast.owners
        for part in thing.parts:
            assert part in (BASE, GLUE) or part in song.cast.owners
    for event in song.score.events:
        assert 0 <= event.tick < end
        assert 0 <= event.pitch <= 127
        assert 1 <= event.velocity <= 127
    guard = CopyGuard(line for source in sources for line in source.heard)
    line = [(round(n.start * 4), n.pitch) for n in lead_of(song.score)]
    assert guard.longest(melody_tokens(line)) <= CAP_TOKENS
    assert len(song.score.chords) == 2 * song.score.plan.bars
    assert len(song.score.energies) == len(song.score.sounds) == len(song.score.plan.sections)

"""The drummer: what is cast, under its groove, louder on beats; what the base adds is owed to it."""

from __future__ import annotations

from dataclasses import replace
from statistics import mean

import pytest

from generation.attribution.policy import POLICY_V1, Layer
from generation.attribution.shares import BASE
from generation.composition.band import Band
from generation.composition.drumming import KEYS, write_drums
from generation.composition.slots import is_fill_bar, own_key, slot_key
from generation.composition.timekeeping import TIME_KEEPERS, added_hits
from generation.composition.units import (
    BAR_TICKS,
    STEPS,
    TICKS,
    BassUnit,
    CompUnit,
    DrumUnit,
    FillUnit,
    GrooveUnit,
    Hit,
    Stroke,
    Tone,
)

PART = POLICY_V1.groove_part
STRAIGHT = GrooveUnit(id="base:groove/straight", late=(0,) * STEPS, accent=(1.0,) * STEPS)


def hits(**rows):
    """Return strokes from rows of sixteen characters."""
    return tuple(
        Hit(step, piece, 100)
        for piece, row in rows.items()
        for step, c in enumerate(row)
        if c == "x"
    )


def recast(made, layer, role, unit):
    """Return the cast with another unit in a role's slot."""
    units = {**made.cast.units, f"{layer}/{role}": unit}
    return replace(made.cast, units=units)


def verse_of(made, cast):
    """Return the verse's strokes, and those of its first bar without a fill."""
    plan = made.score.plan
    events = list(write_drums(plan, cast, made.score.energies, POLICY_V1))
    section = next(s for s in plan.sections if s.role == "verse")
    bars = range(section.bar, section.bar + section.bars)
    mine = [e for e in events if round(e.tick / TICKS) // STEPS in bars]
    first = [e for e in mine if round(e.tick / TICKS) // STEPS == section.bar]
    return mine, first


def heard(pattern, **more):
    return DrumUnit(id="song:00:drums/A", confidence=0.8, hits=pattern, energy=0.5, **more)


@pytest.fixture(scope="module")
def silent(made):
    """The cast with a straight groove, and a verse that neither bass nor comping state."""
    cast = recast(made, "groove", "verse", STRAIGHT)
    units = {
        **cast.units,
        "bass/verse": BassUnit(id="b", bars=1, tones=(Tone(0, 2, 1), Tone(10, 2, 1)), energy=0.5),
        "comp/verse": CompUnit(id="c", strokes=(Stroke(2, 2), Stroke(6, 2)), energy=0.5),
    }
    return replace(cast, units=units)


def with_drums(cast, pattern):
    return replace(cast, units={**cast.units, "drums/verse": heard(pattern)})


BREAK = hits(kick="x.x.......xx....", snare="....x.......x...", hat="x.x.x..x....x.x.")
BARE = hits(kick="x.......x.......", snare="....x...........")


# ---------------------------------------------------------------- what is played


def test_a_heard_bar_is_played_whole_with_what_it_lacks(made, silent):
    _all, first = verse_of(made, with_drums(silent, BREAK))
    played = {(round(e.tick / TICKS) % STEPS, e.pitch) for e in first}
    added = added_hits(heard(BREAK), {0, 10, 2, 6})
    assert played == {(hit.step, KEYS[hit.piece]) for hit in (*BREAK, *added)}
    assert (8, KEYS["kick"]) in played


def test_a_third_beat_in_the_bass_needs_no_kick(made, silent):
    cast = with_drums(silent, BREAK)
    on_three = BassUnit(id="b", bars=1, tones=(Tone(0, 2, 1), Tone(8, 2, 1)), energy=0.5)
    cast = replace(cast, units={**cast.units, "bass/verse": on_three})
    _all, first = verse_of(made, cast)
    assert (8, KEYS["kick"]) not in {(round(e.tick / TICKS) % STEPS, e.pitch) for e in first}


def test_a_bass_that_strikes_three_in_every_other_bar_is_not_enough(made, silent):
    cast = with_drums(silent, BREAK)
    now_and_then = BassUnit(id="b", bars=2, tones=(Tone(0, 2, 1), Tone(24, 2, 1)), energy=0.5)
    cast = replace(cast, units={**cast.units, "bass/verse": now_and_then})
    _all, first = verse_of(made, cast)
    assert (8, KEYS["kick"]) in {(round(e.tick / TICKS) % STEPS, e.pitch) for e in first}


def test_what_the_base_adds_is_the_bases_but_for_the_groove(made, silent):
    mine, _first = verse_of(made, with_drums(silent, BARE))
    added = [e for e in mine if e.why.unit is None]
    assert added
    for event in added:
        assert event.parts == {BASE: 1 - PART, "groove/verse": PART}
        assert event.why.ops[0].startswith("add ")
        assert event.why.slot == "drums/verse"


def test_what_was_cast_is_its_owners_but_for_the_groove(made, silent):
    mine, _first = verse_of(made, with_drums(silent, BARE))
    for event in mine:
        if event.why.unit == "song:00:drums/A":
            assert event.parts == {"drums/verse": 1 - PART, "groove/verse": PART}


def test_the_added_backbeat_is_named_after_its_drum(made, silent):
    _all, first = verse_of(made, with_drums(silent, BARE))
    ops = {(e.why.ops[0], round(e.tick / TICKS) % STEPS) for e in first if e.why.unit is None}
    assert ("add snare", 12) in ops
    assert {step for op, step in ops if op == "add hat"} == set(range(0, STEPS, 2))


# ---------------------------------------------------------------- how it is played


def force(events, piece, steps):
    own = [e.velocity for e in events if e.pitch == KEYS[piece]]
    at = [round(e.tick / TICKS) % STEPS for e in events if e.pitch == KEYS[piece]]
    return mean(v for v, step in zip(own, at, strict=True) if step in steps)


def test_kicks_off_the_beat_lean_on_those_on_it(made, silent):
    pattern = hits(kick="x.xx....x.xx....", snare="....x.......x...", hat="x.x.x.x.x.x.x.x.")
    mine, _first = verse_of(made, with_drums(silent, pattern))
    on, eighth, sixteenth = (force(mine, "kick", s) for s in ({0, 8}, {2, 10}, {3, 11}))
    assert on > eighth > sixteenth
    assert eighth / on == pytest.approx(0.9, abs=0.03)


def test_open_hats_between_the_beats_stay_as_strong(made, silent):
    pattern = hits(kick="x...x...x...x...", snare="....x.......x...", open="x.x.x.x.x.x.x.x.")
    mine, _first = verse_of(made, with_drums(silent, pattern))
    on, off = (force(mine, "open", s) for s in ({0, 4, 8, 12}, {2, 6, 10, 14}))
    assert off / on == pytest.approx(1.0, abs=0.04)


def test_the_groove_is_late_and_accents_where_it_says(made, silent):
    late = tuple(20 if step % 4 == 2 else 0 for step in range(STEPS))
    accent = tuple(0.8 if step % 4 == 2 else 1.0 for step in range(STEPS))
    groove = GrooveUnit(id="g", late=late, accent=accent)
    cast = with_drums(
        silent, hits(kick="x...............", snare="....x.......x...", hat="x.x." * 4)
    )
    cast = replace(cast, units={**cast.units, "groove/verse": groove})
    mine, _first = verse_of(made, cast)
    hats = [e for e in mine if e.pitch == KEYS["hat"]]
    off = [e.tick % TICKS for e in hats if round(e.tick / TICKS) % 4 == 2]
    assert 17 <= mean(off) <= 23
    assert force(mine, "hat", {2, 6, 10, 14}) < 0.8 * force(mine, "hat", {0, 4, 8, 12})


def test_a_fuller_section_is_played_harder(made, silent):
    plan = made.score.plan
    soft, loud = (
        mean(
            e.velocity for e in write_drums(plan, silent, (energy,) * len(plan.sections), POLICY_V1)
        )
        for energy in (0.2, 0.9)
    )
    assert loud > 1.15 * soft


# ---------------------------------------------------------------- turns and doors


def test_a_fill_takes_the_bar_from_its_first_step_on(made):
    plan, cast = made.score.plan, made.cast
    events = list(write_drums(plan, cast, made.score.energies, POLICY_V1))
    for section in plan.sections:
        for bar in range(section.bar, section.bar + section.bars):
            if not is_fill_bar(section, bar):
                continue
            fill = cast.unit(own_key("fill", section), FillUnit)
            mine = [e for e in events if round(e.tick / TICKS) // STEPS == bar]
            behind = [e for e in mine if round(e.tick / TICKS) % STEPS >= fill.first]
            crash = KEYS["crash"]
            assert {e.why.unit for e in behind if e.pitch != crash} <= {fill.id}
            assert sum(e.why.unit == fill.id for e in mine) == len(fill.hits)


def test_sections_without_drums_have_none(made):
    plan = made.score.plan
    for event in write_drums(plan, made.cast, made.score.energies, POLICY_V1):
        assert Layer.DRUMS in plan.section_at(plan.bar_of(event.tick)).layers


def test_every_stroke_is_short_loud_enough_and_inside_the_song(made):
    plan = made.score.plan
    for event in write_drums(plan, made.cast, made.score.energies, POLICY_V1):
        assert 1 <= event.velocity <= 127
        assert 0 <= event.tick < plan.bars * BAR_TICKS
        assert event.pitch in KEYS.values()
        assert sum(event.shares.values()) == pytest.approx(1)


def test_the_same_cast_is_played_the_same(made):
    plan, energies = made.score.plan, made.score.energies
    first, second = (list(write_drums(plan, made.cast, energies, POLICY_V1)) for _ in range(2))
    assert first == second


def test_the_band_plays_what_the_drummer_wrote(made, base):
    band = Band(made.score.plan, made.cast, base, POLICY_V1)
    written = list(write_drums(made.score.plan, made.cast, band.energies, POLICY_V1))
    assert [e for e in band.events if e.track == "Drums"] == written


def test_every_beat_of_every_drummed_bar_is_struck_by_somebody(made):
    """Of the whole song: drums, bass and comping together leave no beat of a full bar unsaid."""
    score = made.score
    struck = {round(e.tick / TICKS) for e in score.events if e.track in ("Drums", "Bass", "Comp")}
    for section in score.plan.sections:
        if Layer.DRUMS not in section.layers:
            continue
        for bar in range(section.bar, section.bar + section.bars):
            if is_fill_bar(section, bar):
                continue
            for beat in range(0, STEPS, 4):
                assert bar * STEPS + beat in struck, (section.role, bar, beat)


def test_a_heard_pattern_of_the_song_is_complete_where_it_plays(made):
    for slot, unit in made.cast.units.items():
        if isinstance(unit, DrumUnit):
            played = (*unit.hits, *added_hits(unit))
            assert any(hit.piece in TIME_KEEPERS for hit in played), slot
            assert slot.startswith(("drums/", slot_key(Layer.DRUMS, made.score.plan.sections[1])))

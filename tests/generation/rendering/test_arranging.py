"""A score becomes an arrangement: nothing lost, nothing added, nothing before the beginning."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.attribution.policy import Layer
from generation.composition.score import TRACKS, Event, Why
from generation.composition.units import PPQ
from generation.rendering.arranging import arrange
from generation.rendering.drumkit import DRUM_PARTS, KITS, part_of
from generation.rendering.feel import MOST_LATE_S
from generation.rendering.instruments import INSTRUMENTS
from generation.rendering.voices.transitions import EFFECTS

MOST_STRUM_S = 0.09


def notes_of(arrangement, track):
    names = DRUM_PARTS if track == "Drums" else (track,)
    return [n for part in arrangement.parts if part.name in names for n in part.notes]


def events_of(score, track):
    return [event for event in score.events if event.track == track]


@pytest.fixture(scope="module")
def arrangement(made):
    return arrange(made.score, seed=7)


@pytest.mark.parametrize("track", TRACKS)
def test_every_event_becomes_one_note_of_its_pitch_near_its_time(made, arrangement, track):
    written, heard = events_of(made.score, track), notes_of(arrangement, track)
    assert Counter(e.pitch for e in written) == Counter(n.pitch for n in heard)
    tick_s = 60 / (made.score.plan.bpm * PPQ)
    by_pitch = lambda rows: sorted(rows, key=lambda row: (row[0], row[1]))  # noqa: E731
    pairs = zip(
        by_pitch((e.pitch, e.tick * tick_s) for e in written),
        by_pitch((n.pitch, n.start_s) for n in heard),
        strict=True,
    )
    # A strum moves a string by more than a hand is late.
    bound = MOST_LATE_S + (MOST_STRUM_S if track == "Comp" else 0.001)
    assert max(abs(at - start) for (_, at), (_, start) in pairs) <= bound


def test_nothing_begins_before_the_song_or_after_its_end(arrangement):
    for part in arrangement.parts:
        assert all(0 <= note.start_s < arrangement.seconds for note in part.notes), part.name
        assert all(note.length_s > 0 and 1 <= note.velocity <= 127 for note in part.notes)


def test_sections_follow_one_another_to_the_end(made, arrangement):
    sections = arrangement.sections
    assert [s.role for s in sections] == [s.role for s in made.score.plan.sections]
    assert sections[0].start_s == 0
    assert all(a.end_s == b.start_s for a, b in pairwise(sections))
    assert sections[-1].end_s == pytest.approx(arrangement.seconds)
    assert [s.energy for s in sections] == list(made.score.energies)


def test_every_part_is_played_by_somebody_that_exists(arrangement):
    names = [part.name for part in arrangement.parts]
    assert len(names) == len(set(names))
    for part in arrangement.parts:
        if part.name in DRUM_PARTS:
            assert part.instrument in KITS
            assert {part_of(note.pitch) for note in part.notes} == {part.name}
        elif part.name == "Effects":
            assert {note.pitch for note in part.notes} <= set(EFFECTS)
        else:
            assert part.instrument in INSTRUMENTS


def test_the_same_seed_plays_the_same_and_another_seed_plays_otherwise(made, arrangement):
    assert arrange(made.score, seed=7) == arrangement
    other = arrange(made.score, seed=8)
    assert other != arrangement
    assert [(p.name, p.instrument) for p in other.parts] == [
        (p.name, p.instrument) for p in arrangement.parts
    ]


def test_something_leads_into_every_chorus_and_ends_where_it_begins(arrangement):
    effects = notes_of(arrangement, "Effects")
    doors = [s.start_s for s in arrangement.sections[1:] if s.role == "chorus"]
    assert doors
    for door in doors:
        assert any(note.start_s + note.length_s == pytest.approx(door) for note in effects)


def test_a_held_chord_is_shorter_in_a_full_section_where_the_instrument_is_tight(made):
    programs = {**made.score.programs, "comp": 16}
    quiet = replace(made.score, programs=programs, energies=(0.05,) * len(made.score.energies))
    full = replace(quiet, energies=(1.0,) * len(made.score.energies))
    lengths = [
        sum(n.length_s for n in notes_of(arrange(score, seed=7), "Comp")) for score in (quiet, full)
    ]
    assert lengths[1] < 0.85 * lengths[0]


pitched = st.sampled_from([track for track in TRACKS if track != "Drums"])
numbers = st.integers(0, 30_000)


@st.composite
def events(draw):
    track = draw(st.one_of(pitched, st.just("Drums")))
    return Event(
        track=track,
        layer=Layer.DRUMS if track == "Drums" else Layer.MOTIF,
        tick=draw(numbers),
        ticks=draw(st.integers(1, 8_000)),
        pitch=draw(st.integers(20, 108)),
        velocity=draw(st.integers(1, 127)),
        parts={},
        shares={},
        why=Why("slot", None),
    )


@settings(max_examples=40, deadline=None)
@given(
    written=st.lists(events(), max_size=30),
    seed=st.integers(0, 2**31),
    program=st.integers(0, 127),
)
def test_any_events_are_played_once_each_by_any_program(made, written, seed, program):
    score = replace(
        made.score,
        events=tuple(written),
        programs=dict.fromkeys(("lead", "double", "comp", "pad", "arp", "bass"), program),
    )
    arrangement = arrange(score, seed=seed)
    heard = [n for p in arrangement.parts if p.name != "Effects" for n in p.notes]
    assert Counter(n.pitch for n in heard) == Counter(e.pitch for e in written)
    assert all(n.start_s >= 0 and n.length_s > 0 and 1 <= n.velocity <= 127 for n in heard)
    for part in arrangement.parts:
        assert part.instrument in INSTRUMENTS or part.instrument in KITS or part.name == "Effects"

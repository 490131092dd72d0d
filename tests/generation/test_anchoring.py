"""Who states the beat: what counts as leaning, who is counted, and that whole songs lean less."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from generation.attribution.policy import Layer
from generation.attribution.shares import BASE
from generation.composition.anchoring import (
    EIGHTH,
    added_drums,
    drum_hits,
    leaning,
    unstated_beats,
)
from generation.composition.slots import slot_key
from generation.composition.timekeeping import BEATS
from generation.composition.units import (
    STEPS,
    TICKS,
    ArpUnit,
    BassUnit,
    CompUnit,
    DrumUnit,
    Hit,
    Stroke,
    Tone,
)

steps = st.sets(st.integers(0, STEPS - 1))


def drums(kick, snare=(4, 12)):
    hits = [Hit(n, "kick", 100) for n in kick] + [Hit(n, "snare", 100) for n in snare]
    hats = [Hit(n, "hat", 80) for n in range(0, STEPS, 2)]
    return DrumUnit(id="drums", hits=(*hits, *hats), energy=0.5)


def bass(*at, bars=1):
    return BassUnit(id="bass", bars=bars, tones=tuple(Tone(n, 2, 1) for n in at), energy=0.5)


def comp(*at):
    return CompUnit(id="comp", strokes=tuple(Stroke(n, 2) for n in at), energy=0.5)


def section_of(made, role):
    return next(s for s in made.score.plan.sections if s.role == role)


def unstated(made, role, number=0, **units):
    """Return the beats left unstated if a role's slots held ``units``."""
    cast = replace(
        made.cast, units={**made.cast.units, **{f"{k}/{role}": u for k, u in units.items()}}
    )
    return unstated_beats(cast, section_of(made, role), number)


# ---------------------------------------------------------------- what leans


def test_a_beat_leans_when_fewer_stand_on_it_than_on_the_eighth_after():
    assert leaning([{0, 4, 8, 12}, {10}]) == frozenset()
    assert leaning([{0, 4, 8, 12}, {10}, {10}]) == {8}
    assert leaning([{6}]) == {4}
    assert leaning([]) == frozenset()


@given(st.lists(steps, max_size=4), st.sampled_from(BEATS))
def test_one_more_player_on_a_beat_never_makes_it_lean(players, beat):
    assert leaning([*players, {beat}]) <= leaning(players)


@given(st.lists(steps, max_size=4))
def test_who_stands_on_every_beat_and_eighth_alike_changes_nothing(players):
    even = set(range(0, STEPS, EIGHTH))
    assert leaning([*players, even]) == leaning(players)


@given(st.lists(steps, max_size=4))
def test_only_beats_lean_and_strokes_on_sixteenths_are_no_matter(players):
    found = leaning(players)
    assert found <= set(BEATS)
    assert leaning([{step for step in one if step % 2 == 0} for one in players]) == found


# ---------------------------------------------------------------- who is counted


def test_kick_and_bass_that_push_past_the_third_beat_leave_it_unstated(made):
    push = {"drums": drums((0, 8, 10)), "comp": comp(4, 12)}
    assert unstated(made, "verse", bass=bass(0, 10), **push) == {8}
    assert unstated(made, "verse", bass=bass(0, 8, 10), **push) == frozenset()


def test_a_bass_between_the_beats_of_four_kicks_is_a_groove(made):
    four = drums((0, 4, 8, 12))
    found = unstated(made, "verse", drums=four, bass=bass(0, 2, 6, 10, 14), comp=comp(4, 12))
    assert found == frozenset()


def test_each_bar_of_a_figure_is_asked_by_itself(made):
    two = bass(0, 8, 16, 26, bars=2)
    push = {"drums": drums((0, 10)), "comp": comp(0, 4, 12)}
    assert [unstated(made, "verse", n, bass=two, **push) for n in (0, 1, 2, 3)] == [
        frozenset(),
        {8},
        frozenset(),
        {8},
    ]


def test_what_the_base_adds_to_the_drums_counts(made):
    heard = replace(drums((0, 10)), confidence=0.8)
    units = {
        **made.cast.units,
        "drums/verse": heard,
        "bass/verse": bass(0, 10),
        "comp/verse": comp(4, 12),
    }
    cast = replace(made.cast, units=units)
    section = section_of(made, "verse")
    assert [(hit.step, hit.piece) for hit in added_drums(cast, section)] == [(8, "kick")]
    assert set(added_drums(cast, section)) < set(drum_hits(cast, section))
    # One kick on three against kick and bass after it.
    assert unstated_beats(cast, section, 0) == {8}


def test_without_drums_the_broken_chords_count(made):
    section = section_of(made, "outro")
    slots = {slot_key(Layer.BASS, section): bass(0, 10), slot_key(Layer.COMP, section): comp(0)}
    arp = ArpUnit(id="arp", tones=tuple(Tone(n, 2, 1) for n in (0, 4, 8, 12)), energy=0.5)
    plain = replace(made.cast, units={**made.cast.units, **slots})
    assert unstated_beats(plain, section, 0) == {8}
    stated = {**plain.units, slot_key(Layer.ARP, section): arp}
    assert unstated_beats(replace(plain, units=stated), section, 0) == frozenset()


def test_who_stands_counts_when_an_edit_writes_the_bass_alone(made):
    """An edit hides the layers that it keeps; the bass is to suit them all the same."""
    section = section_of(made, "verse")
    alone = replace(section, layers=frozenset({Layer.BASS}))
    for number in range(2):
        assert unstated_beats(made.cast, alone, number) == unstated_beats(
            made.cast, section, number
        )
    assert added_drums(made.cast, alone) == added_drums(made.cast, section)


# ---------------------------------------------------------------- a whole song


def test_in_a_song_the_base_strikes_exactly_the_beats_that_are_left(made):
    plan, cast = made.score.plan, made.cast
    for section in plan.sections:
        if Layer.BASS not in section.layers:
            continue
        unit = cast.unit(slot_key(Layer.BASS, section), BassUnit)
        for bar in range(section.bar, min(section.bar + section.bars, plan.bars - 1)):
            mine = [
                e for e in made.score.events if e.track == "Bass" and plan.bar_of(e.tick) == bar
            ]
            at = {round(e.tick / TICKS) % STEPS for e in mine}
            own = [t for t in unit.tones if t.step // STEPS == (bar - section.bar) % unit.bars]
            left = unstated_beats(cast, section, bar - section.bar)
            after = {beat for beat in left if own and own[0].step % STEPS <= beat}
            assert after <= at
            added = [e for e in mine if e.why.ops == ("on the beat",)]
            assert {round(e.tick / TICKS) % STEPS for e in added} <= after
            assert all(e.parts == {BASE: 1.0} for e in added)

"""Edited songs: what is kept is kept to the note, and the shares hold after any chain of edits."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any, cast

import pytest

from generation.attribution.policy import Layer
from generation.attribution.settlement import settle
from generation.attribution.shares import BASE
from generation.composition.archive import dump
from generation.composition.editing import recompose
from generation.composition.edits import (
    LAYER_OF,
    LONGEST_S,
    ChangeEnergy,
    ChangeKey,
    ChangeLength,
    ChangeTempo,
    Extend,
    RerollLayer,
    RerollSection,
    Reweigh,
    require_possible,
)
from generation.composition.errors import EditOutOfReachError, OptionsInvalidError
from generation.composition.midi import write_midi
from generation.composition.outlines import CADENCE_BARS, section_of
from generation.composition.plan import MOST_S
from generation.composition.previewing import preview
from generation.composition.units import BAR_TICKS, TICKS
from generation.quality.gate import judge
from tests.generation.edited_songs import OPTIONS, by_section, first_of, require_whole
from tests.generation.songs import usual_weights

EARLY = TICKS // 2
"""Ticks by which a note may be played before its bar."""


@pytest.fixture(scope="module")
def edited(made, sources, base):
    """Return a function that edits the song of this folder, each edit once."""
    known = {}

    def edit(one, weights=None):
        if repr(one) not in known:
            asked = weights or usual_weights(sources)
            known[repr(one)] = recompose(made, one, sources, base, asked, OPTIONS)
        return known[repr(one)]

    return edit


# ---------------------------------------------------------------- a section


def test_a_rerolled_section_is_new_and_everything_else_is_the_same_objects(made, edited, sources):
    chorus = first_of(made, "chorus")
    song = edited(RerollSection(chorus.index, seed=5))
    before, after = by_section(made), by_section(song)
    for pair in before.keys() | after.keys():
        if pair[0] == chorus.key:
            assert before.get(pair) != after.get(pair), pair
        else:
            assert before[pair] == after[pair], pair
    assert [s for s in song.score.decisions if s.bar < chorus.bar] == [
        s for s in made.score.decisions if s.bar < chorus.bar
    ]
    require_whole(song, sources)


def test_one_chorus_or_all_of_them_alike(made, edited):
    """Rerolled together they stay one music; rerolled alone, one differs from the others."""
    chorus = first_of(made, "chorus")
    alone = edited(RerollSection(chorus.index, seed=5))
    together = edited(RerollSection(chorus.index, seed=5, everywhere=True))
    keys = [s.key for s in made.score.plan.sections if s.role == "chorus"]
    assert len(keys) >= 2

    def tune(song, key):
        section = next(s for s in song.score.plan.sections if s.key == key)
        start = section.bar * BAR_TICKS
        own = by_section(song)[key, Layer.MOTIF]
        return [(round((e.tick - start) / 120), e.pitch) for e in own if e.track == "Lead"][:12]

    assert tune(alone, keys[0]) != tune(alone, keys[1]) == tune(made, keys[1])
    assert tune(together, keys[0]) == tune(together, keys[1]) != tune(made, keys[0])


def test_another_seed_writes_another_section_and_the_same_seed_the_same(
    made, edited, sources, base
):
    index = first_of(made, "verse").index
    one, two = edited(RerollSection(index, 1)), edited(RerollSection(index, 2))
    assert one.score.events != two.score.events
    again = recompose(made, RerollSection(index, 1), sources, base, usual_weights(sources), OPTIONS)
    assert dump(again) == dump(one)


def test_the_order_of_the_sources_changes_nothing(made, edited, sources, base):
    index = first_of(made, "verse").index
    again = recompose(
        made, RerollSection(index, 1), sources[::-1], base, usual_weights(sources), OPTIONS
    )
    assert dump(again) == dump(edited(RerollSection(index, 1)))


# ---------------------------------------------------------------- a layer


@pytest.mark.parametrize("layer", LAYER_OF)
def test_a_rerolled_layer_is_new_and_the_others_stand(made, edited, sources, layer):
    song = edited(RerollLayer(layer, seed=9))
    before, after = by_section(made), by_section(song)
    follows = (
        {Layer.MOTIF, Layer.BASS, Layer.COMP, Layer.PAD, Layer.ARP}
        if layer == "harmony"
        else {LAYER_OF[layer]}
    )
    for pair in before:
        if pair[1] not in follows:
            assert before[pair] == after[pair], pair
    new = [pair for pair in before if pair[1] in follows and before[pair] != after[pair]]
    assert new
    assert judge(song, list(sources)).missed == ()
    require_whole(song, sources)


def test_new_harmony_moves_the_chords_and_every_other_layer_keeps_them(made, edited):
    assert edited(RerollLayer("harmony", seed=9)).score.chords != made.score.chords
    for layer in ("melody", "drums", "bass", "comp", "pad", "arp"):
        assert edited(RerollLayer(layer, seed=9)).score.chords == made.score.chords


# ---------------------------------------------------------------- nothing but tempo, key, force


def test_another_tempo_moves_no_note_and_no_share(made, edited):
    song = edited(ChangeTempo(bpm=140.0))
    assert song.score.plan.bpm == 140.0
    assert song.score.events == made.score.events
    assert song.score.decisions == made.score.decisions
    assert settle(song.shares) == settle(made.shares)
    assert write_midi(song.score) != write_midi(made.score)


@pytest.mark.parametrize("tonic", range(12))
def test_another_key_moves_whole_parts_and_keeps_their_register(made, sources, base, tonic):
    song = recompose(made, ChangeKey(tonic), sources, base, made.weights, OPTIONS)
    home = (tonic + 3) % 12 if made.score.plan.mode == "minor" else tonic
    assert song.score.plan.tonic == home
    for track in ("Lead", "Bass", "Comp", "Pad", "Arp", "Double"):
        old = sorted((e.tick, e.ticks, e.pitch) for e in made.score.events if e.track == track)
        new = sorted((e.tick, e.ticks, e.pitch) for e in song.score.events if e.track == track)
        moves = {b[2] - a[2] for a, b in zip(old, new, strict=True)}
        assert len(moves) == 1, track
        assert (moves.pop() - (home - made.score.plan.tonic)) % 12 == 0
        assert abs(sum(n[2] for n in new) - sum(n[2] for n in old)) / len(old) <= 9
    drums = [e for e in made.score.events if e.track == "Drums"]
    assert [e for e in song.score.events if e.track == "Drums"] == drums
    assert settle(song.shares) == settle(made.shares)


def test_keys_changed_around_the_circle_never_leave_the_instruments(made, sources, base):
    song = made
    for tonic in (5, 10, 3, 8, 1, 6, 11, 4, 9, 2, 7, 0):
        song = recompose(song, ChangeKey(tonic), sources, base, made.weights, OPTIONS)
    for track, low, high in (("Lead", 55, 84), ("Bass", 24, 60)):
        pitches = [e.pitch for e in song.score.events if e.track == track]
        assert low <= min(pitches) <= max(pitches) <= high


def test_another_mode_brings_new_chords_over_the_same_drums(made, edited, sources):
    mode = "minor" if made.score.plan.mode == "major" else "major"
    song = edited(ChangeKey(4, mode, seed=1))
    assert song.score.plan.mode == mode
    assert (song.score.plan.tonic + (9 if mode == "minor" else 0)) % 12 == 4
    drums = [e for e in made.score.events if e.track == "Drums"]
    assert [e for e in song.score.events if e.track == "Drums"] == drums
    assert judge(song, list(sources)).missed == ()
    require_whole(song, sources)


def test_more_energy_is_more_force_on_the_same_notes(made, edited, sources):
    soft, loud = edited(ChangeEnergy(0.1)), edited(ChangeEnergy(0.9))
    for song in (soft, loud):
        assert [replace(e, velocity=1) for e in song.score.events] == [
            replace(e, velocity=1) for e in made.score.events
        ]
        require_whole(song, sources)
    totals = [sum(e.velocity for e in s.score.events) for s in (soft, made, loud)]
    assert totals == sorted(totals)
    assert totals[0] < 0.97 * totals[1] < totals[1] < 0.97 * totals[2]
    assert loud.score.energies > made.score.energies > soft.score.energies


# ---------------------------------------------------------------- longer and shorter


@pytest.mark.parametrize(("role", "bars"), [("chorus", 8), ("outro", 4)])
def test_an_extension_repeats_its_own_music_behind_it(made, edited, sources, role, bars):
    song = edited(Extend(role, bars))
    assert song.score.plan.bars == made.score.plan.bars + bars
    require_whole(song, sources)
    assert song.score.chords[-1] == made.score.chords[-1]
    old = [s.key for s in made.score.plan.sections]
    added = [s for s in song.score.plan.sections if s.key not in old]
    assert [s.role for s in added] == [role]
    before, after = by_section(made), by_section(song)
    original = added[0].key.split("+")[0]
    # The singer's part is the same tune; where shares asked for it, another plays the accompaniment.
    start = next(s.bar for s in made.score.plan.sections if s.key == original)
    by = (added[0].bar - start) * BAR_TICKS
    tune = [(e.tick + by, e.pitch) for e in before.get((original, Layer.MOTIF), [])]
    if role == "outro":
        # Its last two bars close the song and come once: what is added turns round before them.
        two = CADENCE_BARS * BAR_TICKS
        first = [
            (tick, pitch) for tick, pitch in tune if tick < by + start * BAR_TICKS + two - EARLY
        ]
        tune = [*first, *((tick + two, pitch) for tick, pitch in first)]
    assert [(e.tick, e.pitch) for e in after.get((added[0].key, Layer.MOTIF), [])] == tune


@pytest.mark.parametrize("bars", [4, 12])
def test_an_extended_outro_plays_its_cadence_once_at_the_end(made, edited, sources, bars):
    song = edited(Extend("outro", bars))
    require_whole(song, sources)
    before, after = made.score.plan.sections[-1], song.score.plan.sections[-1]
    opening = made.score.chords[2 * before.bar : 2 * (before.bar + CADENCE_BARS)]
    start, end = before.bar, after.bar
    assert end == start + bars
    # Round and round over the chords that the outro begins with; its own four bars follow as they were.
    assert song.score.chords[2 * start : 2 * end] == opening * (bars // CADENCE_BARS)
    assert song.score.chords[2 * end :] == made.score.chords[2 * before.bar :]
    closing = [one.bar for one in song.score.decisions if "cadence" in one.why.ops]
    assert [bar for bar in closing if bar >= start] == [
        one.bar + bars
        for one in made.score.decisions
        if "cadence" in one.why.ops and one.bar >= start
    ]
    held = [e for e in song.score.events if e.track == "Bass" and e.ticks > 15 * TICKS]
    assert [song.score.plan.bar_of(e.tick) for e in held if e.tick >= start * BAR_TICKS] == [
        song.score.plan.bars - 1
    ]


def test_what_turns_round_in_an_outro_ends_before_it_begins_anew(made, edited):
    song = edited(Extend("outro", 8))
    start = made.score.plan.sections[-1].bar * BAR_TICKS
    pad = [e for e in song.score.events if e.track == "Pad" and e.tick >= start - EARLY]
    for pitch in {e.pitch for e in pad}:
        own = sorted((e for e in pad if e.pitch == pitch), key=lambda e: e.tick)
        assert all(a.tick + a.ticks <= b.tick for a, b in pairwise(own))


def test_an_outro_that_was_extended_can_be_sung_anew_and_closes_once(made, edited, sources, base):
    longer = edited(Extend("outro", 4))
    again = recompose(
        longer, RerollLayer("melody", 5), sources, base, usual_weights(sources), OPTIONS
    )
    require_whole(again, sources)
    tonic = again.score.plan.tonic
    plan = again.score.plan
    first_end = (plan.sections[-1].bar) * BAR_TICKS
    lead = sorted((e for e in again.score.events if e.track == "Lead"), key=lambda e: e.tick)
    last = [e for e in lead if e.tick < first_end - EARLY][-1]
    assert lead[-1].ticks > 13 * TICKS > last.ticks
    assert (lead[-1].pitch - tonic) % 12 == again.score.chords[-1].root


def test_bars_before_an_insertion_do_not_move_and_those_behind_move_by_it(made, edited):
    song = edited(Extend("outro", 4))
    at = made.score.plan.sections[-1].bar * BAR_TICKS
    drums = [e for e in made.score.events if e.track == "Drums" and e.tick < at]
    assert [e for e in song.score.events if e.track == "Drums" and e.tick < at] == drums
    last = [e for e in made.score.events if section_of(made.score.plan, e)[0].role == "outro"]
    moved = by_section(song)
    outro = song.score.plan.sections[-1]
    assert outro.bar == made.score.plan.sections[-1].bar + 4
    bass = [e.tick for e in moved[outro.key, Layer.BASS]]
    assert bass == [e.tick + 4 * BAR_TICKS for e in last if e.layer is Layer.BASS]


@pytest.mark.parametrize("seconds", [120.0, 240.0])
def test_another_length_is_near_what_was_asked_and_still_a_form(made, edited, sources, seconds):
    song = edited(ChangeLength(seconds))
    plan = song.score.plan
    assert abs(plan.bars * plan.bar_s - seconds) <= 12
    assert plan.sections[-1].role == "outro"
    assert [s.bar for s in plan.sections] == [
        sum(s.bars for s in plan.sections[:n]) for n in range(len(plan.sections))
    ]
    assert len({s.key for s in plan.sections}) == len(plan.sections)
    require_whole(song, sources)
    assert judge(song, list(sources)).missed == ()


# ---------------------------------------------------------------- weights


def test_more_of_one_source_is_followed_and_much_is_kept(made, sources, base):
    weights = usual_weights(sources)
    weights[sources[0].key] *= 2
    song = recompose(made, Reweigh(weights), sources, base, made.weights, OPTIONS)
    require_whole(song, sources)
    assert song.shares[sources[0].key] > made.shares[sources[0].key] + 0.04
    kept = set(map(id, made.score.events)) & set(map(id, song.score.events))
    assert len(kept) > 0.3 * len(made.score.events)


def test_a_source_weighed_to_nothing_is_nowhere_in_the_song(made, sources, base):
    weights = {**usual_weights(sources), sources[2].key: 0.0}
    song = recompose(made, Reweigh(weights), sources, base, made.weights, OPTIONS)
    require_whole(song, sources)
    gone = sources[2].key
    assert gone not in song.shares
    assert gone not in song.cast.owners.values()
    for thing in (*song.score.events, *song.score.decisions):
        assert gone not in thing.shares


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (RerollSection(99, 1), "section 99"),
        (RerollSection(-1, 1), "section -1"),
        (RerollLayer(cast("Any", "tuba"), 1), "layer 'tuba'"),
        (ChangeTempo(500.0), "500 BPM"),
        (ChangeTempo(float("nan")), "BPM"),
        (ChangeKey(12), "tonic 12"),
        (ChangeEnergy(1.5), "energy 1.5"),
        (ChangeLength(5.0), "5 s"),
        (Extend("chorus", 7), "7 bars more"),
        (Extend(cast("Any", "solo"), 4), "no solo"),
        (Reweigh({BASE: 1.0}), "no weight for song:00"),
    ],
)
def test_an_impossible_edit_is_refused_before_anything_and_nothing_changes(
    made, sources, base, edit, says
):
    before = dump(made)
    with pytest.raises(OptionsInvalidError, match=says):
        recompose(made, edit, sources, base, made.weights, OPTIONS)
    with pytest.raises(OptionsInvalidError, match=says):
        preview(made, edit)
    assert dump(made) == before


def test_no_edit_makes_a_song_longer_than_can_be_played_and_a_long_one_may_become_shorter(made):
    def lasting(seconds):
        plan = made.score.plan
        slow = replace(plan, bpm=plan.bars * 240 / seconds)
        return replace(made, score=replace(made.score, plan=slow))

    long = lasting(LONGEST_S - 1)
    with pytest.raises(OptionsInvalidError, match="at most 450 are made; shorten it first"):
        require_possible(long, Extend("chorus", 4))
    fast = lasting(MOST_S)
    require_possible(fast, Extend("chorus", 4))
    # A hundred and fifty bars at the slowest tempo are ten minutes.
    wide = replace(
        fast.score.plan, sections=(replace(fast.score.plan.sections[-1], bar=146, bars=4),)
    )
    wide = replace(fast, score=replace(fast.score, plan=replace(wide, bpm=100.0)))
    with pytest.raises(OptionsInvalidError, match="would last 600 s"):
        require_possible(wide, ChangeTempo(60.0))
    require_possible(wide, ChangeTempo(90.0))
    longer = lasting(LONGEST_S + 60)
    require_possible(longer, ChangeTempo(120.0))


def test_an_edit_that_cannot_keep_the_shares_says_so_and_what_to_do(made, sources, base):
    """Weights that the kept notes cannot meet: one section is too little to turn a song round."""
    turned = {**usual_weights(sources, base=0.67)}
    before = dump(made)
    with pytest.raises(EditOutOfReachError, match="nothing was changed; try another seed"):
        recompose(made, RerollSection(0, 1), sources, base, turned, OPTIONS)
    assert dump(made) == before

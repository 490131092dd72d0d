"""Sources that are odd in one way each: mined for what they have, and never made to give more."""

from __future__ import annotations

from collections import Counter

import pytest

from generation.attribution.errors import QuotaInfeasibleError
from generation.attribution.policy import Layer
from generation.attribution.settlement import settle
from generation.attribution.shares import BASE
from generation.composition.compose import compose
from generation.composition.mining.source import mine_source
from generation.composition.plan import FOLD_FROM_BPM, FOLD_TO_BPM, Options, make_plan
from generation.composition.score import TRACKS
from generation.composition.units import BAR_TICKS, STEPS
from tests.generation.edited_songs import require_whole
from tests.generation.score.analyses import (
    at_tempo,
    in_key,
    in_six,
    in_three_bar_sections,
    with_silence,
    without_drums,
    without_melody,
)
from tests.generation.songs import analysis, usual_weights

UNITS = ("harmony", "drums", "grooves", "bass", "comp", "pads", "arps", "rhythms", "contours")


def mined(number, song):
    return mine_source(f"{number:02d}", song)


def odd_ten():
    """Ten songs of which no two are odd in the same way."""
    return (
        mined(0, without_drums(0)),
        mined(1, without_melody(1)),
        mined(2, at_tempo(2, 40.0)),
        mined(3, at_tempo(3, 220.0)),
        mined(4, analysis(4, meter=3)),
        mined(5, in_six(5)),
        mined(6, in_three_bar_sections(6)),
        mined(7, with_silence(7)),
        mined(8, analysis(8)),
        mined(9, analysis(8)),
    )


@pytest.fixture(scope="module")
def odd():
    return odd_ten()


@pytest.fixture(scope="module")
def odd_song(odd, small):
    return compose(odd, small, usual_weights(odd), Options(seed=5))


# ---------------------------------------------------------------- mining


def test_a_song_without_drums_gives_everything_but_drums():
    song, whole = mined(0, without_drums(0)), mined(0, analysis(0))
    assert (song.drums, song.grooves) == ((), ())
    assert whole.drums
    for name in set(UNITS) - {"drums", "grooves"}:
        assert getattr(song, name) == getattr(whole, name)


def test_a_song_without_a_melody_gives_none_and_none_is_guarded():
    song = mined(1, without_melody(1))
    assert (song.rhythms, song.contours, song.lines, song.heard) == ((), (), (), ())
    assert song.harmony
    assert song.bass


@pytest.mark.parametrize("bpm", [40.0, 63.5, 144.0, 220.0])
def test_the_tempo_changes_nothing_that_is_counted_in_bars(bpm):
    slow, usual = mined(2, at_tempo(2, bpm)), mined(2, analysis(2))
    assert slow.bpm == bpm
    for name in ("drums", "bass", "comp", "arps"):
        assert [(u.id, u.energy) for u in getattr(slow, name)] == [
            (u.id, u.energy) for u in getattr(usual, name)
        ]
    assert [u.chords for u in slow.harmony] == [u.chords for u in usual.harmony]
    assert [u.strokes for u in slow.rhythms] == [u.strokes for u in usual.rhythms]
    assert (slow.lines, slow.heard) == (usual.lines, usual.heard)


@pytest.mark.parametrize("bpm", [40.0, 71.99, 72.0, 143.99, 144.0, 220.0, 300.0])
def test_any_tempo_is_folded_into_one_octave_and_stays_the_songs_own(base, bpm):
    song = mined(2, at_tempo(2, bpm))
    plan = make_plan([song], usual_weights([song]), base, Options(seed=1))
    assert FOLD_FROM_BPM <= plan.bpm <= FOLD_TO_BPM
    assert any(abs(plan.bpm * 2.0**octave - bpm) < 0.05 for octave in (-2, -1, 0, 1, 2))


@pytest.mark.parametrize("meter", [3, 6])
def test_a_song_not_in_four_gives_chords_contours_and_lines_but_no_figure_of_sixteen(meter):
    song = mined(4, analysis(4, meter=meter))
    for name in ("drums", "grooves", "bass", "comp", "pads", "arps", "rhythms"):
        assert getattr(song, name) == (), name
    assert song.harmony
    assert all(len(unit.chords) == 8 for unit in song.harmony)
    assert song.contours
    assert song.sounds


def test_sections_of_odd_lengths_give_only_whole_loops_and_whole_ideas():
    song = mined(6, in_three_bar_sections(6))
    assert song.harmony
    for unit in song.harmony:
        assert unit.span.bars == 4
        assert len(unit.chords) == 8
    for unit in song.rhythms:
        assert max(stroke.step + stroke.length for stroke in unit.strokes) <= 3 * STEPS
    assert {form.bars for form in song.forms} <= {4, 8, 16}


def test_what_is_silent_in_the_middle_is_not_filled_in():
    song, whole = mined(7, with_silence(7)), mined(7, analysis(7))
    assert {unit.chords for unit in song.harmony} <= {unit.chords for unit in whole.harmony}
    for unit in (*song.harmony, *song.rhythms):
        assert not 8 <= unit.span.bar < 16
    assert song.drums == whole.drums


@pytest.mark.parametrize(("tonic", "mode", "frame"), [("A", "minor", 0), ("C", "major", 0)])
def test_relative_keys_share_one_frame(tonic, mode, frame):
    song = mined(0, in_key(0, tonic, mode))
    assert (song.tonic, song.mode) == (frame, mode)
    assert song.harmony == mined(0, analysis(0)).harmony


def test_ten_songs_in_one_key_make_a_song_in_that_key(base):
    ten = [mined(n, in_key(n, "G", "major")) for n in (0, 7)]
    for seed in range(5):
        plan = make_plan(ten, usual_weights(ten), base, Options(seed=seed))
        assert (plan.tonic, plan.mode) == (7, "major")


# ---------------------------------------------------------------- a song of all of them


def test_ten_odd_songs_make_a_whole_song_to_their_weights(odd, odd_song):
    require_whole(odd_song, odd)
    for key, weight in odd_song.weights.items():
        assert abs(odd_song.shares[key] - weight) <= 0.01


def test_nobody_is_owed_for_what_they_do_not_have(odd, odd_song):
    owned = Counter()
    for slot, owner in odd_song.cast.owners.items():
        owned[owner, slot.split("/")[0]] += 1
    assert not owned["song:00", "drums"]
    assert not owned["song:00", "groove"]
    assert not owned["song:01", "rhythm"]
    assert not owned["song:01", "contour"]
    for waltz in ("song:04", "song:05"):
        for kind in ("drums", "groove", "bass", "comp", "pad", "arp", "rhythm"):
            assert not owned[waltz, kind]
    for event in odd_song.score.events:
        if event.layer is Layer.MOTIF:
            assert "song:01" not in event.shares


def test_every_note_of_it_lies_in_its_bar_and_every_track_plays(odd_song):
    plan = odd_song.score.plan
    assert {event.track for event in odd_song.score.events} == set(TRACKS)
    for event in odd_song.score.events:
        bar = plan.bar_of(event.tick)
        assert bar * BAR_TICKS - 60 <= event.tick < (bar + 1) * BAR_TICKS
        assert event.layer in plan.section_at(bar).layers


def test_two_equal_songs_are_two_sources_and_each_has_its_own_share(odd_song):
    eight, nine = odd_song.shares["song:08"], odd_song.shares["song:09"]
    assert abs(eight - nine) <= 0.02
    assert min(eight, nine) > 0.05


# ---------------------------------------------------------------- extreme weights


@pytest.fixture(scope="module")
def heavy(sources, small):
    weights = {BASE: 330_000, **{source.key: 0 for source in sources}, sources[2].key: 670_000}
    return compose(sources, small, weights, Options(seed=6))


def test_one_song_of_670_thousand_and_nine_of_nothing(sources, heavy):
    assert set(heavy.shares) == {BASE, sources[2].key}
    assert abs(heavy.shares[sources[2].key] - 0.67) <= 0.01
    assert sum(settle(heavy.shares).values()) == 1_000_000


def test_nine_of_nothing_are_nowhere_not_in_a_bar_a_layer_a_note_or_a_reason(sources, heavy):
    gone = {source.key for source in sources} - {sources[2].key}
    assert not gone & set(heavy.cast.owners.values())
    assert not gone & heavy.cast.planned.keys()
    for bar in heavy.bars:
        assert not gone & bar.total.keys()
        assert not any(gone & shares.keys() for shares in bar.groups.values())
    for thing in (*heavy.score.events, *heavy.score.decisions):
        assert not gone & thing.shares.keys()
        assert not any(f"{key}:" in (thing.why.unit or "") for key in gone)


def test_a_waltz_cannot_be_two_thirds_of_a_song_in_four(small, odd):
    """It has chords, contours, form and sound; the base alone could play the rest, and may not."""
    waltz = odd[4]
    weights = {BASE: 0.33, **{source.key: 0.0 for source in odd}, waltz.key: 0.67}
    with pytest.raises(QuotaInfeasibleError, match=r"base may fill .* is the only one"):
        compose(odd, small, weights, Options(seed=1))


def test_a_base_of_nothing_is_refused_for_cadences_are_always_its_own(small, sources):
    weights = {**usual_weights(sources), BASE: 0.0}
    with pytest.raises(QuotaInfeasibleError):
        compose(sources, small, weights, Options(seed=1))


def test_ten_songs_without_drums_or_melody_leave_the_base_more_than_it_may_have(small):
    ten = [mined(n, without_melody(n) | {"drums": []}) for n in range(10)]
    with pytest.raises(QuotaInfeasibleError, match="base may fill"):
        compose(ten, small, usual_weights(ten), Options(seed=1))

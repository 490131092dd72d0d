"""What an edit was not asked to touch stands: the same notes, reasons and shares, event by event."""

from __future__ import annotations

from collections import Counter

import pytest

from generation.attribution.policy import Layer
from generation.attribution.settlement import settle
from generation.composition.archive import dump, load
from generation.composition.carrying import carry
from generation.composition.editing import recompose
from generation.composition.edits import (
    LAYER_OF,
    ChangeEnergy,
    ChangeKey,
    ChangeLength,
    ChangeTempo,
    Extend,
    RerollLayer,
    RerollSection,
    Reweigh,
    edit_as_json,
    edit_from_json,
    is_pure,
    outline,
)
from generation.composition.outlines import section_of
from generation.composition.plan import Options
from generation.composition.previewing import preview
from generation.composition.units import BAR_TICKS
from tests.generation.edited_songs import by_section, require_whole

WISHES = Options(seed=9)
EDITS = {
    "a section": RerollSection(2, seed=41),
    "the melody": RerollLayer("melody", seed=43),
    "the bass": RerollLayer("bass", seed=44),
    "the pads": RerollLayer("pad", seed=45),
}
FRAME = (Layer.FORM, Layer.SOUND)


@pytest.fixture(scope="module", params=EDITS)
def edited(request, third, sources, base):
    edit = EDITS[request.param]
    return edit, recompose(third, edit, sources, base, third.weights, WISHES)


def test_every_note_outside_the_edit_is_the_same_note(third, edited):
    edit, song = edited
    plan = outline(third, edit)
    carried = carry(third.score, plan)
    after = by_section(song)
    for section in plan.plan.sections:
        for layer in Layer:
            pair = (section.key, layer)
            if pair not in plan.rewrite and layer not in FRAME:
                assert tuple(after.get(pair, ())) == carried.events[pair], pair


def test_every_chord_outside_the_edit_is_the_same_chord(third, edited):
    edit, song = edited
    plan = outline(third, edit)
    for section in song.score.plan.sections:
        if (section.key, Layer.HARMONY) in plan.rewrite:
            continue
        origin = plan.origins[section.key]
        start = 2 * (origin.section.bar + origin.first)
        first, last = 2 * section.bar, 2 * (section.bar + section.bars)
        assert song.score.chords[first:last] == third.score.chords[start : start + last - first]


def test_what_was_edited_is_other_music(third, edited):
    edit, song = edited
    before, after = by_section(third), by_section(song)
    sounding = [
        pair for pair in outline(third, edit).rewrite if pair in before and pair[1] not in FRAME
    ]
    assert sounding
    changed = [pair for pair in sounding if before[pair] != after.get(pair)]
    assert len(changed) >= 0.7 * len(sounding)


def test_the_edited_song_is_whole_and_comes_back_from_its_archive(edited, sources):
    _, song = edited
    require_whole(song, sources)
    assert load(dump(song)) == song


def test_every_bar_layer_and_the_song_settle_to_a_million(edited):
    _, song = edited
    assert sum(settle(song.shares).values()) == 1_000_000
    for bar in song.bars:
        assert sum(settle(bar.total).values()) == 1_000_000
        for shares in bar.groups.values():
            assert sum(settle(shares).values()) == 1_000_000


def test_the_preview_counts_what_then_happens(third, edited):
    edit, song = edited
    said = preview(third, edit)
    assert said.bars_after == song.score.plan.bars
    assert said.seconds_after == pytest.approx(song.score.plan.bars * song.score.plan.bar_s)
    old, new = (
        Counter((e.track, e.tick, e.ticks, e.pitch, e.velocity) for e in one.score.events)
        for one in (third, song)
    )
    assert said.notes_kept <= (old & new).total()
    assert said.notes_kept + said.notes_new == len(third.score.events)
    assert said.notes_copied == 0


def test_no_two_lead_notes_overlap_where_old_and_new_meet(edited):
    _, song = edited
    end = 0
    for event in song.score.events:
        if event.track == "Lead":
            assert event.tick >= end
            end = event.tick + event.ticks


def test_no_note_sounds_over_the_border_of_its_section_into_the_next(edited):
    _, song = edited
    plan = song.score.plan
    for event in song.score.events:
        section, _ = section_of(plan, event)
        end = (section.bar + section.bars) * BAR_TICKS
        if event.layer is not Layer.DRUMS:
            assert event.tick + event.ticks <= end


# ---------------------------------------------------------------- values


@pytest.mark.parametrize(
    "edit",
    [
        *EDITS.values(),
        Extend("chorus", 8),
        RerollSection(1, seed=42, everywhere=True),
        ChangeTempo(97.5),
        ChangeKey(3, "minor", seed=8),
        ChangeKey(0),
        ChangeEnergy(0.25),
        ChangeLength(200.0),
        Reweigh({"base": 0.33, "song:00": 0.67}),
    ],
)
def test_an_edit_is_a_value_that_can_be_stored(edit):
    stored = edit_as_json(edit)
    assert stored["is"] == type(edit).__name__
    assert edit_from_json(stored) == edit
    assert edit_from_json(edit_as_json(edit_from_json(stored))) == edit


def test_only_tempo_force_and_the_same_mode_in_another_key_keep_every_note(third, minor):
    for song, mode, other in ((third, "major", "minor"), (minor, "minor", "major")):
        plan = song.score.plan
        assert all(is_pure(plan, e) for e in (ChangeTempo(90.0), ChangeEnergy(1.0), ChangeKey(4)))
        assert is_pure(plan, ChangeKey(4, mode))
        assert not is_pure(plan, ChangeKey(4, other))
        assert not any(is_pure(plan, edit) for edit in EDITS.values())


@pytest.mark.parametrize("layer", [name for name in LAYER_OF if name != "harmony"])
def test_a_layer_rolled_again_asks_for_that_layer_alone(third, layer):
    said = preview(third, RerollLayer(layer, 3))
    assert said.layers == (layer,)
    own = sum(event.layer is LAYER_OF[layer] for event in third.score.events)
    assert said.notes_new == own
    assert said.notes_kept == len(third.score.events) - own


def test_new_harmony_asks_for_everything_that_follows_the_chords(third):
    said = preview(third, RerollLayer("harmony", 3))
    assert set(said.layers) == set(LAYER_OF) - {"drums"}
    drums = sum(event.layer is Layer.DRUMS for event in third.score.events)
    assert said.notes_kept == drums


@pytest.mark.parametrize("index", range(6))
def test_a_section_rolled_again_asks_for_that_section_alone(third, index):
    said = preview(third, RerollSection(index, 3))
    assert said.sections == ((index, third.score.plan.sections[index].role),)
    inside = [e for e in third.score.events if section_of(third.score.plan, e)[0].index == index]
    assert said.notes_new == len(inside)


@pytest.mark.parametrize("bpm", [60.0, 180.0])
def test_the_preview_of_a_tempo_says_how_long_the_song_will_be(third, bpm):
    said = preview(third, ChangeTempo(bpm))
    assert said.is_pure
    assert (said.notes_kept, said.notes_new) == (len(third.score.events), 0)
    assert said.seconds_after == pytest.approx(third.score.plan.bars * 240 / bpm)
    assert said.bars_after == said.bars_before

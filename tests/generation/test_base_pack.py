"""The base pack: enough of it, well formed, frozen, and named on its card."""

from __future__ import annotations

import re
import shutil

import pytest

from generation.attribution.policy import POLICY_V1
from generation.attribution.shares import BASE
from generation.composition.base import PACK, load_base_pack
from generation.composition.casting import MOST_CANDIDATES, Pool
from generation.composition.compose import compose
from generation.composition.errors import BasePackInvalidError
from generation.composition.grammar import grow_loop
from generation.composition.melody import gather_singer
from generation.composition.plan import Options, make_plan
from generation.composition.slots import slot_table
from generation.composition.stream import Stream
from generation.composition.units import STEPS
from tests.generation.songs import ten_sources, usual_weights


def test_the_pack_is_the_frozen_one(base):
    """A changed pattern is a new revision: raise it, and write the new hash on the card."""
    card = (PACK / "CARD.md").read_text()
    assert base.revision in card
    assert base.sha256 in card


def test_there_are_enough_patterns_of_every_kind(base):
    own = base.source
    assert base.patterns >= 150
    assert len(own.drums) >= 36
    assert len(own.fills) >= 16
    assert len(own.bass) >= 24
    assert len(own.comp) >= 20
    assert len(own.arps) >= 16
    assert len(own.rhythms) >= 32
    assert len(own.contours) >= 24
    assert len(base.loops["major"]) >= 16
    assert len(base.loops["minor"]) >= 10
    assert len(base.forms) >= 6


def test_no_pattern_is_there_twice(base):
    own = base.source
    for units, content in (
        (own.drums, lambda u: u.hits),
        (own.fills, lambda u: u.hits),
        (own.bass, lambda u: u.tones),
        (own.comp, lambda u: u.strokes),
        (own.arps, lambda u: u.tones),
        (own.rhythms, lambda u: u.strokes),
        (own.contours, lambda u: u.steps),
        (base.loops["major"], lambda u: u.chords),
        (base.loops["minor"], lambda u: u.chords),
    ):
        assert len({content(unit) for unit in units}) == len(units)
        assert len({unit.id for unit in units}) == len(units)


def test_every_role_finds_patterns(base):
    own = base.source
    for role in ("verse", "chorus", "pre", "bridge"):
        for units in (own.drums, own.comp, own.rhythms, own.contours):
            assert any(role in unit.roles for unit in units), role


def test_notes_stay_inside_their_bars(base):
    own = base.source
    for unit in (*own.comp, *own.rhythms):
        bars = 2 if unit in own.rhythms else 1
        assert all(stroke.step + stroke.length <= bars * STEPS for stroke in unit.strokes)
    for unit in own.bass:
        assert all(tone.step + tone.length <= unit.bars * STEPS for tone in unit.tones)


def test_melodic_rhythms_sound_in_both_bars(base):
    for unit in base.source.rhythms:
        assert {stroke.step // STEPS for stroke in unit.strokes} == {0, 1}, unit.id
        assert 5 <= len(unit.strokes) <= 18, unit.id


def test_contours_stay_singable(base):
    for unit in base.source.contours:
        heights = [sum(unit.steps[:n]) for n in range(len(unit.steps) + 1)]
        assert max(heights) - min(heights) <= 8, unit.id


def test_forms_are_whole_songs(base):
    for form in base.forms:
        roles = [role for role, _ in form.sections]
        assert roles[0] == "intro"
        assert roles[-1] == "outro"
        assert roles.count("chorus") >= 2
        assert roles.count("verse") >= 2
        assert 48 <= form.bars <= 120


@pytest.mark.parametrize("mode", ["major", "minor"])
def test_the_grammar_grows_four_bars_of_known_chords(base, mode):
    loops = [grow_loop(base.grammars[mode], mode, Stream(n), str(n)).chords for n in range(40)]
    assert all(len(chords) == 8 for chords in loops)
    assert len(set(loops)) > 15
    coloured = sum(not all(chord.is_diatonic for chord in chords) for chords in loops)
    # In minor the raised third of the dominant is outside the scale and no colour.
    assert mode == "minor" or coloured <= 12


@pytest.mark.parametrize(
    ("file", "pattern", "replacement", "says"),
    [
        ("drums", 'kick  = "X.......X......."', 'kick = "X..."', "base:drums/plain-eights: kick"),
        ("bass", 'line = "1---------------"', 'line = "9---------------"', "base:bass/whole"),
        ("comping", 'line = "x---------------"', 'line = "----------------"', "no notes"),
        ("harmony", 'axis = "I V vi IV"', 'axis = "I V vi"', "axis: 3 bars, not 4"),
        ("grooves", "late   = [0, 0, ", "late   = [0, ", "15 values, not 16"),
    ],
)
def test_a_malformed_pattern_is_named(tmp_path, file, pattern, replacement, says):
    folder = tmp_path / "pack"
    shutil.copytree(PACK, folder)
    target = folder / f"{file}.toml"
    target.write_text(target.read_text().replace(pattern, replacement, 1))
    with pytest.raises(BasePackInvalidError, match=re.escape(says)):
        load_base_pack(folder)


def test_the_hash_is_of_the_content_and_not_of_the_comments(tmp_path, base):
    folder = tmp_path / "pack"
    shutil.copytree(PACK, folder)
    (folder / "bass.toml").write_text("# a remark\n" + (folder / "bass.toml").read_text())
    assert load_base_pack(folder).sha256 == base.sha256
    text = (folder / "bass.toml").read_text().replace("energy = 0.1", "energy = 0.2", 1)
    (folder / "bass.toml").write_text(text)
    load_base_pack.cache_clear()
    assert load_base_pack(folder).sha256 != base.sha256


# ---------------------------------------------------------------- with catalogue recordings


@pytest.fixture(scope="module")
def catalogue():
    return ten_sources(first=30)


@pytest.fixture(scope="module")
def grown(base, catalogue):
    return base.extended(catalogue, "base-1.0+test", "f" * 64)


def test_recordings_join_the_base_under_their_own_ids(base, catalogue, grown):
    assert (grown.revision, grown.sha256) == ("base-1.0+test", "f" * 64)
    assert grown.source.key == BASE
    for kind in ("drums", "bass", "comp", "rhythms", "contours", "forms", "sounds"):
        authored = [unit.id for unit in getattr(base.source, kind)]
        given = [
            unit.id.replace("song:", "base:", 1)
            for source in sorted(catalogue, key=lambda s: s.key)
            for unit in getattr(source, kind)
        ]
        assert [unit.id for unit in getattr(grown.source, kind)] == authored + given
    assert all(unit.id.startswith("base:") for unit in grown.source.drums)


def test_loops_of_recordings_join_those_of_their_mode(base, catalogue, grown):
    for mode in ("major", "minor"):
        added = sum(len(source.harmony) for source in catalogue if source.mode == mode)
        assert added
        assert len(grown.loops[mode]) == len(base.loops[mode]) + added


def test_the_pack_itself_is_not_changed_by_growing(base, catalogue):
    before = (base.revision, base.source, dict(base.loops))
    base.extended(catalogue, "x", "y")
    assert (base.revision, base.source, dict(base.loops)) == before


def test_the_order_of_the_recordings_changes_nothing(base, catalogue, grown):
    assert base.extended(catalogue[::-1], "base-1.0+test", "f" * 64) == grown


def test_a_song_owes_to_the_base_what_a_recording_of_it_gave_and_says_which(grown, sources):
    made = compose(sources, grown, usual_weights(sources), Options(seed=3))
    assert made.largest_error <= 0.01
    assert (made.base_revision, made.base_sha256) == (grown.revision, grown.sha256)
    named = {
        unit.id
        for slot, unit in made.cast.units.items()
        if made.cast.owners[slot] == BASE and unit.id.startswith("base:3")
    }
    assert named
    assert not any(key.startswith("song:3") for key in made.shares)


def test_what_was_heard_of_the_recordings_is_guarded_too(base, catalogue, grown, sources):
    plan = make_plan(sources, usual_weights(sources), base, Options(seed=3))
    alone, _ = gather_singer(plan, sources, base, POLICY_V1)
    guarded, _ = gather_singer(plan, sources, grown, POLICY_V1)
    line = next(line for source in catalogue for line in source.heard if len(line) > 10)
    assert guarded.guard.longest(line) == len(line)
    assert alone.guard.longest(line) < len(line)


def test_a_catalogue_of_any_size_gives_a_slot_no_more_than_a_few_candidates(base, sources):
    many = base
    for first in range(40, 100, 10):
        many = many.extended(ten_sources(first=first), "many", "0" * 64)
    plan = make_plan(sources, usual_weights(sources), base, Options(seed=3))
    slots = slot_table(plan, POLICY_V1).slots
    pool = Pool(plan, many.source, many)
    drums = next(slot for slot in slots if slot.key == "drums/verse")
    assert len(many.source.drums) > MOST_CANDIDATES
    assert len(pool.options(drums)) == MOST_CANDIDATES
    assert pool.options(drums) == pool.options(drums)

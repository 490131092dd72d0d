"""The base pack: enough of it, well formed, frozen, and named on its card."""

from __future__ import annotations

import re
import shutil

import pytest

from generation.composition.base import PACK, load_base_pack
from generation.composition.errors import BasePackInvalidError
from generation.composition.grammar import grow_loop
from generation.composition.stream import Stream
from generation.composition.units import STEPS


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

"""The registry of engines, what a request may say, and how it becomes what Mosaic composes by."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from itertools import pairwise

import pytest

from generation.composition import edits as composed
from generation.constants import SEED_MAX, TRIES
from generation.engines import registry
from generation.engines.base import BaseCatalogue, GenerationSpec, SourceInput
from generation.engines.edits import EDITS, edit_read
from generation.engines.errors import EngineUnknownError, OptionInvalidError
from generation.engines.mosaic import MosaicEngine, _kept
from generation.engines.options import DEFAULTS, options_read, palettes
from generation.engines.seeds import has_seed, seeds_of
from generation.engines.settling import named, settled, tonic_of
from generation.engines.snapshot import write_snapshot
from generation.engines.takes import Room, Take, length_off, note_findings
from generation.engines.wishes import edit_of, options_of, weights_of
from generation.policies import can_add_song, can_change_song, can_view_song
from tests.generation.finished import make_song

LIGHT = """
import sys
from generation.engines import registry
assert [card.key for card in registry.cards()]
heavy = {"numpy", "scipy", "av", "soundfile", "torch", "tinysoundfont"} & set(sys.modules)
assert not heavy, heavy
registry.load("mosaic")
assert "numpy" in sys.modules
sounds = {"scipy.signal", "tinysoundfont", "generation.rendering.performance"} & set(sys.modules)
assert not sounds, sounds  # that is loaded while a copy composes
"""


def test_cards_are_read_without_loading_an_engine():
    done = subprocess.run(
        [sys.executable, "-c", LIGHT], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_engine_says_what_it_may_be_used_for_and_loads():
    for card in registry.cards():
        assert card.commercial_use in ("yes", "conditional", "no")
        assert card.code_licence
        assert card.weights_licence
        assert card.training_catalogue
        assert set(card.edits) <= set(EDITS)
        assert registry.load(card.key).card is card
    assert registry.card_of(registry.DEFAULT).key == "mosaic"
    assert isinstance(registry.load("mosaic"), MosaicEngine)
    with pytest.raises(EngineUnknownError):
        registry.card_of("unheard-of")


def test_options_left_out_are_at_their_defaults_and_unknown_ones_refused():
    assert options_read({}) == dict(DEFAULTS)
    assert options_read({"bpm": 100, "tonic": 3, "mode": "minor"})["bpm"] == 100.0
    some = [palettes()[2], palettes()[0]]
    told = options_read({"mood": "calm", "instruments": some, "without": "pad"})
    assert (told["mood"], told["instruments"], told["without"]) == ("calm", some[::-1], "pad")
    made = options_of(replace(spec(), options=told), 1)
    assert (made.mood, made.instruments, made.without) == ("calm", tuple(some[::-1]), "pad")
    with pytest.raises(OptionInvalidError) as refused:
        options_read({"loudness": 3})
    assert refused.value.name == "loudness"


def test_seeds_begin_with_the_one_asked_for_and_never_repeat():
    for seed in (0, 7, SEED_MAX):
        tried = seeds_of(seed)
        assert tried[0] == seed
        assert len(set(tried)) == TRIES
        assert all(0 <= one <= SEED_MAX for one in tried)
    assert not set(seeds_of(7)) & set(seeds_of(8))
    assert has_seed(None)
    assert has_seed({"kind": "reroll_layer"})
    assert not has_seed({"kind": "tempo"})


ISRCS = [f"QZTEN26{number:05d}" for number in range(1, 11)]


def spec(edit=None):
    sources = tuple(SourceInput(isrc, "A", isrc, 67_000, {}) for isrc in ISRCS)
    base = BaseCatalogue("r", "s", b"", 330_000)
    return GenerationSpec(sources, base, options_read({}), 7, edit=edit)


@pytest.mark.parametrize(
    ("said", "made"),
    [
        ({"kind": "reroll_section", "section": 2, "seed": 5}, composed.RerollSection(2, 9, False)),
        (
            {"kind": "reroll_section", "section": 2, "seed": 5, "everywhere": True},
            composed.RerollSection(2, 9, True),
        ),
        (
            {"kind": "reroll_layer", "layer": "drums", "seed": 5},
            composed.RerollLayer("drums", 9),
        ),
        ({"kind": "tempo", "bpm": 99}, composed.ChangeTempo(99.0)),
        ({"kind": "key", "tonic": 4}, composed.ChangeKey(4, None, 9)),
        ({"kind": "key", "tonic": 4, "mode": "minor"}, composed.ChangeKey(4, "minor", 9)),
        ({"kind": "energy", "energy": 0.25}, composed.ChangeEnergy(0.25)),
        ({"kind": "length", "seconds": 120}, composed.ChangeLength(120.0)),
        ({"kind": "extend", "role": "chorus", "bars": 8}, composed.Extend("chorus", 8)),
    ],
)
def test_every_edit_becomes_what_the_composer_knows(said, made):
    assert edit_of(spec(edit_read(said)), 9) == made


def test_new_weights_are_those_of_the_sources_and_the_base():
    weights = dict.fromkeys(ISRCS, 100000)
    told = edit_of(spec(edit_read({"kind": "reweigh", "weights": weights})), 9)
    assert told == composed.Reweigh(weights_of(spec()))
    assert sum(told.weights.values()) == pytest.approx(1)
    assert told.weights["base"] == 0.33


def test_every_kind_of_edit_is_covered_above():
    assert set(EDITS) == {
        "reroll_section",
        "reroll_layer",
        "tempo",
        "key",
        "energy",
        "length",
        "extend",
        "reweigh",
    }


def test_the_seed_that_is_tried_is_the_one_composed_with():
    assert options_of(spec(), 31).seed == 31
    assert options_of(spec(), 31).seconds == 190.0


def test_what_is_settled_names_sources_as_receipts_do(made):
    owed = settled(made)
    assert named({"song:QZTEN2600001": 1, "base": 2}) == {"QZTEN2600001": 1, "base": 2}
    assert sum(owed.song.values()) == 1_000_000
    assert all(sum(bar.shares.values()) == 1_000_000 for bar in owed.bars)
    assert all(sum(shares.values()) == 1_000_000 for shares in owed.layers.values())
    borders = [(bar.start_ms, bar.end_ms) for bar in owed.bars]
    assert borders[0][0] == 0
    assert all(end == start for (_, end), (start, _) in pairwise(borders))
    assert {"melody", "harmony", "drums", "bass"} <= set(owed.layers)
    assert not any("song:" in key for bar in owed.bars for key in bar.shares)


def test_the_tonic_of_a_minor_song_is_its_own_and_not_that_of_the_relative_major(made):
    plan = made.score.plan
    assert tonic_of(replace(plan, tonic=0, mode="major")) == 0
    assert tonic_of(replace(plan, tonic=0, mode="minor")) == 9


def test_the_try_that_missed_fewest_is_kept(made):
    def take(number, missed, *, heard):
        one = Take(number, number, archive=b"", made=made, room=Room(None, (), ()))
        one.notes = tuple({"name": str(n), "passed": False} for n in range(missed))
        one.heard = () if heard else None
        return one

    takes = [take(0, 2, heard=False), take(1, 1, heard=False), take(2, 1, heard=True)]
    assert _kept(takes).number == 2
    assert _kept(takes[:2]).number == 1


def test_notes_are_judged_bar_by_bar(made, sources):
    found = {one.name: one for one in note_findings(made, sources)}
    assert found["steps"].low < found["steps"].high
    plan = made.score.plan
    assert length_off(made, plan.bars * plan.bar_s) == 0
    assert length_off(made, 2 * plan.bars * plan.bar_s) == -0.5


def test_a_snapshot_of_the_pack_alone_is_always_the_same():
    assert write_snapshot([]) == write_snapshot([])


@pytest.mark.parametrize(
    ("who", "may_add", "may_view"),
    [
        ("alice", True, True),
        ("bob", True, True),
        ("vera", False, True),
        ("charlie", True, False),
        ("rita", False, False),
    ],
)
def test_who_may_make_and_who_may_see(cast, who, may_add, may_view):
    song = make_song(cast.studio)
    membership = getattr(cast, who).memberships.select_related("organisation").get()
    assert can_add_song(membership) is may_add
    assert can_view_song(membership, song) is may_view
    assert can_change_song(membership, song) is (may_add and may_view)

"""Any chain of edits leaves a whole song, whatever comes after what."""

from __future__ import annotations

import math

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from generation.composition.archive import dump, load
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
)
from generation.composition.errors import EditOutOfReachError, OptionsInvalidError
from generation.composition.previewing import preview
from tests.generation.edited_songs import OPTIONS, require_whole
from tests.generation.songs import ten_sources, usual_weights

ANY_SECTION = st.sampled_from([0, 1, 2, 3, -1])


class Chain(RuleBasedStateMachine):
    """A creator who goes on editing; the song must stay whole whatever comes after what."""

    @initialize()
    def start(self):
        self.sources = ten_sources()
        self.weights = usual_weights(self.sources)
        self.song = type(self).parent
        self.notes = 0

    def edit(self, one):
        before = dump(self.song)
        refusal = None
        try:
            planned = preview(self.song, one)
            made = recompose(self.song, one, self.sources, type(self).base, self.weights, OPTIONS)
        except (EditOutOfReachError, OptionsInvalidError) as refused:
            refusal = refused
        if refusal is not None:
            assert dump(self.song) == before
            assert "; choose " in refusal.message or "nothing was changed; " in refusal.message
            return
        assert planned.bars_after == made.score.plan.bars
        assert math.isclose(planned.seconds_after, made.score.plan.bars * made.score.plan.bar_s)
        assert load(dump(made)) == made
        self.song = made

    @rule(index=ANY_SECTION, seed=st.integers(0, 99), everywhere=st.booleans())
    def reroll_section(self, index, seed, everywhere):
        index %= len(self.song.score.plan.sections)
        self.edit(RerollSection(index, seed, everywhere))

    @rule(layer=st.sampled_from(list(LAYER_OF)), seed=st.integers(0, 99))
    def reroll_layer(self, layer, seed):
        self.edit(RerollLayer(layer, seed))

    @rule(tonic=st.integers(0, 11), mode=st.sampled_from([None, "major", "minor"]))
    def change_key(self, tonic, mode):
        self.edit(ChangeKey(tonic, mode))

    @rule(bpm=st.floats(60, 180), energy=st.floats(0, 1))
    def change_feel(self, bpm, energy):
        self.edit(ChangeTempo(bpm))
        self.edit(ChangeEnergy(energy))

    @rule(role=st.sampled_from(["verse", "chorus", "bridge", "outro"]))
    def extend(self, role):
        self.edit(Extend(role, 4))

    @rule(seconds=st.floats(100, 260))
    def change_length(self, seconds):
        self.edit(ChangeLength(seconds))

    @rule(number=st.integers(0, 9), factor=st.sampled_from([0.5, 1.5]))
    def reweigh(self, number, factor):
        weights = dict(self.weights)
        weights[self.sources[number].key] *= factor
        total = sum(weights.values())
        weights = {key: weight / total for key, weight in weights.items()}
        before = self.song
        self.edit(Reweigh(weights))
        if self.song is not before:
            self.weights = weights

    @invariant()
    def whole(self):
        if hasattr(self, "song"):
            require_whole(self.song, self.sources)


def test_any_chain_of_edits_leaves_a_whole_song(made, base):
    Chain.parent, Chain.base = made, base
    machine = settings(
        max_examples=2,
        stateful_step_count=4,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    Chain.TestCase.settings = machine
    Chain.TestCase().runTest()

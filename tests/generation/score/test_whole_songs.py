"""A song from a distance: its sections, its chords, who plays when, and how loud."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from itertools import pairwise
from statistics import mean

import pytest

from generation.attribution.policy import GROUP_OF, POLICY_V1, Layer
from generation.attribution.shares import BASE
from generation.composition.archive import dump, load
from generation.composition.band import Band, energies_of
from generation.composition.chords import Chord, dominant_chord, tonic_chord
from generation.composition.drumming import KEYS
from generation.composition.harmony import LEADS_ON
from generation.composition.midi import write_midi
from generation.composition.outlines import section_of
from generation.composition.plan import swell
from generation.composition.slots import harmony_key
from generation.composition.units import BAR_TICKS, STEPS, TICKS, HarmonyUnit
from tests.generation.score.reading import of_track, step_of


def test_every_note_begins_in_a_section_that_has_its_part(songs):
    for song in songs:
        for event in song.score.events:
            section, bar = section_of(song.score.plan, event)
            assert event.layer in section.layers
            assert section.bar <= bar < section.bar + section.bars


def test_every_part_plays_in_every_section_that_has_it(songs):
    for song in songs:
        played = {(section_of(song.score.plan, e)[0].key, e.layer) for e in song.score.events}
        for section in song.score.plan.sections:
            for layer in section.layers:
                assert (section.key, layer) in played, (section.role, layer)


@pytest.mark.parametrize("layer", [Layer.DRUMS, Layer.BASS, Layer.COMP, Layer.PAD])
def test_no_bar_of_a_part_is_empty(songs, layer):
    for song in songs:
        bars = {song.score.plan.bar_of(e.tick) for e in song.score.events if e.layer is layer}
        for section in song.score.plan.sections:
            if layer in section.layers:
                sustained = layer is Layer.PAD  # a held chord may lie over two bars
                own = set(range(section.bar, section.bar + section.bars))
                assert len(own - bars) <= (len(own) / 2 if sustained else 0)


def test_no_note_but_a_ringing_drum_sounds_past_its_section(songs):
    for song in songs:
        for event in song.score.events:
            section, _ = section_of(song.score.plan, event)
            if event.track != "Drums":
                assert event.tick + event.ticks <= (section.bar + section.bars) * BAR_TICKS


def test_drums_are_struck_within_a_thirty_second_of_the_grid_on_keys_of_the_kit(songs):
    for song in songs:
        for event in of_track(song, "Drums"):
            assert event.pitch in KEYS.values()
            assert abs(event.tick - step_of(event) * TICKS) <= TICKS // 2


def test_sections_of_one_role_have_the_same_chords_but_for_their_endings(songs):
    for song in songs:
        found = defaultdict(set)
        for section in song.score.plan.sections:
            whole = song.score.chords[2 * section.bar : 2 * (section.bar + section.bars)]
            found[section.role, section.bars].add(whole[:-3])
        assert {len(ways) for ways in found.values()} == {1}


def test_a_song_goes_home_by_its_dominant(songs):
    for song in songs:
        mode = song.score.plan.mode
        *_, before, last, end = song.score.chords
        assert (before.core, last.core, end.core) == (
            dominant_chord(mode),
            tonic_chord(mode),
            tonic_chord(mode),
        )


def test_what_leads_to_a_chorus_ends_on_a_dominant(songs):
    for song in songs:
        for section, coming in pairwise(song.score.plan.sections):
            if section.role in LEADS_ON and coming.role == "chorus":
                last = song.score.chords[2 * (section.bar + section.bars) - 1]
                assert last.root == dominant_chord(song.score.plan.mode).root


def test_colours_add_to_a_triad_and_the_triad_stays_its_sources(songs):
    for song in songs:
        plan = song.score.plan
        for section in plan.sections:
            for phrase in section.phrases:
                slot = harmony_key(section, phrase)
                loop = song.cast.unit(slot, HarmonyUnit).chords
                for half in range(2 * phrase.bars):
                    at = 2 * phrase.bar + half
                    chord, decision = song.score.chords[at], song.score.decisions[at]
                    assert isinstance(chord, Chord)
                    if chord.core == loop[half % len(loop)]:
                        assert decision.parts[slot] >= 0.75
                        assert decision.parts.get(BASE, 0.0) == (0.25 if chord.colour else 0.0)
                    else:
                        assert decision.parts == {BASE: 1.0}
                    assert decision.bar == at // 2


def test_the_lead_up_swells_and_nothing_else_does(minor):
    plan = minor.score.plan
    for section in plan.sections:
        first, last = section.bar * STEPS, (section.bar + section.bars) * STEPS - 1
        gains = [swell(section, step) for step in range(first, last + 1)]
        if section.role == "pre":
            assert gains[0] == 0 < gains[-1] < 9
            assert gains == sorted(gains)
        else:
            assert set(gains) == {0.0}


def test_a_chorus_is_fuller_and_louder_than_its_verse(songs):
    for song in songs:
        plan, notes, force = song.score.plan, Counter(), defaultdict(list)
        for event in song.score.events:
            section, _ = section_of(plan, event)
            notes[section.role] += 1
            force[section.role].append(event.velocity)
        bars = Counter()
        for section in plan.sections:
            bars[section.role] += section.bars
        assert notes["chorus"] / bars["chorus"] > notes["verse"] / bars["verse"]
        energies = {s.role: song.score.energies[s.index] for s in plan.sections}
        assert energies["chorus"] > energies["verse"] > energies["intro"]
        assert mean(force["chorus"]) > mean(force["intro"])


def test_the_last_chorus_is_the_fullest(songs):
    for song in songs:
        energies = [
            song.score.energies[s.index] for s in song.score.plan.sections if s.role == "chorus"
        ]
        assert energies[-1] == max(energies)


def test_sections_take_their_energy_from_their_role_their_form_and_the_wish(third):
    wished = [
        list(energies_of(replace(third.score.plan, energy=energy), third.cast))
        for energy in (0.0, 0.5, 1.0)
    ]
    for low, middle, high in zip(*wished, strict=True):
        assert 0.05 <= low <= middle <= high <= 1
    assert wished[1] == pytest.approx(list(third.score.energies))


def test_the_band_writes_the_same_notes_again(third, base):
    """Given the cast, who plays has no choice left: neither chance nor order of calls."""
    band = Band(third.score.plan, third.cast, base, POLICY_V1)
    own = [e for e in third.score.events if e.track not in ("Lead", "Double")]
    assert sorted(band.events, key=repr) == sorted(own, key=repr)
    assert band.harmony.chords == third.score.chords


def test_an_archive_of_an_archive_is_the_same_archive(minor):
    content = dump(minor)
    again = load(content)
    assert again == minor
    assert dump(again) == content
    assert write_midi(again.score) == write_midi(minor.score)


def test_all_layers_belong_to_a_group_and_every_group_is_heard(songs):
    for song in songs:
        heard = {GROUP_OF[thing.layer] for thing in (*song.score.events, *song.score.decisions)}
        assert heard == set(GROUP_OF.values())

"""Phrases: where they end, and on what."""

from __future__ import annotations

from itertools import pairwise

import pytest

from generation.attribution.shares import BASE
from generation.composition.units import STEPS, TICKS
from tests.generation.score.reading import chord_of, lead_of_cell, places_of

CLOSING = ("open", "closed", "final")


def test_every_phrase_ends_on_a_tone_of_its_chord(songs):
    """The closing note is sung for the chord it stands on, never taken from the theme as it was."""
    for song in songs:
        for cell, bar in places_of(song, CLOSING):
            last = lead_of_cell(song, bar)[-1]
            tones = {(tone + song.score.plan.tonic) % 12 for tone in chord_of(song, last).tones}
            if "turned away" not in last.why.ops:
                assert last.pitch % 12 in tones, (cell.identity, last.why.ops)


def test_the_last_phrase_of_the_song_ends_on_the_tonic(songs):
    for song in songs:
        plan = song.score.plan
        last = max((e for e in song.score.events if e.track == "Lead"), key=lambda e: e.tick)
        home = plan.tonic if plan.mode == "major" else plan.tonic + 9
        assert (last.pitch - home) % 12 == 0


def test_a_closing_note_is_the_last_of_its_two_bars_and_its_time_is_the_bases(songs):
    for song in songs:
        for _, bar in places_of(song, CLOSING):
            last = lead_of_cell(song, bar)[-1]
            assert last.why.ops[-1] in ("close", "turned away")
            assert last.parts.get(BASE, 0.0) >= 0.5


def test_phrases_end_where_sections_end(songs):
    """In the last bar of a section nothing is begun that would only end in the next one."""
    for song in songs:
        for section in song.score.plan.sections:
            end = (section.bar + section.bars) * STEPS * TICKS
            for event in song.score.events:
                begins = round(event.tick / TICKS)
                inside = section.bar * STEPS <= begins < (section.bar + section.bars) * STEPS
                if inside and event.track in ("Lead", "Double"):
                    assert event.tick + event.ticks <= end


@pytest.mark.parametrize("track", ["Lead", "Double"])
def test_one_voice_never_sings_two_notes_at_once(songs, track):
    for song in songs:
        line = sorted((e for e in song.score.events if e.track == track), key=lambda e: e.tick)
        for before, after in pairwise(line):
            assert before.tick + before.ticks <= after.tick

"""Whom a note of the melody is owed to: exactly those who made it."""

from __future__ import annotations

from generation.composition.cells import lay_cells
from generation.composition.slots import GLUE
from tests.generation.score.reading import lead_of_cell


def test_only_a_cell_with_a_contour_owes_to_one(songs):
    """What is sung without a contour is half rhythm and half glue, from its first note on."""
    for song in songs:
        for event in song.score.events:
            if event.track == "Lead" and event.why.ops[0] == "contrast":
                assert not any(part.startswith("contour/") for part in event.parts)


def test_a_theme_owes_a_quarter_to_its_contour_until_it_leaves_it(songs):
    for song in songs:
        for cell in lay_cells(song.score.plan):
            if cell.kind == "theme":
                first = lead_of_cell(song, cell.bars[0])[0]
                if "turned away" not in first.why.ops:
                    assert first.parts[cell.contour_slot] == 0.25
                    assert first.parts[GLUE] == 0.25
                    assert first.parts[cell.rhythm_slot] == 0.5

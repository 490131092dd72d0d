"""Analyses of songs that are odd in one way: what recordings are like that nobody thought of."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from tests.generation.songs import analysis

Analysis = dict[str, Any]
SECTION_LENGTHS = (3, 5, 3, 7, 3, 11)


def without_drums(number: int) -> Analysis:
    """A song for voice and piano."""
    return analysis(number) | {"drums": []}


def without_melody(number: int) -> Analysis:
    """An instrumental bed."""
    return analysis(number, sings=False)


def at_tempo(number: int, bpm: float) -> Analysis:
    """The same song faster or slower."""
    song = analysis(number)
    factor = song["tempo"]["bpm"] / bpm
    return _stretched(song, factor) | {"tempo": {"bpm": bpm}}


def in_key(number: int, tonic: str, mode: str) -> Analysis:
    """The same notes, said to be in another key."""
    return analysis(number) | {"key": {"tonic": tonic, "mode": mode, "confidence": 0.9}}


def in_six(number: int) -> Analysis:
    """Six eighths to the bar, counted as six beats."""
    return analysis(number, meter=6)


def in_three_bar_sections(number: int) -> Analysis:
    """Sections of three, five, seven and eleven bars, as folk songs have them."""
    song = analysis(number)
    downbeats = [*song["beats"]["downbeats_s"]]
    rows, first = [], 0
    for place, bars in enumerate(SECTION_LENGTHS):
        model = song["sections"][place % 2]
        rows.append(
            model | {"start_s": downbeats[first], "end_s": downbeats[min(first + bars, 31)]}
        )
        first += bars
    return song | {"sections": rows}


def with_silence(number: int, first_bar: int = 8, bars: int = 8) -> Analysis:
    """Nothing sounds for eight bars; the beat goes on."""
    song = analysis(number)
    downbeats = song["beats"]["downbeats_s"]
    start, end = downbeats[first_bar], downbeats[first_bar + bars]

    def outside(rows: list[Analysis]) -> list[Analysis]:
        return [row for row in rows if row["end_s"] <= start or row["start_s"] >= end]

    silence: Analysis = {"start_s": start, "end_s": end, "label": "N", "confidence": 1.0}
    chords = [*outside(song["chords"]), silence]
    changed: Analysis = {
        "chords": sorted(chords, key=lambda row: row["start_s"]),
        **{
            layer: {"notes": outside(song[layer]["notes"])} for layer in ("bass", "melody", "notes")
        },
    }
    return song | changed


def _stretched(song: Analysis, factor: float) -> Analysis:
    """Return a copy in which every time is ``factor`` as long."""
    made = deepcopy(song)
    for row in [
        *made["chords"],
        *made["sections"],
        *(note for layer in ("bass", "melody", "notes") for note in made[layer]["notes"]),
    ]:
        row["start_s"], row["end_s"] = row["start_s"] * factor, row["end_s"] * factor
    for name in ("beats_s", "downbeats_s"):
        made["beats"][name] = [time * factor for time in made["beats"][name]]
    made["duration_s"] *= factor
    return made

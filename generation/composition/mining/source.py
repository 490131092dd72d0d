"""One analysis in, one source model out."""

from __future__ import annotations

from collections.abc import Mapping
from math import log2
from typing import Any

from generation.composition.errors import SourceTooVagueError
from generation.composition.mining.accompaniment import mine_arps, mine_bass, mine_comp, mine_pads
from generation.composition.mining.drums import mine_drums, mine_grooves
from generation.composition.mining.harmony import mine_harmony
from generation.composition.mining.measured import Measured, read_analysis, relative_major
from generation.composition.mining.melody import mine_melody
from generation.composition.units import (
    LEAST_CONFIDENCE,
    FormUnit,
    SoundUnit,
    SourceModel,
    Span,
)

DARK_HZ, BRIGHT_HZ = 700.0, 5_000.0
FULL_WIDTH = 0.35
MOST_LIFT_DB = 6.0
COUNTED_BARS = (4, 8, 16)


def source_key(song_id: str) -> str:
    """Return the key under which a song appears in shares and receipts."""
    return f"song:{song_id}"


def mine_source(song_id: str, analysis: Mapping[str, Any]) -> SourceModel:
    """Return everything of a song that is clear enough to be used.

    Parameters
    ----------
    song_id
        Identifies the song in the ledger: an ISRC, or the id of its track.
    analysis
        The JSON form of ``library.analysis.types.Analysis``.

    Raises
    ------
    SourceTooVagueError
        If nothing was measured with confidence .5 or more.
    """
    song, key = read_analysis(analysis), source_key(song_id)
    tonic, mode = relative_major(song.key)
    melody = mine_melody(song, key, tonic)
    model = SourceModel(
        key=key,
        bpm=song.bpm,
        mode=mode,
        tonic=tonic,
        certainty=song.key.confidence,
        harmony=mine_harmony(song, key, tonic),
        drums=mine_drums(song, key),
        grooves=mine_grooves(song, key),
        bass=mine_bass(song, key),
        comp=mine_comp(song, key),
        pads=mine_pads(song, key),
        arps=mine_arps(song, key),
        rhythms=melody.rhythms,
        contours=melody.contours,
        forms=_forms(song, key),
        sounds=_sounds(song, key),
        lines=melody.lines,
        heard=melody.heard,
    )
    if not any(
        (
            model.harmony,
            model.drums,
            model.bass,
            model.comp,
            model.pads,
            model.rhythms,
            model.sounds,
        )
    ):
        raise SourceTooVagueError(key)
    return model


def _forms(song: Measured, key: str) -> tuple[FormUnit, ...]:
    """Sections as they count bars and stand out; their borders are sure when the beats are."""
    units = []
    for number, section in enumerate(song.sections if song.has_grid else ()):
        bars = song.bars_of(section)
        confidence = 1 - (1 - 0.6 * song.beat_confidence) * (1 - section.confidence)
        if confidence < LEAST_CONFIDENCE or len(bars) < COUNTED_BARS[0]:
            continue
        lift = (section.loudness_lufs or song.loudness_lufs) - song.loudness_lufs
        units.append(
            FormUnit(
                id=f"{key}:form/{number}",
                confidence=confidence,
                span=Span(bars.start, len(bars), section.start_s, section.end_s),
                role=section.role,
                bars=min(COUNTED_BARS, key=lambda n: abs(n - len(bars))),
                lift_db=max(-MOST_LIFT_DB, min(MOST_LIFT_DB, lift)),
            )
        )
    return tuple(units)


def _sounds(song: Measured, key: str) -> tuple[SoundUnit, ...]:
    timbre = song.timbre
    if timbre.confidence < LEAST_CONFIDENCE or timbre.centroid_hz <= 0:
        return ()
    bright = log2(timbre.centroid_hz / DARK_HZ) / log2(BRIGHT_HZ / DARK_HZ)
    return (
        SoundUnit(
            id=f"{key}:sound",
            confidence=timbre.confidence,
            brightness=round(max(0.0, min(1.0, bright)), 4),
            width=round(max(0.0, min(1.0, timbre.stereo_width / FULL_WIDTH)), 4),
            weight=round(max(0.0, min(1.0, timbre.low_share)), 4),
        ),
    )

"""Are the ten pieces heard as they were written? Tempo, key and chords by our own analyser."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from generation.composition.chords import PITCHES
from generation.demo_catalogue.piece import Piece, load_catalogue
from generation.demo_catalogue.songs import render_song
from generation.rendering.fonts import find_soundfont
from library.analysis.pipeline import analyse_pcm
from library.analysis.types import Analysis

GRID_S = 0.01
TEMPO_WITHIN = 0.02


def demo_benchmark(*, folder: str = "", first: int = 1, last: int = 10) -> dict[str, Any]:
    """Render the demo pieces (into ``folder``, kept if given) and analyse them."""
    rows = {}
    with tempfile.TemporaryDirectory(prefix="demo-") as passing:
        for piece in load_catalogue()[first - 1 : last]:
            started = time.process_time()
            path = render_song(piece, Path(folder or passing), find_soundfont())
            rendered_s = time.process_time() - started
            samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
            rows[piece.name] = {
                **heard(piece, analyse_pcm(samples, rate)),
                "render_processor_s": round(rendered_s, 1),
            }
    return {
        "pieces": rows,
        "tempo_right": sum(row["tempo_right"] for row in rows.values()),
        "key_right": sum(row["key_right"] for row in rows.values()),
        "chords_mean": round(float(np.mean([row["chords"] for row in rows.values()])), 3),
    }


def heard(piece: Piece, analysis: Analysis) -> dict[str, Any]:
    """Return what was heard beside what was written; chords as the part of time that is right."""
    tonic = PITCHES[(piece.tonic + (9 if piece.mode == "minor" else 0)) % 12]
    key = analysis.key
    return {
        "bpm": piece.bpm,
        "bpm_heard": round(analysis.tempo.bpm, 2),
        "tempo_right": abs(analysis.tempo.bpm / piece.bpm - 1) <= TEMPO_WITHIN,
        "key": f"{tonic} {piece.mode}",
        "key_heard": f"{key.tonic} {key.mode}",
        "key_right": (key.tonic, key.mode) == (tonic, piece.mode),
        "chords": round(chords_right(piece, analysis), 3),
    }


def chords_right(piece: Piece, analysis: Analysis) -> float:
    """Return the part of the piece, looked at every 10 ms, whose major or minor triad is heard."""
    half_s = 120.0 / piece.bpm
    written = [
        f"{PITCHES[(piece.tonic + chord.root) % 12]}:{chord.quality}"
        for passage in piece.passages
        for chord in passage.chords
    ]
    starts = [chord.start_s for chord in analysis.chords]
    right = 0
    times = np.arange(GRID_S / 2, piece.seconds, GRID_S)
    places = np.searchsorted(starts, times, side="right") - 1
    for at, place in zip(times, places, strict=True):
        label = analysis.chords[place].label if place >= 0 else "N"
        right += label == written[min(int(at // half_s), len(written) - 1)]
    return right / len(times)

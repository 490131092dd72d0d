"""The songs that ``bench mosaic`` composes from, measured once for each revision of the analysis."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from django.conf import settings

from generation.composition.mining.measured import read_analysis
from generation.composition.mining.source import mine_source
from generation.quality.likeness import read_song
from generation.rendering.arrangement import RATE
from library.analysis.benchmark import audio_files
from library.analysis.decode import decode_file
from library.analysis.long_term import long_term_spectrum
from library.analysis.pipeline import analyse_pcm
from library.analysis.revision import ANALYSIS_REVISION
from library.tasks.analyse import analysis_as_json
from rights.constants import SONGS

if TYPE_CHECKING:
    from pathlib import Path

    from generation.composition.units import SourceModel
    from generation.quality.likeness import Document

FOLDER = "bench-analyses"


@dataclass(frozen=True)
class MeasuredSong:
    """A file as the engine gets it: mined, as a document of n-grams, and its spectrum."""

    source: SourceModel
    document: Document
    spectrum: tuple[float, ...]


def ten_songs(folder: Path) -> list[MeasuredSong]:
    """Return the first ten songs of ``folder``, by name.

    Raises
    ------
    AudioUnreadableError
        If there is no such folder, or it holds no audio.
    ValueError
        If it holds fewer than ten.
    """
    files = audio_files(folder)
    if len(files) < SONGS:
        msg = f"{folder} holds {len(files)} songs; a song is made from {SONGS}"
        raise ValueError(msg)
    return [_measured(path) for path in files[:SONGS]]


def other_songs(folder: Path, others: Path) -> list[MeasuredSong]:
    """Return the songs of ``others`` and those of ``folder`` that are not among its ten."""
    spare = audio_files(folder)[SONGS:]
    foreign = audio_files(others) if others.resolve() != folder.resolve() else []
    return [_measured(path) for path in [*spare, *foreign]]


def _measured(path: Path) -> MeasuredSong:
    kept = _kept(path)
    data = kept["analysis"]
    return MeasuredSong(
        source=mine_source(path.stem, data),
        document=read_song(read_analysis(data)),
        spectrum=tuple(kept["spectrum"]),
    )


def _kept(path: Path) -> dict[str, Any]:
    """Return what was measured of a file; two seconds the first time, read from disk afterwards."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    place = settings.VAR_DIR / FOLDER / f"{digest}-{ANALYSIS_REVISION}.json"
    if not place.exists():
        pcm = decode_file(path)
        audio = np.broadcast_to(pcm.samples, (len(pcm.samples), 2))
        made = {
            "analysis": analysis_as_json(
                analyse_pcm(pcm.samples, pcm.sample_rate, with_notes=True)
            ),
            "spectrum": long_term_spectrum(np.ascontiguousarray(audio), RATE),
        }
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(made))
    found: dict[str, Any] = json.loads(place.read_text())
    return found

"""Tracks as they stand after an upload, without a file behind them unless one is asked for."""

from __future__ import annotations

import io
import itertools
from typing import TYPE_CHECKING, Any

from config.lib import blobs
from library.models import Asset, Track, TrackAnalysis

if TYPE_CHECKING:
    from accounts.models import Organisation

NUMBERS = itertools.count(1)
REVISION = "test"


def make_track(organisation: Organisation, title: str = "", **fields: Any) -> Track:
    """Save a track that is ready, unless ``fields`` says otherwise."""
    number = next(NUMBERS)
    added = fields.pop("created_at", None)
    wanted = {
        "title": title or f"Song {number}",
        "filename": f"song-{number}.wav",
        "size_bytes": 1000,
        "state": "ready",
        "file_sha256": f"{number:064x}",
        "audio_sha256": f"{number:063x}a",
        "format": "WAV",
        "duration_ms": 65_900,
        "sample_rate_hz": 44_100,
        "channels": 2,
    }
    track = Track.objects.create(organisation=organisation, **(wanted | fields))
    if added is not None:
        Track.objects.filter(pk=track.pk).update(created_at=added)
        track.refresh_from_db()
    return track


def make_asset(track: Track, kind: str, content: bytes, *, suffix: str = ".wav") -> Asset:
    """Store ``content`` and add it to the track."""
    return Asset.objects.create(
        track=track,
        kind=kind,
        key=blobs.put(io.BytesIO(content), suffix=suffix),
        content_type="audio/wav" if suffix == ".wav" else "application/json",
        size_bytes=len(content),
    )


def make_analysis(track: Track, vector: list[float] | None = None, **data: Any) -> TrackAnalysis:
    """Save what was measured, as the job writes it, and attach it to the track."""
    vectors = dict.fromkeys(("overall", "rhythm", "harmony", "timbre"), vector or [1.0, 0.0, 0.0])
    analysis = TrackAnalysis.objects.create(
        audio_sha256=track.audio_sha256, revision=REVISION, data=MEASURED | data, **vectors
    )
    Track.objects.filter(pk=track.pk).update(analysis=analysis)
    track.refresh_from_db()
    return analysis


MEASURED: dict[str, Any] = {
    "tempo": {
        "bpm": 120.0,
        "octave_confidence": 0.9,
        "candidates": [{"bpm": 120.0}, {"bpm": 60.0}],
    },
    "beats": {
        "meter": 4,
        "downbeat_confidence": 0.5,
        "swing": 0.5,
        "beats_s": [index * 0.5 for index in range(128)],
        "downbeats_s": [index * 2.0 for index in range(32)],
    },
    "key": {"tonic": "F#", "mode": "minor", "confidence": 0.2},
    "loudness": {"integrated_lufs": -14.2, "true_peak_dbtp": None, "range_lu": 5.0},
    "descriptors": dict.fromkeys(
        ("energy", "danceability", "valence", "arousal", "acousticness", "vocal_presence"), 0.424
    ),
    "complexity": dict.fromkeys(("harmonic", "rhythmic", "timbral", "structural"), 1.0),
    "sections": [
        {"start_s": 0.0, "end_s": 16.0, "label": "A", "role": "intro", "loudness_lufs": -20.0},
        {"start_s": 16.0, "end_s": 64.0, "label": "B", "role": "chorus", "loudness_lufs": None},
    ],
    "chords": [
        {"start_s": 0.0, "end_s": 8.0, "label": "F#:min"},
        {"start_s": 8.0, "end_s": 60.0, "label": "D:maj"},
        {"start_s": 60.0, "end_s": 64.0, "label": "N"},
    ],
    "melody": {"notes": [{"start_s": 1.0, "end_s": 1.25, "pitch": 69, "velocity": 80}]},
    "bass": {"notes": []},
}

"""Job ``track.analyse``: measure the audio once for each revision, then fill the track's row."""

from __future__ import annotations

import io
import json
import math
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from config.lib import blobs
from library.analysis.pipeline import analyse_pcm
from library.analysis.revision import ANALYSIS_REVISION
from library.models import Asset, Track, TrackAnalysis
from library.services.tracks import track_analysed
from library.transcode.files import read_sound

if TYPE_CHECKING:
    from config.jobs.stages import Run
    from library.analysis.types import Analysis, Fingerprint

MEASURED_PPM = 950_000
# Kept elsewhere: peaks are assets, the fingerprint is a file, the vectors are columns.
NOT_IN_DATA = frozenset({"peaks", "fingerprint", "embedding"})


def analyse(run: Run) -> None:
    """Handle one job; ``params`` names the track."""
    track = Track.objects.get(pk=run.params["track"])
    key = {"audio_sha256": track.audio_sha256, "revision": ANALYSIS_REVISION}
    known = TrackAnalysis.objects.filter(**key).first()
    if known is not None:
        run.finish(lambda: track_analysed(track=track, analysis=known))
        return
    artefact = run.stage(
        "measure",
        lambda: _measure(run, track),
        input_key=f"{track.audio_sha256}:{ANALYSIS_REVISION}",
        progress_ppm=MEASURED_PPM,
    )
    with blobs.open_blob(artefact) as stream:
        measured = json.load(stream)

    def effect() -> dict[str, str]:
        made, _is_new = TrackAnalysis.objects.get_or_create(**key, defaults=measured)
        return track_analysed(track=track, analysis=made)

    run.finish(effect)


def _measure(run: Run, track: Track) -> str:
    """Analyse the master and put the result into storage; return its key."""
    master = track.assets.get(kind=Asset.Kind.MASTER)
    with blobs.open_blob(master.key) as stream:
        samples, rate_hz = read_sound(stream)
    found = analyse_pcm(
        samples,
        rate_hz,
        with_notes=True,
        progress=lambda _step, share: run.progress_part(share, 1.0),
    )
    row = {
        "data": analysis_as_json(found),
        "fingerprint_key": _store_fingerprint(found.fingerprint),
        "overall": list(found.embedding.overall),
        "rhythm": list(found.embedding.rhythm),
        "harmony": list(found.embedding.harmony),
        "timbre": list(found.embedding.timbre),
    }
    text = json.dumps(row, allow_nan=False, separators=(",", ":"))
    return blobs.put(io.BytesIO(text.encode()), suffix=".json")


def analysis_as_json(analysis: Analysis) -> dict[str, Any]:
    """Return what was measured as JSON values; what is infinite (silence) becomes null."""
    kept = [f.name for f in fields(analysis) if f.name not in NOT_IN_DATA]
    return {name: _json_value(getattr(analysis, name)) for name in kept}


def _json_value(value: Any) -> Any:
    if is_dataclass(value):
        return {f.name: _json_value(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, dict):
        return {str(key): _json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_json_value(item) for item in value]
    if isinstance(value, np.generic):
        return _json_value(value.item())
    if isinstance(value, float):
        return round(value, 5) if math.isfinite(value) else None
    return value


def _store_fingerprint(fingerprint: Fingerprint) -> str:
    """Write hashes and, where they are known, landmarks: to the last bit, as hashes hang on it."""
    held: dict[str, Any] = {
        "hashes": fingerprint.hashes,
        "frames": fingerprint.frames,
        "frames_per_second": np.float64(fingerprint.frames_per_second),
    }
    if fingerprint.landmarks is not None:
        held["landmark_frames"] = fingerprint.landmarks.frames
        held["landmark_bins"] = fingerprint.landmarks.bins
    tape = io.BytesIO()
    np.savez_compressed(tape, **held)
    tape.seek(0)
    return blobs.put(tape, suffix=".npz")

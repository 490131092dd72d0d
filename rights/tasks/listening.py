"""The recognisers of this installation, put together; the only door from rows to arrays.

Only jobs and commands load this: it reaches numpy.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from config.lib import blobs
from library.analysis.types import Fingerprint
from rights.models import RecordingFingerprint
from rights.recognition.local_index import LocalIndex
from rights.recognition.packing import pack_fingerprint, unpack_landmarks
from rights.selectors.fingerprints import PostgresIndex
from rights.services import fingerprints

if TYPE_CHECKING:
    from rights.models import Recording
    from rights.recognition.types import Hit, Sound


def local_index() -> LocalIndex:
    """Return the recogniser ``index`` over this installation's table."""
    return LocalIndex(PostgresIndex())


def fingerprint_store(
    *,
    recording: Recording,
    fingerprint: Fingerprint,
    source: str = RecordingFingerprint.Source.CONFIRMED,
) -> RecordingFingerprint:
    """Let ``recording`` be known by this sound; storing the same sound again changes nothing."""
    return fingerprints.fingerprint_store(
        recording=recording, packed=pack_fingerprint(fingerprint), source=source
    )


def fingerprint_forget(*, stored: RecordingFingerprint) -> None:
    """Take a sound out of the index."""
    with blobs.open_blob(stored.landmarks_key) as stream:
        landmarks = unpack_landmarks(stream.read())
    fingerprints.fingerprint_forget(stored=stored, packed=pack_fingerprint(landmarks))


def fingerprint_search(*, sound: Sound) -> tuple[Hit, ...]:
    """Return the recordings of the local index that the sound agrees with, the best first."""
    return local_index().recognise(sound).hits


def fingerprint_load(key: str) -> Fingerprint:
    """Return the fingerprint that ``track.analyse`` stored under ``TrackAnalysis.fingerprint_key``."""
    with blobs.open_blob(key) as stream, np.load(io.BytesIO(stream.read())) as held:
        return Fingerprint(held["hashes"], held["frames"], float(held["frames_per_second"]))

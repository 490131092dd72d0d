"""A fingerprint as bytes for the store, and back."""

from __future__ import annotations

import io

import numpy as np

from library.analysis.types import Fingerprint
from rights.recognition.index_keys import INDEX_REVISION, index_keys
from rights.recognition.index_rows import PackedFingerprint


def pack_fingerprint(fingerprint: Fingerprint) -> PackedFingerprint:
    """Return ``fingerprint`` with its index keys, ready for the store."""
    found = index_keys(fingerprint)
    return PackedFingerprint(
        revision=INDEX_REVISION,
        keys=found.keys.tolist(),
        frames=found.frames.tolist(),
        landmarks=pack_landmarks(fingerprint),
        landmark_count=len(fingerprint.hashes),
    )


def pack_landmarks(fingerprint: Fingerprint) -> bytes:
    """Return the fingerprint compressed, the same bytes for the same fingerprint.

    Hashes are sorted, so their differences are small and compress to half.
    """
    tape = io.BytesIO()
    np.savez_compressed(
        tape,
        steps=np.diff(fingerprint.hashes, prepend=np.uint32(0)).astype(np.uint32),
        frames=fingerprint.frames.astype(np.int32),
        frames_per_second=np.float64(fingerprint.frames_per_second),
    )
    return tape.getvalue()


def unpack_landmarks(packed: bytes) -> Fingerprint:
    """Return what ``pack_landmarks()`` packed."""
    with np.load(io.BytesIO(packed), allow_pickle=False) as held:
        return Fingerprint(
            np.cumsum(held["steps"], dtype=np.uint32),
            held["frames"],
            float(held["frames_per_second"]),
        )

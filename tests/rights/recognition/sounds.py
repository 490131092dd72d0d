"""Invented songs, their fingerprints and the sounds that a recogniser is given."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING

from library.analysis.fingerprint import reference_fingerprint
from rights.recognition.local_index import landmarks_of
from rights.recognition.synthesis import invented_song
from rights.recognition.types import Sound, pcm_of

if TYPE_CHECKING:
    import numpy as np

    from library.analysis.types import Fingerprint

SECONDS = 40.0


@lru_cache(maxsize=32)
def song(seed: int, seconds: float = SECONDS) -> tuple[np.ndarray, int]:
    return invented_song(seed, seconds=seconds)


@lru_cache(maxsize=32)
def fingerprint_of(seed: int) -> Fingerprint:
    """Return what the analysis makes of the song: hashes, and the landmarks they are made of."""
    return reference_fingerprint(landmarks_of(*song(seed)))


def sound_of(samples: np.ndarray, rate_hz: int, *, fingerprint: Fingerprint | None = None) -> Sound:
    return Sound(
        audio_sha256=hashlib.sha256(samples.tobytes()).hexdigest(),
        duration_s=len(samples) / rate_hz,
        isrc_tag="",
        fingerprint=fingerprint,
        pcm=pcm_of(samples, rate_hz),
    )

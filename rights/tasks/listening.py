"""The recognisers of this installation, put together; the only door from rows to arrays.

Only jobs and commands load this: it reaches numpy.
"""

from __future__ import annotations

import io
from email.utils import parseaddr
from typing import TYPE_CHECKING

import numpy as np
from django.conf import settings

from config.lib import blobs
from config.partners import is_stand_in
from library.analysis.types import Fingerprint, Landmarks
from rights.domain.pacing import GatePolicy
from rights.models import RecordingFingerprint
from rights.recognition.acoustid import AcoustIdPlace, AcoustIdRecogniser
from rights.recognition.chromaprint import find_program
from rights.recognition.local_index import LocalIndex
from rights.recognition.packing import pack_fingerprint, unpack_landmarks
from rights.recognition.ports import SystemClock
from rights.recognition.registering import StandIns
from rights.recognition.shazam import ShazamPlace, ShazamRecogniser
from rights.selectors.fingerprints import PostgresIndex
from rights.services import fingerprints
from rights.services.outside import SharedGate, SharedMemory

if TYPE_CHECKING:
    from rights.models import Recording
    from rights.recognition.types import Hit, Recogniser, Sound


SHAZAM_BURST = 3
"""The windows of one song may be asked at once; the next song then waits its turn."""
ACOUSTID_RATES = {"acoustid": 3.0, "musicbrainz": 1.0}
"""Questions a second that the two services allow; what one allows is no setting of ours."""


def local_index() -> LocalIndex:
    """Return the recogniser ``index`` over this installation's table."""
    return LocalIndex(PostgresIndex())


def shazam() -> ShazamRecogniser:
    """Return the recogniser ``shazam`` as the settings describe it. Not inside a transaction."""
    policy = GatePolicy(rate_per_s=settings.SHAZAM_RATE / 60, burst=SHAZAM_BURST)
    return ShazamRecogniser(
        ShazamPlace(settings.SHAZAM_URL if settings.SHAZAM_ENABLED else ""),
        gate=SharedGate("shazam", policy),
        memory=SharedMemory(),
        clock=SystemClock(),
    )


def acoustid() -> AcoustIdRecogniser:
    """Return the recogniser ``acoustid`` as the settings describe it. Not inside a transaction."""
    urls = (settings.ACOUSTID_URL, settings.MUSICBRAINZ_URL)
    _name, mail = parseaddr(settings.DEFAULT_FROM_EMAIL)
    one, other = (
        SharedGate(name, GatePolicy(rate_per_s=rate, burst=1))
        for name, rate in ACOUSTID_RATES.items()
    )
    return AcoustIdRecogniser(
        AcoustIdPlace(
            *urls,
            key=settings.ACOUSTID_KEY,
            agent=f"Tenfold/1 ( {settings.SITE_URL}; {mail} )",
            trust_env=not any(is_stand_in(url, host=settings.SANDBOX_HOST) for url in urls),
        ),
        command=find_program(),
        gates=(one, other),
        memory=SharedMemory(),
        clock=SystemClock(),
    )


def stand_ins() -> StandIns:
    """Return the stand-ins that are in use; of AcoustID nothing where there is none."""
    acoustid_url = settings.ACOUSTID_URL
    has_acoustid = acoustid_url and is_stand_in(acoustid_url, host=settings.SANDBOX_HOST)
    return StandIns(
        settings.APPLE_MUSIC_URL, settings.SHAZAM_URL, acoustid_url if has_acoustid else ""
    )


def recognisers() -> tuple[Recogniser, ...]:
    """Return those who listen, in the order in which they are asked."""
    return (local_index(), shazam(), acoustid())


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
        landmarks = None
        if "landmark_frames" in held:  # files of before hold none
            landmarks = Landmarks(held["landmark_frames"], held["landmark_bins"])
        per_second = float(held["frames_per_second"])
        return Fingerprint(held["hashes"], held["frames"], per_second, landmarks)

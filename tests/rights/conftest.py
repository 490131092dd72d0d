"""Fixtures of the rights: a way to do the next job, and a world in which songs can be identified."""

from __future__ import annotations

import io
from typing import Any

import pytest
import soundfile
from django.db import connection

from config.lib import blobs
from library.models import Asset, Track, TrackAnalysis
from library.tasks.analyse import _store_fingerprint
from tests.library.conftest import do_next_job  # noqa: F401 - a fixture
from tests.library.factories import MEASURED, make_track
from tests.rights.recognition.conftest import signature_of
from tests.rights.recognition.sounds import fingerprint_of, song


def isrc_of(seed: int) -> str:
    """Return the ISRC of the invented song ``seed``, as the recognition's own tests number it."""
    return f"ZZINV26{seed:05d}"


class World:
    """The stand-ins of Apple Music and Shazam, and tracks that hold invented songs."""

    def __init__(self, stand_ins: Any) -> None:
        self.apple, self.shazam = stand_ins["apple_music"], stand_ins["shazam"]

    def sell(self, seed: int, **fields: Any) -> dict[str, Any]:
        """Let Apple Music sell a song; return what it was registered with."""
        entry = {
            "id": f"9{seed:05d}",
            "title": f"Song {seed}",
            "artist": "The Inventors",
            "isrc": isrc_of(seed),
            "duration_ms": 40_000,
            "release_date": "2026-03-08",
            "album": {
                "title": "Numbers",
                "label": "Invented Records",
                "copyright": "℗ 2026 Invented Records Ltd under exclusive licence to Wide World",
                "upc": "5012345678900",
            },
        }
        answer = self.apple.http.put(
            f"{self.apple.url}/sandbox/songs", json={"songs": [entry | fields]}
        )
        assert answer.status_code == 200, answer.text
        return entry | fields

    def teach_shazam(self, seed: int, **fields: Any) -> None:
        """Let Shazam know a song by its sound."""
        entry = {
            "title": f"Song {seed}",
            "artist": "The Inventors",
            "isrc": isrc_of(seed),
            "apple_music_id": f"9{seed:05d}",
            "album": "Numbers",
            "label": "Invented Records",
            "signature": signature_of(seed),
        }
        answer = self.shazam.http.put(
            f"{self.shazam.url}/sandbox/signatures", json={"songs": [entry | fields]}
        )
        assert answer.status_code == 200, answer.text

    def bring(self, organisation: Any, seed: int, **fields: Any) -> Track:
        """Return a ready track that holds the invented song, analysed as far as identifying needs."""
        track = make_track(organisation, f"Song {seed}", **({"duration_ms": 40_000} | fields))
        tape = io.BytesIO()
        samples, rate_hz = song(seed)
        soundfile.write(tape, samples, rate_hz, format="FLAC")
        tape.seek(0)
        Asset.objects.create(
            track=track,
            kind=Asset.Kind.MASTER,
            key=blobs.put(tape, suffix=".flac"),
            content_type="audio/flac",
            size_bytes=1,
        )
        track.analysis = TrackAnalysis.objects.create(
            audio_sha256=track.audio_sha256,
            revision="test",
            data=MEASURED,
            fingerprint_key=_store_fingerprint(fingerprint_of(seed)),
        )
        track.save()
        return track


@pytest.fixture
def world(sandbox: Any, settings: Any) -> World:
    """Point the product at stand-ins that are fresh for this test."""
    settings.APPLE_MUSIC_URL = sandbox["apple_music"].url
    settings.SHAZAM_URL = sandbox["shazam"].url
    settings.SHAZAM_ENABLED = True
    settings.SHAZAM_RATE = 6_000.0
    settings.APPLE_MUSIC_RATE = 1_000.0
    settings.APPLE_MUSIC_CACHE_S = 60
    return World(sandbox)


@pytest.fixture
def constraints_checked(db):
    """Let the deferred rules have their say at the end of a test, as at a commit."""
    yield
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

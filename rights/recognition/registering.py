"""Songs made known to the stand-ins of Apple Music, Shazam and AcoustID, over HTTP as anybody could."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from rights.domain.identifiers import isrc_in_tags
from rights.recognition.chromaprint import chromaprint_of, find_program
from rights.recognition.shazam_client import whole_signature

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import numpy.typing as npt

RESERVED = "QZZZZ"
"""Beginning of the ISRCs that are invented here: a registrant that nobody has."""
LABEL = "Unsigned (stand-in)"
TIMEOUT_S = 60.0
CONNECTS = 5
"""Tries after the first, 7 s in all: the stand-ins may be starting just now."""
TEXT_MOST = 200


class NotRegisteredError(Exception):
    """A stand-in does not answer, or refuses the song; the text says which."""


@dataclass(frozen=True)
class Known:
    """What is known of a song before anybody listens to it.

    Attributes
    ----------
    name : str
        Of the file, without its ending: the title where no tag says it.
    tags : mapping
        Lower-case tag names with their text.
    audio_sha256 : str
        Of the decoded samples, as ``Track.audio_sha256``: the same audio always gets the same ISRC.
    """

    name: str
    tags: Mapping[str, str]
    audio_sha256: str
    duration_ms: int

    def told(self) -> dict[str, Any]:
        """Return what the stand-ins are told of it; what no tag says is invented."""
        tags = self.tags
        invented = f"{RESERVED}{int(self.audio_sha256[:8], 16) % 10**7:07d}"
        title = tags.get("title") or self.name.replace("-", " ").replace("_", " ").strip().title()
        return {
            "isrc": isrc_in_tags(tags) or invented,
            "title": title[:TEXT_MOST],
            "artist": (tags.get("artist") or "Unknown artist")[:TEXT_MOST],
            "album": (tags.get("album") or f"{title} - Single")[:TEXT_MOST],
            "released": tags.get("date", "")[:4],
            "label": (tags.get("label") or LABEL)[:TEXT_MOST],
            "copyright": tags.get("copyright", "")[:TEXT_MOST],
            "duration_ms": self.duration_ms,
        }


@dataclass(frozen=True)
class StandIns:
    """Where the stand-ins are; without an address of AcoustID's, that one is told nothing."""

    apple_music: str
    shazam: str
    acoustid: str = ""

    def register(
        self,
        http: httpx.Client,
        known: Known,
        mono: npt.NDArray[np.float32],
        rate_hz: int,
    ) -> dict[str, Any]:
        """Tell all of them of one song, mono samples of shape (frames,), full scale 1.

        Returns what its catalogue entry says: title, artist, isrc, album and apple_music_id.

        Raises
        ------
        NotRegisteredError
            If one does not answer or refuses it.
        """
        song = known.told()
        apple = self._tell_apple_music(http, song)
        names = ("title", "artist", "isrc", "album", "released")
        signature = {
            **{name: song[name] for name in (*names, "label")},
            "signature": whole_signature(mono, rate_hz),
            "apple_music_id": apple["id"],
            "album_id": apple["album_id"],
        }
        _put(http, f"{self.shazam}/sandbox/signatures", signature)
        self._tell_acoustid(http, song, mono, rate_hz)
        return {name: song[name] for name in names[:4]} | {"apple_music_id": apple["id"]}

    def _tell_apple_music(self, http: httpx.Client, song: dict[str, Any]) -> dict[str, Any]:
        """Tell it first: Shazam's answers carry its ids."""
        year = song["released"] if song["released"].isdecimal() else ""
        entry = {
            "title": song["title"],
            "artist": song["artist"],
            "isrc": song["isrc"],
            "duration_ms": song["duration_ms"],
            "release_date": year,
            "album": {
                "title": song["album"],
                "label": song["label"],
                "copyright": song["copyright"] or f"℗ {year or '2026'} {song['artist']}",
            },
        }
        answer = _put(http, f"{self.apple_music}/sandbox/songs", entry)
        apple: dict[str, Any] = answer["songs"][0]
        return apple

    def _tell_acoustid(
        self,
        http: httpx.Client,
        song: dict[str, Any],
        mono: npt.NDArray[np.float32],
        rate_hz: int,
    ) -> None:
        command = find_program()
        if not self.acoustid or not command:
            return
        recording = {
            "mbid": str(uuid.uuid5(uuid.NAMESPACE_OID, song["isrc"])),
            "title": song["title"],
            "artist": song["artist"],
            "isrcs": [song["isrc"]],
            "length": song["duration_ms"],
        }
        entry = {
            "title": song["title"],
            "fingerprint": chromaprint_of(command, mono, rate_hz),
            "duration": round(song["duration_ms"] / 1000),
            "recordings": [recording],
        }
        _put(http, f"{self.acoustid}/sandbox/fingerprints", entry)


def client() -> httpx.Client:
    """Return the client to register with: patient with stand-ins that are starting just now."""
    patient = httpx.HTTPTransport(retries=CONNECTS, trust_env=False)
    return httpx.Client(timeout=TIMEOUT_S, transport=patient, trust_env=False)


def _put(http: httpx.Client, url: str, song: dict[str, Any]) -> dict[str, Any]:
    try:
        answer = http.put(url, json={"songs": [song]})
    except httpx.HTTPError as error:
        raise NotRegisteredError(
            f"The stand-in at {url} does not answer ({type(error).__name__}). Start it with "
            "manage.py sandbox."
        ) from None
    if answer.status_code != httpx.codes.OK:
        raise NotRegisteredError(f"The stand-in refused {song['title']}: {answer.text[:500]}")
    content: dict[str, Any] = answer.json()
    return content

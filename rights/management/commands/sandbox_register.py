"""``manage.py sandbox_register FILE…``: make files of yours songs of the stand-ins' catalogue.

So that a demonstration or a test recognises them. Over HTTP, as anybody could; nothing is written
into this installation's own books.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.partners import is_stand_in
from library.analysis.channels import downmix
from library.jail.audio import decode
from library.jail.errors import AudioRefusedError
from rights.domain.identifiers import isrc_in_tags
from rights.recognition.chromaprint import chromaprint_of, find_program
from rights.recognition.shazam_client import whole_signature

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from django.core.management.base import CommandParser

    from library.jail.audio import DecodedAudio

SUFFIXES = {".wav", ".flac", ".mp3", ".ogg", ".opus", ".m4a", ".aac", ".aiff"}
RESERVED = "QZZZZ"
"""Beginning of the ISRCs that are invented here: a registrant that nobody has."""
LABEL = "Unsigned (stand-in)"
TIMEOUT_S = 60.0
CONNECTS = 5
"""Tries after the first, 7 s in all: the stand-ins may be starting just now."""


class Command(BaseCommand):
    """Decode each file in the jail, make its signature, register it with the stand-ins."""

    help = "Register audio files as songs with the stand-ins of Apple Music, Shazam and AcoustID."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare files and folders."""
        parser.add_argument("paths", nargs="+", type=Path, metavar="FILE|DIR")
        parser.add_argument("--json", action="store_true", help="one JSON object per line")

    def handle(self, *args: Any, paths: list[Path], **options: Any) -> None:
        """Register everything that can be read; name what cannot."""
        _refuse_real_services()
        files = [file for path in paths for file in _files(path)]
        if not files:
            raise CommandError("There are no audio files there. Name files or folders of songs.")
        failed = 0
        patient = httpx.HTTPTransport(retries=CONNECTS, trust_env=False)
        with httpx.Client(timeout=TIMEOUT_S, transport=patient, trust_env=False) as http:
            for file in files:
                try:
                    with file.open("rb") as stream:
                        song = _song(file, decode(stream))
                except (AudioRefusedError, OSError) as error:
                    failed += 1
                    self.stderr.write(f"{file.name}: {error}")
                    continue
                registered = _register(http, song)
                self.stdout.write(
                    json.dumps({"file": file.name, **registered})
                    if options["json"]
                    else f"{file.name}: {registered['isrc']} {registered['title']}"
                )
        if failed:
            raise CommandError(f"{failed} of {len(files)} files were not registered.")


def _refuse_real_services() -> None:
    urls = {"Apple Music": settings.APPLE_MUSIC_URL, "Shazam": settings.SHAZAM_URL}
    real = [
        name
        for name, url in urls.items()
        if not url or not is_stand_in(url, host=settings.SANDBOX_HOST)
    ]
    if real or settings.APPLE_MUSIC_KEY:
        names = " and ".join(real) or "Apple Music"
        raise CommandError(
            f"{names}: not a stand-in here, so nothing was registered. Only the stand-ins take "
            "songs; unset the keys and addresses of the real services to use them."
        )


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES)
    return [path]


def _song(file: Path, audio: DecodedAudio) -> dict[str, Any]:
    """Return what the stand-ins are told; the same audio always has the same ISRC."""
    tags, mono = audio.tags, downmix(audio.samples)
    digest = hashlib.sha256(audio.samples.data).digest()
    invented = f"{RESERVED}{int.from_bytes(digest[:4], 'big') % 10**7:07d}"
    title = tags.get("title") or file.stem.replace("-", " ").replace("_", " ").strip().title()
    return {
        "isrc": isrc_in_tags(tags) or invented,
        "title": title[:200],
        "artist": (tags.get("artist") or "Unknown artist")[:200],
        "album": (tags.get("album") or f"{title} - Single")[:200],
        "released": tags.get("date", "")[:4],
        "label": (tags.get("label") or LABEL)[:200],
        "copyright": tags.get("copyright", "")[:200],
        "duration_ms": round(audio.duration_s * 1000),
        "signature": whole_signature(mono, audio.rate_hz),
        "fingerprint": _chromaprint(mono, audio.rate_hz),
    }


def _chromaprint(mono: npt.NDArray[np.float32], rate_hz: int) -> str:
    """Return what AcoustID's stand-in is told, or nothing where there is none, or no fpcalc."""
    url, command = settings.ACOUSTID_URL, find_program()
    if not command or not url or not is_stand_in(url, host=settings.SANDBOX_HOST):
        return ""
    return chromaprint_of(command, mono, rate_hz)


def _register(http: httpx.Client, song: dict[str, Any]) -> dict[str, Any]:
    """Tell Apple Music's stand-in first, whose ids Shazam's answers carry."""
    year = song["released"] if song["released"].isdecimal() else ""
    apple = _put(
        http,
        f"{settings.APPLE_MUSIC_URL}/sandbox/songs",
        {
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
        },
    )["songs"][0]
    names = ("title", "artist", "isrc", "album", "released", "signature")
    _put(
        http,
        f"{settings.SHAZAM_URL}/sandbox/signatures",
        {name: song[name] for name in names}
        | {"label": song["label"], "apple_music_id": apple["id"], "album_id": apple["album_id"]},
    )
    if song["fingerprint"]:
        _put(
            http,
            f"{settings.ACOUSTID_URL}/sandbox/fingerprints",
            {
                "title": song["title"],
                "fingerprint": song["fingerprint"],
                "duration": round(song["duration_ms"] / 1000),
                "recordings": [
                    {
                        "mbid": str(uuid.uuid5(uuid.NAMESPACE_OID, song["isrc"])),
                        "title": song["title"],
                        "artist": song["artist"],
                        "isrcs": [song["isrc"]],
                        "length": song["duration_ms"],
                    }
                ],
            },
        )
    return {name: song[name] for name in names[:4]} | {"apple_music_id": apple["id"]}


def _put(http: httpx.Client, url: str, song: dict[str, Any]) -> dict[str, Any]:
    try:
        answer = http.put(url, json={"songs": [song]})
    except httpx.HTTPError as error:
        raise CommandError(
            f"The stand-in at {url} does not answer ({type(error).__name__}). Start it with "
            "manage.py sandbox."
        ) from None
    if answer.status_code != 200:
        raise CommandError(f"The stand-in refused {song['title']}: {answer.text[:500]}")
    content: dict[str, Any] = answer.json()
    return content

"""``manage.py sandbox_register FILE…``: make files of yours songs of the stand-ins' catalogue.

So that a demonstration or a test recognises them. Over HTTP, as anybody could; nothing is written
into this installation's own books.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.partners import is_stand_in
from library.analysis.channels import downmix
from library.jail.audio import decode
from library.jail.errors import AudioRefusedError
from rights.recognition.registering import Known, NotRegisteredError, client
from rights.tasks.listening import stand_ins

if TYPE_CHECKING:
    import httpx
    from django.core.management.base import CommandParser

SUFFIXES = {".wav", ".flac", ".mp3", ".ogg", ".opus", ".m4a", ".aac", ".aiff"}


class Command(BaseCommand):
    """Decode each file in the jail, make its signature, register it with the stand-ins."""

    help = "Register audio files as songs with the stand-ins of Apple Music, Shazam and AcoustID."
    requires_system_checks: list[str] = []

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
        with client() as http:
            for file in files:
                try:
                    registered = _register(http, file)
                except (AudioRefusedError, OSError) as error:
                    failed += 1
                    self.stderr.write(f"{file.name}: {error}")
                    continue
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


def _register(http: httpx.Client, file: Path) -> dict[str, Any]:
    with file.open("rb") as stream:
        audio = decode(stream)
    known = Known(file.stem, audio.tags, audio.sha256(), round(audio.duration_s * 1000))
    try:
        return stand_ins().register(http, known, downmix(audio.samples), audio.rate_hz)
    except NotRegisteredError as error:
        raise CommandError(str(error)) from None

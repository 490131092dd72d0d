"""``manage.py demo_songs``: the ten songs of the demonstration as files, rendered where missing."""

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from generation.demo_catalogue.piece import load_catalogue
from generation.demo_catalogue.rendered import is_rendered
from generation.demo_catalogue.songs import render_song
from generation.rendering.fonts import find_soundfont, sound_sources
from generation.services.demo import demo_folder

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

    from generation.rendering.fonts import SoundFont


class Command(BaseCommand):
    """Render what is missing on two cores; make the songs known to the stand-ins if asked."""

    help = "Render the ten songs of the demonstration into a folder. Safe to run again."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--out", type=Path, metavar="DIR", help="default: demo-songs in VAR_DIR"
        )
        parser.add_argument(
            "--register", action="store_true", help="make them known to the stand-ins as well"
        )
        parser.add_argument("--jobs", type=int, default=2, help="processes side by side")

    def handle(self, *args: Any, **options: Any) -> None:
        """Render, and say what with."""
        folder, soundfont = options["out"] or demo_folder(), find_soundfont()
        pieces = load_catalogue()
        missing = [one.name for one in pieces if not is_rendered(one, folder, soundfont)]
        self.stderr.write(sound_sources(soundfont.path if soundfont else None))
        started = time.monotonic()
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(max(1, options["jobs"]), mp_context=spawn) as pool:
            asked = [pool.submit(_render, name, folder, soundfont) for name in missing]
            for number, done in enumerate(as_completed(asked), 1):
                self.stderr.write(f"{number} of {len(missing)}: {done.result()}")
        took = time.monotonic() - started
        self.stderr.write(
            f"{len(pieces)} songs in {folder}, {len(missing)} rendered in {took:.0f} s."
        )
        if options["register"]:
            call_command("sandbox_register", str(folder), stdout=self.stdout, stderr=self.stderr)


def _render(name: str, folder: Path, soundfont: SoundFont | None) -> str:
    piece = next(one for one in load_catalogue() if one.name == name)
    return render_song(piece, folder, soundfont).name

"""``manage.py song``: the main job in one command; ``bin/song`` sets up and calls it.

From a folder of ten audio files to a finished song, by the services and jobs of the portal, where
the song is to be found as well. Progress goes to stderr; the last line of stdout is one JSON object.
Exit status 0 with a song, 2 if what was given cannot be used, 1 if we failed, 130 after Ctrl-C.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand

from generation.management.song.demo import demo_songs_render
from generation.management.song.errors import SongFailedError, SongStoppedError
from generation.management.song.folder import song_write
from generation.management.song.journey import (
    Brought,
    all_known,
    cancelled_on_the_way_out,
    known_files,
    song_ask,
    song_wait,
    songs_bring,
    songs_wait,
)
from generation.management.song.memory import PeakMemory
from generation.management.song.product import (
    Product,
    database_let_go,
    product_running,
    stand_ins_wait,
    supervisors,
)
from generation.management.song.registering import Registration, require_stand_ins
from generation.management.song.request import SongRequest, SongWish, read_folder
from generation.management.song.summary import lines_print, summary_line, summary_text
from generation.management.song.telling import Teller
from generation.management.song.wanted import files_wait
from rights.services.identification import answers_forget_misses

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

    from accounts.models import Membership
    from generation.models import Version

FAILED, UNUSABLE, CANCELLED = 1, 2, 130


class Command(BaseCommand):
    """Make one song from ten files."""

    help = "Make a song from a folder of ten audio files, or from the ten of the demonstration."
    requires_system_checks: list[str] = []

    def run_from_argv(self, argv: list[str]) -> None:
        """Run, and leave no database behind, which runs before what was given is looked at."""
        try:
            super().run_from_argv(argv)
        finally:
            database_let_go()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--songs", type=Path, metavar="DIR", help="a folder of ten audio files")
        parser.add_argument("--out", type=Path, metavar="DIR", help="where the song is written to")
        parser.add_argument("--seed", type=int, help="the same seed makes the same song")
        parser.add_argument("--minutes", type=float, help="about how long the song is to be")
        parser.add_argument(
            "--register", action="store_true", help="make the files known to the stand-ins first"
        )
        parser.add_argument("--json", action="store_true", help="nothing on stdout but the JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the song and say where it is."""
        teller = Teller(sys.stderr)
        before = signal.signal(signal.SIGTERM, _as_ctrl_c)
        try:
            lines = self._make(options, teller)
        except SongStoppedError as stopped:
            status = FAILED if isinstance(stopped, SongFailedError) else UNUSABLE
            self._leave(f"{stopped} Nothing was written.", status)
        except KeyboardInterrupt:
            self._leave("\nCancelled: its jobs were stopped, and nothing was written.", CANCELLED)
        finally:
            signal.signal(signal.SIGTERM, before)
        lines_print(lines[-1:] if options["json"] else lines, self.stdout)

    def _make(self, options: dict[str, Any], teller: Teller) -> list[str]:
        """Make the song; return what is to be printed, the JSON last."""
        wish = SongWish(
            out=(options["out"] or settings.VAR_DIR / "song").absolute(),
            seed=options["seed"],
            minutes=options["minutes"],
        )
        wish.check()
        if options["register"]:
            require_stand_ins()
        given = options["songs"]
        files = None if given is None else read_folder(given.absolute())
        teller.stage("setup")

        def is_enough(who: Membership) -> bool:
            return files is not None and all_known(files, who)

        register = options["register"] or (files is None and settings.SANDBOX_IN_USE)
        with (
            product_running(is_enough=is_enough) as product,
            _registration(product, is_wanted=register) as registration,
            PeakMemory(supervisors()) as memory,
        ):
            if files is None:
                stand_ins_wait()
                files = read_folder(demo_songs_render(teller))
            version = _song(SongRequest(files, wish), product.who, teller, registration)
            teller.stage("write")
            files_wait(version, teller)
            product.is_done_with()
            song_write(version, wish.out)
            teller.end()
            told = summary_line(version, wish.out, teller.seconds, memory.megabytes)
            return [*summary_text(version, wish.out), told]

    def _leave(self, sentence: str, status: int) -> NoReturn:
        self.stderr.write(sentence)
        sys.exit(status)


def _registration(product: Product, *, is_wanted: bool) -> Registration:
    """Return what registers songs, where there may be some that nobody knows."""
    return Registration(product.started, is_wanted=is_wanted and product.asks_stand_ins)


def _song(
    request: SongRequest, who: Membership, teller: Teller, registration: Registration
) -> Version:
    brought: list[Brought] = []
    versions: list[Version] = []
    with cancelled_on_the_way_out(brought, versions):
        songs_bring(request, who, brought)
        known = known_files(brought)
        registration.knows(known)
        if len(known) < len(brought):
            stand_ins_wait()
        songs_wait(brought, who, registration, teller)
        registration.end()
        if registration.is_wanted:  # they know now what they may have been asked in vain before
            answers_forget_misses(tracks=[one.track.pk for one in brought])
        versions.append(song_ask(request, brought, who, teller))
        return song_wait(versions[0], teller)


def _as_ctrl_c(*_: object) -> NoReturn:
    raise KeyboardInterrupt

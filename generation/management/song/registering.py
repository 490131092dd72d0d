"""``--register``: songs that the stand-ins do not know become songs of theirs, while the rest goes on."""

from __future__ import annotations

import json
import os
import select
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from django.conf import settings

from config.partners import is_stand_in
from generation.management.song.errors import SongFailedError, SongStoppedError
from library.models import Asset

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from config.processes import ProcessGroup
    from library.models import Track

NAME = "registrar"
CHUNK_BYTES = 65_536


def require_stand_ins() -> None:
    """Refuse to register songs with a real catalogue.

    Raises
    ------
    SongStoppedError
        If a key or an address of one is set.
    """
    urls = (settings.APPLE_MUSIC_URL, settings.SHAZAM_URL)
    all_stand_ins = all(url and is_stand_in(url, host=settings.SANDBOX_HOST) for url in urls)
    if settings.APPLE_MUSIC_KEY or not all_stand_ins:
        raise SongStoppedError(
            "--register is for the stand-ins of the catalogue, and this installation uses the real "
            "one. Leave it out; songs that the catalogue knows are recognised without it."
        )


class Registration:
    """A copy of this process that registers the songs it is told of, one after the other.

    It is one of the processes that were ``started`` here. It listens to what the library has kept of the
    songs, which was decoded already, and asks the database nothing, so the connection stays ours. Begun
    before the command has threads; where ``is_wanted`` is False it is not begun, and everything counts
    as known.
    """

    def __init__(self, started: ProcessGroup, *, is_wanted: bool) -> None:
        self.is_wanted = is_wanted
        self._started = started
        self._orders = self._answers = -1
        self._heard = b""
        self._told: set[str] = set()
        self._known: set[str] = set()

    def __enter__(self) -> Self:
        if self.is_wanted:
            orders_end, self._orders = os.pipe()
            self._answers, answers_end = os.pipe()
            ours = (self._orders, self._answers)

            def apart() -> None:
                for end in ours:
                    os.close(end)
                # What listens is large, only this copy needs it, and not before there is a song.
                select.select([orders_end], [], [])
                from generation.management.song.registrar import serve  # noqa: PLC0415

                serve(orders_end, answers_end)

            self._started.start_copy(NAME, apart)
            os.close(orders_end)
            os.close(answers_end)
            os.set_blocking(self._answers, False)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    def end(self) -> None:
        """Let it go, which holds what the song wants; what it has told the stand-ins is whole."""
        self._started.end(NAME)
        for end in (self._orders, self._answers):
            with suppress(OSError):  # never opened, or closed before
                os.close(end)
        self._orders = self._answers = -1

    def knows(self, names: Iterable[str]) -> None:
        """Say which files need not be registered."""
        self._known |= set(names)

    def has(self, name: str, track: Track) -> bool:
        """Tell whether the stand-ins know a file whose track has been read, or need not; else ask.

        Raises
        ------
        SongFailedError
            If it could not be registered.
        """
        if not self.is_wanted or name in self._known:
            return True
        if name not in self._told:
            self._tell(name, track)
            self._told.add(name)
        self._listen()
        return name in self._known

    def _tell(self, name: str, track: Track) -> None:
        order = {
            "file": name,
            "tags": track.tags,
            "audio_sha256": track.audio_sha256,
            "duration_ms": track.duration_ms,
            "key": track.assets.get(kind=Asset.Kind.MASTER).key,
        }
        with suppress(BrokenPipeError):  # it has died, which shows when it is listened to
            os.write(self._orders, json.dumps(order).encode() + b"\n")

    def _listen(self) -> None:
        has_ended = self._started.has_ended(NAME)
        with suppress(BlockingIOError):
            while chunk := os.read(self._answers, CHUNK_BYTES):
                self._heard += chunk
        *lines, self._heard = self._heard.split(b"\n")
        for line in lines:
            answer = json.loads(line)
            if answer["error"]:
                raise SongFailedError(f"{answer['file']} was not registered. {answer['error']}")
            self._known.add(answer["file"])
        if has_ended and self._told - self._known:
            raise SongFailedError(f"{min(self._told - self._known)} could not be registered.")

"""``--register``: files that the stand-ins do not know become songs of theirs, while the rest goes on."""

from __future__ import annotations

import json
import subprocess
import sys
from tempfile import TemporaryFile
from threading import Thread
from typing import TYPE_CHECKING, Self

from django.conf import settings

from config.partners import is_stand_in
from generation.management.song.errors import SongStoppedError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

COMMAND = [sys.executable, "manage.py", "sandbox_register", "--json"]


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
    """One process that registers ``files``, one after the other; ``has(file)`` says how far it is."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._waiting = {file.name for file in files}
        self._files = [str(file.absolute()) for file in files]
        self._process: subprocess.Popen[str] | None = None
        self._reader: Thread | None = None
        self._errors = TemporaryFile("w+")  # noqa: SIM115 - closed on the way out

    def __enter__(self) -> Self:
        if self._files:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                [*COMMAND, *self._files],
                stdout=subprocess.PIPE,
                stderr=self._errors,
                text=True,
                start_new_session=True,
            )
            self._reader = Thread(target=self._read, daemon=True)
            self._reader.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self._process.kill()  # what it has told the stand-ins is whole
            self._process.wait()
        if self._reader is not None:
            self._reader.join()
        self._errors.close()

    def has(self, file: Path) -> bool:
        """Tell whether ``file`` is known to the stand-ins, or was not to be made known.

        Raises
        ------
        SongStoppedError
            If the process ended and has not registered it.
        """
        if file.name not in self._waiting:
            return True
        if self._reader is not None and self._reader.is_alive():
            return False
        if file.name not in self._waiting:  # told with the last line
            return True
        self._errors.seek(0)
        said = [line for line in self._errors.read().splitlines() if line.startswith(file.name)]
        raise SongStoppedError(said[-1] if said else f"{file.name} could not be registered.")

    def _read(self) -> None:
        if self._process is not None and self._process.stdout is not None:
            for line in self._process.stdout:
                if line.startswith("{"):
                    self._waiting.discard(json.loads(line)["file"])

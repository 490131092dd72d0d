"""The files of a song's sound, begun while the engine still masters and judges it.

Those two use one processor, so copies of this process encode on the other: they share the arrays, and
no interpreter's lock with us. What was begun for a try that is not kept is dropped with it.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import psutil

from config.jobs.memory import give_back_freed_memory
from config.lib.copies import Copy
from generation.exports.encode import encode
from generation.exports.stems import Residual, StemWriter
from generation.exports.stored import mp3_of_master
from generation.models import VersionAsset

if TYPE_CHECKING:
    from generation.engines.base import Floats, Sound
    from generation.exports.encode import Kind as Encoding
    from generation.exports.tags import Tags

FOLDER = "encodings-"
"""Prefix of a folder's name; the process that encodes in it follows."""
Done = Callable[[str, str, Path], None]
"""Takes the encoding of a file of the master, or ``stem`` and its name, and where it lies."""
RESIDUAL = "residual.json"
STEMS = "stems"
LATER, LAST = 5, 15
"""How much nicer a copy is whose file nobody waits for longest (setpriority(2)).

The small file takes longest and cannot begin before the master is there: it is what one waits for. Stems
give way less, since they hold memory until they are written: at 15 a song of three minutes took .5 s less
and 300 MB more. The FLAC holds nothing but the master.
"""


class Encodings:
    """Encodes one sound after another; leaving the block drops what is not finished.

    ``tags`` are for the files, ``title`` is that of the MP3, ``also`` the kinds that somebody waits for.
    """

    def __init__(self, tags: Tags, *, title: str, also: Collection[str]) -> None:
        self._tags, self._title = tags, title
        # What is played takes longest, so it goes first. The MP3 is played as well as the AAC.
        small: Encoding = "mp3_320" if VersionAsset.Kind.MP3 in also else "aac"
        self._kinds: list[Encoding] = [small, "flac"]
        _clear_after_the_killed()
        self._folder = tempfile.TemporaryDirectory(prefix=f"{FOLDER}{os.getpid()}-")
        self._begun: list[Floats] = []
        self._copies: dict[str, Copy] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.discard()
        self._folder.cleanup()

    def mixed(self, mix: Floats, stems: Mapping[str, Floats], rate: int) -> None:
        """Begin the stems of a sound, (frames, 2) at ``rate`` Hz, which add up to ``mix``."""
        self.discard()
        self._begun.append(mix)
        give_back_freed_memory()  # else each copy keeps what we have freed and use again
        self._begin(STEMS, partial(self._write_stems, mix, stems, rate), nice=LATER)

    def mastered(self, audio: Floats, rate: int) -> None:
        """Begin the files of its master."""
        self._begun.append(audio)
        give_back_freed_memory()
        for kind, nice in zip(self._kinds, (0, LAST), strict=True):
            self._begin(kind, partial(self._write_master, kind, audio, rate), nice=nice)

    def discard(self) -> None:
        """Drop what was begun; afterwards nothing works on its arrays any more."""
        for copy in self._copies.values():
            copy.end()
        self._copies.clear()
        self._begun.clear()

    def finish(self, sound: Sound, done: Done) -> Residual:
        """Finish the files of ``sound``, what was begun for it or all of it anew; return how stems add up.

        What a copy did not finish, because it was killed or failed, is done here. ``done`` is told of
        each file as soon as it is there: while others are still made it can be put away.
        """
        begun = [sound.mix, sound.audio]
        if list(map(id, self._begun)) != list(map(id, begun)):
            self.mixed(sound.mix, sound.stems, sound.rate)
            self.mastered(sound.audio, sound.rate)
        if not self._finished(STEMS):
            self._write_stems(sound.mix, sound.stems, sound.rate)
        for name, path in self._stem_places(sound.stems):
            done("stem", name, path)
        for kind in reversed(self._kinds):
            if not self._finished(kind):
                self._write_master(kind, sound.audio, sound.rate)
            done(kind, "", self._place(kind))
        return Residual(**json.loads(self._place(RESIDUAL).read_text()))

    def _begin(self, name: str, work: Callable[[], None], *, nice: int) -> None:
        """Do ``work`` in a copy of this process."""

        def nicely() -> None:
            os.nice(nice)
            tempfile.tempdir = self._folder.name  # what a killed encoder leaves goes with it
            work()

        self._copies[name] = Copy(nicely)

    def _finished(self, name: str) -> bool:
        """Wait for the copy that was begun; return whether it did all of its work."""
        return self._copies.pop(name).did_all()

    def _write_stems(self, mix: Floats, stems: Mapping[str, Floats], rate: int) -> None:
        writer = StemWriter(mix, rate)
        for name, path in self._stem_places(stems):
            writer.write(name, stems[name], path)
        self._place(RESIDUAL).write_text(json.dumps(asdict(writer.residual())))

    def _write_master(self, kind: Encoding, audio: Floats, rate: int) -> None:
        if kind == "mp3_320":
            content = mp3_of_master(audio, rate, replace(self._tags, title=self._title))
        else:
            content = encode(audio, rate, kind, self._tags)
        self._place(kind).write_bytes(content)

    def _stem_places(self, stems: Mapping[str, Floats]) -> Iterator[tuple[str, Path]]:
        for number, name in enumerate(stems):
            yield name, self._place(f"{number}.flac")

    def _place(self, name: str) -> Path:
        return Path(self._folder.name) / name


def _clear_after_the_killed() -> None:
    """Remove the folders of processes that live no more: nobody else knows of them."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER}*"):
        process = folder.name.removeprefix(FOLDER).partition("-")[0]
        if process.isdigit() and not psutil.pid_exists(int(process)):
            shutil.rmtree(folder, ignore_errors=True)

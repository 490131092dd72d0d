"""The files of a song's sound, begun while the engine still masters and judges it.

Those two use one processor; encoders leave the interpreter and use the other. What was begun for a try
that is not kept is dropped with it.
"""

from __future__ import annotations

import tempfile
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Self

from generation.exports.encode import encode
from generation.exports.stems import StemWriter
from generation.exports.stored import mp3_of
from generation.models import VersionAsset

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from types import TracebackType

    from generation.engines.base import Floats, Sound
    from generation.exports.encode import Kind as Encoding
    from generation.exports.stems import Residual
    from generation.exports.tags import Tags

AT_ONCE = 2


@dataclass(frozen=True)
class Encoded:
    """Files of the master by kind, those of the stems by name, and how the stems add up."""

    masters: Mapping[Encoding, bytes]
    stems: Mapping[str, Path]
    residual: Residual


class Encodings:
    """Encodes one sound after another; leaving the block drops what is not finished.

    ``tags`` are for the files, ``title`` is that of the MP3, ``also`` the kinds that somebody waits for.
    """

    def __init__(self, tags: Tags, *, title: str, also: Collection[str]) -> None:
        self._tags, self._title, self._also = tags, title, also
        self._pool: ThreadPoolExecutor | None = None
        self._dropped = Event()
        self._folder = tempfile.TemporaryDirectory(prefix="stems-")
        self._begun: list[Floats] = []
        self._stems: Future[tuple[dict[str, Path], Residual]] | None = None
        self._masters: dict[Encoding, Future[bytes]] = {}

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
        self._pool, self._dropped = ThreadPoolExecutor(AT_ONCE), Event()
        self._begun.append(mix)
        self._stems = self._pool.submit(self._write, self._dropped, mix, stems, rate)

    def mastered(self, audio: Floats, rate: int) -> None:
        """Begin the files of its master."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(AT_ONCE)
        self._begun.append(audio)
        begin = self._pool.submit
        flac = begin(encode, audio, rate, "flac", self._tags)
        self._masters["flac"] = flac
        # The longest first; it is made of the FLAC, as it would be later.
        if VersionAsset.Kind.MP3 in self._also:
            self._masters["mp3_320"] = begin(lambda: mp3_of(flac.result(), self._title))
        self._masters["aac"] = begin(encode, audio, rate, "aac", self._tags)

    def discard(self) -> None:
        """Drop what was begun; afterwards nothing works on its arrays any more."""
        self._dropped.set()
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool, self._stems = None, None
        self._begun.clear()
        self._masters.clear()

    def finish(self, sound: Sound) -> Encoded:
        """Return the files of ``sound``: what was begun for it, or all of it anew."""
        begun = [sound.mix, sound.audio]
        if list(map(id, self._begun)) != list(map(id, begun)):
            self.mixed(sound.mix, sound.stems, sound.rate)
            self.mastered(sound.audio, sound.rate)
        if self._stems is None:
            msg = "stems were not begun"
            raise RuntimeError(msg)
        stems, residual = self._stems.result()
        masters = {name: future.result() for name, future in self._masters.items()}
        return Encoded(masters, stems, residual)

    def _write(
        self, dropped: Event, mix: Floats, stems: Mapping[str, Floats], rate: int
    ) -> tuple[dict[str, Path], Residual]:
        writer, paths = StemWriter(mix, rate), {}
        for number, (name, samples) in enumerate(stems.items()):
            if dropped.is_set():
                break
            paths[name] = Path(self._folder.name) / f"{number}.flac"
            writer.write(name, samples, paths[name])
        return paths, writer.residual()

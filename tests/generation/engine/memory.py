"""A song made without a job: stages in memory, in this process or in another."""

from __future__ import annotations

import hashlib
import io
import pickle
import sys
from typing import TYPE_CHECKING

from generation.engines import registry, seeds
from generation.exports.encode import master_sha256

if TYPE_CHECKING:
    from collections.abc import Callable

    from generation.engines.base import GenerationSpec
    from generation.exports.tags import Tags


class Memory:
    """A checkpoint that forgets with the process; ``names`` lists what was asked for."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], bytes] = {}
        self.shares: list[float] = []

    def once(self, stage: str, part: str, work: Callable[[], bytes]) -> bytes:
        """Return what was made before, or make it."""
        if (stage, part) not in self.kept:
            self.kept[stage, part] = work()
        return self.kept[stage, part]

    def progress(self, share: float) -> None:
        """Remember how far it is said to be."""
        self.shares.append(share)

    def mixed(self, mix: object, stems: object, rate: int) -> None:
        """Begin nothing."""

    def mastered(self, audio: object, rate: int) -> None:
        """Begin nothing."""

    def discarded(self) -> None:
        """Have nothing to drop."""


def in_one_go(
    spec: GenerationSpec, tags: Tags
) -> tuple[dict[str, str], dict[tuple[str, str], bytes]]:
    """Make the song of ``spec`` at the first try; hash what must always be the same.

    Return the hashes, and what the engine kept by stage and part.
    """
    vars(seeds)["TRIES"] = 1
    memory = Memory()
    made = registry.load("mosaic").generate(spec, checkpoint=memory)
    sound = made.sound()
    files = {"midi": made.midi, "archive": made.archive}
    told = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return told | {"master": master_sha256(sound.audio, sound.rate, tags)}, memory.kept


if __name__ == "__main__":
    order = pickle.load(io.BytesIO(sys.stdin.buffer.read()))  # noqa: S301 - of our own test
    sys.stdout.buffer.write(pickle.dumps(in_one_go(*order)))

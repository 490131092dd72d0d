"""What an engine finishes, as stages of its job: found again by the next attempt."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from config.lib import blobs

if TYPE_CHECKING:
    from collections.abc import Callable

    from config.jobs.stages import Run
    from generation.engines.base import Stage
    from generation.tasks.encodings import Encodings

REACHED_PPM = {
    "compose": 190_000,
    "perform": 430_000,
    "mix": 700_000,
    "judge": 820_000,
    "encode": 965_000,
    "attribute": 975_000,
    "receipt": 990_000,
}
"""Progress of the whole job when a stage is done: the seconds it takes on two quiet cores."""


class JobCheckpoint:
    """Blobs under the job's stages. ``key`` is the hash of the spec, ``part`` what of it.

    ``encodings`` begin with the files of a sound as soon as it is there.
    """

    def __init__(self, run: Run, key: str, encodings: Encodings) -> None:
        self._run, self._key = run, key
        self.mixed, self.mastered = encodings.mixed, encodings.mastered
        self.discarded = encodings.discard

    def once(self, stage: Stage, part: str, work: Callable[[], bytes]) -> bytes:
        """Return what ``work`` made, in this attempt or an earlier one.

        Raises
        ------
        LeaseLostError
            If the job is no longer ours.
        """
        held: list[bytes] = []

        def make() -> str:
            held.append(work())
            return blobs.put(io.BytesIO(held[0]), suffix=".bin")

        artefact = self._run.stage(
            stage,
            make,
            input_key=f"{self._key}/{part}",
            progress_ppm=REACHED_PPM[stage],
            is_present=blobs.exists,
        )
        if held:
            return held[0]
        with blobs.open_blob(artefact) as stream:
            return stream.read()

    def progress(self, share: float) -> None:
        """Report how far the stage at hand is."""
        self._run.progress_part(share, 1.0)

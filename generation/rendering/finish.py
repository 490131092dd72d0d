"""What is finished: the master with its mix, its stems and how long they took."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generation.rendering.arrangement import Arrangement
from generation.rendering.mastering import Mastered, master
from generation.rendering.mixing import Mix, mix
from generation.rendering.spectrum import ReferenceSound

Floats = npt.NDArray[np.float32]
Progress = Callable[[str, float], None]

MIX_SHARE = 0.65
"""The part of the time that mixing takes of mixing and mastering."""


@dataclass(frozen=True)
class Rendering:
    """A song as audio: the master, the mix before it with its stems, and how it came about.

    ``figures`` holds the seconds of each stage (``mix_s``, ``master_s``, after a whole rendering
    ``perform_s`` too).
    """

    master: Mastered
    mix: Mix
    arrangement: Arrangement
    figures: Mapping[str, float]

    @property
    def stems(self) -> dict[str, Floats]:
        """The wet stems, which sum to ``mix.audio``."""
        return self.mix.stems


def finish(
    stems: Mapping[str, Floats],
    arrangement: Arrangement,
    *,
    reference: ReferenceSound | None,
    target_lufs: float = -14.0,
    progress: Progress | None = None,
    mixed: Callable[[Mix], None] | None = None,
) -> Rendering:
    """Mix and master dry stems; the arrays are used up and hold the wet stems afterwards.

    ``progress`` is told each step's name and the share of the work that is done before it, ``mixed``
    is given the mix before it is mastered.
    """
    started = time.perf_counter()
    made = mix(
        stems,
        arrangement,
        reference=reference,
        progress=(lambda name, share: progress(name, share * MIX_SHARE)) if progress else None,
    )
    after_mix = time.perf_counter()
    if mixed:
        mixed(made)
    if progress:
        progress("master", MIX_SHARE)
    mastered = master(made.audio, target_lufs=target_lufs, reference=reference)
    figures = {"mix_s": after_mix - started, "master_s": time.perf_counter() - after_mix}
    return Rendering(mastered, made, arrangement, figures)

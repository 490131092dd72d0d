"""From an arrangement to a finished master: perform, mix, master."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from generation.rendering.arrangement import Arrangement
from generation.rendering.finish import Progress, Rendering, finish
from generation.rendering.performance import perform
from generation.rendering.spectrum import ReferenceSound

PERFORM_SHARE = 0.45
"""The part of the time that playing takes of the whole."""


def render(
    arrangement: Arrangement,
    *,
    soundfont: Path | None,
    reference: ReferenceSound | None,
    target_lufs: float = -14.0,
    progress: Progress | None = None,
) -> Rendering:
    """Play, mix and master a whole song.

    Parameters
    ----------
    soundfont
        The file for the instruments that have no voice of our own; None plays them on our voices.
    reference
        The median spectrum of the sources, or None for the mix as it stands.
    progress
        Called with the name of a step and the share of the whole that is done before it.
    """
    started = time.perf_counter()
    stems = perform(
        arrangement,
        soundfont=soundfont,
        progress=(lambda done: progress("perform", done * PERFORM_SHARE)) if progress else None,
    )
    perform_s = time.perf_counter() - started
    made = finish(
        stems,
        arrangement,
        reference=reference,
        target_lufs=target_lufs,
        progress=(lambda name, done: progress(name, PERFORM_SHARE + done * (1 - PERFORM_SHARE)))
        if progress
        else None,
    )
    return replace(made, figures={"perform_s": perform_s, **made.figures})


__all__ = ["Rendering", "render"]

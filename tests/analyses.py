"""Analyses of whole recordings, each made once for all tests of a worker that look at it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from library.analysis.decode import decode_file
from library.analysis.pipeline import analyse_pcm

if TYPE_CHECKING:
    from pathlib import Path

    from library.analysis.types import Analysis


@lru_cache(maxsize=32)
def analysed(path: Path) -> Analysis:
    """Return what the product measures of a file, its notes too."""
    pcm = decode_file(path)
    return analyse_pcm(pcm.samples, pcm.sample_rate, with_notes=True)

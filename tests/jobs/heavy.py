"""A kind whose handler loads something large."""

from __future__ import annotations

import numpy  # noqa: F401 - it stands for whatever makes songs

from tests.jobs.kinds import make_song

__all__ = ["make_song"]

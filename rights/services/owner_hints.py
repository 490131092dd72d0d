"""Hints at who owns a recording, read from what the catalogue and the recognisers say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rights.domain.names import name_normalised
from rights.models import OwnerHint
from rights.services.recordings import Hint

if TYPE_CHECKING:
    from rights.catalogue.types import Song

LABEL_PPM = 400_000
"""A label as printed is often an imprint of somebody else."""


def hints_of(song: Song) -> list[Hint]:
    """Return what a song's release tells of its owner."""
    release = song.release
    if release is None or not release.label.strip():
        return []
    return [label_hint(release.label, source="apple_music", ref=f"apple_music:album:{release.id}")]


def label_hint(name: str, *, source: str, ref: str = "") -> Hint:
    """Return the hint that a printed label is."""
    shown = " ".join(name.split())
    return Hint(source, OwnerHint.Role.IMPRINT, shown, name_normalised(shown), LABEL_PPM, ref)

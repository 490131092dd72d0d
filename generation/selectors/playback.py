"""Which file of a version browsers play: small, with the tables of contents at its beginning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generation.models import VersionAsset

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from django.db.models import QuerySet

PLAYED = (VersionAsset.Kind.AAC, VersionAsset.Kind.MP3)
"""The first that a version has. One of them is always made with it (``tasks.encodings``)."""


def played(files: Iterable[VersionAsset]) -> VersionAsset | None:
    """Return what is played of one version's files, or None before it has one."""
    found = [file for file in files if file.kind in PLAYED]
    return min(found, key=lambda file: PLAYED.index(VersionAsset.Kind(file.kind)), default=None)


def played_assets() -> QuerySet[VersionAsset]:
    """Return the files among which ``played`` chooses, of every version."""
    return VersionAsset.objects.filter(kind__in=PLAYED)


def played_by_version(files: Iterable[VersionAsset]) -> dict[UUID, VersionAsset]:
    """Return what is played of each version that some of ``files`` belong to."""
    of: dict[UUID, list[VersionAsset]] = {}
    for file in files:
        of.setdefault(file.version_id, []).append(file)
    return {version: best for version, some in of.items() if (best := played(some)) is not None}

"""What can be downloaded of a version: files in the order in which people look for them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.text import slugify
from django.utils.translation import gettext_lazy

from generation.models import VersionAsset
from generation.selectors.song_head import asset_url
from generation.selectors.wanted import ON_DEMAND, size_expected, wanted_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.utils.functional import _StrPromise

    from accounts.models import User
    from generation.models import Version
    from generation.selectors.wanted import Wanted

Kind = VersionAsset.Kind
GROUPS: tuple[tuple[_StrPromise, tuple[str, ...]], ...] = (
    (gettext_lazy("Audio"), (Kind.MASTER_WAV, Kind.FLAC, Kind.MP3, Kind.AAC)),
    (gettext_lazy("For your studio"), (Kind.STEMS_ZIP, Kind.MIDI)),
    (gettext_lazy("To read and play from"), (Kind.LEAD_SHEET, Kind.MUSICXML)),
    (gettext_lazy("Proof"), (Kind.RECEIPT,)),
)
USES: dict[str, _StrPromise] = {
    Kind.MASTER_WAV: gettext_lazy("The master, for stores and for further work"),
    Kind.FLAC: gettext_lazy("The master without loss, about half as large"),
    Kind.MP3: gettext_lazy("For sending around; plays everywhere"),
    Kind.AAC: gettext_lazy("Small, for phones"),
    Kind.STEMS_ZIP: gettext_lazy("Every stem as WAV from 0:00, for any audio workstation"),
    Kind.MIDI: gettext_lazy("Every part on its own track, with tempo, key and markers"),
    Kind.LEAD_SHEET: gettext_lazy("Melody and chords as a PDF"),
    Kind.MUSICXML: gettext_lazy("Melody and chords for notation programs"),
    Kind.RECEIPT: gettext_lazy("What each bar owes to whom, signed; anybody can check it"),
}


@dataclass(frozen=True)
class FileRow:
    """One file. ``what`` says what it is for; without a ``url`` it is made when it is asked for.

    ``making`` says how far that is, in percent; ``error`` why it did not come about.
    """

    kind: str
    name: str
    what: str
    size_bytes: int
    url: str
    making: int | None = None
    error: str = ""


@dataclass(frozen=True)
class FileGroup:
    """Files that are for the same thing."""

    title: str
    anchor: str
    rows: tuple[FileRow, ...]


@dataclass(frozen=True)
class FilesView:
    """All of them. ``tag`` changes with what is shown, and is empty when nothing is being made."""

    groups: tuple[FileGroup, ...]
    tag: str
    number: int


def song_files(version: Version, *, user: User) -> FilesView:
    """Return the files of a ready version: two queries, and one for each that is being made."""
    assets = list(version.assets.all())
    held = {asset.kind: asset for asset in assets if asset.kind != Kind.STEM}
    stems = sum(asset.kind == Kind.STEM for asset in assets)
    wanted = wanted_of(version)

    def row(kind: str) -> FileRow | None:
        asset = held.get(kind)
        if asset is not None:
            return _row(asset, version, user)
        if kind not in ON_DEMAND or (kind == Kind.STEMS_ZIP and not stems):
            return None
        return _to_make(kind, version, stems, wanted.get(kind))

    groups = []
    for title, kinds in GROUPS:
        rows = tuple(found for kind in kinds if (found := row(kind)) is not None)
        if rows:
            groups.append(FileGroup(str(title), slugify(str(title)), rows))
    return FilesView(tuple(groups), _tag(groups), version.number)


def _row(asset: VersionAsset, version: Version, user: User) -> FileRow:
    song = version.song
    name = song.title if version.number == 1 else f"{song.title} (version {version.number})"
    return FileRow(
        kind=asset.kind,
        name=asset.get_kind_display(),
        what=str(USES.get(asset.kind, "")),
        size_bytes=asset.size_bytes,
        url=asset_url(asset, song, user, name=name),
    )


def _to_make(kind: str, version: Version, stems: int, wanted: Wanted | None) -> FileRow:
    return FileRow(
        kind=kind,
        name=str(Kind(kind).label),
        what=str(USES[kind]),
        size_bytes=size_expected(kind, duration_ms=version.duration_ms or 0, stems=stems),
        url="",
        making=wanted.percent if wanted is not None and wanted.is_live else None,
        error=wanted.error if wanted is not None else "",
    )


def _tag(groups: Sequence[FileGroup]) -> str:
    """Return what changes with every state and percent; "" when nothing moves by itself."""
    rows = [row for group in groups for row in group.rows]
    if all(row.making is None for row in rows):
        return ""
    told = ";".join(f"{row.kind}{bool(row.url)}{row.making}{row.error}" for row in rows)
    return hashlib.sha256(told.encode()).hexdigest()[:16]

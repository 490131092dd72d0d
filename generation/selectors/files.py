"""What can be downloaded of a version: files in the order in which people look for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.text import slugify
from django.utils.translation import gettext_lazy

from generation.models import VersionAsset
from generation.selectors.song_head import asset_url

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from accounts.models import User
    from generation.models import Version

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
    """One file. ``what`` says what it is for."""

    kind: str
    name: str
    what: str
    size_bytes: int
    url: str


@dataclass(frozen=True)
class FileGroup:
    """Files that are for the same thing."""

    title: str
    anchor: str
    rows: tuple[FileRow, ...]


def song_files(version: Version, *, user: User) -> tuple[FileGroup, ...]:
    """Return the files of a ready version: one query."""
    held = {asset.kind: asset for asset in version.assets.exclude(kind=Kind.STEM)}
    groups = []
    for title, kinds in GROUPS:
        rows = tuple(_row(held[kind], version, user) for kind in kinds if kind in held)
        if rows:
            groups.append(FileGroup(str(title), slugify(str(title)), rows))
    return tuple(groups)


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

"""What the job of a version writes: its beginning, its success with all that it owes, its refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from generation.models import (
    Song,
    Version,
    VersionAsset,
    VersionBar,
    VersionLayer,
    VersionSource,
)
from generation.services.receipts import receipt_issue
from generation.services.sources import sources_usable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from config.lib.errors import DomainError
    from generation.engines.base import Attribution
    from generation.models import BaseModel

State = Version.State


@dataclass(frozen=True)
class MadeFile:
    """A file in storage and what it is for, one of ``VersionAsset.Kind``."""

    kind: str
    key: str
    content_type: str
    size_bytes: int
    name: str = ""


@dataclass(frozen=True)
class Outcome:
    """What an engine made, as it is kept. ``columns`` are fields of the version."""

    columns: Mapping[str, Any]
    attribution: Attribution
    files: Sequence[MadeFile]


def version_begin(*, version: Version, base_model: BaseModel, revision: str) -> None:
    """Note what the version is made with, before anything is made; in the job's transaction.

    A base model that was fixed when the version was asked for stays.
    """
    mine = Version.objects.filter(pk=version.pk).exclude(state=State.READY)
    mine.filter(base_model=None).update(base_model=base_model)
    mine.update(engine_revision=revision)


def version_refused(*, version: Version, refusal: DomainError) -> None:
    """Keep why the version could not be made; one that is ready stays so."""
    Version.objects.filter(pk=version.pk, state=State.PENDING).update(
        state=State.FAILED, refusal_code=refusal.code[:80], refusal=refusal.message
    )


def version_finish(*, version: Version, outcome: Outcome) -> dict[str, str]:
    """Write everything that people see of a finished version; in the transaction of its success.

    An edit of the present version becomes the present one, and so does the first of a song.

    Raises
    ------
    SourceLostError
        If one of the ten may not be used any more; nothing is written then.
    """
    song = Song.objects.select_for_update().get(pk=version.song_id)
    mine = Version.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if mine.state == State.READY:
        return {"song": str(song.pk), "version": str(mine.pk)}
    sources_usable(song.song_set)
    _write_influence(mine, outcome.attribution)
    VersionAsset.objects.bulk_create(
        VersionAsset(
            version=mine,
            kind=file.kind,
            name=file.name,
            key=file.key,
            content_type=file.content_type,
            size_bytes=file.size_bytes,
        )
        for file in outcome.files
    )
    for name, value in outcome.columns.items():
        setattr(mine, name, value)
    mine.policy = outcome.attribution.policy
    mine.state, mine.ready_at = State.READY, timezone.now()
    mine.save()
    receipt_issue(version=mine)
    if song.current_id is None or song.current_id == mine.parent_id:
        song.current = mine
        song.save(update_fields=["current"])
    return {"song": str(song.pk), "version": str(mine.pk)}


def _write_influence(version: Version, owed: Attribution) -> None:
    """Fill in the shares of the sources; add bars and layers."""
    for source in version.sources.all():
        share = owed.song.get(source.key, 0)
        VersionSource.objects.filter(pk=source.pk).update(share_ppm=share)
    VersionBar.objects.bulk_create(
        VersionBar(
            version=version,
            number=bar.number,
            start_ms=bar.start_ms,
            end_ms=bar.end_ms,
            section=bar.section,
            shares=dict(bar.shares),
            why=[dict(taken) for taken in bar.why],
        )
        for bar in owed.bars
    )
    VersionLayer.objects.bulk_create(
        VersionLayer(version=version, layer=layer, shares=dict(shares))
        for layer, shares in owed.layers.items()
    )

"""Songs: made from a set, renamed, deleted, brought back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.services.audit import audit_record
from config.jobs.models import Job
from config.jobs.services import job_cancel
from generation.constants import DELETED_KEPT, SEED_MAX, VERSIONS_AT_ONCE
from generation.exceptions import SongRefusedError
from generation.models import Song
from generation.selectors.wanted import AT_ONCE
from generation.services.requests import (
    Wish,
    options_checked,
    quota_require,
    seed_checked,
    version_request,
)
from generation.services.sources import sources_usable, sources_weighed
from rights.models import SongSet
from rights.services.song_sets import song_set_freeze

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from accounts.models import User

TITLE_MAX = 120


@dataclass(frozen=True)
class SongOrder:
    """What is asked for. ``options``: see ``generation.engines.options``; the rest is at its default.

    ``weights`` are whole numbers by ISRC, of which only the proportions count; without them the set's
    hold. ``files`` are those of ``selectors.wanted.AT_ONCE`` that are made with the song.
    """

    options: Mapping[str, Any]
    weights: Mapping[str, int] | None = None
    title: str = ""
    files: Sequence[str] = ()

    def checked(self) -> dict[str, Any]:
        """Return every option, or refuse as :func:`song_generate` does."""
        if not AT_ONCE.issuperset(self.files):
            text = _("This file is made when the song is finished. Nothing was made.")
            raise SongRefusedError("generation.song.files", text)
        return options_checked(self.options)


@transaction.atomic
def song_generate(
    *,
    song_set: SongSet,
    order: SongOrder,
    actor: User,
    idem: str,
    seed: int | None = None,
    versions: int = 1,
) -> Song:
    """Freeze the set and ask for a song, in one or two versions of neighbouring seeds.

    The same ``idem`` twice is the same request and returns the first song.

    Raises
    ------
    SongSetRefusedError
        If the gate of the set is closed; the message says what is missing.
    SourceLostError
        If the set was frozen before and one of its songs may not be used any more.
    VersionRefusedError
        If an option, the seed or a weight is out of range, or the quota is used up.
    SongRefusedError
        If there are too many versions, a file cannot be made with a song, or ``idem`` belongs to a
        song of another set.
    """
    if known := _asked_before(song_set, idem):
        return known
    if not 1 <= versions <= VERSIONS_AT_ONCE:
        text = _("Ask for 1 to %(most)s versions at once. Nothing was made.")
        raise SongRefusedError("generation.song.versions", text % {"most": VERSIONS_AT_ONCE})
    wanted, first = order.checked(), seed_checked(seed)
    frozen = song_set_freeze(song_set=song_set, actor=actor)
    entries = sources_usable(frozen)
    # The row of the set is ours until the commit, so a twin of this request has waited for it.
    SongSet.objects.select_for_update().get(pk=frozen.pk)
    if known := _asked_before(song_set, idem):
        return known
    song = Song.objects.create(
        organisation=frozen.organisation,
        song_set=frozen,
        title=_titled(order.title) or frozen.name,
        created_by=actor,
        idem=idem,
    )
    quota_require(song=song, wanted=versions)
    for number in range(versions):
        wish = Wish(wanted, (first + number) % (SEED_MAX + 1), files=order.files)
        sources, key = sources_weighed(entries, order.weights), f"{idem[:70]}/{number}"
        version_request(song=song, wish=wish, sources=sources, idem=key, actor=actor)
    _trail("generation.song.requested", song, actor, versions=versions)
    return song


@transaction.atomic
def song_rename(*, song: Song, title: str, actor: User) -> Song:
    """Give the song another title; an empty one changes nothing."""
    mine = _lock(song)
    mine.title = _titled(title) or mine.title
    mine.save(update_fields=["title"])
    _trail("generation.song.renamed", mine, actor)
    return mine


@transaction.atomic
def song_delete(*, song: Song, actor: User) -> Song:
    """Put the song away for thirty days and stop what is being made of it.

    Deleted before, nothing happens. Its receipts stay true and are kept.
    """
    mine = Song.objects.select_for_update().get(pk=song.pk)
    if mine.deleted_at is not None:
        return mine
    mine.deleted_at = timezone.now()
    mine.save(update_fields=["deleted_at"])
    for job in Job.objects.filter(song_version__song=mine, state__in=Job.LIVE).order_by("pk"):
        job_cancel(job=job)
    _trail("generation.song.deleted", mine, actor)
    return mine


@transaction.atomic
def song_restore(*, song: Song, actor: User) -> Song:
    """Bring a deleted song back as it was; work that was stopped can be tried again.

    Raises
    ------
    SongRefusedError
        If it was deleted more than thirty days ago, and its audio is gone.
    """
    mine = Song.objects.select_for_update().get(pk=song.pk)
    if mine.deleted_at is None:
        return mine
    if mine.deleted_at + DELETED_KEPT < timezone.now():
        text = _("“%(title)s” was deleted more than 30 days ago and its audio is gone.")
        raise SongRefusedError("generation.song.purged", text % {"title": mine.title})
    mine.deleted_at = None
    mine.save(update_fields=["deleted_at"])
    _trail("generation.song.restored", mine, actor)
    return mine


def _lock(song: Song) -> Song:
    """Return the row, held until the commit, if it may be changed."""
    mine = Song.objects.select_for_update().get(pk=song.pk)
    if mine.deleted_at is not None:
        text = _("“%(title)s” was deleted. Bring it back to change it; nothing was changed.")
        raise SongRefusedError("generation.song.deleted", text % {"title": mine.title})
    return mine


def _asked_before(song_set: SongSet, idem: str) -> Song | None:
    """Return the song that was made by the same request; refuse a key of another set."""
    known = Song.objects.filter(organisation=song_set.organisation_id, idem=idem).first()
    if known is not None and known.song_set_id != song_set.pk:
        text = _("This request was already used for something else. Reload the page and try again.")
        raise SongRefusedError("generation.song.key_reused", text)
    return known


def _titled(title: str) -> str:
    return " ".join(title.split())[:TITLE_MAX]


def _trail(action: str, song: Song, actor: User, **data: int) -> None:
    audit_record(action=action, actor=actor, organisation=song.organisation, target=song, data=data)

"""Versions: made from another by an edit, tried again, stopped, chosen as the present one, rated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services.audit import audit_record
from config.jobs.models import Job
from config.jobs.services import job_cancel, job_retry
from generation.engines.registry import card_of
from generation.exceptions import VersionRefusedError
from generation.models import Song, Version
from generation.services.requests import Wish, edit_checked, quota_require, version_request
from generation.services.sources import sources_usable, sources_weighed, weights_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accounts.models import User

State = Version.State


@transaction.atomic
def version_edit(*, version: Version, edit: Mapping[str, Any], actor: User, idem: str) -> Version:
    """Ask for a new version, made from this one by ``edit`` (``generation.engines.edits``).

    The same ``idem`` twice is the same request: the second call returns the first version.

    Raises
    ------
    VersionRefusedError
        If the version is not ready, its song is deleted, the edit is not one that its engine can
        make, or the quota is used up.
    SourceLostError
        If one of the ten may not be used any more.
    """
    song = _song(version)
    known = song.versions.filter(idem=idem).first()
    if known is not None:
        return known
    parent = _ready(version)
    wanted = edit_checked(edit)
    if wanted["kind"] not in card_of(parent.engine).edits:
        text = _("“%(engine)s” cannot make this edit. The version stays as it is.")
        name = card_of(parent.engine).name
        raise VersionRefusedError("generation.edit.unknown", text % {"engine": name})
    entries = sources_usable(song.song_set)
    weights = wanted["weights"] if wanted["kind"] == "reweigh" else weights_of(parent)
    quota_require(song=song, wanted=1)
    made = version_request(
        song=song,
        wish=Wish(parent.options, wanted.get("seed", parent.seed), parent, wanted),
        sources=sources_weighed(entries, weights),
        idem=idem,
        actor=actor,
    )
    _trail("generation.version.requested", made, actor, kind=wanted["kind"])
    return made


@transaction.atomic
def version_retry(*, version: Version, actor: User, idem: str) -> Version:
    """Try a version that failed or was stopped again, from the stage that failed.

    Raises
    ------
    VersionRefusedError
        If it is ready or still being made.
    SourceLostError
        If one of the ten may not be used any more.
    """
    song = _song(version)
    mine = Version.objects.select_related("job").get(pk=version.pk)
    if mine.job is None or mine.shown_state not in (State.FAILED, State.CANCELLED):
        text = _(
            "Only a version that failed or was stopped can be tried again. Nothing was changed."
        )
        raise VersionRefusedError("generation.version.not_failed", text)
    sources_usable(song.song_set)
    job_retry(job=mine.job, idem=idem)
    mine.refresh_from_db()
    _trail("generation.version.retried", mine, actor)
    return mine


def version_follow_retry(*, old: Job, new: Job) -> None:
    """Point the version at the job that tries again; called in the transaction of the retry."""
    Version.objects.filter(job=old).exclude(state=State.READY).update(
        job=new, state=State.PENDING, refusal_code="", refusal=""
    )


@transaction.atomic
def version_cancel(*, version: Version, actor: User) -> Version:
    """Stop making a version: at once while it waits, within a beat while it runs.

    One that is ready, failed or stopped stays as it is.
    """
    mine = Version.objects.select_for_update(of=("self",)).select_related("job").get(pk=version.pk)
    if mine.state != State.PENDING or mine.job is None or mine.job.is_terminal:
        return mine
    if job_cancel(job=mine.job).state == Job.State.CANCELLED:
        mine.state = State.CANCELLED
        mine.save(update_fields=["state"])
    _trail("generation.version.cancelled", mine, actor)
    return mine


@transaction.atomic
def version_make_current(*, version: Version, actor: User) -> Song:
    """Make a ready version the present one of its song; how undo and redo are done.

    Raises
    ------
    VersionRefusedError
        If it is not ready, or its song is deleted.
    """
    song = _song(version)
    mine = _ready(version)
    if song.current_id != mine.pk:
        song.current = mine
        song.save(update_fields=["current"])
        _trail("generation.version.chosen", mine, actor)
    return song


@transaction.atomic
def version_rate(*, version: Version, rating: int | None, actor: User) -> Version:
    """Keep how much a person likes a version, 1 to 5; None takes it back.

    Raises
    ------
    VersionRefusedError
        If it is not ready, its song is deleted, or the rating is none from 1 to 5.
    """
    _song(version)
    mine = _ready(version)
    if rating is not None and rating not in range(1, 6):
        text = _("A rating is a whole number from 1 to 5. Nothing was changed.")
        raise VersionRefusedError("generation.rating", text)
    mine.rating = rating
    mine.save(update_fields=["rating"])
    _trail("generation.version.rated", mine, actor, rating=rating)
    return mine


def _song(version: Version) -> Song:
    """Return the song, held until the commit, if its versions may be changed."""
    song = Song.objects.select_for_update().get(pk=version.song_id)
    if song.deleted_at is not None:
        text = _("“%(title)s” was deleted. Bring it back first; nothing was changed.")
        raise VersionRefusedError("generation.song.deleted", text % {"title": song.title})
    return song


def _ready(version: Version) -> Version:
    mine = Version.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if mine.state != State.READY:
        text = _("This version is not ready yet. Wait until it is; nothing was changed.")
        raise VersionRefusedError("generation.version.not_ready", text)
    return mine


def _trail(action: str, version: Version, actor: User, **data: Any) -> None:
    song = version.song
    audit_record(
        action=action, actor=actor, organisation=song.organisation, target=version, data=data
    )

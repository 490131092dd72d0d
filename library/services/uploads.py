"""Uploads: begin, go on, take back, expire. A finished one becomes a track and a job."""

from __future__ import annotations

import contextlib
import re
import unicodedata
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from accounts.models import Organisation
from config.jobs.services import enqueue
from library.constants import FILE_MAX_BYTES, FILENAME_MAX, UPLOAD_KEPT
from library.exceptions import UploadChecksumError, UploadOffsetError, UploadRefusedError
from library.models import Asset, StorageQuota, Track, Upload
from library.services import pieces

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User

NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f]+")


def filename_clean(name: str) -> str:
    """Return the last part of a client's file name without control characters."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return NOT_IN_NAMES.sub("", unicodedata.normalize("NFC", last))[:FILENAME_MAX] or "untitled"


def title_from(filename: str) -> str:
    """Return a readable title until the tags are known: ``01_my-song.wav`` is "01 my-song"."""
    stem = PurePosixPath(filename).stem.replace("_", " ").strip()
    return stem or filename


@transaction.atomic
def upload_create(
    *, organisation: Organisation, user: User, filename: str, size_bytes: int, now: datetime
) -> Upload:
    """Begin an upload of ``size_bytes``; the place it will need is kept free for it.

    Raises
    ------
    UploadRefusedError
        If the file is empty, larger than 300 MB, or would not fit into the quota.
    """
    name = filename_clean(filename)
    if size_bytes <= 0:
        raise _refused("empty", _("%(name)s is empty. Export it again."), name)
    if size_bytes > FILE_MAX_BYTES:
        limit = filesizeformat(FILE_MAX_BYTES)
        text = _("%(name)s is larger than %(limit)s. Upload it as FLAC, which loses nothing.")
        raise _refused("too_large", text, name, limit=limit)
    # One decision about the last free place at a time.
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    free = quota_bytes(organisation) - used_bytes(organisation)
    if size_bytes > free:
        text = _(
            "There is no room for %(name)s: %(free)s are left of your storage. "
            "Your other files are safe. Delete tracks that you no longer need."
        )
        raise _refused("over_quota", text, name, free=filesizeformat(max(0, free)))
    upload = Upload(
        id=uuid4(),
        organisation=organisation,
        added_by=user,
        filename=name,
        size_bytes=size_bytes,
        expires_at=now + UPLOAD_KEPT,
    )
    pieces.create(upload.id)
    upload.save(force_insert=True)
    return upload


def upload_append(
    *,
    upload: Upload,
    offset_bytes: int,
    stream: BinaryIO,
    length_bytes: int,
    now: datetime,
    checksum: tuple[str, bytes] | None = None,
) -> Upload:
    """Add a piece that starts at ``offset_bytes``; the last one makes a track and its job.

    The piece is on disk before the row says so; a crash in between costs that piece, which the
    client then sends again. ``checksum`` is an algorithm of hashlib and the expected digest.

    Raises
    ------
    UploadOffsetError
        If the upload stands elsewhere, or the piece would go beyond its end.
    UploadChecksumError
        If the piece arrived changed.
    UploadBusyError
        If another request is writing.
    """
    with pieces.alone(upload.id) as descriptor:
        upload.refresh_from_db()
        fits = offset_bytes + length_bytes <= upload.size_bytes
        if (
            upload.state != Upload.State.RECEIVING
            or offset_bytes != upload.offset_bytes
            or not fits
        ):
            raise UploadOffsetError(
                "library.upload.offset",
                _("This piece does not belong here. Reload the page; what has arrived is kept."),
            )
        algorithm, expected = checksum or ("", b"")
        written, digest = pieces.write(
            descriptor, stream, offset=offset_bytes, at_most=length_bytes, algorithm=algorithm
        )
        if checksum and written == length_bytes and digest != expected:
            raise UploadChecksumError(
                "library.upload.checksum",
                _("A piece of the file arrived changed and is sent again. Nothing is lost."),
            )
        upload.offset_bytes = offset_bytes + written
        upload.expires_at = now + UPLOAD_KEPT
        _save_progress(upload)
    return upload


@transaction.atomic
def _save_progress(upload: Upload) -> None:
    if upload.offset_bytes == upload.size_bytes:
        upload.state = Upload.State.RECEIVED
    upload.save(update_fields=["offset_bytes", "expires_at", "state"])
    if upload.state == Upload.State.RECEIVED:
        _become_a_track(upload)


def _become_a_track(upload: Upload) -> Track:
    track = Track(
        organisation=upload.organisation,
        added_by=upload.added_by,
        upload=upload,
        filename=upload.filename,
        size_bytes=upload.size_bytes,
        title=title_from(upload.filename),
    )
    track.job = enqueue(
        "track.ingest",
        {"track": str(track.pk)},
        idem=f"track.ingest:{upload.pk}",
        tenant=upload.organisation_id,
        title=track.title,
    )
    track.save(force_insert=True)
    return track


def upload_receive(
    *, organisation: Organisation, user: User, filename: str, stream: BinaryIO, size_bytes: int,
    now: datetime,
) -> Upload:  # fmt: skip
    """Take a whole file at once, as the form without JavaScript sends it.

    Raises
    ------
    UploadRefusedError
        As ``upload_create``.
    """
    upload = upload_create(
        organisation=organisation, user=user, filename=filename, size_bytes=size_bytes, now=now
    )
    return upload_append(
        upload=upload, offset_bytes=0, stream=stream, length_bytes=size_bytes, now=now
    )


def upload_end(*, upload: Upload) -> None:
    """Take back an upload that has not arrived whole; one that has is a track, and stays."""
    ended = Upload.objects.filter(pk=upload.pk, state=Upload.State.RECEIVING).update(
        state=Upload.State.ENDED
    )
    if ended:
        with contextlib.suppress(FileNotFoundError):
            pieces.delete(upload.id)


def uploads_expire(*, now: datetime) -> int:
    """End uploads that have not moved for a week; return how many."""
    stale = Upload.objects.filter(state=Upload.State.RECEIVING, expires_at__lt=now)
    ended = 0
    for upload in stale:
        upload_end(upload=upload)
        ended += 1
    return ended


def quota_bytes(organisation: Organisation) -> int:
    """Return how much the organisation may store."""
    own = StorageQuota.objects.filter(organisation=organisation).first()
    return own.limit_bytes if own else settings.LIBRARY_QUOTA_BYTES


def used_bytes(organisation: Organisation) -> int:
    """Return what the organisation's files take, with what its open uploads will take."""
    assets = Asset.objects.filter(track__organisation=organisation, track__deleted_at=None)
    stored = assets.aggregate(sum=Sum("size_bytes"))["sum"] or 0
    coming = (
        Upload.objects.filter(organisation=organisation, state=Upload.State.RECEIVING).aggregate(
            sum=Sum("size_bytes")
        )["sum"]
        or 0
    )
    waiting = (
        Track.objects.of(organisation)
        .filter(state__in=[Track.State.QUEUED, Track.State.READING])
        .aggregate(sum=Sum("size_bytes"))["sum"]
        or 0
    )
    return stored + coming + waiting


def _refused(code: str, text: str, name: str, **values: str) -> UploadRefusedError:
    return UploadRefusedError(f"library.upload.{code}", text % {"name": name, **values})

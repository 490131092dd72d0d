"""Put a recording's fingerprint into the local index, and take it out again."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from django.db import connection, transaction

from config.lib import blobs
from rights.models import RecordingFingerprint

if TYPE_CHECKING:
    from rights.models import Recording
    from rights.recognition.index_rows import PackedFingerprint

LANDMARKS_SUFFIX = ".landmarks.npz"
COPY = "COPY rights_fingerprint_posting (key, at, fingerprint) FROM STDIN (FORMAT BINARY)"
FORGET = "DELETE FROM rights_fingerprint_posting WHERE fingerprint = %s AND key = ANY(%s)"


def fingerprint_store(
    *,
    recording: Recording,
    packed: PackedFingerprint,
    source: str = RecordingFingerprint.Source.CONFIRMED,
) -> RecordingFingerprint:
    """Let ``recording`` be known by this sound; storing the same sound again changes nothing.

    ``rights.tasks.listening.fingerprint_store`` takes the fingerprint of an analysis and packs it.
    """
    key = blobs.put(io.BytesIO(packed.landmarks), suffix=LANDMARKS_SUFFIX)
    with transaction.atomic():
        stored, is_new = RecordingFingerprint.objects.get_or_create(
            recording=recording,
            landmarks_key=key,
            revision=packed.revision,
            defaults={
                "source": source,
                "landmark_count": packed.landmark_count,
                "posting_count": len(packed.keys),
            },
        )
        if is_new:
            postings_add(fingerprint=stored.pk, packed=packed)
    return stored


def postings_add(*, fingerprint: int, packed: PackedFingerprint) -> None:
    """Write the keys of a fingerprint, in the caller's transaction."""
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        copy.set_types(["int8", "int4", "int4"])
        for each, at in zip(packed.keys, packed.frames, strict=True):
            copy.write_row((each, at, fingerprint))


def fingerprint_forget(*, stored: RecordingFingerprint, packed: PackedFingerprint) -> None:
    """Take a fingerprint out of the index; ``packed`` is the same sound, packed again.

    The keys say which rows to delete, so that the big table needs no second index for it. The
    file of the landmarks goes when no other row names it.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(FORGET, [stored.pk, list(packed.keys)])
        key = stored.landmarks_key
        stored.delete()
    if not RecordingFingerprint.objects.filter(landmarks_key=key).exists():
        blobs.delete(key)

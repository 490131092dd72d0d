"""Ask the local index: one query for the votes, one row and one file for each that is verified."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from config.lib import blobs
from rights.models import CatalogueListing, RecordingFingerprint
from rights.recognition.index_rows import IndexedRecording, Vote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rights.recognition.index_rows import Question

PER_KEY_MOST = 400
"""Rows read of one key. What more recordings share than this tells nothing about any of them."""
SHIFT_BITS = 3
FRAMES_PER_SHIFT = 1 << SHIFT_BITS
"""Offsets within so many frames (0.19 s) are one: a speed that is a little off smears them."""
LEAST_VOTES = 2
CANDIDATES = 12

# LATERAL with a limit: each key costs one descent into the covering index and a bounded number of
# its entries, whatever the catalogue grows to, and no plan but that one is possible.
VOTES = """
SELECT found.fingerprint, found.question, found.shift, count(*) AS votes
FROM (
    SELECT posting.fingerprint, asked.question,
           (posting.at - asked.at) >> %(shift_bits)s AS shift
    FROM unnest(%(questions)s::smallint[], %(keys)s::bigint[], %(frames)s::int[])
             AS asked (question, key, at)
    CROSS JOIN LATERAL (
        SELECT fingerprint, at FROM rights_fingerprint_posting
        WHERE key = asked.key LIMIT %(per_key)s
    ) AS posting
) AS found
GROUP BY found.fingerprint, found.question, found.shift
HAVING count(*) >= %(least)s
ORDER BY votes DESC, found.fingerprint, found.shift
LIMIT %(most)s
"""


def fingerprint_votes(questions: Sequence[Question]) -> list[Vote]:
    """Return where in which fingerprints the questions' keys stand together, most votes first."""
    if not any(each.keys for each in questions):
        return []
    with connection.cursor() as cursor:
        cursor.execute(VOTES, votes_parameters(questions))
        rows = cursor.fetchall()
    return [
        Vote(fingerprint, questions[question].speed, shift * FRAMES_PER_SHIFT, votes)
        for fingerprint, question, shift, votes in rows
    ]


def votes_parameters(questions: Sequence[Question]) -> dict[str, int | list[int]]:
    """Return what the query is given, for itself and for EXPLAIN."""
    return {
        "questions": [number for number, each in enumerate(questions) for _key in each.keys],
        "keys": [key for each in questions for key in each.keys],
        "frames": [frame for each in questions for frame in each.frames],
        "shift_bits": SHIFT_BITS,
        "per_key": PER_KEY_MOST,
        "least": LEAST_VOTES,
        "most": CANDIDATES,
    }


class PostgresIndex:
    """The index of this installation, for ``rights.recognition.local_index.LocalIndex``."""

    def votes(self, questions: Sequence[Question]) -> list[Vote]:
        """Return the best offsets of the best recordings, most votes first."""
        return fingerprint_votes(questions)

    def landmarks(self, fingerprint: int) -> bytes:
        """Return the whole fingerprint as it was stored."""
        stored = RecordingFingerprint.objects.only("landmarks_key").get(pk=fingerprint)
        with blobs.open_blob(stored.landmarks_key) as stream:
            return stream.read()

    def recording(self, fingerprint: int) -> IndexedRecording:
        """Return whose fingerprint it is."""
        stored = RecordingFingerprint.objects.select_related("recording").get(pk=fingerprint)
        recording = stored.recording
        listing = (
            CatalogueListing.objects.filter(recording=recording)
            .order_by("-preferred", "storefront", "apple_music_id")
            .first()
        )
        return IndexedRecording(
            fingerprint=fingerprint,
            recording=recording.pk,
            isrc=recording.isrc,
            title=recording.title,
            artist=recording.artist,
            album=recording.album,
            label=recording.label_name,
            apple_music_id=listing.apple_music_id if listing else "",
            source=stored.source,
        )

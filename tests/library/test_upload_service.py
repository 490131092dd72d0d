"""Uploads as a service: pieces, offsets, quota, crash and the track at the end."""

from __future__ import annotations

import hashlib
import io
import itertools
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.jobs.models import Job
from library.constants import FILE_MAX_BYTES
from library.exceptions import (
    UploadBusyError,
    UploadChecksumError,
    UploadOffsetError,
    UploadRefusedError,
)
from library.models import StorageQuota, Track, Upload
from library.services import pieces
from library.services.uploads import (
    filename_clean,
    title_from,
    upload_append,
    upload_create,
    upload_end,
    uploads_expire,
    used_bytes,
)
from tests.library.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def begin(cast):
    def create(size_bytes: int, filename: str = "song.wav") -> Upload:
        return upload_create(
            organisation=cast.studio,
            user=cast.alice,
            filename=filename,
            size_bytes=size_bytes,
            now=NOW,
        )

    return create


def append(upload, offset_bytes, content, **options):
    return upload_append(
        upload=upload,
        offset_bytes=offset_bytes,
        stream=io.BytesIO(content),
        length_bytes=options.pop("length_bytes", len(content)),
        now=NOW,
        **options,
    )


def test_pieces_in_order_become_the_file_one_track_and_one_job(begin, cast):
    upload = begin(10)
    append(upload, 0, b"abcd")
    assert not Track.objects.exists()
    append(upload, 4, b"efghij")
    assert pieces.path(upload.id).read_bytes() == b"abcdefghij"
    track = Track.objects.get()
    assert (track.upload, track.organisation, track.added_by) == (upload, cast.studio, cast.alice)
    assert (track.state, track.size_bytes, track.title) == ("queued", 10, "song")
    assert track.job == Job.objects.get()
    assert (track.job.kind, track.job.tenant) == ("track.ingest", cast.studio.pk)
    assert track.job.params == {"track": str(track.pk)}


@pytest.mark.parametrize("offset", [0, 3, 5, 100])
def test_a_piece_that_starts_elsewhere_changes_nothing(begin, offset):
    upload = begin(10)
    append(upload, 0, b"abcd")
    with pytest.raises(UploadOffsetError):
        append(upload, offset, b"x")
    upload.refresh_from_db()
    assert upload.offset_bytes == 4
    assert pieces.path(upload.id).read_bytes() == b"abcd"


def test_a_piece_beyond_the_end_is_refused_whole(begin):
    upload = begin(5)
    with pytest.raises(UploadOffsetError):
        append(upload, 0, b"123456")
    upload.refresh_from_db()
    assert upload.offset_bytes == 0
    assert pieces.path(upload.id).read_bytes() == b""


def test_a_connection_that_breaks_off_keeps_what_came(begin):
    class Breaks(io.BytesIO):
        def read(self, size=-1):
            if self.tell() >= 4:
                raise ConnectionResetError
            return super().read(4)

    upload = begin(10)
    upload_append(
        upload=upload, offset_bytes=0, stream=Breaks(b"abcdefghij"), length_bytes=10, now=NOW
    )
    upload.refresh_from_db()
    assert (upload.offset_bytes, upload.state) == (4, "receiving")
    append(upload, 4, b"efghij")
    assert pieces.path(upload.id).read_bytes() == b"abcdefghij"


def test_bytes_written_before_a_crash_do_not_count_until_the_row_says_so(begin):
    upload = begin(6)
    append(upload, 0, b"ab")
    pieces.path(upload.id).write_bytes(b"abXX")  # a process died between file and row
    append(upload, 2, b"cdef")
    assert pieces.path(upload.id).read_bytes() == b"abcdef"


def test_a_changed_piece_is_refused_and_the_right_one_taken(begin):
    upload = begin(4)
    right = ("sha256", hashlib.sha256(b"good").digest())
    with pytest.raises(UploadChecksumError):
        append(upload, 0, b"evil", checksum=right)
    upload.refresh_from_db()
    assert upload.offset_bytes == 0
    append(upload, 0, b"good", checksum=right)
    assert Track.objects.count() == 1


def test_two_writers_at_once_are_one_writer_and_one_refusal(begin):
    upload = begin(4)
    with pieces.alone(upload.id), pytest.raises(UploadBusyError):
        append(upload, 0, b"abcd")
    upload.refresh_from_db()
    assert upload.offset_bytes == 0


def test_the_last_piece_sent_again_makes_no_second_track(begin):
    upload = begin(4)
    append(upload, 0, b"abcd")
    with pytest.raises(UploadOffsetError):
        append(upload, 0, b"abcd")
    with pytest.raises(UploadOffsetError):
        append(upload, 4, b"")
    assert (Track.objects.count(), Job.objects.count()) == (1, 1)


@given(cuts=st.lists(st.integers(0, 40), max_size=6), content=st.binary(min_size=1, max_size=40))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_cutting_into_pieces_gives_the_same_file(begin, cuts, content):
    upload = begin(len(content))
    edges = sorted({0, len(content), *(c for c in cuts if c < len(content))})
    for start, end in itertools.pairwise(edges):
        append(upload, start, content[start:end])
    assert pieces.path(upload.id).read_bytes() == content
    assert Track.objects.filter(upload=upload).count() == 1


# ---------------------------------------------------------------- refused at the door


@pytest.mark.parametrize(
    ("size", "code"),
    [(0, "empty"), (-1, "empty"), (FILE_MAX_BYTES + 1, "too_large")],
)
def test_a_size_that_cannot_be_is_refused_with_its_reason(begin, size, code):
    with pytest.raises(UploadRefusedError, match=r"song\.wav") as caught:
        begin(size)
    assert caught.value.code == f"library.upload.{code}"
    assert not Upload.objects.exists()


def test_what_is_on_its_way_counts_against_the_quota(begin, cast):
    StorageQuota.objects.create(organisation=cast.studio, limit_bytes=100)
    begin(60)
    with pytest.raises(UploadRefusedError, match="40") as caught:
        begin(41)
    assert caught.value.code == "library.upload.over_quota"
    assert used_bytes(cast.studio) == 60
    begin(40)
    assert used_bytes(cast.studio) == 100


def test_the_quota_of_one_organisation_does_not_bind_another(begin, bring, cast):
    StorageQuota.objects.create(organisation=cast.studio, limit_bytes=1)
    bring(b"12345", organisation=cast.charlies)
    assert used_bytes(cast.charlies) == 5


def test_an_upload_taken_back_gives_its_place_free(begin, cast):
    upload = begin(60)
    upload_end(upload=upload)
    upload.refresh_from_db()
    assert upload.state == "ended"
    assert used_bytes(cast.studio) == 0
    assert not pieces.path(upload.id).exists()


def test_an_upload_that_is_a_track_cannot_be_taken_back(begin):
    upload = begin(4)
    append(upload, 0, b"abcd")
    upload_end(upload=upload)
    upload.refresh_from_db()
    assert upload.state == "received"
    assert pieces.path(upload.id).exists()


def test_uploads_that_stand_still_for_a_week_expire(begin):
    old, moving = begin(4), begin(4)
    upload_append(
        upload=moving,
        offset_bytes=0,
        stream=io.BytesIO(b"a"),
        length_bytes=1,
        now=NOW + timedelta(days=6),
    )
    assert uploads_expire(now=NOW + timedelta(days=8)) == 1
    assert [Upload.objects.get(pk=u.pk).state for u in (old, moving)] == ["ended", "receiving"]
    assert [pieces.path(u.id).exists() for u in (old, moving)] == [False, True]


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("song.wav", "song.wav"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Music\\Ten.mp3", "Ten.mp3"),
        ("a\x00b\r\nc.wav", "abc.wav"),
        ("", "untitled"),
        ("..", ".."),
        ("x" * 400, "x" * 255),
    ],
)
def test_names_lose_folders_and_control_characters(given_name, kept):
    assert filename_clean(given_name) == kept


def test_a_title_is_read_from_the_name():
    assert title_from("01_my-song.wav") == "01 my-song"
    assert title_from(".wav") == ".wav"

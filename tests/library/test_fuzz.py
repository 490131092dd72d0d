"""Whatever comes in, it is taken or refused with a reason: nothing crashes and nothing hangs.

``FUZZ=10000 pytest tests/library/test_fuzz.py`` tries that many inputs; a usual run tries a few.
"""

from __future__ import annotations

import base64
import io
import logging
import os
import random
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.jobs.models import Job
from library.jail.audio import DecodedAudio, decode
from library.jail.errors import REASONS, AudioRefusedError
from library.jail.sniff import FORMATS, sniff
from library.models import Track, Upload
from tests.library.factories import make_track
from tests.library.sounds import ENCODINGS, encoded, tone

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)
INPUTS = int(os.environ.get("FUZZ", "300"))
SHARES = {"beginnings": 0.4, "requests": 0.2, "tags": 0.2, "files": 0.2}


def share(of: str) -> int:
    """Return how many inputs one target gets."""
    return round(INPUTS * SHARES[of])


MARKS = [
    b"RIFF\x24\0\0\0WAVE", b"RF64", b"FORM\0\0\0\0AIFF", b"fLaC", b"OggS", b"ID3\x04\0\0",
    b"\xff\xfb\x90\x64", b"\xff\xf1\x50\x80", b"\0\0\0\x20ftypM4A ", b"PK\x03\x04", b"#EXTM3U",
    b"ffconcat version 1.0", bytes.fromhex("726966662e91cf11a5d628db04c10000"), b"",
]  # fmt: skip


@given(mark=st.sampled_from(MARKS), rest=st.binary(max_size=300), cut=st.integers(0, 320))
@settings(max_examples=share("beginnings"), deadline=None, suppress_health_check=list(HealthCheck))
def test_any_beginning_is_a_format_or_a_reason(mark, rest, cut):
    stream = io.BytesIO((mark + rest)[:cut])
    found = outcome(lambda: sniff(stream))
    assert found in FORMATS or found in REASONS
    assert stream.tell() == 0


def outcome(act):
    """Return what ``act`` returns, or the code of its refusal."""
    try:
        return act()
    except AudioRefusedError as refusal:
        return refusal.code


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Change, cut out, repeat or blank a few places; more often near the front.

    One in ten may lose its first bytes, which sniffing looks at; the others come to the decoder.
    """
    broken = bytearray(content)
    first = 0 if chance.random() < 0.1 else 16
    for _ in range(chance.randint(1, 12)):
        at = first + int((len(broken) - first) * chance.random() ** 4)
        length = chance.choice([1, 1, 2, 4, 16, 400])
        act = chance.randrange(4)
        if act == 0:
            broken[at : at + length] = chance.randbytes(length)
        elif act == 1:
            del broken[at : at + length]
        elif act == 2:
            broken[at:at] = broken[at : at + length]
        else:
            broken[at : at + 4] = b"\xff\xff\xff\xff"
    return bytes(broken)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(ENCODINGS))
def test_broken_files_come_out_of_the_jail_as_sound_or_as_a_reason(tmp_path, name):
    chance = random.Random(f"tenfold {name}")
    whole = encoded(tone(11), name, title="Ten")
    ends = Counter(
        heard(tmp_path / f"broken.{name}", mutated(whole, chance))[0]
        for _each in range(max(3, share("files") // len(ENCODINGS)))
    )
    log.info("fuzz files %s %s", name, dict(ends))
    assert set(ends) <= {"sound", *REASONS} - {"too_slow"}
    assert len(ends) > 1, "the mutations were too weak, or too strong, to tell anything"


def heard(path: Path, content: bytes) -> tuple[str, DecodedAudio | None]:
    """Send a file through the jail; return how it ended, and what came out of it."""
    path.write_bytes(content)
    with path.open("rb") as stream:
        end = outcome(lambda: decode(stream, wall_s=60))
    if isinstance(end, str):
        return end, None
    assert 10 <= end.duration_s <= 900
    return "sound", end


MARK = "tenfold-" * 8
TAGGED = ("wav", "flac", "mp3", "m4a", "aiff")  # Ogg pages carry a checksum over their tags


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("name", TAGGED)
def test_any_tag_is_read_as_text_that_a_row_takes_and_costs_no_song(tmp_path, name, cast):
    chance = random.Random(f"tags {name}")
    whole = encoded(tone(11), name, title=MARK, artist=MARK)
    assert MARK.encode() in whole
    track = make_track(cast.studio)
    ends: Counter[str] = Counter()
    for number in range(max(3, share("tags") // len(TAGGED))):
        is_sane = number % 2 == 0
        end, audio = heard(tmp_path / f"tagged.{name}", retagged(whole, chance, is_sane=is_sane))
        ends[end] += 1
        assert end == "sound" or (not is_sane and end in REASONS), end
        if audio is not None:
            Track.objects.filter(pk=track.pk).update(
                tags=audio.tags, title=audio.tags.get("title", "")[:255]
            )
            track.refresh_from_db()
            assert track.tags == audio.tags
    log.info("fuzz tags %s %s", name, dict(ends))


def retagged(whole: bytes, chance: random.Random, *, is_sane: bool) -> bytes:
    """Replace what the tags say by any bytes; if it is not sane, break the lengths before it too."""
    mark = MARK.encode()
    broken = bytearray(whole)
    at = broken.find(mark)
    while at >= 0:
        kind = chance.randrange(3)
        text = chance.randbytes(len(mark))
        if kind == 1:
            text = bytes(chance.choice(b"\0\x01\x1f\xff\xfe\xc0\xed\xa0\x80a ") for _ in mark)
        elif kind == 2:
            text = "é中💥".encode() * 8
            text = text[: len(mark)]
        broken[at : at + len(mark)] = text
        if not is_sane:
            before = max(0, at - chance.randint(1, 24))
            broken[before : before + 2] = chance.randbytes(2)
        at = broken.find(mark, at + 1)
    return bytes(broken)


HEADERS = st.fixed_dictionaries(
    {"Tus-Resumable": st.sampled_from(["1.0.0"] * 9 + ["0.2.2", "", "x"])},
    optional={
        "Upload-Length": st.one_of(st.integers(-5, 10**20).map(str), st.text("0123456789ex. ", max_size=9)),
        "Upload-Offset": st.one_of(st.integers(-5, 40).map(str), st.text("0123x", max_size=4)),
        "Upload-Metadata": st.text("filename ,=abcAZ09+/\\", max_size=60),
        "Upload-Checksum": st.sampled_from(
            ["sha1 AAAA", "md5", "sha256 " + base64.b64encode(bytes(32)).decode(), "x y", "sha1 !"]
        ),
    },
)  # fmt: skip


@pytest.mark.django_db
@given(
    method=st.sampled_from(["post", "patch", "head", "delete"]),
    headers=HEADERS,
    body=st.binary(max_size=40),
    kind=st.sampled_from(["application/offset+octet-stream", "text/plain"]),
)
@settings(max_examples=share("requests"), deadline=None, suppress_health_check=list(HealthCheck))
def test_any_tus_request_is_answered_and_leaves_a_true_row(
    client, cast, method, headers, body, kind
):
    client.force_login(cast.alice)
    upload = Upload.objects.filter(state="receiving").first()
    if method == "post" or upload is None:
        url = reverse("library:tus")
        answer = client.post(url, headers=headers)
    else:
        url = reverse("library:tus-upload", args=[upload.pk])
        data = {"data": body, "content_type": kind} if method == "patch" else {}
        answer = getattr(client, method)(url, headers=headers, **data)
    assert answer.status_code < 500
    for row in Upload.objects.all():
        assert 0 <= row.offset_bytes <= row.size_bytes
        assert (row.state == "received") == (row.offset_bytes == row.size_bytes)
    assert (
        Track.objects.count()
        == Job.objects.count()
        == Upload.objects.filter(state="received").count()
    )

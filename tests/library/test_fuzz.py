"""Whatever comes in, it is taken or refused with a reason: nothing crashes and nothing hangs."""

from __future__ import annotations

import base64
import io
import random

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.jobs.models import Job
from library.jail.audio import decode
from library.jail.errors import REASONS, AudioRefusedError
from library.jail.sniff import FORMATS, sniff
from library.models import Track, Upload
from tests.library.sounds import ENCODINGS, encoded, tone

MARKS = [
    b"RIFF\x24\0\0\0WAVE", b"RF64", b"FORM\0\0\0\0AIFF", b"fLaC", b"OggS", b"ID3\x04\0\0",
    b"\xff\xfb\x90\x64", b"\xff\xf1\x50\x80", b"\0\0\0\x20ftypM4A ", b"PK\x03\x04", b"#EXTM3U",
    b"ffconcat version 1.0", bytes.fromhex("726966662e91cf11a5d628db04c10000"), b"",
]  # fmt: skip


@given(mark=st.sampled_from(MARKS), rest=st.binary(max_size=300), cut=st.integers(0, 320))
@settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
def test_ten_thousand_beginnings_are_a_format_or_a_reason(mark, rest, cut):
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
    """Change, cut out, repeat or cut off a few places; more often near the front."""
    broken = bytearray(content)
    for _ in range(chance.randint(1, 12)):
        at = int(len(broken) * chance.random() ** 4)
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
    ends = set()
    for number in range(25):
        path = tmp_path / f"{number}.{name}"
        path.write_bytes(mutated(whole, chance))
        with path.open("rb") as stream:
            heard = outcome(lambda stream=stream: decode(stream, wall_s=20))
        if isinstance(heard, str):
            assert heard in REASONS
            ends.add(heard)
        else:
            assert 10 <= heard.duration_s <= 900
            ends.add("sound")
    assert len(ends) > 1, "the mutations were too weak, or too strong, to tell anything"


HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "Tus-Resumable": st.sampled_from(["1.0.0", "0.2.2", "", "x"]),
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
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
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

"""Blobs in a bucket: against a real server process that speaks S3."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import boto3
import httpx
import pytest

from config.bucket import bucket_origin, bucket_storage
from config.lib import blobs
from config.media import signed_url
from tests.config import s3_gate

if TYPE_CHECKING:
    from collections.abc import Iterator

BUCKET = "tenfold-media"
KEYS = {"access_key": "AKIAEXAMPLEEXAMPLE00", "secret_key": "not-a-secret"}
SONG = bytes(range(256)) * 4000


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """Start the server as a process of its own, the gate before it, and return its address."""
    with socket.socket() as probe:  # each worker of the tests has a server of its own
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    gate = s3_gate.start(behind=url, access_key=KEYS["access_key"], secret=KEYS["secret_key"])
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                httpx.get(url, timeout=2)
                break
            except httpx.TransportError:
                time.sleep(0.2)
        httpx.post(f"{url}/moto-api/reset", timeout=10)
        yield f"http://127.0.0.1:{gate.server_port}"
    finally:
        gate.shutdown()
        gate.server_close()
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture
def s3(endpoint):
    """Return an owner's client, with the private bucket made."""
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=KEYS["access_key"],
        aws_secret_access_key=KEYS["secret_key"],
    )
    client.create_bucket(Bucket=BUCKET, ACL="private")
    yield client
    for key in objects(client):
        client.delete_object(Bucket=BUCKET, Key=key)
    client.close()


@pytest.fixture
def bucket(s3, endpoint, settings):
    """Let the product store in the bucket."""
    storage = bucket_storage(BUCKET, endpoint, "us-east-1", **KEYS)
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    settings.S3_BUCKET = BUCKET
    return s3


def objects(s3) -> list[str]:
    return [item["Key"] for item in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


def test_a_blob_goes_into_the_bucket_and_comes_back(bucket):
    key = blobs.put(io.BytesIO(SONG), suffix=".wav")

    assert objects(bucket) == [key]
    assert blobs.exists(key)
    assert blobs.size(key) == len(SONG)
    with blobs.open_blob(key) as stream:
        assert stream.read() == SONG
    assert blobs.verify(key)

    blobs.delete(key)
    blobs.delete(key)
    assert objects(bucket) == []
    assert not blobs.exists(key)
    for read in (blobs.open_blob, blobs.size, blobs.verify):
        with pytest.raises(FileNotFoundError):
            read(key)


def test_the_same_bytes_are_sent_once(bucket):
    key = blobs.put(io.BytesIO(SONG), suffix=".wav")
    first = bucket.head_object(Bucket=BUCKET, Key=key)["LastModified"]
    time.sleep(1.1)  # S3 tells whole seconds

    assert blobs.put(io.BytesIO(SONG), suffix=".wav") == key
    assert bucket.head_object(Bucket=BUCKET, Key=key)["LastModified"] == first


def test_a_large_file_goes_in_parts(bucket):
    large = os.urandom(1 << 20) * 20

    key = blobs.put(io.BytesIO(large), suffix=".wav")

    assert blobs.verify(key)
    assert "-3" in bucket.head_object(Bucket=BUCKET, Key=key)["ETag"]  # three parts of 8 MiB


def test_two_writers_of_the_same_bytes_make_one_object(bucket):
    keys: list[str] = []
    writers = [
        threading.Thread(target=lambda: keys.append(blobs.put(io.BytesIO(SONG), suffix=".wav")))
        for _ in range(4)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=30)

    assert len(keys) == 4
    assert objects(bucket) == [keys[0]]
    assert blobs.verify(keys[0])


def test_a_changed_byte_is_found(bucket):
    key = blobs.put(io.BytesIO(SONG), suffix=".wav")
    bucket.put_object(Bucket=BUCKET, Key=key, Body=b"X" + SONG[1:])

    assert not blobs.verify(key)


def test_a_failed_upload_is_an_error_and_leaves_nothing(bucket, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    bucket.delete_bucket(Bucket=BUCKET)

    with pytest.raises(Exception, match="NoSuchBucket"):
        blobs.put(io.BytesIO(SONG), suffix=".wav")

    bucket.create_bucket(Bucket=BUCKET, ACL="private")
    assert list(tmp_path.glob("blob-*")) == []


def test_the_view_sends_the_person_to_an_address_that_serves_ranges(bucket, client, cast, endpoint):
    key = blobs.put(io.BytesIO(SONG), suffix=".wav")
    client.force_login(cast.alice)
    url = signed_url(
        key, user_id=cast.alice.pk, filename="Sång.wav", content_type="audio/wav", inline=True
    )

    response = client.get(url)

    assert response.status_code == 302
    assert response["Cache-Control"] == "private, no-store"
    target = response["Location"]
    assert target.startswith(f"{endpoint}/{BUCKET}/{key}?")
    got = httpx.get(target, timeout=10)
    assert got.status_code == 200
    assert got.content == SONG
    assert got.headers["content-type"] == "audio/wav"
    assert got.headers["content-disposition"] == "inline; filename*=utf-8''S%C3%A5ng.wav"
    part = httpx.get(target, headers={"range": "bytes=10-19"}, timeout=10)
    assert (part.status_code, part.content) == (206, SONG[10:20])

    client.force_login(cast.charlie)
    assert client.get(url).status_code == 404


def test_the_address_dies_with_the_link(bucket, client, cast):
    key = blobs.put(io.BytesIO(SONG), suffix=".wav")
    client.force_login(cast.alice)
    url = signed_url(
        key, user_id=cast.alice.pk, filename="a.wav", content_type="audio/wav", ttl_s=120
    )  # rounded up to the minute

    target = client.get(url)["Location"]

    expires = int(dict(parse_qsl(urlsplit(target).query))["X-Amz-Expires"])
    assert 115 <= expires <= 180


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("X-Amz-Expires=60", "X-Amz-Expires=6000"),
        ("inline", "attachment"),
        (".wav?", ".mp3?"),
    ],
)
def test_a_changed_address_is_worth_nothing(bucket, part, other):
    from django.core.files.storage import default_storage

    key = blobs.put(io.BytesIO(SONG), suffix=".wav")
    parameters = {"ResponseContentDisposition": "inline"}
    target = default_storage.url(key, parameters=parameters, expire=60)  # type: ignore[call-arg]
    assert httpx.get(target, timeout=10).status_code == 200
    assert part in target

    assert httpx.get(target.replace(part, other), timeout=10).status_code == 403


def test_a_presigned_address_expires(bucket):
    from django.core.files.storage import default_storage

    key = blobs.put(io.BytesIO(SONG), suffix=".wav")
    target = default_storage.url(key, expire=1)  # type: ignore[call-arg]

    assert "X-Amz-Expires=1&" in target
    time.sleep(2.1)
    expired = httpx.get(target, timeout=10)

    assert expired.status_code == 403
    assert SONG[:64] not in expired.content


def test_the_bucket_is_private(bucket, endpoint):
    key = blobs.put(io.BytesIO(SONG), suffix=".wav")

    grants = bucket.get_object_acl(Bucket=BUCKET, Key=key)["Grants"]
    assert all(grant["Grantee"]["Type"] == "CanonicalUser" for grant in grants)
    plain = httpx.get(f"{endpoint}/{BUCKET}/{key}", timeout=10)
    assert plain.status_code == 403
    assert httpx.get(f"{endpoint}/{BUCKET}", timeout=10).status_code == 403


@pytest.mark.parametrize(
    ("endpoint_url", "region"),
    [("", "eu-west-1"), ("", "us-east-1"), ("https://minio.example:9000/", "us-east-1")],
)
def test_the_policy_of_pages_names_the_origin_that_addresses_have(endpoint_url, region, settings):
    from django.core.files.storage import default_storage

    storage = bucket_storage(BUCKET, endpoint_url, region, **KEYS)
    settings.STORAGES = {**settings.STORAGES, "default": storage}

    target = urlsplit(default_storage.url("key"))

    assert bucket_origin(BUCKET, endpoint_url, region) == f"{target.scheme}://{target.netloc}"


def test_boto_is_loaded_only_for_a_bucket():
    program = (
        "import django, sys; django.setup(); import config.urls; from config.lib import blobs; "
        "from django.core.files.storage import default_storage; default_storage.exists('x'); "
        "print('boto3' in sys.modules, 'numpy' in sys.modules, "
        "\"'self'\" in str(django.conf.settings.CONTENT_SECURITY_POLICY), "
        "'tenfold-media.s3' in str(django.conf.settings.CONTENT_SECURITY_POLICY))"
    )

    def run(**environment: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", program.replace("default_storage.exists('x'); ", "")
             if environment else program],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", **environment},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout.split()

    assert run() == ["False", "False", "True", "False"]
    assert run(S3_BUCKET=BUCKET, S3_REGION="eu-west-1")[3] == "True"

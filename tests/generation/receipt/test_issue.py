"""Receipts are issued from the rows that royalties are divided by, once, under a key of ours."""

from __future__ import annotations

import hashlib
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from generation import checks
from generation.attribution.canonical import Seconds, parse
from generation.attribution.receipt_keys import read_key
from generation.attribution.verification import verify
from generation.exceptions import ReceiptKeyMissingError, ReceiptTooEarlyError
from generation.models import Receipt
from generation.selectors.receipt_keys import demo_key_path, published_keys, receipt_keys
from generation.services.receipts import _make_demo_key, receipt_issue
from tests.generation.finished import (
    make_base_model,
    make_finished_song,
    make_song,
    make_version,
)
from tests.generation.receipt.facts import KEY, OTHER_KEY, SEED_KEY


@pytest.fixture
def keys(settings):
    settings.RECEIPT_KEYS = [SEED_KEY]
    return {KEY.public}


@pytest.fixture
def version(cast, keys):
    return make_finished_song(cast.studio).current


def test_a_receipt_says_what_the_rows_say(version, keys):
    receipt = receipt_issue(version=version)
    content = parse(receipt.body.encode())
    rows = {row.key: row for row in version.sources.all()}

    assert verify(receipt.body.encode(), keys=keys, audio_sha256=version.audio_sha256).valid
    assert receipt.sha256 == hashlib.sha256(receipt.body.encode()).hexdigest()
    assert receipt.key_id == KEY.key_id
    assert (content["song_id"], content["version_id"]) == (str(version.song_id), str(version.pk))
    assert content["seed"] == version.used_seed
    assert content["engine"] == {"key": "mosaic", "revision": "1"}
    assert content["base_model"]["revision"] == version.base_model.revision
    assert content["pools"] == {"references_ppm": 670_000, "catalogue_ppm": 330_000}
    assert {s["isrc"]: (s["weight_ppm"], s["share_ppm"]) for s in content["sources"]} == {
        key: (row.weight_ppm, row.share_ppm) for key, row in rows.items()
    }
    assert [bar["shares"] for bar in content["bars"]] == [
        bar.shares for bar in version.bars.order_by("number")
    ]
    assert content["bars"][1]["start_s"] == 2
    assert content["bars"][0]["end_s"] in (2, Seconds(2_000))
    assert content["layers"] == {row.layer: row.shares for row in version.layers.all()}


def test_asked_twice_there_is_one_receipt(version):
    first = receipt_issue(version=version)

    assert receipt_issue(version=version).pk == first.pk
    assert Receipt.objects.count() == 1


def test_the_same_rows_are_the_same_bytes(version):
    with transaction.atomic():
        first = receipt_issue(version=version).body
        transaction.set_rollback(True)

    assert receipt_issue(version=version).body == first


def test_a_receipt_cannot_be_changed_or_deleted(version):
    receipt = receipt_issue(version=version)
    body = receipt.body
    for attempt in (
        lambda: Receipt.objects.filter(pk=receipt.pk).update(body="{}"),
        receipt.delete,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()

    assert Receipt.objects.get().body == body


def test_a_version_that_is_not_finished_has_no_receipt(cast, keys):
    version = make_version(make_song(cast.studio), state="pending")

    with pytest.raises(ReceiptTooEarlyError, match="not finished"):
        receipt_issue(version=version)
    assert Receipt.objects.count() == 0


def test_a_version_whose_shares_are_not_settled_is_too_early_as_well(cast, keys):
    version = make_version(make_song(cast.studio), state="pending")
    version.base_model, version.used_seed = make_base_model(), 1
    version.audio_sha256, version.ready_at = "a" * 64, timezone.now()

    with pytest.raises(ReceiptTooEarlyError, match="not finished"):
        receipt_issue(version=version)
    assert Receipt.objects.count() == 0


def test_after_a_rotation_old_receipts_stay_good_and_new_ones_have_the_new_key(
    cast, version, settings
):
    old = receipt_issue(version=version)
    settings.RECEIPT_KEYS = [OTHER_KEY, f"public:{KEY.public}"]
    new = receipt_issue(version=make_finished_song(cast.studio).current)
    believed = {key.public for key in receipt_keys()}

    assert verify(old.body.encode(), keys=believed).valid
    assert verify(new.body.encode(), keys=believed).valid
    assert new.key_id == read_key(OTHER_KEY).key_id != old.key_id
    assert [(key.public, key.signs) for key in published_keys()] == [
        (read_key(OTHER_KEY).public, True),
        (KEY.public, False),
    ]


def test_a_demonstration_makes_its_own_key_once_and_keeps_it_to_itself(cast, settings, tmp_path):
    settings.RECEIPT_KEYS, settings.SANDBOX_ALLOWED, settings.VAR_DIR = [], True, tmp_path / "var"
    assert published_keys() == ()

    receipt_issue(version=make_finished_song(cast.studio).current)
    kept = demo_key_path().read_text()
    receipt_issue(version=make_finished_song(cast.studio).current)

    assert demo_key_path().read_text() == kept
    assert stat.S_IMODE(demo_key_path().stat().st_mode) == 0o600
    assert list(demo_key_path().parent.iterdir()) == [demo_key_path()]
    assert len(set(Receipt.objects.values_list("key_id", flat=True))) == 1


def test_processes_that_make_the_first_key_together_agree_on_one(tmp_path):
    path = tmp_path / "receipt.key"
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: _make_demo_key(path), range(16)))

    assert read_key(path.read_text().strip()).seed is not None
    assert [file.name for file in tmp_path.iterdir()] == ["receipt.key"]


def test_without_a_key_outside_a_demonstration_nothing_is_signed(version, settings, tmp_path):
    settings.RECEIPT_KEYS, settings.SANDBOX_ALLOWED, settings.VAR_DIR = [], False, tmp_path

    with pytest.raises(ReceiptKeyMissingError, match="RECEIPT_KEYS is missing"):
        receipt_issue(version=version)
    assert Receipt.objects.count() == 0
    assert not demo_key_path().exists()


@pytest.mark.parametrize(
    ("keys", "allowed", "ids"),
    [
        ([SEED_KEY], False, []),
        ([SEED_KEY, f"public:{KEY.public}"], False, []),
        ([], False, ["generation.E003"]),
        ([], True, ["generation.W003"]),
        (["too-short", SEED_KEY, SEED_KEY.upper()], False, ["generation.E001"]),
        ([f"public:{KEY.public}", SEED_KEY], False, ["generation.E002"]),
    ],
)
def test_the_system_checks_know_what_is_missing(settings, keys, allowed, ids):
    settings.RECEIPT_KEYS, settings.SANDBOX_ALLOWED = keys, allowed
    found = [*checks.receipt_keys_are_keys(), *checks.receipts_are_signed_with_a_kept_key()]

    assert [message.id for message in found] == ids
    assert all("rotate-keys" in message.hint for message in found)
    assert not any(key in message.msg for message in found for key in keys)

"""What the database refuses of songs, whoever asks: as the application's role, by triggers and rights."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from generation.models import (
    BaseModel,
    BaseModelItem,
    Receipt,
    Song,
    Version,
    VersionBar,
    VersionLayer,
    VersionSource,
)
from tests.generation.finished import (
    make_base_model,
    make_finished_song,
    make_frozen_set,
    make_song,
    make_version,
)
from tests.rights.factories import make_song_set

SHA = "0" * 64


@pytest.fixture
def song(cast):
    return make_finished_song(cast.studio)


def refused(act, words="."):
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        act()


@pytest.mark.parametrize(
    "change",
    [
        {"tempo_bpm": 99.0},
        {"audio_sha256": SHA},
        {"used_seed": 4},
        {"passed": False},
        {"figures": {}},
        {"quality": {"tries": []}},
        {"state": "failed", "refusal_code": "x"},
        {"state": "pending"},
        {"policy": "v2"},
        {"number": 9},
        {"seed": 9},
        {"options": {"energy": 1}},
        {"duration_ms": 5},
    ],
)
def test_a_ready_version_never_changes(song, change):
    kept = Version.objects.filter(pk=song.current_id).values().get()
    refused(lambda: Version.objects.filter(pk=song.current_id).update(**change))
    assert Version.objects.filter(pk=song.current_id).values().get() == kept


def test_of_a_ready_version_the_rating_changes_and_people_are_forgotten(cast, song):
    mine = Version.objects.filter(pk=song.current_id)
    mine.update(rating=3)
    mine.update(rating=None, created_by=None, job=None)
    refused(lambda: mine.update(created_by=cast.bob), "never changes")
    refused(lambda: mine.update(rating=6), "rating_is_one_to_five")


@pytest.mark.parametrize("model", [VersionSource, VersionBar, VersionLayer])
def test_what_a_version_owes_is_written_once(song, model):
    row = model.objects.filter(version=song.current).first()
    kept = list(model.objects.values())
    field = {VersionSource: {"share_ppm": 1}, VersionBar: {"end_ms": 99_999}}.get(
        model, {"layer": "x"}
    )
    refused(lambda: model.objects.filter(pk=row.pk).update(**field))
    refused(lambda: model.objects.filter(pk=row.pk).delete())
    row.pk = None
    refused(row.save)
    assert list(model.objects.values()) == kept


def test_the_application_may_not_even_try(song):
    for table in ("versionbar", "versionlayer", "versionsource", "receipt", "basemodelitem"):
        for right in ("DELETE", "TRUNCATE"):
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT has_table_privilege(current_user, %s, %s)",
                    [f"generation_{table}", right],
                )
                assert cursor.fetchone() == (False,), (table, right)
    refused(lambda: connection.cursor().execute("DELETE FROM generation_song"), "denied")
    refused(lambda: connection.cursor().execute("DELETE FROM generation_version"), "denied")


@pytest.mark.parametrize(
    "shares",
    [
        {},
        {"base": 999_999},
        {"base": 1_000_001},
        {"base": 500_000.5, "x": 499_999.5},
        {"base": -1, "x": 1_000_001},
        {"base": "1000000"},
        {"base": None},
        [1_000_000],
        1_000_000,
    ],
)
def test_shares_that_do_not_add_up_are_refused(song, shares):
    version = make_version(song, state="pending")
    for act in (
        lambda: VersionBar.objects.create(
            version=version, number=1, start_ms=0, end_ms=9, section="intro", shares=shares
        ),
        lambda: VersionLayer.objects.create(version=version, layer="melody", shares=shares),
    ):
        refused(act, "adds_up")
    assert not version.bars.exists()
    assert not version.layers.exists()


def made(version):
    """Return the columns that a version needs to become ready."""
    return {
        "state": "ready",
        "used_seed": 1,
        "base_model": make_base_model(),
        "tempo_bpm": 120.0,
        "key_pitch_class": 0,
        "key_mode": "major",
        "duration_ms": 2000,
        "audio_sha256": SHA,
        "passed": True,
        "ready_at": timezone.now(),
    }


def owe(version, *, share=None, bars=((0, 1000), (1000, 2000)), key="base"):
    """Write sources and bars that are right unless the caller says otherwise."""
    for row in version.sources.all():
        part = row.weight_ppm if share is None else share.get(row.key, row.weight_ppm)
        VersionSource.objects.filter(pk=row.pk).update(share_ppm=part)
    for number, (start_ms, end_ms) in enumerate(bars, start=1):
        VersionBar.objects.create(
            version=version,
            number=number,
            start_ms=start_ms,
            end_ms=end_ms,
            section="verse",
            shares={key: 1_000_000},
        )


def become_ready(version):
    Version.objects.filter(pk=version.pk).update(**made(version))


def test_a_version_with_all_that_it_owes_becomes_ready(song):
    version = make_version(song, state="pending")
    owe(version)
    become_ready(version)
    version.refresh_from_db()
    assert version.state == "ready"


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"share": {"base": 330_001}}, "sources of version"),
        ({"share": {"base": None}}, "sources of version"),
        ({"bars": ()}, "bars of version"),
        ({"bars": ((0, 1000), (1001, 2000))}, "bars of version"),
        ({"bars": ((5, 1000),)}, "bars of version"),
        ({"key": "QZTEN2600999"}, "none of its sources"),
    ],
)
def test_a_version_that_owes_badly_does_not_become_ready(song, wrong, rule):
    version = make_version(song, state="pending")
    owe(version, **wrong)
    refused(lambda: become_ready(version), rule)
    version.refresh_from_db()
    assert version.state == "pending"


@pytest.mark.parametrize(
    "missing",
    ["used_seed", "tempo_bpm", "key_pitch_class", "duration_ms", "audio_sha256", "passed"],
)
def test_a_version_that_lacks_something_does_not_become_ready(song, missing):
    version = make_version(song, state="pending")
    owe(version)
    columns = made(version) | {missing: "" if missing == "audio_sha256" else None}
    refused(lambda: Version.objects.filter(pk=version.pk).update(**columns), "ready_is_whole")


def test_a_failed_version_becomes_ready_only_by_being_tried_again(song):
    version = make_version(song, state="pending")
    owe(version)
    Version.objects.filter(pk=version.pk).update(state="failed", refusal_code="x")
    refused(lambda: Version.objects.filter(pk=version.pk).update(refusal_code="", **made(version)))
    Version.objects.filter(pk=version.pk).update(state="pending", refusal_code="")
    become_ready(version)


def test_a_song_is_of_a_frozen_set_of_its_own_organisation(cast):
    frozen, open_set = make_frozen_set(cast.studio), make_song_set(cast.studio)
    refused(lambda: make_song(cast.charlies, song_set=frozen), "not a frozen one")
    refused(lambda: make_song(cast.studio, song_set=open_set), "not a frozen one")
    assert not Song.objects.exists()


def test_a_song_stays_whose_it_is(cast, song):
    mine = Song.objects.filter(pk=song.pk)
    for change in ({"organisation": cast.charlies}, {"idem": "x"}, {"created_by": cast.bob}):
        refused(lambda change=change: mine.update(**change), "never change")
    refused(lambda: mine.update(title=""), "has_a_title")


def test_the_present_version_is_a_ready_one_of_the_song(cast, song):
    strange = make_finished_song(cast.studio)
    waiting = make_version(song, state="pending")
    for wrong in (strange.current, waiting):
        refused(
            lambda wrong=wrong: Song.objects.filter(pk=song.pk).update(current=wrong), "of its own"
        )
    refused(
        lambda: make_version(song, state="pending", parent=strange.current, edit={"kind": "tempo"}),
        "same song",
    )
    refused(lambda: make_version(song, state="pending", parent=song.current), "is_an_edit")


def test_a_receipt_is_append_only(song):
    receipt = Receipt.objects.create(version=song.current, body="{}", sha256=SHA, key_id="k")
    refused(lambda: Receipt.objects.filter(pk=receipt.pk).update(body="[]"))
    refused(lambda: Receipt.objects.filter(pk=receipt.pk).delete())
    refused(lambda: Receipt.objects.create(version=song.current, body="x", sha256=SHA, key_id="k"))
    assert Receipt.objects.get().body == "{}"


def test_a_base_model_is_frozen_once_when_its_items_add_up(db):
    base = BaseModel.objects.create(revision="r", sha256=SHA, artefact_key="k", card={})
    item = {"base_model": base, "kind": "pattern", "sha256": SHA}
    BaseModelItem.objects.create(key="a", weight_ppm=999_999, **item)
    mine = BaseModel.objects.filter(pk=base.pk)
    refused(lambda: mine.update(frozen_at=timezone.now()), "weigh 999999")
    BaseModelItem.objects.create(key="b", weight_ppm=1, **item)
    mine.update(frozen_at=timezone.now())
    refused(lambda: mine.update(frozen_at=None))
    refused(lambda: BaseModelItem.objects.create(key="c", weight_ppm=0, **item), "never changes")
    refused(lambda: BaseModelItem.objects.filter(key="a").update(weight_ppm=2))
    born = {"revision": "s", "sha256": "1" * 64, "artefact_key": "k", "card": {}}
    refused(lambda: BaseModel.objects.create(frozen_at=timezone.now(), **born))
    assert BaseModelItem.objects.count() == 2


def test_one_job_makes_one_version(song):
    version = make_version(song, state="pending")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_version(song, state="pending", job=version.job)

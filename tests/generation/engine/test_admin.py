"""What staff see of songs: every try at a version, what it owes, base models; nothing to change."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.urls import reverse

from generation.models import BaseModel, BaseModelItem, Song, Version
from tests.generation.finished import make_finished_song, make_version

TRIES = [
    {
        "number": 1,
        "seed": 7,
        "kept": False,
        "passed": False,
        "missed": ["steps"],
        "notes": [{"name": "steps", "value": 0.91, "low": 0.5, "high": 0.82, "passed": False}],
        "heard": None,
    },
    {
        "number": 2,
        "seed": 11,
        "kept": True,
        "passed": True,
        "missed": [],
        "notes": [{"name": "steps", "value": 0.6, "low": 0.5, "high": 0.82, "passed": True}],
        "heard": [],
    },
]


@pytest.fixture
def staff(client, cast):
    """Sam's browser, with a second factor and the right to look at songs."""
    Authenticator.objects.create(
        user=cast.sam, type=Authenticator.Type.TOTP, data={"secret": "the-secret-of-the-app"}
    )
    views = Permission.objects.filter(
        content_type__app_label="generation", codename__startswith="view_"
    )
    cast.sam.user_permissions.set(views)
    client.force_login(cast.sam)
    return client


@pytest.fixture
def song(cast):
    made = make_finished_song(cast.studio, "Tide")
    made.judged = make_version(made, state="pending", quality={"passed": True, "tries": TRIES})
    return made


def page(staff, row, act="change"):
    kind = row._meta.model_name
    args = [row.pk] if act == "change" else []
    return staff.get(reverse(f"admin:generation_{kind}_{act}", args=args))


def test_every_try_says_what_it_missed_and_which_was_kept(staff, song):
    body = page(staff, song.judged).content.decode()
    assert "Try 1, seed 7: missed steps 0.91 (0.5 … 0.82)" in body
    assert "Try 2, seed 11: passed · kept" in body


def test_songs_versions_and_base_models_are_read_by_staff(staff, song):
    rows = [song, song.current, BaseModel.objects.get(), BaseModelItem.objects.first()]
    for row in rows:
        assert page(staff, row, "changelist").status_code == 200
        assert page(staff, row).status_code == 200
    body = page(staff, song.current).content.decode()
    assert song.current.sources.first().isrc in body


def test_nobody_changes_or_deletes_by_hand(staff, song):
    for row in (song, song.current, BaseModel.objects.get()):
        kind = row._meta.model_name
        before = type(row).objects.values().get(pk=row.pk)
        for act in ("change", "delete"):
            url = reverse(f"admin:generation_{kind}_{act}", args=[row.pk])
            assert staff.post(url, {"title": "X", "post": "yes"}).status_code == 403
        assert staff.get(reverse(f"admin:generation_{kind}_add")).status_code == 403
        assert type(row).objects.values().get(pk=row.pk) == before


def test_people_who_are_no_staff_see_nothing(client, cast, song):
    client.force_login(cast.alice)
    for row in (song, song.current):
        assert page(client, row).status_code in (302, 403, 404)
    assert Song.objects.count() == 1
    assert Version.objects.count() == 2

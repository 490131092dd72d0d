"""The library for staff: everything to be read, only the room to be changed."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from accounts.models import AuditEntry
from library.models import Asset, StorageQuota, Track, TrackAnalysis, Upload
from library.services.uploads import quota_bytes, upload_create
from tests.library.conftest import NOW
from tests.library.factories import make_analysis, make_asset, make_track

pytestmark = pytest.mark.django_db
READ_ONLY = [Track, TrackAnalysis, Upload]


@pytest.fixture
def staff(client, cast):
    """Sam's browser, with a second factor."""
    Authenticator.objects.create(
        user=cast.sam, type=Authenticator.Type.TOTP, data={"secret": "the-secret-of-the-app"}
    )
    client.force_login(cast.sam)
    return client


@pytest.fixture
def rows(cast):
    track = make_track(cast.studio, "Tide")
    make_asset(track, Asset.Kind.ORIGINAL, b"original")
    return {
        Track: track,
        TrackAnalysis: make_analysis(track),
        Upload: upload_create(
            organisation=cast.studio, user=cast.alice, filename="x.wav", size_bytes=9, now=NOW
        ),
        StorageQuota: StorageQuota.objects.create(organisation=cast.studio, limit_bytes=1000),
    }


def url(model, act, row=None) -> str:
    return reverse(f"admin:library_{model._meta.model_name}_{act}", args=[row.pk] if row else [])


@pytest.mark.parametrize("model", [*READ_ONLY, StorageQuota])
def test_list_search_and_row_are_shown(staff, rows, model):
    assert staff.get(url(model, "changelist")).status_code == 200
    assert staff.get(url(model, "changelist") + "?q=tide").status_code == 200
    assert staff.get(url(model, "change", rows[model])).status_code == 200


@pytest.mark.parametrize("model", READ_ONLY)
def test_nothing_else_is_changed_by_hand(staff, rows, model):
    assert staff.post(url(model, "add"), {}).status_code == 403
    assert staff.post(url(model, "change", rows[model]), {"title": "Taken"}).status_code == 403
    assert staff.post(url(model, "delete", rows[model]), {"post": "yes"}).status_code == 403
    assert model.objects.count() == 1


def test_a_superuser_gives_more_room_and_the_trail_says_so(staff, rows, cast):
    form = {"organisation": str(cast.charlies.pk), "limit_bytes": "5000"}
    assert staff.post(url(StorageQuota, "add"), form).status_code == 302
    assert quota_bytes(cast.charlies) == 5000
    change = staff.post(
        url(StorageQuota, "change", rows[StorageQuota]),
        {"limit_bytes": "2000", "organisation": str(cast.label.pk)},
    )
    assert change.status_code == 302
    assert quota_bytes(cast.studio) == 2000, "the limit changed, its organisation did not"
    said = AuditEntry.objects.filter(action="library.quota.changed").order_by("pk")
    assert [(e.actor, e.organisation, e.data["limit_bytes"]) for e in said] == [
        (cast.sam, cast.charlies, 5000),
        (cast.sam, cast.studio, 2000),
    ]


def test_staff_without_that_right_only_read_the_room(staff, rows, cast):
    cast.sam.is_superuser = False
    cast.sam.save()
    form = {"limit_bytes": "9"}
    assert staff.post(url(StorageQuota, "change", rows[StorageQuota]), form).status_code == 403
    assert quota_bytes(cast.studio) == 1000

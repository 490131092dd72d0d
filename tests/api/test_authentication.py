"""Who may call: tokens, sessions, scopes and roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from accounts.models import Membership, User
from accounts.services.tokens import token_revoke
from config.jobs.models import Job
from tests.api.conftest import make_program

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.api.conftest import Program
    from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_token_says_who_calls_and_for_whom(alices: Program, cast: Cast):
    answer = alices.get("/api/v1/me/")
    assert answer.status_code == 200
    assert answer.json() == {
        "email": "alice@example.com",
        "name": "Alice",
        "organisation": {
            "id": str(cast.studio.pk),
            "name": "Alice's Studio",
            "kind": "creator",
            "role": "owner",
            "created_at": answer.json()["organisation"]["created_at"],
        },
        "token": {
            "name": "test",
            "prefix": alices.raw[:11],
            "scopes": ["read", "write"],
            "expires_at": None,
        },
    }


def test_session_says_who_calls_and_has_no_token(cast: Cast):
    client = Client()
    client.force_login(cast.alice)
    answer = client.get("/api/v1/me/").json()
    assert (answer["email"], answer["token"]) == ("alice@example.com", None)


def test_nobody_is_told_how_to_log_in(db: None):
    answer = Client().get("/api/v1/me/")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="Tenfold"'
    assert answer.json()["code"] == "authentication_needed"


@pytest.mark.parametrize(
    "header",
    ["Bearer tf_" + "0" * 64, "Bearer", "Bearer  ", "tf_x", "Basic YTpi", "", "Bearer \x00"],
)
def test_bad_token_is_refused_even_beside_a_good_session(cast: Cast, header: str):
    client = Client()
    client.force_login(cast.alice)
    answer = client.get("/api/v1/me/", headers={"authorization": header})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="Tenfold"'
    assert answer.json()["code"] == "token_unusable"


def test_scheme_is_read_in_any_case(alices: Program):
    answer = Client().get("/api/v1/me/", headers={"authorization": f"bEARER {alices.raw}"})
    assert answer.status_code == 200


def test_revoked_token_opens_nothing(alices: Program, cast: Cast):
    token_revoke(token=alices.token, actor=cast.alice)
    assert alices.get("/api/v1/me/").status_code == 401


def test_token_of_a_closed_account_opens_nothing(alices: Program, cast: Cast):
    User.objects.filter(pk=cast.alice.pk).update(is_active=False)
    assert alices.get("/api/v1/me/").status_code == 401


def test_token_that_may_only_read_changes_nothing(cast: Cast, make_job: Callable[..., Job]):
    job = make_job()
    reader = make_program(cast.alice, "read")
    answer = reader.post(f"/api/v1/jobs/{job.public_id}/cancel/")
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert Job.objects.get().state == "queued"


def test_token_of_somebody_who_became_a_viewer_changes_nothing(
    cast: Cast, make_job: Callable[..., Job]
):
    job, bobs = make_job(), make_program(cast.bob)
    Membership.objects.filter(pk=bobs.token.membership_id).update(role="viewer")
    answer = bobs.post(f"/api/v1/jobs/{job.public_id}/cancel/")
    assert (answer.status_code, answer.json()["code"]) == (403, "role_missing")
    assert Job.objects.get().state == "queued"


def test_viewer_in_the_browser_reads_and_changes_nothing(cast: Cast, make_job: Callable[..., Job]):
    job, client = make_job(), Client()
    client.force_login(cast.vera)
    assert client.get(f"/api/v1/jobs/{job.public_id}/").status_code == 200
    answer = client.post(f"/api/v1/jobs/{job.public_id}/cancel/")
    assert (answer.status_code, answer.json()["code"]) == (403, "role_missing")
    assert Job.objects.get().state == "queued"


def test_browser_needs_the_form_token_to_change_something(cast: Cast, make_job: Callable[..., Job]):
    job, client = make_job(), Client(enforce_csrf_checks=True)
    client.force_login(cast.alice)
    answer = client.post(f"/api/v1/jobs/{job.public_id}/cancel/")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert Job.objects.get().state == "queued"


def test_person_without_an_organisation_is_told_so(db: None):
    client = Client()
    client.force_login(User.objects.create_user("new@example.com"))
    answer = client.get("/api/v1/jobs/")
    assert (answer.status_code, answer.json()["code"]) == (403, "organisation_missing")


def test_token_sees_its_own_organisation_only(alices: Program, cast: Cast):
    Membership.objects.create(organisation=cast.charlies, user=cast.alice, role="editor")
    answer = alices.get("/api/v1/organisations/").json()
    assert [found["id"] for found in answer["results"]] == [str(cast.studio.pk)]
    assert alices.get(f"/api/v1/organisations/{cast.charlies.pk}/").status_code == 404


def test_session_sees_every_organisation_of_the_person(cast: Cast):
    Membership.objects.create(organisation=cast.charlies, user=cast.alice, role="editor")
    client = Client()
    client.force_login(cast.alice)
    answer = client.get("/api/v1/organisations/").json()
    assert [(found["name"], found["role"]) for found in answer["results"]] == [
        ("Alice's Studio", "owner"),
        ("Charlie's Room", "editor"),
    ]
    one = client.get(f"/api/v1/organisations/{cast.charlies.pk}/").json()
    assert one == answer["results"][1]


def test_organisation_of_others_is_not_there(alices: Program, cast: Cast):
    answer = alices.get(f"/api/v1/organisations/{cast.charlies.pk}/")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")

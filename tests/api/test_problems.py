"""Every refusal below /api/ is an RFC 9457 problem."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from accounts.api.views import MeView
from config.api.problems import KINDS, ProblemError
from config.jobs.models import Job

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.api.conftest import Program

pytestmark = pytest.mark.django_db


def check(answer: Any, status: int, code: str) -> dict[str, Any]:
    """Check the form that every problem has and return it."""
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["code"] == code
    assert body["type"].endswith(f"/api/docs/#problem-{code}")
    assert body["title"]
    assert body["detail"]
    return body


@pytest.mark.parametrize(
    "path", ["/api/", "/api/v1/", "/api/v1/songs/", "/api/v1/me", "/api/v2/me/", "/api/v1/jobs/7/"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_unknown_path_is_a_problem_for_every_method(path: str, method: str):
    body = check(Client(enforce_csrf_checks=True).generic(method, path), 404, "not_found")
    assert body["instance"] == path


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_unknown_method_is_a_problem_that_names_the_known_ones(alices: Program, method: str):
    answer = alices.client.generic(method, "/api/v1/me/")
    check(answer, 405, "method_not_allowed")
    assert "GET" in answer["Allow"]


def test_other_languages_than_json_are_not_spoken(alices: Program):
    check(alices.get("/api/v1/me/", accept="text/html"), 406, "not_acceptable")


def test_format_in_the_address_changes_nothing(alices: Program):
    assert alices.get("/api/v1/me/?format=xml").status_code == 200


def test_body_of_another_type_is_refused(alices: Program, make_job: Callable[..., Job]):
    path = f"/api/v1/jobs/{make_job().public_id}/cancel/"
    answer = alices.client.post(path, "a=b", content_type="text/plain")
    check(answer, 415, "unsupported_media_type")
    assert Job.objects.get().state == "queued"


def test_broken_json_is_refused(alices: Program, make_job: Callable[..., Job]):
    path = f"/api/v1/jobs/{make_job().public_id}/cancel/"
    answer = alices.client.post(path, "{", content_type="application/json")
    check(answer, 400, "malformed")
    assert Job.objects.get().state == "queued"


@pytest.fixture
def _fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> None:
        msg = "the secret of the fault"
        raise RuntimeError(msg)

    monkeypatch.setattr(MeView, "get", fail)


@pytest.mark.usefixtures("_fault")
def test_fault_of_ours_tells_a_reference_and_no_secret(alices: Program, settings: Any):
    settings.DEBUG = False
    alices.client.raise_request_exception = False
    answer = alices.get("/api/v1/me/")
    body = check(answer, 500, "internal_error")
    assert len(body["reference"]) >= 8
    assert b"secret" not in answer.content


@pytest.mark.usefixtures("_fault")
def test_fault_of_ours_reaches_the_log(alices: Program):
    with pytest.raises(RuntimeError, match="the secret of the fault"):
        alices.get("/api/v1/me/")


def test_request_that_the_web_server_should_have_stopped_is_a_problem(
    alices: Program, make_job: Callable[..., Job], settings: Any
):
    settings.DEBUG = False
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    path = f"/api/v1/jobs/{make_job().public_id}/cancel/"
    answer = alices.client.post(path, '"' + "x" * 20 + '"', content_type="application/json")
    check(answer, 400, "malformed")


def test_every_problem_says_what_is_safe_and_what_to_do():
    assert [kind.code for kind in KINDS if len(str(kind.detail)) < 40] == []


def test_catalogue_and_its_page_agree(project: Path):
    page = (project / "docs/reference/errors.md").read_text()
    rows = [f"| `{kind.code}` | {kind.status} | {kind.title} |" for kind in KINDS]
    assert [row for row in rows if row not in page] == []


def test_code_that_nobody_catalogued_cannot_be_raised():
    with pytest.raises(KeyError):
        ProblemError("whatever")

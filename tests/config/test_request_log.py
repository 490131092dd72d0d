"""The line that each request leaves, and the reference in its answer."""

from __future__ import annotations

import re

import pytest
import structlog
from django.db import OperationalError

from config.lib.redaction import redact
from config.request_log import RequestLogMiddleware


@pytest.fixture
def logged():
    """Collect what is logged, with what is bound to it."""
    with structlog.testing.capture_logs(
        processors=[structlog.contextvars.merge_contextvars]
    ) as events:
        yield events


def lines(logged) -> list[dict[str, object]]:
    return [event for event in logged if event["event"] == "request"]


def test_a_request_leaves_one_line_and_its_id_in_the_answer(client, db, logged):
    response = client.get("/no-such-page")

    assert re.fullmatch(r"[0-9a-f]{32}", response["X-Request-ID"])
    (line,) = lines(logged)
    assert line["request_id"] == response["X-Request-ID"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/no-such-page", 404)
    assert line["log_level"] == "info"
    assert isinstance(line["duration_ms"], float)
    assert "user_id" not in line


def test_the_id_of_a_proxy_is_kept(client, db):
    response = client.get("/livez", headers={"x-request-id": "3fa85f64-5717-4562"})

    assert response["X-Request-ID"] == "3fa85f64-5717-4562"


@pytest.mark.parametrize(
    "given", ["", "short", "x" * 65, "with space in it", 'a"b"c"d"e"', "a\nb" * 5, "ünïcödë-id"]
)
def test_an_id_that_could_forge_a_line_is_replaced(client, db, given):
    response = client.get("/livez", headers={"x-request-id": given})

    assert re.fullmatch(r"[0-9a-f]{32}", response["X-Request-ID"])


def test_the_person_is_a_number_in_the_line(client, cast, logged):
    client.force_login(cast.alice)
    client.get("/livez/nothing")
    client.get("/settings/profile/")

    assert [line.get("user_id") for line in lines(logged)] == [None, cast.alice.pk]
    assert "alice@example.com" not in str(logged)


def test_ids_of_one_request_are_not_in_the_next(client, cast, logged):
    client.force_login(cast.alice)
    client.get("/settings/profile/")
    client.logout()
    client.get("/settings/profile/")

    first, second = lines(logged)
    assert first["user_id"] == cast.alice.pk
    assert "user_id" not in second
    assert first["request_id"] != second["request_id"]
    assert structlog.contextvars.get_contextvars() == {}


def test_the_organisation_is_named_once_it_is_known(cast, rf):
    from accounts.middleware import OrganisationMiddleware

    request = rf.get("/")
    request.user, request.session = cast.alice, {}
    seen = []

    def view(request):
        seen.append(structlog.contextvars.get_contextvars().get("organisation_id"))
        assert request.membership.organisation == cast.studio
        seen.append(structlog.contextvars.get_contextvars().get("organisation_id"))

    with structlog.contextvars.bound_contextvars(organisation_id=None):
        OrganisationMiddleware(view)(request)

    assert seen == [None, str(cast.studio.pk)]
    structlog.contextvars.clear_contextvars()


def test_probes_leave_no_line_while_they_are_well(client, db, logged):
    client.get("/livez")
    client.post("/livez")

    assert [(line["path"], line["status"]) for line in lines(logged)] == [("/livez", 405)]


def test_a_failure_is_an_error_line_with_the_same_reference(client, db, logged, monkeypatch):
    client.raise_request_exception = False

    def broken(*args, **kwargs):
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("config.health.JsonResponse", broken)

    response = client.get("/livez")

    assert response.status_code == 500
    (line,) = lines(logged)
    assert (line["log_level"], line["status"]) == ("error", 500)
    assert line["request_id"] == response["X-Request-ID"]
    reference = response["X-Request-ID"][:8].upper()
    assert f"{reference[:4]}-{reference[4:]}" in response.content.decode()


def test_a_database_that_is_away_does_not_stop_the_log(rf, settings):
    class Session:
        def get(self, name):
            raise OperationalError("away")

    request = rf.get("/")
    request.COOKIES[settings.SESSION_COOKIE_NAME] = "x"
    request.session = Session()

    RequestLogMiddleware(lambda _request: None).process_view(request)  # type: ignore[arg-type,return-value]

    assert "user_id" not in structlog.contextvars.get_contextvars()


def test_a_signed_link_is_redacted_as_every_line_is(client, db, logged):
    client.get("/media/AbC123AbC123AbC123AbC123AbC123AbC123AbC123/song.wav")

    (line,) = lines(logged)
    assert redact(line)["path"] == "/media/[redacted]/song.wav"


def test_naming_the_person_costs_no_query_of_its_own(
    client, cast, django_assert_num_queries, monkeypatch
):
    client.force_login(cast.alice)
    client.get("/livez")  # the first request of a log-in notes its session

    with django_assert_num_queries(2) as with_the_person:
        client.get("/livez")
    monkeypatch.setattr(RequestLogMiddleware, "process_view", lambda *_: None)
    with django_assert_num_queries(2) as without:
        client.get("/livez")

    assert len(with_the_person) == len(without)

"""Liveness and readiness, each check broken once."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError, connection

from config import health


@pytest.fixture(autouse=True)
def _ask_anew():
    for check in health.CHECKS:
        check.forget()
    yield
    for check in health.CHECKS:
        check.forget()


@pytest.fixture
def workers_alive(db, settings):
    with connection.cursor() as cursor:
        for queue in [*settings.JOBS_QUEUES, "reaper"]:
            cursor.execute(
                "INSERT INTO jobs_workerbeat (queue, cluster, beat_at)"
                " VALUES (%s, 'host:1', clock_timestamp())",
                [queue],
            )


@pytest.fixture
def _landlocked(monkeypatch):
    monkeypatch.setattr(health, "landlock_version", lambda: 4)


def test_livez_asks_nothing_of_anybody(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/livez")

    assert response.status_code == 200
    assert response.json() == {"status": "ok"}
    assert "no-store" in response["Cache-Control"]


@pytest.mark.usefixtures("workers_alive", "_landlocked")
def test_readyz_is_ok_when_all_is_well(client):
    response = client.get("/readyz")

    assert response.status_code == 200
    body = response.json()
    assert body["status"] == "ok"
    assert list(body["checks"]) == ["database", "migrations", "storage", "workers", "landlock"]
    for check in body["checks"].values():
        assert check["ok"] is True
        assert check["age_s"] >= 0
        assert "detail" not in check
    assert list(Path(default_storage.path("")).rglob("*.probe")) == []  # nothing is left behind


@pytest.mark.usefixtures("workers_alive", "_landlocked")
def test_details_are_for_staff_and_for_holders_of_the_token(client, cast, settings):
    settings.PROBE_TOKEN = "a-token-of-enough-letters"

    def details(**headers) -> bool:
        body = client.get("/readyz", headers=headers).json()
        return all("detail" in check for check in body["checks"].values())

    assert not details()
    assert not details(authorization="Bearer wrong")
    assert details(authorization="Bearer a-token-of-enough-letters")
    client.force_login(cast.alice)
    assert not details()
    client.force_login(cast.sam)
    assert details()


@pytest.mark.usefixtures("_landlocked")
def test_silent_workers_are_named_but_the_pages_go_on(client, cast, settings):
    client.force_login(cast.sam)

    response = client.get("/readyz")

    assert response.status_code == 200
    body = response.json()
    assert body["status"] == "degraded"
    assert body["checks"]["workers"]["ok"] is False
    assert body["checks"]["workers"]["needed"] is False
    assert body["checks"]["workers"]["detail"] == ", ".join(
        f"{queue} silent for ever" for queue in [*settings.JOBS_QUEUES, "reaper"]
    )


@pytest.mark.usefixtures("workers_alive", "_landlocked")
def test_a_worker_that_fell_silent_is_named_with_its_age(client, cast):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE jobs_workerbeat SET beat_at = clock_timestamp() - interval '90 s'"
            " WHERE queue = 'cpu'"
        )
    client.force_login(cast.sam)

    workers = client.get("/readyz").json()["checks"]["workers"]

    assert workers["detail"] == "cpu silent for 90 s"


@pytest.mark.usefixtures("workers_alive")
def test_a_missing_landlock_is_named(client, cast, monkeypatch):
    monkeypatch.setattr(health, "landlock_version", lambda: 0)
    client.force_login(cast.sam)

    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json()["status"] == "degraded"
    assert response.json()["checks"]["landlock"]["detail"].startswith("missing: uploads")


def test_the_kernel_says_which_landlock_it_has():
    assert health.landlock_version() in range(20)


@pytest.mark.usefixtures("workers_alive", "_landlocked")
def test_a_migration_that_is_not_applied_makes_it_503(client, cast):
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("DELETE FROM django_migrations WHERE app = 'jobs'")
    client.force_login(cast.sam)

    response = client.get("/readyz")

    assert response.status_code == 503
    body = response.json()
    assert body["status"] == "unavailable"
    assert body["checks"]["migrations"]["ok"] is False
    assert "first jobs.0001_initial" in body["checks"]["migrations"]["detail"]


@pytest.mark.usefixtures("workers_alive", "_landlocked")
def test_storage_that_cannot_be_written_makes_it_503(client):
    root = Path(default_storage.path(""))
    root.parent.mkdir(parents=True, exist_ok=True)
    root.write_text("a file where the folder should be")

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["checks"]["storage"]["ok"] is False
    assert response.json()["checks"]["database"]["ok"] is True


def test_a_database_that_is_away_makes_it_503_without_a_traceback(client, db, monkeypatch):
    def away() -> None:
        raise OperationalError("connection refused")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", away)
        response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["checks"]["database"]["ok"] is False
    assert b"refused" not in response.content  # a detail
    assert client.get("/livez").status_code == 200


def test_who_cannot_be_known_without_the_database_sees_no_details(rf):
    class Away:
        @property
        def is_staff(self) -> bool:
            raise OperationalError("connection refused")

    request = rf.get("/readyz")
    request.user = Away()

    assert health.may_see_details(request) is False


@pytest.mark.usefixtures("workers_alive", "_landlocked")
def test_a_good_answer_is_kept_and_a_bad_one_is_asked_again(client, monkeypatch):
    asked = []
    answers: list[OSError | str] = [OSError("disk full"), "fine", "fine"]

    def ask() -> str:
        asked.append(1)
        answer = answers.pop(0)
        if isinstance(answer, OSError):
            raise answer
        return answer

    check = health.Check("storage", ask, keep_s=60)

    assert [check.finding().is_ok for _ in range(4)] == [False, True, True, True]
    assert len(asked) == 2


def test_an_error_nobody_foresaw_is_a_bad_answer_that_tells_its_kind():
    def ask() -> str:
        raise ZeroDivisionError("internal detail")

    finding = health.Check("odd", ask, keep_s=0).finding()

    assert (finding.is_ok, finding.detail) == (False, "ZeroDivisionError")


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics"])
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_probes_are_only_read(client, db, path, method):
    assert getattr(client, method)(path).status_code == 405


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics"])
def test_probes_are_not_sent_to_https(client, db, settings, path):
    settings.SECURE_SSL_REDIRECT = True

    assert client.get(path).status_code != 301

"""Trying a job again over HTTP: one new job, however often the button is pressed."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from config.jobs import registry
from config.jobs.models import Job, Stage
from tests.accounts.job_pages import snapshot
from tests.jobs.factories import make_job

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kinds(monkeypatch):
    """One kind that only these tests know."""
    monkeypatch.setattr(registry, "_kinds", {})
    registry.register("test.song", "builtins.print", title="Song", steps=["cut", "mix"])


def url_of(job: Job) -> str:
    return reverse("accounts:job-retry", args=[job.public_id])


def page_of(job: Job) -> str:
    return reverse("accounts:job-detail", args=[job.public_id])


# ---------------------------------------------------------------- works


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_another_try_is_a_new_job_that_keeps_the_finished_steps(alice, studio, state):
    old = make_job(state, tenant=studio, title="New song", params={"song": 7})
    Stage.objects.create(job=old, name="cut", artefact="sha256/cut", attempt=1)
    answer = alice.post(url_of(old))
    new = Job.objects.get(retry_of=old)
    assert answer["Location"] == page_of(new)
    assert (new.state, new.title, new.params, new.tenant) == (
        "queued",
        "New song",
        {"song": 7},
        studio,
    )
    assert [(s.name, s.artefact) for s in new.stages.all()] == [("cut", "sha256/cut")]
    assert [s.state for s in alice.get(page_of(new)).context["page"].steps] == ["done", "todo"]


def test_pressed_twice_and_by_two_people_it_is_one_new_job(cast, client, studio):
    old = make_job("failed", tenant=studio)
    places = set()
    for user in (cast.alice, cast.alice, cast.bob):
        client.force_login(user)
        places.add(client.post(url_of(old))["Location"])
    assert places == {page_of(Job.objects.get(retry_of=old))}
    assert Job.objects.count() == 2
    assert AuditEntry.objects.get().action == "accounts.job.retried"


def test_the_new_job_may_be_tried_again_in_its_turn(alice, studio):
    first = make_job("failed", tenant=studio)
    second = make_job("failed", tenant=studio, retry_of=first)
    alice.post(url_of(second))
    assert Job.objects.get(retry_of=second).state == "queued"


def test_who_tried_again_is_recorded(cast, alice, studio):
    old = make_job("failed", tenant=studio)
    alice.post(url_of(old))
    entry = AuditEntry.objects.get()
    new = Job.objects.get(retry_of=old)
    assert (entry.actor, entry.organisation, entry.data["reference"]) == (
        cast.alice,
        cast.studio,
        new.reference,
    )


# ---------------------------------------------------------------- refused, and nothing changed


@pytest.mark.parametrize("state", ["queued", "running", "succeeded"])
def test_only_ended_failures_can_be_tried_again(alice, studio, state):
    job = make_job(state, tenant=studio)
    before = snapshot()
    answer = alice.post(url_of(job))
    assert answer.status_code == 409
    assert "Only work that failed or was cancelled can be tried again" in answer.content.decode()
    assert snapshot() == before


def test_viewer_gets_403_and_nothing_changes(cast, client, studio):
    job = make_job("failed", tenant=studio)
    before = snapshot()
    client.force_login(cast.vera)
    assert client.post(url_of(job)).status_code == 403
    assert snapshot() == before


@pytest.mark.parametrize("who", ["charlie", "rita"])
def test_stranger_gets_404_and_nothing_changes(cast, client, studio, who):
    job = make_job("failed", tenant=studio)
    before = snapshot()
    client.force_login(getattr(cast, who))
    assert client.post(url_of(job)).status_code == 404
    assert snapshot() == before


def test_nobody_is_sent_to_log_in_and_nothing_changes(client, studio):
    job = make_job("failed", tenant=studio)
    before = snapshot()
    assert client.post(url_of(job)).status_code == 302
    assert snapshot() == before


def test_looking_never_retries(alice, studio):
    job = make_job("failed", tenant=studio)
    before = snapshot()
    assert alice.get(url_of(job)).status_code == 405
    assert snapshot() == before


def test_a_job_that_never_was_is_404(alice):
    assert alice.post(reverse("accounts:job-retry", args=[uuid.uuid4()])).status_code == 404

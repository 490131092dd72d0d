"""Cancelling a job over HTTP: a form, a fragment, and nothing for those who may not."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from accounts.models import AuditEntry
from config.jobs.models import Job
from tests.accounts.job_pages import PART, snapshot
from tests.jobs.factories import make_job

pytestmark = pytest.mark.django_db


def url_of(job: Job) -> str:
    return reverse("accounts:job-cancel", args=[job.public_id])


# ---------------------------------------------------------------- works


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_a_waiting_job_is_cancelled_at_once_and_its_page_says_so(cast, client, studio, who):
    job = make_job(tenant=studio)
    client.force_login(getattr(cast, who))
    answer = client.post(url_of(job), follow=True)
    assert answer.redirect_chain == [(reverse("accounts:job-detail", args=[job.public_id]), 302)]
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert "Cancelled" in answer.content.decode()


def test_a_running_job_is_asked_to_stop_and_shows_it(alice, studio):
    job = make_job("running", tenant=studio)
    page = alice.post(url_of(job), follow=True).context["page"]
    job.refresh_from_db()
    assert (job.state, job.cancel_requested) == ("running", True)
    assert (page.row.state_label, page.row.can_cancel) == ("Stopping", False)


def test_who_cancelled_is_recorded_once(cast, alice, studio):
    job = make_job("running", tenant=studio)
    alice.post(url_of(job))
    alice.post(url_of(job))
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.organisation) == (
        "accounts.job.cancelled",
        cast.alice,
        cast.studio,
    )
    assert entry.data == {"kind": job.kind, "reference": job.reference}


def test_from_the_list_the_answer_is_the_row(alice, studio):
    job = make_job("running", tenant=studio)
    answer = alice.post(url_of(job), {"part": "row"}, headers=PART)
    body = answer.content.decode()
    assert body.startswith(f'<li id="job-{job.public_id}"')
    assert "Stopping" in body
    assert "/cancel/" not in body


def test_from_the_page_the_answer_is_the_page_part(alice, studio):
    job = make_job("running", tenant=studio)
    body = alice.post(url_of(job), headers=PART).content.decode()
    assert body.lstrip().startswith('<article id="job"')
    assert "Stopping" in body


@pytest.mark.parametrize("state", ["succeeded", "failed"])
def test_a_job_that_has_ended_stays_as_it_is_and_says_so(alice, studio, state):
    job = make_job(state, tenant=studio)
    before = snapshot()
    answer = alice.post(url_of(job))
    said = [str(message) for message in get_messages(answer.wsgi_request)]
    assert said == ["This job had already ended; nothing was changed."]
    assert snapshot() == before


# ---------------------------------------------------------------- refused, and nothing changed


@pytest.mark.parametrize("state", ["queued", "running"])
def test_viewer_gets_403_and_nothing_changes(cast, client, studio, state):
    job = make_job(state, tenant=studio)
    before = snapshot()
    client.force_login(cast.vera)
    assert client.post(url_of(job)).status_code == 403
    assert snapshot() == before


@pytest.mark.parametrize("who", ["charlie", "rita"])
def test_stranger_gets_404_and_nothing_changes(cast, client, studio, who):
    job = make_job("running", tenant=studio)
    before = snapshot()
    client.force_login(getattr(cast, who))
    assert client.post(url_of(job)).status_code == 404
    assert client.post(url_of(job), {"part": "row"}, headers=PART).status_code == 404
    assert snapshot() == before


def test_nobody_is_sent_to_log_in_and_nothing_changes(client, studio):
    job = make_job("running", tenant=studio)
    before = snapshot()
    assert client.post(url_of(job)).status_code == 302
    assert snapshot() == before


def test_looking_never_cancels(alice, studio):
    job = make_job("running", tenant=studio)
    before = snapshot()
    assert alice.get(url_of(job)).status_code == 405
    assert snapshot() == before


def test_a_form_without_its_token_is_refused_and_nothing_changes(cast, studio):
    from django.test import Client

    job = make_job("running", tenant=studio)
    before = snapshot()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.alice)
    assert strict.post(url_of(job)).status_code == 403
    assert snapshot() == before


def test_a_job_that_never_was_is_404(alice):
    assert alice.post(reverse("accounts:job-cancel", args=[uuid.uuid4()])).status_code == 404

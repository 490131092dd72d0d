"""Staff read everything about jobs, change nothing by hand, and cancel and retry by service."""

from __future__ import annotations

import uuid

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_q.models import OrmQ

from config.jobs.models import Job, Stage, WorkerBeat
from tests.jobs.factories import make_job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kinds")]

LIST = "admin:jobs_job_changelist"
TENANT = uuid.UUID(int=1)


@pytest.fixture
def staff(client, cast):
    """A browser in which Sam, who may do everything, is logged in, with a second factor."""
    with_second_factor(cast.sam)
    client.force_login(cast.sam)
    return client


def with_second_factor(user):
    """Give somebody the authenticator app without which the admin stays closed."""
    return Authenticator.objects.create(
        user=user, type=Authenticator.Type.TOTP, data={"secret": "the-secret-of-the-app"}
    )


def act(client, action: str, *jobs: Job):
    """Choose jobs in the list and run an action on them."""
    chosen = {"action": action, "_selected_action": [job.pk for job in jobs]}
    return client.post(reverse(LIST), chosen, follow=True)


def test_list_shows_reference_and_the_line_that_names_the_error(staff):
    job = make_job("failed", tenant=TENANT, error="Traceback\n  File\nRuntimeError: torn\n")
    page = staff.get(reverse(LIST)).content.decode()
    assert job.reference in page
    assert "RuntimeError: torn" in page
    assert "Traceback" not in page


def test_page_of_a_job_shows_the_whole_error_and_its_stages(staff):
    job = make_job("failed", tenant=TENANT, error="Traceback\nRuntimeError: torn")
    Stage.objects.create(job=job, name="cut", artefact="sha256/aa/bb/x.wav", attempt=1)
    page = staff.get(reverse("admin:jobs_job_change", args=[job.pk])).content.decode()
    assert "Traceback" in page
    assert "sha256/aa/bb/x.wav" in page


@pytest.mark.parametrize("form", ["7F2A-19C3", "7f2a19c3", " 7f2a-19c3 "])
def test_reference_finds_its_job_and_no_other(staff, form):
    make_job(tenant=TENANT, title="Other")
    make_job(tenant=TENANT, title="Wanted", public_id="7f2a19c3-ffff-4fff-bfff-ffffffffffff")
    page = staff.get(reverse(LIST), {"q": form}).content.decode()
    assert "Wanted" in page
    assert "Other" not in page


def test_title_is_searched_too(staff):
    make_job(tenant=TENANT, title="Blue horizon")
    make_job(tenant=TENANT, title="Red dust")
    page = staff.get(reverse(LIST), {"q": "horizon"}).content.decode()
    assert "Blue horizon" in page
    assert "Red dust" not in page


def test_cancel_goes_through_the_service_and_leaves_ended_jobs_alone(staff):
    waiting, running = make_job(tenant=TENANT), make_job("running", tenant=TENANT)
    done = make_job("succeeded", tenant=TENANT)
    response = act(staff, "cancel_jobs", waiting, running, done)
    assert "2 jobs are cancelled." in response.content.decode()
    states = dict(Job.objects.values_list("pk", "state"))
    assert states == {waiting.pk: "cancelled", running.pk: "running", done.pk: "succeeded"}
    assert Job.objects.get(pk=running.pk).cancel_requested
    assert not Job.objects.get(pk=done.pk).cancel_requested


def test_retry_makes_one_new_job_however_often_it_is_pressed(staff):
    failed, running = make_job("failed", tenant=TENANT), make_job("running", tenant=TENANT)
    first = act(staff, "retry_jobs", failed, running)
    assert "1 job is tried again." in first.content.decode()
    assert f"{running.reference}: Only work that failed" in first.content.decode()
    act(staff, "retry_jobs", failed)
    assert Job.objects.filter(retry_of=failed).count() == 1
    assert (Job.objects.count(), OrmQ.objects.count()) == (3, 1)


def test_rows_cannot_be_added_changed_or_deleted_by_hand(staff):
    job = make_job(tenant=TENANT)
    before = Job.objects.filter(pk=job.pk).values().get()
    assert staff.post(reverse("admin:jobs_job_add"), {}).status_code == 403
    page = reverse("admin:jobs_job_change", args=[job.pk])
    assert staff.post(page, {"state": "succeeded"}).status_code == 403
    assert staff.post(reverse("admin:jobs_job_delete", args=[job.pk])).status_code == 403
    act(staff, "delete_selected", job)
    assert Job.objects.filter(pk=job.pk).values().get() == before


def test_staff_who_may_only_look_cannot_act(client, cast):
    cast.bob.is_staff = True
    cast.bob.save()
    cast.bob.user_permissions.add(Permission.objects.get(codename="view_job"))
    with_second_factor(cast.bob)
    client.force_login(cast.bob)
    waiting, failed = make_job(tenant=TENANT), make_job("failed", tenant=TENANT)
    page = client.get(reverse(LIST)).content.decode()
    assert waiting.reference in page
    assert "cancel_jobs" not in page
    act(client, "cancel_jobs", waiting)
    act(client, "retry_jobs", failed)
    assert Job.objects.get(pk=waiting.pk).state == "queued"
    assert Job.objects.count() == 2


def test_everybody_else_is_sent_to_log_in_and_nothing_changes(client, cast):
    job = make_job(tenant=TENANT)
    client.force_login(cast.charlie)
    response = client.post(reverse(LIST), {"action": "cancel_jobs", "_selected_action": [job.pk]})
    assert response.status_code == 302
    assert Job.objects.get().state == "queued"


def test_workers_that_live_are_listed(staff):
    WorkerBeat.objects.create(queue="gpu", cluster="studio:42")
    page = staff.get(reverse("admin:jobs_workerbeat_changelist")).content.decode()
    assert "studio:42" in page


def test_pages_of_the_queue_itself_are_not_shown():
    shown = {model._meta.app_label for model in admin.site._registry}
    assert "jobs" in shown
    assert "django_q" not in shown


def test_list_takes_the_same_number_of_queries_for_one_and_for_twenty(staff):
    make_job(tenant=TENANT)
    staff.get(reverse(LIST))
    with CaptureQueriesContext(connection) as for_one:
        staff.get(reverse(LIST))
    for _each in range(19):
        make_job(tenant=TENANT)
    with CaptureQueriesContext(connection) as for_twenty:
        staff.get(reverse(LIST))
    assert len(for_twenty) == len(for_one)

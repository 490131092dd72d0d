"""The list of jobs keeps itself up to date: one poll, 304 when nothing is new, endings told once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from config.jobs.models import Job
from tests.accounts.job_pages import LIST, PART, poll, tag_in, text_of
from tests.jobs.factories import make_job

pytestmark = pytest.mark.django_db


# ---------------------------------------------------------------- polling


def test_unchanged_poll_is_a_304_without_a_body(alice, studio):
    make_job("running", tenant=studio)
    tag = tag_in(alice.get(LIST))
    answer = poll(alice, tag)
    assert (answer.status_code, answer.content) == (304, b"")


def test_changed_poll_is_the_fragment_only_with_a_new_tag(alice, studio):
    job = make_job("running", tenant=studio)
    tag = tag_in(alice.get(LIST))
    Job.objects.filter(pk=job.pk).update(progress_ppm=420_000)
    answer = poll(alice, tag)
    assert answer.status_code == 200
    assert answer.content.decode().lstrip().startswith('<section id="jobs"')
    assert "<html" not in answer.content.decode()
    assert tag_in(answer) != tag
    assert answer["Vary"].count("HX-Request-Type") == 1


def test_polling_ends_with_the_last_job(alice, studio):
    job = make_job("running", tenant=studio)
    tag = tag_in(alice.get(LIST))
    Job.objects.filter(pk=job.pk).update(
        state="succeeded", lease_until=None, finished_at=timezone.now()
    )
    answer = poll(alice, tag).content.decode()
    assert "hx-trigger" not in answer
    assert "hx-get" not in answer


def test_page_where_nothing_runs_does_not_poll(alice, studio):
    make_job("succeeded", tenant=studio)
    assert "hx-trigger" not in alice.get(LIST, {"tab": "done"}).content.decode()


def test_finished_tab_polls_while_something_runs(alice, studio):
    make_job("running", tenant=studio)
    page = alice.get(LIST, {"tab": "done"}).content.decode()
    assert f'hx-get="{LIST}?tab=done" hx-trigger="every 2s"' in page


@pytest.mark.parametrize("tag", ["", ".", "x.y", "x.-", "²", "x.0123456", "x." + "0" * 9999])
def test_a_tag_that_is_none_is_answered_in_full(alice, studio, tag):
    make_job("running", tenant=studio)
    assert poll(alice, tag).status_code == 200


def test_boosted_navigation_gets_the_whole_page(alice, studio):
    page = alice.get(LIST, headers={"HX-Request": "true", "HX-Request-Type": "full"})
    assert '<main id="main"' in page.content.decode()


# ---------------------------------------------------------------- notices


def test_an_ending_is_told_once_and_only_to_who_was_looking(alice, studio):
    job = make_job("running", tenant=studio, title="New song")
    make_job("running", tenant=studio)
    tag = tag_in(alice.get(LIST))
    Job.objects.filter(pk=job.pk).update(
        state="succeeded",
        lease_until=None,
        finished_at=timezone.now() + timedelta(seconds=1),
        result={"url": "/songs/1/"},
    )
    told = poll(alice, tag)
    assert "New song is done." in text_of(told)
    assert 'href="/songs/1/">Open</a>' in told.content.decode()
    assert "is done" not in text_of(alice.get(LIST))


def test_an_ending_is_not_told_again_by_the_next_poll(alice, studio):
    running = make_job("running", tenant=studio)
    tag = tag_in(alice.get(LIST))
    earlier = timezone.now() - timedelta(seconds=1)
    make_job("succeeded", tenant=studio, finished_at=earlier, title="Old news")
    Job.objects.filter(pk=running.pk).update(progress_ppm=420_000)
    assert poll(alice, tag).context["page"].notices == ()


def test_an_ending_is_told_by_one_poll_of_several(alice, studio):
    job = make_job("running", tenant=studio)
    other = make_job("running", tenant=studio)
    tag = tag_in(alice.get(LIST))
    Job.objects.filter(pk=job.pk).update(
        state="succeeded", lease_until=None, finished_at=timezone.now()
    )
    told = []
    for percent in (1, 2, 3):
        Job.objects.filter(pk=other.pk).update(progress_ppm=percent * 10_000)
        answer = poll(alice, tag)
        told.append(len(answer.context["page"].notices))
        tag = tag_in(answer)
    assert told == [1, 0, 0]


def test_a_failure_is_told_with_its_reference_as_an_alert(alice, studio):
    job = make_job("running", tenant=studio, title="New song")
    tag = tag_in(alice.get(LIST))
    Job.objects.filter(pk=job.pk).update(
        state="failed", lease_until=None, finished_at=timezone.now() + timedelta(seconds=1)
    )
    told = poll(alice, tag)
    assert f"New song did not finish (reference {job.reference})." in text_of(told)
    assert 'data-live="alert"' in told.content.decode()


def test_another_organisations_ending_is_not_told(alice, cast, studio):
    make_job("running", tenant=studio)
    tag = tag_in(alice.get(LIST))
    make_job("failed", tenant=cast.label.pk, finished_at=timezone.now() + timedelta(seconds=1))
    make_job(tenant=studio)
    assert poll(alice, tag).context["page"].notices == ()


def test_screen_reader_hears_a_quarter_at_a_time(alice, studio):
    job = make_job("running", tenant=studio, title="New song", progress_ppm=260_000)
    said = []
    for ppm in (260_000, 490_000, 500_000):
        Job.objects.filter(pk=job.pk).update(progress_ppm=ppm)
        said.append(alice.get(LIST).context["page"].rows[0].announcement)
    assert said == ["New song: 25 % done.", "New song: 25 % done.", "New song: 50 % done."]


def test_poll_brings_the_number_along(alice, studio):
    job = make_job("running", tenant=studio)
    make_job("running", tenant=studio)
    page = alice.get(LIST)
    assert "hx-partial" not in page.content.decode()
    Job.objects.filter(pk=job.pk).update(
        state="succeeded", lease_until=None, finished_at=timezone.now()
    )
    body = poll(alice, tag_in(page)).content.decode()
    part = re.search(r'<hx-partial hx-target="#live-jobs"[^>]*>(.*?)</hx-partial>', body, re.DOTALL)
    assert part
    assert re.sub(r"<[^>]+>", "", part.group(1)).strip() == "1 waiting or running"


# ---------------------------------------------------------------- where a poll leads that may not stay


@pytest.mark.parametrize(
    ("where", "back"),
    [
        (f"http://testserver{LIST}?tab=done", f"{LIST}%3Ftab%3Ddone"),
        ("http://elsewhere.example/jobs/", "/"),
        ("", "/"),
    ],
)
def test_poll_after_the_session_ended_takes_the_whole_page_to_the_log_in(client, db, where, back):
    answer = client.get(LIST, headers={**PART, "HX-Current-URL": where})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["HX-Redirect"] == f"{reverse('account_login')}?next={back}"
    assert "Location" not in answer


def test_poll_of_somebody_who_left_their_last_organisation_goes_where_one_is_made(cast, client):
    client.force_login(cast.bob)
    cast.bob.memberships.all().delete()
    page = f"http://testserver{LIST}"
    answer = client.get(LIST, headers={**PART, "HX-Current-URL": page})
    assert answer["HX-Redirect"] == f"{reverse('accounts:organisation-create')}?next={LIST}"

"""The page of one job: its steps, its times, its error, and its poll."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from config.jobs import registry
from config.jobs.models import Job, Stage
from tests.jobs.factories import make_job

pytestmark = pytest.mark.django_db

STEPS = ["cut", "mix", "master"]


@pytest.fixture
def studio(cast):
    """The tenant of Alice, Bob and Vera."""
    return cast.studio.pk


@pytest.fixture
def alice(cast, client):
    """A client logged in as Alice."""
    client.force_login(cast.alice)
    return client


def url_of(job: Job) -> str:
    return reverse("accounts:job-detail", args=[job.public_id])


def page_of(client, job: Job):
    return client.get(url_of(job)).context["page"]


def poll(client, job: Job, tag: str):
    headers = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-PTag": tag}
    return client.get(url_of(job), headers=headers)


# ---------------------------------------------------------------- who sees it


@pytest.mark.parametrize("who", ["alice", "bob", "vera"])
def test_every_member_sees_the_job(cast, client, studio, who):
    job = make_job("running", tenant=studio, title="New song")
    client.force_login(getattr(cast, who))
    page = client.get(url_of(job))
    assert page.status_code == 200
    assert "New song</h1>" in page.content.decode()


@pytest.mark.parametrize("who", ["charlie", "rita", "sam"])
def test_strangers_get_404_even_staff(cast, client, studio, who):
    job = make_job("running", tenant=studio)
    client.force_login(getattr(cast, who))
    answer = client.get(url_of(job))
    assert answer.status_code in {302, 404}  # Sam belongs to no organisation and is asked for one
    assert job.reference not in answer.content.decode()


def test_a_job_of_the_house_belongs_to_nobody(alice):
    assert alice.get(url_of(make_job("running", tenant=None))).status_code == 404


def test_a_job_that_never_was_is_404(alice):
    assert alice.get(reverse("accounts:job-detail", args=[uuid.uuid4()])).status_code == 404


def test_page_needs_a_log_in(client, studio):
    url = url_of(make_job(tenant=studio))
    assert client.get(url)["Location"] == f"{reverse('account_login')}?next={url}"


def test_page_is_read_only(alice, studio):
    assert alice.post(url_of(make_job(tenant=studio))).status_code == 405


# ---------------------------------------------------------------- what it shows


def states(client, job: Job) -> list[str]:
    return [step.state for step in page_of(client, job).steps]


@pytest.mark.parametrize(
    ("state", "step", "expected"),
    [
        ("queued", "", ["todo", "todo", "todo"]),
        ("running", "", ["todo", "todo", "todo"]),
        ("running", "cut", ["current", "todo", "todo"]),
        ("running", "mix", ["done", "current", "todo"]),
        ("failed", "mix", ["done", "stopped", "todo"]),
        ("cancelled", "mix", ["done", "stopped", "todo"]),
        ("succeeded", "master", ["done", "done", "done"]),
    ],
)
def test_steps_are_done_present_or_to_come(alice, studio, state, step, expected):
    job = make_job(state, tenant=studio, steps=STEPS, step=step)
    assert states(alice, job) == expected


def test_steps_that_an_earlier_try_finished_count_as_done(alice, studio):
    old = make_job("failed", tenant=studio, steps=STEPS, step="mix")
    job = make_job(tenant=studio, steps=STEPS, retry_of=old)
    Stage.objects.create(job=job, name="cut", attempt=0)
    assert states(alice, job) == ["done", "todo", "todo"]
    page = alice.get(url_of(job))
    assert f'href="{url_of(old)}"' in page.content.decode()


def test_the_present_step_is_marked_for_screen_readers(alice, studio):
    job = make_job("running", tenant=studio, steps=STEPS, step="mix")
    page = alice.get(url_of(job)).content.decode()
    assert page.count('aria-current="step"') == 1


def test_steps_have_the_names_that_people_read(alice, studio, monkeypatch):
    monkeypatch.setattr(registry, "_kinds", {})
    registry.register("test.song", "builtins.print", title="Song", steps=[("cut", "Cut the tape")])
    job = make_job("running", tenant=studio, steps=["cut"], step="cut")
    page = page_of(alice, job)
    assert page.steps[0].label == "Cut the tape"
    assert page.row.line == "Step 1 of 1: Cut the tape"


def test_times_attempt_and_reference_are_listed(alice, studio):
    started = timezone.now().replace(hour=12, minute=0, second=0) - timedelta(days=400)
    job = make_job(
        "succeeded",
        tenant=studio,
        attempt=2,
        started_at=started,
        finished_at=started + timedelta(minutes=80),
    )
    facts = dict(page_of(alice, job).facts)
    day = f"{started.day} {started:%b %Y}"
    assert facts["Started"] == f"{day}, 12:00 UTC"
    assert facts["Ended"] == f"{day}, 13:20 UTC"
    assert (facts["Took"], facts["Attempt"]) == ("1 h 20 min", "2 of 3")
    assert facts["Reference"] == job.reference


def test_facts_that_are_not_there_yet_are_left_out(alice, studio):
    facts = dict(page_of(alice, make_job(tenant=studio)).facts)
    assert set(facts) == {"Asked for", "Reference"}


def test_failure_is_an_alert_with_words_reference_and_another_try(alice, studio):
    job = make_job(
        "failed", tenant=studio, steps=STEPS, step="mix", error="Too short.", error_code="x.short"
    )
    body = alice.get(url_of(job)).content.decode()
    alert = re.search(r'<div role="alert">(.*?)</div></div>', body, re.DOTALL)
    assert alert
    assert "Too short." in alert.group(1)
    assert job.reference in alert.group(1)
    assert f'action="{url_of(job)}retry/"' in body


def test_a_crash_is_explained_without_its_traceback(alice, studio):
    job = make_job(
        "failed", tenant=studio, attempt=3, error="Traceback: secret", error_code="jobs.crashed"
    )
    body = alice.get(url_of(job)).content.decode()
    assert "stopped unexpectedly after 3 attempts" in body
    assert "secret" not in body


def test_viewer_looks_but_gets_no_buttons(cast, client, studio):
    client.force_login(cast.vera)
    for state in ("running", "failed"):
        body = client.get(url_of(make_job(state, tenant=studio))).content.decode()
        assert "/cancel/" not in body
        assert "/retry/" not in body


def test_done_job_leads_to_its_result(alice, studio):
    job = make_job(
        "succeeded", tenant=studio, result={"url": "/songs/1/", "label": "Open the song"}
    )
    assert 'href="/songs/1/">Open the song</a>' in alice.get(url_of(job)).content.decode()


def test_page_costs_the_same_for_one_step_and_for_twenty(alice, studio, django_assert_num_queries):
    short = make_job("running", tenant=studio, steps=["a"], step="a")
    names = [f"step {n}" for n in range(20)]
    long = make_job("running", tenant=studio, steps=names, step=names[-1])
    for name in names[:-1]:
        Stage.objects.create(job=long, name=name, attempt=1)
    alice.get(url_of(short))
    with CaptureQueriesContext(connection) as few:
        alice.get(url_of(short))
    with django_assert_num_queries(len(few)):
        assert states(alice, long) == ["done"] * 19 + ["current"]


# ---------------------------------------------------------------- polling


def test_unchanged_poll_is_a_304_without_a_body(alice, studio):
    job = make_job("running", tenant=studio)
    answer = poll(alice, job, page_of(alice, job).live_tag)
    assert (answer.status_code, answer.content) == (304, b"")


def test_changed_poll_is_the_fragment_only(alice, studio):
    job = make_job("running", tenant=studio)
    tag = page_of(alice, job).live_tag
    Job.objects.filter(pk=job.pk).update(progress_ppm=420_000)
    body = poll(alice, job, tag).content.decode()
    assert body.lstrip().startswith('<article id="job"')
    assert "<html" not in body
    assert 'value="42"' in body


@pytest.mark.parametrize("state", ["succeeded", "failed", "cancelled"])
def test_polling_ends_with_the_job(alice, studio, state):
    job = make_job("running", tenant=studio)
    tag = page_of(alice, job).live_tag
    Job.objects.filter(pk=job.pk).update(state=state, lease_until=None, finished_at=timezone.now())
    body = poll(alice, job, tag).content.decode()
    assert "hx-trigger" not in body
    assert "hx-ptag" not in body


def test_a_strangers_poll_is_404_whatever_tag_it_brings(cast, client, studio):
    job = make_job("running", tenant=studio)
    client.force_login(cast.alice)
    tag = page_of(client, job).live_tag
    client.force_login(cast.charlie)
    assert poll(client, job, tag).status_code == 404


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("queued", "New song is waiting."),
        ("running", "New song: 25 % done."),
        ("succeeded", "New song is done."),
        ("cancelled", "New song was cancelled."),
        ("failed", ""),  # the alert says it
    ],
)
def test_status_line_for_screen_readers(alice, studio, state, said):
    job = make_job(state, tenant=studio, title="New song", progress_ppm=300_000)
    assert page_of(alice, job).row.announcement == said

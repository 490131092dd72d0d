"""The list of jobs over HTTP: who sees what, three tabs, rows, five ways of being empty."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.selectors import jobs as job_selectors
from config.jobs.models import Job, WorkerBeat
from tests.accounts.job_pages import LIST, text_of
from tests.jobs.factories import make_job

pytestmark = pytest.mark.django_db


# ---------------------------------------------------------------- who sees what


@pytest.mark.parametrize("who", ["alice", "bob", "vera"])
def test_every_member_sees_the_jobs_of_the_organisation(cast, client, studio, who):
    job = make_job(tenant=studio, title="New song")
    client.force_login(getattr(cast, who))
    page = client.get(LIST)
    assert page.status_code == 200
    assert "New song" in text_of(page)
    assert job.reference in text_of(page)


def test_jobs_of_another_organisation_and_of_nobody_are_not_listed(cast, client, studio):
    make_job(tenant=studio, title="Alice's secret")
    make_job(tenant=None, title="A task of the house")
    client.force_login(cast.charlie)
    page = client.get(LIST)
    assert page.context["page"].rows == ()
    assert "secret" not in text_of(page)


def test_list_needs_a_log_in(client, db):
    assert client.get(LIST)["Location"] == f"{reverse('account_login')}?next={LIST}"


def test_boosted_navigation_after_the_session_ended_is_an_ordinary_redirect(client, db):
    answer = client.get(LIST, headers={"HX-Request": "true", "HX-Request-Type": "full"})
    assert answer["Location"] == f"{reverse('account_login')}?next={LIST}"


@pytest.mark.parametrize(
    ("page", "back"),
    [
        ("http://testserver/jobs/?state=failed", "/jobs/%3Fstate%3Dfailed"),
        ("http://testserver", "/"),
        ("https://elsewhere.example/jobs/", "/"),
        ("//elsewhere.example/jobs/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_who_sends_a_form_after_the_session_ended_comes_back_to_its_page(client, page, back):
    answer = client.post("/songs/restore/", {"song": "x"}, headers={"Referer": page})
    assert answer["Location"] == f"{reverse('account_login')}?next={back}"


def test_list_is_read_only(alice):
    assert alice.post(LIST).status_code == 405


def test_viewer_gets_no_buttons(cast, client, studio):
    make_job("running", tenant=studio)
    make_job("failed", tenant=studio)
    client.force_login(cast.vera)
    for tab in ("active", "failed"):
        page = client.get(LIST, {"tab": tab})
        assert [(r.can_cancel, r.can_retry) for r in page.context["page"].rows] == [(False, False)]
        assert "/cancel/" not in page.content.decode()
        assert "/retry/" not in page.content.decode()


# ---------------------------------------------------------------- tabs and rows


def test_each_tab_holds_its_states(alice, studio):
    for state in ("queued", "running", "succeeded", "failed", "cancelled"):
        make_job(state, tenant=studio, title=state)
    shown = {
        tab: [row.title for row in alice.get(LIST, {"tab": tab}).context["page"].rows]
        for tab in ("active", "done", "failed", "nonsense")
    }
    assert shown == {
        "active": ["running", "queued"],
        "done": ["succeeded"],
        "failed": ["cancelled", "failed"],
        "nonsense": ["running", "queued"],
    }


def test_tabs_are_links_and_say_which_is_open(alice, studio):
    make_job("running", tenant=studio)
    page = alice.get(LIST, {"tab": "done"})
    tabs = page.context["page"].tabs
    assert [(t.name, t.url, t.is_current, t.count) for t in tabs] == [
        ("active", f"{LIST}?tab=active", False, 1),
        ("done", f"{LIST}?tab=done", True, 0),
        ("failed", f"{LIST}?tab=failed", False, 0),
    ]
    assert page.content.decode().count('aria-current="page"') >= 1


def test_running_row_shows_percent_step_and_time_left(alice, studio):
    started = timezone.now() - timedelta(minutes=10)
    for _ in range(3):
        make_job(
            "succeeded",
            tenant=None,
            kind="test.render",
            started_at=started,
            finished_at=started + timedelta(seconds=240),
        )
    make_job(
        "running",
        tenant=studio,
        kind="test.render",
        progress_ppm=500_000,
        step="mix",
        steps=["cut", "mix"],
    )
    row = alice.get(LIST).context["page"].rows[0]
    assert (row.percent, row.line) == (50, "Step 2 of 2: mix · about 2 min left")


def test_waiting_row_shows_its_place_in_the_queue(alice, cast, studio):
    make_job(tenant=cast.label.pk)
    make_job(tenant=studio)
    assert alice.get(LIST).context["page"].rows[0].line == "2nd in the queue"


def test_done_row_links_to_its_result(alice, studio):
    make_job("succeeded", tenant=studio, result={"url": "/songs/1/", "label": "Open the song"})
    page = alice.get(LIST, {"tab": "done"})
    assert 'href="/songs/1/">Open the song</a>' in page.content.decode()


@pytest.mark.parametrize(
    "url", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", 5]
)
def test_a_result_that_leads_elsewhere_is_no_link(alice, studio, url):
    make_job("succeeded", tenant=studio, result={"url": url})
    page = alice.get(LIST, {"tab": "done"})
    assert page.context["page"].rows[0].result_url == ""
    assert "evil" not in page.content.decode()


def test_titles_and_errors_are_escaped(alice, studio):
    bad = "<script>alert(1)</script>"
    make_job("failed", tenant=studio, title=bad, error=bad, error_code="library.bad")
    page = alice.get(LIST, {"tab": "failed"}).content.decode()
    assert bad not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 2


def test_failed_row_says_what_happened_and_offers_another_try(alice, studio):
    job = make_job("failed", tenant=studio, error="Too short.", error_code="library.too_short")
    page = alice.get(LIST, {"tab": "failed"})
    assert "Too short." in text_of(page)
    assert f'action="{LIST}{job.public_id}/retry/"' in page.content.decode()


def test_a_job_that_was_tried_again_offers_the_new_one_instead(alice, studio):
    old = make_job("failed", tenant=studio)
    new = make_job(tenant=studio, retry_of=old)
    row = alice.get(LIST, {"tab": "failed"}).context["page"].rows[0]
    assert (row.can_retry, row.retried_url) == (False, f"{LIST}{new.public_id}/")


def test_a_traceback_is_never_shown(alice, studio):
    make_job("failed", tenant=studio, error="Traceback: /srv/secret.py", error_code="jobs.crashed")
    assert "secret" not in alice.get(LIST, {"tab": "failed"}).content.decode()


# ---------------------------------------------------------------- pages


def test_pages_go_on_from_the_last_row_and_back_to_the_newest(alice, studio, monkeypatch):
    monkeypatch.setattr(job_selectors, "PAGE_SIZE", 2)
    made = [str(make_job(tenant=studio).public_id) for _ in range(3)]
    first = alice.get(LIST).context["page"]
    assert [row.public_id for row in first.rows] == [made[2], made[1]]
    assert first.newest_url == ""
    second = alice.get(first.older_url).context["page"]
    assert [row.public_id for row in second.rows] == [made[0]]
    assert (second.older_url, second.newest_url) == ("", f"{LIST}?tab=active")
    assert second.url == first.older_url  # a poll stays on its page


@pytest.mark.parametrize("before", ["nonsense", "1 OR 1=1", "\x00"])
def test_a_key_that_is_none_opens_the_first_page(alice, studio, before):
    make_job(tenant=studio)
    page = alice.get(LIST, {"before": before})
    assert page.status_code == 200
    assert len(page.context["page"].rows) == 1


@pytest.mark.parametrize("tab", ["active", "failed"])
def test_list_costs_the_same_for_one_and_for_fifty(alice, studio, tab, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    states = {"active": ("running", "queued"), "failed": ("failed", "cancelled")}[tab]
    for state in states:
        make_job(state, tenant=studio)
    alice.get(LIST)
    with CaptureQueriesContext(connection) as few:
        alice.get(LIST, {"tab": tab})
    for number in range(48):
        make_job(states[number % 2], tenant=studio)
    with django_assert_num_queries(len(few)):
        assert len(alice.get(LIST, {"tab": tab}).context["page"].rows) == 50


# ---------------------------------------------------------------- empty, stalled


def empty(client, **query: str):
    return client.get(LIST, query).context["page"].empty


def test_five_ways_of_being_empty_have_five_texts(alice, studio):
    first = empty(alice)
    assert (first.kind, first.title) == ("first_run", "No jobs yet")
    job = make_job("running", tenant=studio)
    assert (empty(alice, tab="done").kind, empty(alice, tab="failed").kind) == (
        "no_results",
        "done",
    )
    beyond = empty(alice, before=str(job.public_id))
    assert (beyond.title, beyond.action_url) == ("No older jobs", f"{LIST}?tab=active")
    Job.objects.update(state="succeeded", lease_until=None, finished_at=timezone.now())
    done = empty(alice)
    assert (done.kind, done.title) == ("done", "Nothing is running")
    titles = {first.title, empty(alice, tab="failed").title, beyond.title, done.title}
    Job.objects.update(state="failed")
    titles.add(empty(alice, tab="done").title)
    assert len(titles) == 5


def test_an_unknown_key_says_so_and_shows_nothing_of_others(alice, cast):
    other = make_job(tenant=cast.label.pk)
    for key in (other.public_id, uuid.uuid4()):
        assert empty(alice, before=str(key)).title == "No older jobs"


def test_waiting_without_workers_is_said_plainly(alice, studio):
    make_job(tenant=studio)
    assert "The workers are not answering" in text_of(alice.get(LIST))
    WorkerBeat.objects.create(queue="cpu", cluster="here:1", beat_at=timezone.now())
    assert "The workers are not answering" not in text_of(alice.get(LIST))


def test_running_work_is_sign_of_life_enough(alice, studio):
    make_job("running", tenant=studio)
    make_job(tenant=studio)
    assert "The workers are not answering" not in text_of(alice.get(LIST))


# ---------------------------------------------------------------- the number in the navigation


def badge_in(response) -> str:
    found = re.search(r'<span id="live-jobs"[^>]*>(.*?)</a>', response.content.decode(), re.DOTALL)
    assert found
    return re.sub(r"<[^>]+>", "", found.group(1)).strip()


def test_navigation_counts_what_waits_and_runs(alice, cast, studio):
    assert badge_in(alice.get(LIST)) == ""
    make_job("running", tenant=studio)
    make_job(tenant=studio)
    make_job(tenant=cast.label.pk)
    make_job("succeeded", tenant=studio)
    assert badge_in(alice.get(LIST)) == "2 waiting or running"


def test_navigation_asks_nothing_for_somebody_who_is_logged_out(client, db):
    page = client.get(reverse("account_login"))
    assert 'id="live-jobs"' not in page.content.decode()

"""The job centre in a real browser, on real workers: watch, cancel, fail, try again, no scripts."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.browser.conftest import ROOT
from tests.browser.looks import look_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.browser.server import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TIMES = {"JOBS_CPU_WORKERS": "2", "JOBS_BEAT_S": "0.5", "JOBS_LEASE_S": "6", "JOBS_REAP_S": "0.5"}
REASON = "We couldn't read “Track 3.aif”: the file ends early. The other nine songs are safe."


class Workers:
    """The real workers of the site, and the jobs that a test gives them."""

    def __init__(self, site: Site) -> None:
        self.env = {**site.env, **TIMES}

    def give(self, title: str, **params: Any) -> str:
        """Queue a job of the studio where Bob is editor; return its public id."""
        command = [sys.executable, "-m", "tests.browser.job_kinds", title, json.dumps(params)]
        done = subprocess.run(
            command, cwd=ROOT, env=self.env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def forget_beats(self) -> None:
        """Forget the signs of life of workers that are gone."""
        with psycopg.connect(self.env["DATABASE_URL"]) as connection:
            connection.execute("DELETE FROM jobs_workerbeat")

    def wait_for_beat(self, *, within_s: float = 60) -> None:
        """Wait for the first sign of life of the queue's workers."""
        deadline = time.monotonic() + within_s
        with psycopg.connect(self.env["DATABASE_URL"], autocommit=True) as connection:
            beats = "SELECT 1 FROM jobs_workerbeat WHERE queue = 'cpu'"
            while connection.execute(beats).fetchone() is None:
                assert time.monotonic() < deadline, "the workers did not start"
                time.sleep(0.1)

    def row(self, public_id: str) -> tuple[str, str, float]:
        """Return state, reference and the time of the end in seconds since 1970 (0: not yet)."""
        with psycopg.connect(self.env["DATABASE_URL"]) as connection:
            found = connection.execute(
                "SELECT state, coalesce(extract(epoch FROM finished_at), 0) FROM jobs_job"
                " WHERE public_id = %s",
                [public_id],
            ).fetchone()
        assert found
        reference = public_id.replace("-", "")[:8].upper()
        return found[0], f"{reference[:4]}-{reference[4:]}", float(found[1])


@pytest.fixture(scope="module")
def workers(site: Site) -> Iterator[Workers]:
    """A supervisor with the workers of the CPU queue and a reaper."""
    given = Workers(site)
    log = site.log.with_name("workers.log")
    command = [sys.executable, "manage.py", "supervise", "--queues", "cpu"]
    given.forget_beats()
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=given.env, stdout=out, stderr=out)
        given.wait_for_beat()  # a start may take long on a busy machine, and is not what is watched
        yield given
        process.terminate()
        process.wait(40)


def badge(page: Page) -> str:
    return page.locator("#job .job-head .badge").inner_text()


def wait_for_badge(page: Page, text: str, *, within_s: float = 30) -> None:
    page.locator("#job .job-head .badge", has_text=text).wait_for(timeout=within_s * 1000)


def refresh_until_cancelled(page: Page, *, within_s: float = 10) -> None:
    """Press "Refresh", as people without scripts do, until the job has stopped."""
    deadline = time.monotonic() + within_s
    while badge(page) != "Cancelled":
        assert time.monotonic() < deadline
        page.wait_for_timeout(300)
        if page.get_by_role("link", name="Refresh").count():
            page.get_by_role("link", name="Refresh").click()


def percents(page: Page, selector: str, *, until: str) -> list[int]:
    """Watch a progress bar until ``until`` is on the page; return the values it had."""
    seen: list[int] = []
    deadline = time.monotonic() + 40
    while page.locator(until).count() == 0:
        assert time.monotonic() < deadline, seen
        bar = page.locator(selector)
        if bar.count():
            value = int(bar.get_attribute("value") or 0)
            seen += [] if seen[-1:] == [value] else [value]
        page.wait_for_timeout(150)
    return seen


def test_list_moves_forward_with_304s_between_and_stops_asking_at_the_end(page, login, workers):
    login(page, "bob")
    job = workers.give("Song to watch", still_s=6, moving_s=6)
    polls: list[int] = []
    page.on(
        "response",
        lambda r: polls.append(r.status) if "hx-request" in r.request.headers else None,
    )
    page.goto("/jobs/")
    page.get_by_text("Step 1 of 3: Listen to the songs").wait_for(timeout=20_000)
    done = "#toasts .toast-item >> text=Song to watch is done."
    seen = percents(page, f"#job-{job} progress", until=done)
    assert seen == sorted(seen), "progress never goes back"
    assert len(seen) >= 4, seen
    assert 304 in polls, "nothing changed in the first step: at least one poll was answered by 304"
    assert 200 in polls
    assert page.locator(f"#job-{job}").count() == 0
    assert page.get_by_role("heading", name="Nothing is running").is_visible()
    before = len(polls)
    page.wait_for_timeout(5000)
    assert len(polls) == before, "the last fragment carries no trigger"
    assert page.locator(done).count() == 1, "an ending is told once"
    assert workers.row(job)[0] == "succeeded"


def test_job_page_names_its_steps_and_leads_to_the_result(page, login, workers):
    login(page, "bob")
    job = workers.give("Song with steps", moving_s=5)
    page.goto(f"/jobs/{job}/")
    page.locator('[aria-current="step"]', has_text="Compose").wait_for(timeout=20_000)
    assert page.locator(".job-step").nth(0).inner_text().split() == [
        *["Listen", "to", "the", "songs"],
        "done",
    ]
    assert "to come" in page.locator(".job-step").nth(2).inner_text()
    wait_for_badge(page, "Done")
    assert page.locator("#job").get_attribute("hx-trigger") is None
    page.get_by_role("link", name="Open the song").click()
    page.wait_for_url("**/jobs/?tab=done")
    assert page.locator(f"#job-{job}").is_visible()


def test_cancel_from_the_page_stops_the_work_within_two_seconds(page, login, workers):
    login(page, "bob")
    job = workers.give("Song to cancel", still_s=60)
    page.goto(f"/jobs/{job}/")
    wait_for_badge(page, "Running")
    pressed = time.time()
    page.get_by_role("button", name="Cancel this job").click()
    page.locator("#job .job-head .badge", has_text="Stopping").or_(
        page.locator("#job .job-head .badge", has_text="Cancelled")
    ).wait_for(timeout=2000)
    wait_for_badge(page, "Cancelled", within_s=6)
    state, _reference, ended = workers.row(job)
    assert state == "cancelled"
    assert ended - pressed < 2
    assert page.url.endswith(f"/jobs/{job}/"), "the fragment was swapped, nothing was navigated"


def test_cancel_from_the_list_changes_its_row_and_keeps_the_focus(page, login, workers):
    login(page, "bob")
    first = workers.give("First song", still_s=60)
    second = workers.give("Second song", still_s=60)
    page.goto("/jobs/")
    page.locator(f"#job-{first} .badge", has_text="Running").wait_for(timeout=20_000)
    page.locator(f"#job-{second} .badge", has_text="Running").wait_for(timeout=20_000)
    page.focus(f"#job-cancel-{second}")
    page.locator(f"#job-cancel-{first}").dispatch_event("click")
    page.locator(f"#job-{first}").wait_for(state="detached", timeout=8000)
    assert page.evaluate("() => document.activeElement.id") == f"job-cancel-{second}"
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Nothing is running").wait_for(timeout=8000)
    assert {workers.row(first)[0], workers.row(second)[0]} == {"cancelled"}


def test_failed_job_says_why_shows_its_reference_and_is_tried_again(page, login, workers, axe):
    login(page, "bob")
    job = workers.give("Song that fails", refuse=REASON)
    page.goto(f"/jobs/{job}/")
    wait_for_badge(page, "Failed")
    state, reference, _ended = workers.row(job)
    alert = page.get_by_role("alert").filter(has_text="This job did not finish")
    assert state == "failed"
    assert REASON in alert.inner_text()
    assert reference in alert.inner_text()
    axe(page)
    page.get_by_role("button", name="Try again from the step that stopped").click()
    page.wait_for_url(lambda url: "/jobs/" in url and job not in url)
    assert page.locator(".job-step-done").count() == 2, "finished steps are kept"
    wait_for_badge(page, "Failed")
    page.get_by_role("link", name="This is a new try of an earlier job").click()
    page.get_by_role("link", name="See the new try").wait_for()
    assert page.get_by_role("button", name="Try again").count() == 0


def test_pages_are_accessible_and_fit_at_every_width(page, login, workers, axe):
    login(page, "bob")
    job = workers.give("Song to look at", still_s=60)
    for url in (f"/jobs/{job}/", "/jobs/", "/jobs/?tab=done", "/jobs/?tab=failed"):
        page.goto(url)
        look_at(page, axe)
    page.goto(f"/jobs/{job}/")
    page.get_by_role("button", name="Cancel this job").click()
    wait_for_badge(page, "Cancelled", within_s=8)


def test_everything_works_without_scripts(browser: Browser, page, login, workers, site):
    login(page, "bob")
    plain = browser.new_context(base_url=site.url, java_script_enabled=False)
    plain.add_cookies(page.context.cookies())
    bare = plain.new_page()
    running = workers.give("Plain song", still_s=60)
    bare.goto("/jobs/")
    while bare.locator(f"#job-{running} .badge", has_text="Running").count() == 0:
        bare.wait_for_timeout(500)
        bare.get_by_role("link", name="Refresh").click()
    bare.locator(f"#job-cancel-{running}").click()
    bare.wait_for_url(f"**/jobs/{running}/")
    refresh_until_cancelled(bare)
    assert bare.get_by_role("link", name="Refresh").count() == 0, "nothing will change any more"
    bare.get_by_role("button", name="Try again from the step that stopped").click()
    bare.wait_for_url(lambda url: "/jobs/" in url and running not in url)
    bare.get_by_role("button", name="Cancel this job").click()
    refresh_until_cancelled(bare)
    bare.goto("/jobs/")
    bare.get_by_role("link", name="Failed").click()
    assert bare.locator("li.job-row", has_text="Plain song").count() == 2
    plain.close()

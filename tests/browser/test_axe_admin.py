"""The main pages of the staff admin, in both themes: axe finds nothing.

Unfold draws these pages; ``static/admin.css`` mends what it leaves below the line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.browser.looks import BY_SIGHT, DESK

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.server import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WEAR = """(isDark) => new Promise((done) => {
  document.documentElement.classList.toggle("dark", isDark);
  requestAnimationFrame(() => requestAnimationFrame(done));
})"""
PAGES = {
    "index": "/admin/",
    "list": "/admin/accounts/user/",
    "form": "/admin/accounts/user/{user}/change/",
    "job list": "/admin/jobs/job/",
    "job": "/admin/jobs/job/{job}/change/",
    "claim list": "/admin/rights/rightsclaim/?queue=conflict",
    "claim": "/admin/rights/rightsclaim/{claim}/change/",
    "contract form": "/admin/rights/contract/add/",
    "report form": "/admin/rights/incomefile/add/",
    "run form": "/admin/rights/royaltyrun/add/",
}


# More than a page of them, so that the list has pages and the link to see it whole.
MANY_JOBS = """
INSERT INTO jobs_job (public_id, kind, title, params, idem, queue, state, attempt, max_attempts, owner,
                      cancel_requested, progress_ppm, step, steps, error, error_code, result, finished_at)
SELECT gen_random_uuid(), 'jobs.none', '', '{}', 'axe/' || number, 'cpu', 'cancelled', 0, 3, '',
       false, 0, '', '[]', '', '', '{}', now()
FROM generate_series(1, 51) AS number ON CONFLICT DO NOTHING
"""


@pytest.fixture(scope="module")
def rows(site: Site) -> dict[str, str]:
    """A person, a failed job and a claim in conflict, by their keys; and a long list of jobs."""
    with psycopg.connect(site.env["DATABASE_OWNER_URL"]) as connection:
        connection.execute(MANY_JOBS)
        return {
            name: str(connection.execute(query).fetchone()[0])  # type: ignore[index]
            for name, query in (
                ("user", "SELECT id FROM accounts_user WHERE email = 'alice@example.com'"),
                ("job", "SELECT max(id) FROM jobs_job WHERE state = 'failed'"),
                ("claim", "SELECT id FROM rights_rightsclaim WHERE state = 'conflict' LIMIT 1"),
            )
        }


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_admin_has_no_barrier(
    seat: Callable[[str], Page], axe: Callable[..., None], rows: dict[str, str], name: str
) -> None:
    page = seat("stella")
    page.set_viewport_size(DESK)
    answer = page.goto(PAGES[name].format(**rows))
    assert answer is not None
    assert answer.status == 200
    page.wait_for_selector("html:not([x-cloak])")
    page.evaluate(WEAR, False)
    axe(page)
    page.evaluate(WEAR, True)
    axe(page, rules=BY_SIGHT)

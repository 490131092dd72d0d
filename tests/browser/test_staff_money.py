"""The office from a report to a payout: read, assigned, posted, divided, looked at by two, paid.

What is posted today counts this month, which cannot be divided yet; so the two divide last month,
whose report was posted then.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser import staff_story
from tests.browser.conftest import assert_clean, session_cookie, watch
from tests.browser.looks import BY_SIGHT, DESK
from tests.browser.server import ROOT
from tests.browser.staff_story import CURRENCY, MISSPELT, PAYEE, SONG
from tests.browser.test_axe_admin import WEAR
from tests.rights.income.tables import own_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    from tests.browser.server import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def office(site: Site, act: str) -> str:
    """Do what no click does, in a process that knows the site's database."""
    command = [sys.executable, "-m", staff_story.__name__, act]
    done = subprocess.run(command, cwd=ROOT, env=site.env, capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


@pytest.fixture
def people(browser: Browser, site: Site) -> Iterator[tuple[dict[str, Any], Page, Page]]:
    """Sally's page and Simon's, and what was made for them."""
    told = json.loads(office(site, "begin").splitlines()[-1])
    pages = []
    for name in ("sally", "simon"):
        context = browser.new_context(base_url=site.url, viewport=DESK, reduced_motion="reduce")
        context.set_default_timeout(30_000)
        context.add_cookies([session_cookie(told["sessions"][name])])
        page = context.new_page()
        pages.append((page, watch(page)))
    yield told, pages[0][0], pages[1][0]
    for page, problems in pages:
        assert_clean(page, problems)
        page.context.close()


def look(page: Page, axe: Callable[..., None]) -> None:
    """Find no barrier, in the light and in the dark."""
    page.wait_for_selector("html:not([x-cloak])")
    page.evaluate(WEAR, False)
    axe(page)
    page.evaluate(WEAR, True)
    axe(page, rules=BY_SIGHT)
    page.evaluate(WEAR, False)


def act(page: Page, name: str, reason: str = "") -> None:
    """Choose an act on a page of the admin and save."""
    page.select_option("select[name=act]", name)
    if reason:
        page.fill("textarea[name=reason]", reason)
    page.click("button[name=_continue], input[name=_continue]")
    page.wait_for_load_state()


def first_row(page: Page, model: str) -> None:
    """Open the first row of a list."""
    page.locator(f"a[href*='/rights/{model}/'][href*='/change/']").first.click()
    page.wait_for_url("**/change/**")


def bring_and_post(page: Page, axe: Callable[..., None], site: Site) -> None:
    """Bring a table, say what its columns are, say of which song the lost uses are, post it."""
    content = own_lines(
        (SONG, "2026-06", "DK", 100, 0, "12.5", CURRENCY),
        (MISSPELT, "2026-06", "NO", 40, 0, "7.25", CURRENCY),
    )
    page.goto("/admin/rights/incomefile/add/")
    look(page, axe)
    page.set_input_files("input[name=report]", {"name": "wave.csv", "mimeType": "text/csv", "buffer": content})  # fmt: skip
    page.click("button[name=_save], input[name=_save]")
    page.wait_for_url("**/columns/")
    page.fill("input[name=source]", "lanternwave")
    look(page, axe)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("region", name="as they will be read")).to_contain_text(MISSPELT)
    look(page, axe)
    page.get_by_role("button", name="Save and read the report").click()
    page.wait_for_url("**/change/")
    report = page.url
    office(site, "work")
    page.goto("/admin/rights/runshare/suspense/")
    expect(page.locator("body")).to_contain_text("groups of uses belong to no song")
    look(page, axe)
    page.locator("a[href*='match__exact=unmatched']").first.click()
    first_row(page, "incomegroup")
    expect(page.locator("body")).to_contain_text("its ISRC differs in one character")
    page.fill("input[name=song]", SONG)
    look(page, axe)
    act(page, "assign", "The last digit was misread; Lanternwave confirmed it")
    expect(page.locator("body")).to_contain_text("Lanternwave confirmed it")
    page.goto(report)
    look(page, axe)
    act(page, "post")
    expect(page.locator("select[name=act]")).to_contain_text("Reverse")  # posted


def divide(sally: Page, simon: Page, axe: Callable[..., None], site: Site, month: str) -> str:
    """Begin the month, look at it, have the other approve it, lock it; return its address."""
    sally.goto("/admin/rights/royaltyrun/add/")
    sally.fill("input[name=month]", month)
    sally.click("button[name=_continue], input[name=_continue]")
    sally.wait_for_url("**/change/")
    act(sally, "calculate")
    office(site, "work")
    sally.reload()
    look(sally, axe)
    act(sally, "approve", "My own sums")
    expect(sally.locator("body")).to_contain_text("by another person than the one who began it")
    simon.goto(sally.url)
    act(simon, "approve", "Compared with the month before")
    act(simon, "lock")
    expect(simon.locator("body")).to_contain_text("Locked")
    return simon.url


def state_and_pay(sally: Page, simon: Page, axe: Callable[..., None], site: Site, run: str) -> None:
    """Issue and publish the statements, make a batch, have the other approve it, send it."""
    sally.goto(run)
    act(sally, "statements")
    office(site, "work")
    sally.goto("/admin/rights/statementbatch/")
    first_row(sally, "statementbatch")
    look(sally, axe)
    act(sally, "publish")
    office(site, "work")
    sally.goto(f"/admin/rights/statement/?q={PAYEE.replace(' ', '+')}")
    expect(sally.locator("body")).to_contain_text("Published")
    sally.goto("/admin/rights/payoutbatch/add/")
    sally.fill("input[name=code]", CURRENCY)
    sally.click("button[name=_continue], input[name=_continue]")
    sally.wait_for_url("**/change/")
    look(sally, axe)
    simon.goto(sally.url)
    act(simon, "approve", "Compared with the statement")
    act(simon, "send")
    office(site, "work")
    simon.reload()
    expect(simon.locator("body")).to_contain_text(PAYEE)
    expect(simon.locator("body")).to_contain_text("Sent")
    look(simon, axe)


def trace_back(sally: Page, axe: Callable[..., None], told: dict[str, Any]) -> None:
    """Go from the receipt of the song to whoever was paid."""
    sally.goto(f"/admin/rights/runshare/trace/?of=receipt:{told['receipt']}")
    expect(sally.locator(".trace")).to_contain_text(f"Statement TF-{told['month']}")
    expect(sally.locator(".trace")).to_contain_text("Payout of DKK")
    look(sally, axe)


def test_the_office_takes_a_report_in_and_pays_a_label(
    people: tuple[dict[str, Any], Page, Page], axe: Callable[..., None], site: Site
) -> None:
    told, sally, simon = people
    bring_and_post(sally, axe, site)
    run = divide(sally, simon, axe, site, told["month"])
    state_and_pay(sally, simon, axe, site, run)

    trace_back(sally, axe, told)

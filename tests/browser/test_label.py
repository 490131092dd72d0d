"""A label from its claim to its money: claimed, accepted, a statement read and kept, paid."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser import label_story
from tests.browser.server import ROOT
from tests.cast import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.server import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def office(site: Site, act: str) -> None:
    """Let the staff act, in a process that knows the site's database."""
    command = [sys.executable, "-m", "tests.browser.label_story", act]
    done = subprocess.run(command, cwd=ROOT, env=site.env, capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]


def test_a_label_claims_reads_its_statement_and_is_paid(
    page: Page, login: Callable[[Page, str], None], axe: Callable[..., None], site: Site
) -> None:
    login(page, label_story.PERSON)
    page.goto("/overview/")
    expect(page.locator(".standing-main")).to_contain_text("SEK\xa0367.28")
    expect(page.locator(".needs")).to_contain_text("Say where we may pay you")
    axe(page)

    # She claims what nobody has claimed, and the office accepts: what was held is hers.
    page.goto("/claims/")
    page.get_by_role("link", name="Claim a recording").first.click()
    page.get_by_label("ISRC, or words of the title or the artist").fill(label_story.UNCLAIMED)
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name=label_story.UNCLAIMED).click()
    page.get_by_label("What shows that it is yours").fill("The contract of 2 March 2019")
    page.get_by_role("button", name="Claim it").click()
    expect(page.locator(".page-header")).to_contain_text("Being looked at")
    office(site, "accept")
    page.reload()
    expect(page.locator(".page-header")).to_contain_text("Active")
    page.goto("/balance/")
    expect(page.locator(".book")).to_contain_text("Earned before your claim was accepted")
    expect(page.locator(".book")).to_contain_text("291.667005")
    axe(page)

    # The statement, down to a line, and the paper.
    page.goto("/statements/")
    page.locator(".statements").get_by_role("link", name="July 2026").click()
    expect(page.locator(".fall")).to_contain_text("Administration fee")
    axe(page)
    paper = page.get_by_role("link", name="PDF")
    # The first time it is drawn, by a program that starts for it.
    answer = page.request.get(paper.get_attribute("href") or "", timeout=120_000)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF-")
    page.locator(".parts").get_by_role("link", name=re.compile(label_story.OURS)).click()
    page.locator(".lines a").first.click()
    expect(page.locator(".reckoning")).to_contain_text("432.10")
    axe(page)

    # Where she is paid: our page, the pages of the payment service, and back.
    page.goto("/payouts/")
    page.get_by_label("Country of the company or person that is paid").select_option("GB")
    page.get_by_role("button", name="Set up payouts").click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)  # where money goes is asked twice
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator(".payee")).to_contain_text("Details are missing")
    page.get_by_role("link", name="Go on at Stripe").click()
    page.get_by_role("button", name="Agree and submit").click()
    page.wait_for_url("**/payouts/")
    expect(page.locator(".payee")).to_contain_text("Ready")
    office(site, "pay")
    page.reload()
    expect(page.locator(".payouts")).to_contain_text("Paid")
    page.locator(".payouts a").click()
    expect(page.locator(".standing-main")).to_contain_text("SEK\xa0")
    expect(page.locator(".delivery-list")).to_contain_text("July 2026")
    axe(page)

"""The staff admin in a real browser, under its own content policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

    from tests.browser.server import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ADD = """
INSERT INTO mfa_authenticator (user_id, type, data, created_at)
SELECT id, 'totp', '{"secret": "x"}', now() FROM accounts_user WHERE email = 'sam@example.com'
"""


@pytest.fixture
def staff(page: Page, site: Site, login: Callable[[Page, str], None]) -> Iterator[Page]:
    """Sam's page. The second factor is set up after the log-in, which would ask for a code."""
    login(page, "sam")
    with psycopg.connect(site.env["DATABASE_OWNER_URL"], autocommit=True) as connection:
        connection.execute(ADD)
        yield page
        connection.execute("DELETE FROM mfa_authenticator WHERE data->>'secret' = 'x'")


def test_pages_work_under_their_policy(staff: Page):
    staff.goto("/admin/")
    staff.wait_for_selector("text=Tenfold staff")
    # Alpine ran: it takes away the attribute that hides the page until then.
    assert staff.locator("html[x-cloak]").count() == 0
    staff.click("#nav-sidebar a[href='/admin/accounts/user/'], a[href='/admin/accounts/user/']")
    staff.wait_for_selector("text=alice@example.com")
    staff.fill("input[name=q]", "alice")
    staff.press("input[name=q]", "Enter")
    staff.wait_for_url("**/user/?q=alice*")
    assert staff.locator("text=charlie@example.com").count() == 0
    staff.click("a:has-text('alice@example.com')")
    staff.wait_for_selector("text=Alice's Studio")


def test_staff_without_a_second_factor_are_told_what_to_do(
    page: Page, login: Callable[[Page, str], None]
):
    login(page, "sam")
    page.goto("/admin/")
    assert page.url.endswith("/account/2fa/totp/activate/") or "reauthenticate" in page.url


def test_api_reference_is_readable(page: Page, axe: Callable[[Page], None]):
    page.goto("/api/docs/")
    page.wait_for_selector("h1:has-text('API reference')")
    axe(page)

"""The pages behind "is it you?", which a plain walk does not reach: seen, used, without barriers."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.accounts.authenticator import totp
from tests.cast import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
LIGHT, DARK = "tenfold-light", "tenfold-dark"


def no_barrier(page: Page, axe) -> None:
    """Look at the page in both themes, on a desk and in a hand."""
    page.emulate_media(reduced_motion="reduce")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        for theme in (LIGHT, DARK):
            page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
            axe(page)
    assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0


def give_password(page: Page) -> None:
    """Log Tess in, or answer "is it you?"."""
    if page.locator("[name=login]").count():
        page.fill("[name=login]", "tess@example.com")
    page.fill("[name=password]", PASSWORD)
    page.locator("main form").first.get_by_role("button").click()


def test_app_is_added_used_and_removed(page: Page, axe) -> None:
    page.goto("/account/login/?next=/account/2fa/totp/activate/")
    give_password(page)
    page.get_by_role("heading", name="Is it you?").wait_for()
    no_barrier(page, axe)
    give_password(page)
    page.get_by_role("heading", name="Add an authenticator app").wait_for()
    no_barrier(page, axe)
    picture = page.get_by_role("img", name="QR code")
    assert picture.evaluate("(img) => img.complete && img.naturalWidth > 0")  # the policy lets it

    key = page.locator("main code").inner_text()
    page.fill("[name=code]", "000000")
    page.get_by_role("button", name="Turn it on").click()
    page.get_by_text("That code is not right").wait_for()
    no_barrier(page, axe)
    assert page.locator("main code").inner_text() == key
    page.fill("[name=code]", totp(key))
    page.get_by_role("button", name="Turn it on").click()

    page.get_by_role("heading", name="Recovery codes").wait_for()
    no_barrier(page, axe)
    assert page.get_by_role("button", name="Print").is_visible()
    codes = page.get_by_role("list", name="Unused codes").get_by_role("listitem").all_inner_texts()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    saved = Path(download.value.path()).read_text()
    assert len(codes) == 10
    assert all(code in saved for code in codes)

    page.goto("/settings/security/")
    no_barrier(page, axe)
    page.goto("/account/logout/")
    page.locator("main").get_by_role("button", name="Log out").click()
    page.wait_for_selector("#user-menu", state="detached")
    page.goto("/account/login/")
    give_password(page)
    page.get_by_role("heading", name="Second step").wait_for()
    no_barrier(page, axe)
    page.fill("[name=code]", totp(key, at=time.time() + 30))
    page.locator("main form").first.get_by_role("button").click()
    page.wait_for_selector("#user-menu", state="attached")

    page.goto("/account/2fa/totp/deactivate/")
    give_password(page)
    page.get_by_role("heading", name="Remove the authenticator app").wait_for()
    no_barrier(page, axe)
    page.get_by_role("button", name="Remove the app").click()
    page.get_by_text("Your password alone opens this account.").wait_for()

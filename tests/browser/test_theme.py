"""Light, dark, or as the system: by a cookie, with and without JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

    from tests.browser.server import Site

pytestmark = pytest.mark.browser

THEME = "() => document.documentElement.dataset.theme ?? ''"
GROUND = "() => getComputedStyle(document.body).backgroundColor"


def test_the_theme_changes_in_place_and_stays(page: Page) -> None:
    page.goto("/")
    page.evaluate("() => { window.stillHere = true; }")
    page.click("#chrome [data-theme-switch] button[value=dark]")
    assert page.evaluate(THEME) == "tenfold-dark"
    assert page.evaluate(
        "() => window.stillHere"
    )  # nothing was loaded anew, so nothing fell silent
    page.wait_for_load_state("networkidle")
    page.reload()
    assert page.evaluate(THEME) == "tenfold-dark"
    assert page.get_attribute("#chrome button[value=dark]", "aria-pressed") == "true"
    page.click("#chrome [data-theme-switch] button[value=system]")
    page.wait_for_load_state("networkidle")
    page.reload()
    assert page.evaluate(THEME) == ""


def test_the_theme_changes_without_javascript(browser: Browser, site: Site) -> None:
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/account/login/?next=/library/")
    page.click("#chrome [data-theme-switch] button[value=light]")
    assert page.url.endswith("/account/login/?next=/library/")
    assert page.get_attribute("html", "data-theme") == "tenfold-light"
    context.close()


def test_without_a_choice_the_page_follows_the_system(page: Page) -> None:
    page.emulate_media(color_scheme="light")
    page.goto("/")
    light = page.evaluate(GROUND)
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(GROUND) != light


def test_a_chosen_theme_beats_the_system(page: Page, login: Callable[[Page, str], None]) -> None:
    login(page, "alice")
    page.emulate_media(color_scheme="light")
    page.goto("/")
    light = page.evaluate(GROUND)
    page.emulate_media(color_scheme="dark")
    page.click("[popovertarget=user-menu]")
    page.click("#user-menu [data-theme-switch] button[value=light]")
    assert page.evaluate(GROUND) == light


def test_movement_stops_for_those_who_ask_for_it(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto("/")
    seconds = page.evaluate(
        "() => parseFloat(getComputedStyle(document.querySelector('.strand')).animationDuration)"
    )
    assert seconds < 0.001

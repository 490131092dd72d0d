"""Every page, in both themes, on a desk and in a hand: axe finds nothing, nothing sticks out.

Addresses come from the resolver, so a page that is added later is visited without being named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.addresses import plain_paths

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DESK, HAND = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
LIGHT, DARK = "tenfold-light", "tenfold-dark"
# Two frames later every colour has arrived, also where it would fade.
WEAR = """(theme) => new Promise((done) => {
  document.documentElement.dataset.theme = theme;
  requestAnimationFrame(() => requestAnimationFrame(done));
})"""
NOT_A_PAGE = {204, 301, 302, 401, 404, 405}
VISITOR_PATHS = [path for path in plain_paths() if path == "/" or path.startswith("/account/")]


def look_at(page: Page, axe: Callable[[Page], None]) -> None:
    """Run axe in both themes at both widths on one loaded page."""
    page.emulate_media(reduced_motion="reduce")  # colours in the middle of a fade are nobody's
    for size, themes in ((DESK, (LIGHT, DARK)), (HAND, (DARK, LIGHT))):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for theme in themes:
            page.evaluate(WEAR, theme)
            axe(page)
    overhang = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    assert overhang <= 0, f"{page.url} scrolls sideways by {overhang} px at 390 px"


def visit(page: Page, path: str, axe: Callable[[Page], None]) -> None:
    """Look at ``path``, unless it is no page or leads to another one, which has its own turn."""
    answer = page.request.get(path, max_redirects=0)
    if answer.status in NOT_A_PAGE or "text/html" not in answer.headers.get("content-type", ""):
        return
    assert answer.status == 200, path
    page.goto(path)
    look_at(page, axe)


@pytest.mark.parametrize("path", VISITOR_PATHS)
def test_a_visitor_finds_no_barrier(page: Page, axe: Callable[[Page], None], path: str) -> None:
    visit(page, path, axe)


@pytest.mark.parametrize("path", [path for path in plain_paths() if path != "/account/logout/"])
def test_a_member_finds_no_barrier(
    page: Page, login: Callable[[Page, str], None], axe: Callable[[Page], None], path: str
) -> None:
    login(page, "alice")
    visit(page, path, axe)


def test_the_style_guide_has_no_barrier(
    page: Page, login: Callable[[Page, str], None], axe: Callable[[Page], None]
) -> None:
    login(page, "sam")
    visit(page, "/styleguide/", axe)


def test_a_rights_holder_finds_no_barrier_on_the_front_page(
    page: Page, login: Callable[[Page, str], None], axe: Callable[[Page], None]
) -> None:
    login(page, "rita")
    visit(page, "/", axe)


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500])
def test_an_error_page_has_no_barrier_and_answers_three_questions(
    page: Page, axe: Callable[[Page], None], status: int
) -> None:
    response = page.goto("/nowhere/" if status == 404 else f"/fail/{status}/")
    assert response is not None
    assert response.status == status
    assert page.locator(".error-facts dt").all_inner_texts() == [
        "What happened",
        "What is safe",
        "What to do",
    ]
    assert page.locator(".error-reference").inner_text().replace("-", "").isalnum()
    look_at(page, axe)


def test_the_page_of_an_expired_form_has_no_barrier(
    page: Page, axe: Callable[[Page], None]
) -> None:
    page.goto("/account/login/")
    page.evaluate("() => { document.querySelector('[name=csrfmiddlewaretoken]').value = 'x'; }")
    page.context.clear_cookies()
    with page.expect_navigation():
        page.evaluate(
            "() => HTMLFormElement.prototype.submit.call(document.querySelector('#main form'))"
        )
    assert "expired" in page.locator("h1").inner_text()
    look_at(page, axe)


def test_the_open_player_and_menus_have_no_barrier(
    page: Page, login: Callable[[Page, str], None], axe: Callable[[Page], None]
) -> None:
    login(page, "sam")
    page.goto("/styleguide/")
    page.click("text=Play ten notes")
    page.wait_for_selector("now-playing[data-playing]")
    look_at(page, axe)
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.click("[popovertarget=user-menu]")
    look_at(page, axe)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.wait_for_selector("#shortcuts[open]")
    look_at(page, axe)

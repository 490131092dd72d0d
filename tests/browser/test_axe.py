"""Every page, in both themes, on a desk and in a hand: axe finds nothing, nothing sticks out.

Addresses come from the resolver, so a page that is added later is visited without being named; an
address that takes an argument needs something to be about (``objects.py``), or it fails here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.addresses import names_with_argument, plain_paths
from tests.browser.looks import DESK, look_at, visit

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.server import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VISITOR_PATHS = [path for path in plain_paths() if path == "/" or path.startswith("/account/")]
GUARDED_PATHS = [path for path in plain_paths() if path.startswith("/account/2fa/")]
MEMBER_PATHS = [path for path in plain_paths() if path != "/account/logout/"]
# What is there before anything is.
EMPTY_PATHS = [
    "/catalogue/",
    "/",
    "/jobs/",
    "/organisations/members/",
    "/settings/tokens/",
    "/settings/activity/",
]
# Links from a mail, which mostly somebody opens who is not logged in.
BY_MAIL = {
    "account_reset_password_from_key",
    "accounts:invitation-show",
    "accounts:invitation-refuse",
    "accounts:deletion-show",
    "accounts:mail-stop",
}


@pytest.mark.parametrize("path", VISITOR_PATHS)
def test_a_visitor_finds_no_barrier(
    seat: Callable[[str], Page], axe: Callable[..., None], path: str
) -> None:
    visit(seat(""), path, axe)


@pytest.mark.parametrize("path", MEMBER_PATHS)
def test_a_member_finds_no_barrier(
    seat: Callable[[str], Page], axe: Callable[..., None], path: str
) -> None:
    visit(seat("olive"), path, axe)


@pytest.mark.parametrize("path", GUARDED_PATHS)
def test_a_member_with_a_second_factor_finds_no_barrier(
    seat: Callable[[str], Page], axe: Callable[..., None], path: str
) -> None:
    visit(seat("mina"), path, axe)


@pytest.mark.parametrize("path", EMPTY_PATHS)
def test_a_page_without_anything_on_it_has_no_barrier(
    seat: Callable[[str], Page], axe: Callable[..., None], path: str
) -> None:
    visit(seat("rita"), path, axe)


@pytest.mark.parametrize("name", names_with_argument())
def test_a_page_about_one_thing_has_no_barrier(
    seat: Callable[[str], Page], axe: Callable[..., None], site: Site, name: str
) -> None:
    if name not in site.addresses:
        pytest.fail(f"{name} has no case in tests/isolation/cases.py, so nothing to be about")
    person = "" if name in BY_MAIL else "mina" if name.startswith("mfa_") else "olive"
    visit(seat(person), site.addresses[name], axe, is_there=True)


def test_a_job_that_failed_has_no_barrier(
    seat: Callable[[str], Page], axe: Callable[..., None], site: Site
) -> None:
    visit(seat("olive"), site.addresses["accounts:job-retry"].removesuffix("retry/"), axe)


def test_the_style_guide_has_no_barrier(
    seat: Callable[[str], Page], axe: Callable[..., None]
) -> None:
    visit(seat("stella"), "/styleguide/", axe)


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500])
def test_an_error_page_has_no_barrier_and_answers_three_questions(
    seat: Callable[[str], Page], axe: Callable[..., None], status: int
) -> None:
    page = seat("")
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
    seat: Callable[[str], Page], axe: Callable[..., None]
) -> None:
    page = seat("")
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
    page: Page, login: Callable[[Page, str], None], axe: Callable[..., None]
) -> None:
    login(page, "sam")
    page.goto("/styleguide/")
    page.click("text=Play ten notes")
    page.wait_for_selector("now-playing[data-playing]")
    look_at(page, axe)
    page.set_viewport_size(DESK)
    page.click("[popovertarget=user-menu]")
    look_at(page, axe)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.wait_for_selector("#shortcuts[open]")
    look_at(page, axe)

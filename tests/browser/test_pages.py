"""The frame: keyboard, navigation without a reload, messages, menus, and all of it without JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cast import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

    from tests.browser.server import Site

pytestmark = pytest.mark.browser


def test_the_first_tab_stop_skips_to_the_content(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.className") == "skip-link"
    assert page.locator(".skip-link").bounding_box()["x"] >= 0  # type: ignore[index]
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "main"


def test_navigation_swaps_the_page_and_takes_title_focus_and_current_link_along(
    page: Page, login: Callable[[Page, str], None]
) -> None:
    login(page, "alice")
    page.goto("/")
    page.evaluate("() => { window.stillHere = true; }")
    page.click(".chrome-nav >> text=Library")
    page.wait_for_url("**/library/")
    page.wait_for_function("() => document.title.startsWith('Library')")
    assert page.evaluate("() => window.stillHere")
    assert page.evaluate("() => document.activeElement.id") == "main"
    assert page.locator(".chrome-nav [aria-current=page]").inner_text() == "Library"
    page.go_back()
    page.wait_for_function("() => document.querySelector('h1').textContent.includes('Alice')")
    assert page.locator(".chrome-nav [aria-current=page]").count() == 0


def test_what_answers_a_form_from_somewhere_else_is_shown_as_it_came(
    page: Page, login: Callable[[Page, str], None]
) -> None:
    login(page, "alice")
    page.goto("/organisations/new/")
    page.route(
        "**/organisations/new/",
        lambda route: (
            route.fulfill(status=200, body="<h1>Nobody is at home</h1>")
            if route.request.method == "POST"
            else route.fallback()
        ),
    )
    page.fill("#main input[name=name]", "Ten")
    page.press("#main input[name=name]", "Enter")
    page.get_by_role("heading", name="Nobody is at home").wait_for()


def test_a_form_that_leads_to_a_page_of_another_frame_goes_there(
    page: Page, login: Callable[[Page, str], None]
) -> None:
    login(page, "alice")
    page.goto("/")
    page.route("**/elsewhere/", lambda route: route.fulfill(status=200, body="<h1>Elsewhere</h1>"))
    page.evaluate("""() => {
      const fetched = window.fetch;
      window.fetch = async (...asked) => {
        if (asked[1]?.method !== "POST") return fetched(...asked);
        const answer = new Response("<h1>Elsewhere</h1>");
        return Object.defineProperties(answer, {
          redirected: { value: true }, url: { value: `${location.origin}/elsewhere/` },
        });
      };
    }""")
    page.click("[popovertarget=organisation-menu]")
    page.click("#organisation-menu button:not([aria-current])")
    page.wait_for_url("**/elsewhere/")


def test_changing_the_organisation_changes_the_frame_and_is_announced(
    page: Page, login: Callable[[Page, str], None]
) -> None:
    login(page, "alice")
    page.goto("/library/")
    page.click("[popovertarget=organisation-menu]")
    page.click("#organisation-menu button:not([aria-current])")
    said = page.locator("#toasts [role=status] .toast-item")
    said.wait_for()
    name = page.locator("[popovertarget=organisation-menu] .menu-button-text").inner_text()
    assert name in said.inner_text()
    assert page.locator("#organisation-menu [aria-current=true]").count() == 1
    said.locator("[data-dismiss]").click()
    assert said.count() == 0


def test_someone_who_logged_out_elsewhere_gets_a_whole_page(
    page: Page, login: Callable[[Page, str], None]
) -> None:
    login(page, "bob")
    page.goto("/")
    page.context.clear_cookies()
    page.click(".chrome-nav >> text=Library")
    page.wait_for_function("() => document.body.dataset.person === ''")
    assert page.locator("#user-menu").count() == 0


def test_a_page_of_another_make_is_opened_whole(
    page: Page, login: Callable[[Page, str], None]
) -> None:
    login(page, "sam")
    page.goto("/")
    page.evaluate(
        """() => { const link = document.querySelector('.brand');
                   link.href = '/livez'; link.removeAttribute('hx-boost'); }"""
    )
    page.click("#chrome .brand")
    page.wait_for_function("() => document.getElementById('chrome') === null")
    assert page.url.endswith("/livez")


def test_an_error_inside_a_page_is_a_fragment(
    page: Page, login: Callable[[Page, str], None]
) -> None:
    login(page, "alice")
    answer = page.request.get(
        "/fail/403/", headers={"HX-Request": "true", "HX-Request-Type": "partial"}
    )
    assert answer.status == 403
    assert "<html" not in answer.text()
    assert 'role="alert"' in answer.text()


def test_a_dialog_opens_and_closes_with_the_keyboard(
    page: Page, login: Callable[[Page, str], None]
) -> None:
    login(page, "sam")
    page.goto("/styleguide/")
    page.focus("text=Delete this set …")
    page.keyboard.press("Enter")
    assert page.locator("#guide-dialog").is_visible()
    assert page.evaluate("() => document.activeElement.textContent") == "Cancel"
    page.keyboard.press("Escape")
    assert page.locator("#guide-dialog").is_hidden()
    assert page.evaluate("() => document.activeElement.textContent") == "Delete this set …"


def test_every_target_of_the_frame_is_large_enough(
    page: Page, login: Callable[[Page, str], None]
) -> None:
    login(page, "alice")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/")
    small = page.evaluate(
        """() => [...document.querySelectorAll('header a, header button, footer button')]
             .filter((e) => e.checkVisibility()).map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
             .filter(([, box]) => box.width < 24 || box.height < 24).map(([html]) => html)"""
    )
    assert small == []


def test_everything_is_reached_without_javascript(browser: Browser, site: Site) -> None:
    context = browser.new_context(
        base_url=site.url, java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    page = context.new_page()
    page.goto("/account/login/?next=/library/")
    page.fill("#main input[name=login]", "charlie@example.com")
    page.fill("#main input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/library/")
    page.click("[popovertarget=user-menu]")  # a popover needs no script
    page.click("#user-menu >> text=Jobs")
    page.wait_for_url("**/jobs/")
    page.click("[popovertarget=user-menu]")
    page.click("#user-menu >> text=Log out")
    page.wait_for_url(f"{site.url}/")
    assert page.locator("text=Sign up").first.is_visible()
    context.close()


def test_an_empty_library_says_what_to_do(page: Page, login: Callable[[Page, str], None]) -> None:
    login(page, "charlie")
    page.goto("/library/")
    assert page.locator(".empty-title").inner_text() == "Ten slots, no songs yet"
    assert page.locator("track-uploader").get_by_text("Add songs").is_visible()


def test_only_staff_find_the_style_guide(page: Page, login: Callable[[Page, str], None]) -> None:
    response = page.goto("/styleguide/")
    assert response is not None
    assert response.status == 404
    login(page, "alice")
    response = page.goto("/styleguide/")
    assert response is not None
    assert response.status == 404

"""How a page is looked at: by axe, in both themes, on a desk and in a hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, ViewportSize

DESK: ViewportSize = {"width": 1280, "height": 800}
HAND: ViewportSize = {"width": 390, "height": 844}
LIGHT, DARK = "tenfold-light", "tenfold-dark"
# All that another colour or another width can break; the rest is the same markup.
BY_SIGHT = ("color-contrast", "target-size", "link-in-text-block", "scrollable-region-focusable")
# Two frames later every colour has arrived, also where it would fade.
WEAR = """(theme) => new Promise((done) => {
  document.documentElement.dataset.theme = theme;
  requestAnimationFrame(() => requestAnimationFrame(done));
})"""
NOT_A_PAGE = {204, 301, 302, 401, 404, 405}


def look_at(page: Page, axe: Callable[..., None]) -> None:
    """Run every rule once, then what can be seen in each theme at each width."""
    page.emulate_media(reduced_motion="reduce")  # colours in the middle of a fade are nobody's
    page.set_viewport_size(DESK)
    page.evaluate(WEAR, LIGHT)
    axe(page)
    for size, theme in ((DESK, DARK), (HAND, DARK), (HAND, LIGHT)):
        page.set_viewport_size(size)
        page.evaluate(WEAR, theme)
        axe(page, rules=BY_SIGHT)
    assert_fits(page)


def assert_fits(page: Page) -> None:
    """Fail if the page is wider than the window."""
    overhang = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    assert overhang <= 0, f"{page.url} scrolls sideways by {overhang} px at 390 px"


def visit(page: Page, path: str, axe: Callable[..., None], *, is_there: bool = False) -> None:
    """Look at ``path``, unless it is no page or leads to another one, which has its own turn.

    ``is_there``: it is about something that exists, so being told that it does not is a failure.
    """
    # A paper is drawn when it is asked for the first time, by a program that starts for it.
    answer = page.request.get(path, max_redirects=0, timeout=120_000)
    assert answer.status != 404 or not is_there, f"{path}: nothing there"
    if answer.status in NOT_A_PAGE or "text/html" not in answer.headers.get("content-type", ""):
        return
    assert answer.status == 200, path
    page.set_viewport_size(DESK)
    page.goto(path)
    look_at(page, axe)

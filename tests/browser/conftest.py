"""Fixtures of the browser tests: the site, a page that forgives nothing, log-in, axe."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.server import running_site
from tests.cast import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from playwright._impl._api_structures import SetCookieParam
    from playwright.sync_api import Browser, ConsoleMessage, Page

    from tests.browser.server import Site

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
CSS = ROOT / "static" / "build" / "tenfold.css"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]
WATCH_POLICY = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""

# axe tries an inline style, which the policy refuses: that one is not the product's.
LOOK = """async ([rules, tags]) => {
  const before = window.violations.length;
  const runOnly = rules.length ? { type: "rule", values: rules } : tags;
  // Reading style sheets in the shadow root of a waveform would apply an inline style.
  const preload = !document.querySelector("wave-form");
  const found = await axe.run(document, { runOnly, resultTypes: ["violations"], preload });
  window.violations.length = before;
  return found.violations.map((v) => [v.id, v.help, v.nodes.map((n) =>
    [n.target.join(" "), n.html.slice(0, 160), n.any.concat(n.all).map((c) => c.message).join("; ").slice(0, 200)])]);
}"""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of a module that tells one story back into its order, after the shuffle."""
    told = [place for place, item in enumerate(items) if item.get_closest_marker("in_order")]
    story = sorted((items[place] for place in told), key=lambda item: item.location[:2])
    for place, item in zip(told, story, strict=True):
        items[place] = item


@pytest.fixture(scope="session")
def site(sandbox_process: dict[str, str]) -> Iterator[Site]:
    """The product as production runs it, on a database of its own that holds the cast."""
    if not CSS.is_file():
        pytest.skip("the style sheet is not built: npm run css")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    stand_ins = {
        "APPLE_MUSIC_URL": sandbox_process["apple_music"],
        "SHAZAM_URL": sandbox_process["shazam"],
        "STRIPE_URL": sandbox_process["stripe"],
    }
    with running_site(f"tenfold_browser_{worker}", **stand_ins) as running:
        yield running


# One browser per visit to this folder: while Playwright's loop runs, Django refuses the database
# to every other test of the process.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The system's Chromium, headless."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        pytest.skip("no Chromium on the path, and CHROMIUM names none")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGS)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A fresh page. Afterwards there was no script error, no console error, no refusal by the CSP."""
    context = browser.new_context(base_url=site.url, viewport={"width": 1280, "height": 800})
    context.set_default_timeout(20_000)  # a busy machine is no failure
    page = context.new_page()
    problems = watch(page)
    yield page
    assert_clean(page, problems)
    context.close()


def watch(page: Page) -> list[str]:
    """Return a list that fills with the page's errors; refusals stand in ``window.violations``."""
    problems: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # Chromium reports the status of an error page itself, which is what was asked for.
        own = message.location.get("url") == page.url and "Failed to load resource" in message.text
        if message.type == "error" and not own:
            problems.append(f"{message.text} {message.location.get('url')}")

    page.add_init_script(WATCH_POLICY)
    page.on("console", note)
    page.on("pageerror", lambda error: problems.append(str(error)))
    return problems


def assert_clean(page: Page, problems: list[str]) -> None:
    """Fail if the page logged an error or its policy refused something; start counting anew."""
    refused = page.evaluate("() => window.violations ?? []")
    assert problems == [], page.url
    assert refused == [], page.url


@pytest.fixture(scope="session")
def _cookies() -> dict[str, Any]:
    return {}


@pytest.fixture
def login(_cookies: dict[str, Any]) -> Callable[[Page, str], None]:
    """Log a member of the cast in by name ("alice"): through the form once, then by its cookies."""

    def log_in(page: Page, person: str) -> None:
        if person in _cookies:
            page.context.add_cookies(_cookies[person])
            return
        page.goto("/account/login/")
        page.fill("#main input[name=login]", f"{person}@example.com")
        page.fill("#main input[name=password]", PASSWORD)
        page.click(
            "#main form[action*=login] button:not([name]), #main form:not([action]) button:not([name])"
        )
        page.wait_for_selector("#user-menu", state="attached")
        _cookies[person] = page.context.cookies()

    return log_in


def session_cookie(key: str) -> SetCookieParam:
    """Return the cookie of a session that is there already."""
    return {
        "name": "__Host-sessionid",
        "value": key,
        "domain": "localhost",
        "path": "/",
        "secure": True,
    }


@pytest.fixture(scope="package")
def _seats(browser: Browser, site: Site) -> dict[str, tuple[Page, list[str]]]:
    return {}


@pytest.fixture
def seat(
    browser: Browser, site: Site, _seats: dict[str, tuple[Page, list[str]]]
) -> Iterator[Callable[[str], Page]]:
    """Give somebody's page by name ("" is a visitor): kept from test to test, and as strict as ``page``.

    For tests that look and leave nothing behind. Nobody logs in here (``sessions.py``).
    """
    used: set[str] = set()

    def sit(person: str) -> Page:
        if person not in _seats:
            context = browser.new_context(base_url=site.url, reduced_motion="reduce")
            context.set_default_timeout(20_000)
            context.add_init_script(AXE.read_text())
            if person:
                context.add_cookies([session_cookie(site.sessions[person])])
            page = context.new_page()
            _seats[person] = page, watch(page)
        used.add(person)
        return _seats[person][0]

    yield sit
    for person in used:
        page, problems = _seats[person]
        found = problems.copy()
        problems.clear()
        assert_clean(page, found)


@pytest.fixture
def axe() -> Callable[..., None]:
    """Assert that axe finds nothing against WCAG 2.2 AA on the page as it stands.

    ``rules`` asks for these alone.
    """

    def check(page: Page, rules: Sequence[str] = ()) -> None:
        if not page.evaluate("() => 'axe' in window"):
            page.evaluate(AXE.read_text())
        result = page.evaluate(LOOK, [list(rules), WCAG])
        assert result == [], f"{page.url}\n" + "\n".join(map(str, result))

    return check

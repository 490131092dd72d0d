"""A set of ten becomes a song: two versions, heard, read bar by bar, changed, compared, taken home."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import ROOT, session_cookie
from tests.browser.looks import DESK, look_at
from tests.browser.ready_set import PERSON, PLACE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.browser.server import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TIMES = {"JOBS_CPU_WORKERS": "2", "JOBS_BEAT_S": "0.5", "JOBS_REAP_S": "0.5"}
MADE_WITHIN_MS = 600_000  # a busy machine is no failure
BAR = re.compile(r"Bar (\d+), ([\w -]+): (.+)")


@pytest.fixture(scope="module")
def workers(site: Site) -> Iterator[None]:
    """A supervisor with the workers of the CPU queue."""
    command = [sys.executable, "manage.py", "supervise", "--queues", "cpu"]
    with site.log.with_name("song-workers.log").open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**site.env, **TIMES}, stdout=out, stderr=out
        )
        yield
        process.terminate()
        process.wait(40)


def reading(page: Page) -> tuple[int, str, dict[str, int]]:
    """Return the bar, its section, and the shares that a screen reader would hear."""
    said = page.locator("[data-part=field]").get_attribute("aria-valuetext")
    found = BAR.fullmatch(said or "")
    assert found is not None, said
    number, section, shares = found.groups()
    parts = re.findall(r"(\d+) % ([^,]+)(?:, |$)", shares)
    return int(number), section, {name: int(share) for share, name in parts}


def test_ten_songs_become_one_that_is_heard_read_changed_and_taken_home(page, site, axe, workers):
    page.context.add_cookies([session_cookie(site.sessions[PERSON])])

    # From the complete set to the wishes: more of the first song, the others make room.
    page.goto(f"{site.addresses[PLACE]}ready/")
    page.get_by_role("link", name="Make the song").click()
    page.locator("song-maker[data-live]").wait_for()
    page.fill("#share-1", "13")
    page.press("#share-1", "Tab")
    assert page.input_value("#share-2") == "6"
    assert page.locator("[data-part=sum]").inner_text() == "67 %"
    page.fill("[name=title]", "Northern Glass")
    page.select_option("[name=seconds]", "60")
    page.fill("[name=bpm]", "180")  # as many bars in less time, which somebody has to play
    page.fill("[name=seed]", "7")
    look_at(page, axe)
    page.set_viewport_size(DESK)
    page.click("#generate")

    # Both versions are on their way; the page fills itself when the one it is about is there.
    page.locator(".making-card").nth(1).wait_for()
    page.locator("influence-view").wait_for(timeout=MADE_WITHIN_MS)
    page.goto(page.url.partition("?")[0])
    page.locator("wave-form[data-ready]").wait_for()
    page.get_by_role("button", name="Play Northern Glass").click()
    page.wait_for_function("() => document.querySelector('now-playing audio').currentTime > 0.05")

    # The ledger by keyboard: a section on, a bar on; what is read adds up, and the sound follows.
    page.keyboard.press("k")
    page.locator("[data-part=field]").focus()
    page.keyboard.press("Home")
    assert reading(page)[0] == 1
    page.keyboard.press("PageDown")
    first, section, _shares = reading(page)
    page.keyboard.press("ArrowRight")
    number, same, shares = reading(page)
    assert (number, same) == (first + 1, section)
    assert sum(shares.values()) == 100
    assert "Base catalogue" in shares
    assert page.get_by_role("heading", name=f"Bar {number}, {section}").is_visible()
    taken = page.locator(".why-part").all_inner_texts()
    assert any("of bars" in text for text in taken), taken
    starts = page.evaluate(
        "() => JSON.parse(document.getElementById('influence-drawing').textContent).bars.map(([at]) => at)"
    )
    at = page.evaluate("() => document.querySelector('now-playing audio').currentTime")
    assert at == pytest.approx(starts[number - 1], abs=0.1)
    page.keyboard.press("End")
    assert reading(page)[0] == len(starts)
    look_at(page, axe)
    assert (
        page.evaluate(
            "() => { const frame = document.querySelector('.totals-table'); return frame.scrollWidth - frame.clientWidth; }"
        )
        <= 0
    ), "in a hand, too, every source has its button in sight"
    page.set_viewport_size(DESK)

    # The chorus is written anew: first the plan, then the version.
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_role("button", name="Chorus").first.click()
    page.get_by_role("heading", name="Changes").wait_for()
    assert page.locator(".plan-changed").count() == 1
    look_at(page, axe)
    page.set_viewport_size(DESK)
    page.click("#apply")
    page.wait_for_url("**/?v=3")
    page.locator("influence-view").wait_for(timeout=MADE_WITHIN_MS)

    # The two by ear: B goes on where A was; then B is kept.
    page.get_by_role("link", name="Versions", exact=True).click()
    page.get_by_role("link", name="Compare version 3").click()
    page.locator("ab-compare [data-part=toggle]").click()
    page.locator("ab-compare[data-playing]").wait_for()
    page.keyboard.press("b")
    assert page.locator("[data-side='1']").get_attribute("aria-pressed") == "true"
    assert page.locator("ab-compare[data-playing]").count() == 1
    look_at(page, axe)
    page.set_viewport_size(DESK)
    page.get_by_role("button", name="Keep B").click()
    page.locator("#version-3.tree-current").wait_for()

    # Stems on one clock; a key plays one alone; the mix is saved.
    page.get_by_role("link", name="Mixer", exact=True).click()
    page.locator("stem-mixer [data-part=toggle]").click()
    page.locator("stem-mixer[data-playing]").wait_for()
    page.locator("body").press("5")
    assert page.locator(".strip:not([data-silent])").count() == 1
    page.locator("body").press("Shift+Digit5")
    assert page.locator(".strip:not([data-silent])").count() == 0
    page.fill("#mix-name", "Drums alone")
    page.get_by_role("button", name="Save the mix").click()
    page.locator(".mix-row", has_text="Drums alone").wait_for()
    page.fill("#mix-name", "Something else")
    page.get_by_role("button", name="Load Drums alone").click()
    assert page.input_value("#mix-name") == "Drums alone"

    # And home.
    page.get_by_role("link", name="Files", exact=True).click()
    page.get_by_role("button", name="Make All stems").click()
    page.get_by_role("link", name="Download All stems").wait_for(timeout=MADE_WITHIN_MS)
    look_at(page, axe)
    with page.expect_download() as coming:
        page.get_by_role("link", name="Download All stems").click()
    with zipfile.ZipFile(coming.value.path()) as archive:
        names = archive.namelist()
    assert any("Bass" in name and name.endswith(".wav") for name in names), names

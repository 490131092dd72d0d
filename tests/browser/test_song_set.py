"""Ten songs find their owners: one by itself, one by choice, one by search; one goes and comes back."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import httpx
import numpy as np
import pytest

from rights.recognition.synthesis import invented_song
from tests.browser.conftest import ROOT, session_cookie
from tests.browser.looks import DESK, HAND, assert_fits, look_at
from tests.browser.started_set import PERSON, PLACE
from tests.library.sounds import encoded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.browser.server import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TIMES = {"JOBS_CPU_WORKERS": "2", "JOBS_BEAT_S": "0.5", "JOBS_REAP_S": "0.5"}
IDENTIFIED_WITHIN_MS = 120_000
SECONDS = 24
# The file says one recording, its sound is another: that is for a person to decide.
WRONG_ISRC = "QZTEN2699999"


@pytest.fixture(scope="module")
def workers(site: Site) -> Iterator[None]:
    """A supervisor with the workers of the CPU queue."""
    command = [sys.executable, "manage.py", "supervise", "--queues", "cpu"]
    with site.log.with_name("song-set-workers.log").open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**site.env, **TIMES}, stdout=out, stderr=out
        )
        yield
        process.terminate()
        process.wait(40)


def run(site: Site, *command: str) -> None:
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=site.env, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]


def sound(number: int, **tags: str) -> bytes:
    mono, rate = invented_song(number, seconds=SECONDS)
    return encoded(np.stack([mono, mono], axis=1), "flac", rate=rate, **tags)


@pytest.fixture(scope="module")
def songs(site: Site, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three files: Shazam knows the first two, and the second names another recording in its tag."""
    known, brought = (tmp_path_factory.mktemp(name) for name in ("known", "brought"))
    for number, title in ((7001, "Lantern"), (7002, "Mirror")):
        (known / f"{title}.flac").write_bytes(sound(number, title=title, artist="Ida"))
    run(site, "manage.py", "sandbox_register", str(known))
    other = {"title": "Another Mirror", "artist": "Ida", "isrc": WRONG_ISRC}
    answer = httpx.put(
        f"{site.env['APPLE_MUSIC_URL']}/sandbox/songs",
        json={"songs": [other | {"duration_ms": SECONDS * 1000, "album": {"title": "Glass"}}]},
        trust_env=False,
    )
    assert answer.status_code == 200, answer.text
    files = {
        "lantern": sound(7001, title="Lantern", artist="Ida"),
        "mirror": sound(7002, title="Mirror", artist="Ida", isrc=WRONG_ISRC),
        "nobody": sound(7003, title="Nobody knows"),
    }
    for name, content in files.items():
        (brought / f"{name}.flac").write_bytes(content)
    return sorted(brought.iterdir())


def test_ten_songs_are_matched_and_the_gate_opens(page, site, axe, workers, songs):
    page.context.add_cookies([session_cookie(site.sessions[PERSON])])
    here = site.addresses[PLACE]

    # Uploaded straight into the set, and identified while we look on.
    page.goto(f"{here}add/")
    page.set_input_files("track-uploader[data-live] input[type=file]", list(songs))
    page.locator('.upload-row[data-state="done"]').nth(2).wait_for()
    page.get_by_role("link", name="See the set").click()
    page.locator(".set-row").nth(9).wait_for()
    assert page.locator("#continue").is_disabled()
    for state, count in (("matched", 8), ("choose", 1), ("none", 1)):
        page.wait_for_function(
            "([state, count]) => document.querySelectorAll('.set-row-' + state).length === count",
            arg=[state, count],
            timeout=IDENTIFIED_WITHIN_MS,
        )
    assert page.locator("#set[hx-trigger]").count() == 0, "the last fragment ends the polling"
    lantern = page.locator(".set-row", has_text="Lantern")
    assert "Shazam" in lantern.inner_text()
    assert page.locator(".gate-reasons li").count() == 2
    look_at(page, axe)
    page.set_viewport_size(DESK)

    # The tag and the sound disagree: listen, choose.
    page.get_by_role("link", name="Choose Mirror").click()
    page.get_by_role("button", name="Play a preview of Another Mirror").click()
    page.wait_for_function("() => document.querySelector('now-playing audio').currentTime > 0.05")
    look_at(page, axe)
    page.set_viewport_size(DESK)
    page.get_by_role("radio", name="Mirror Ida Mirror").check()
    page.get_by_role("button", name="This is it").click()
    page.locator(".set-row-matched").nth(8).wait_for()

    # Nobody knows the third: search while typing.
    page.get_by_role("link", name="Search Nobody knows").click()
    page.fill("#search-q", "")
    page.locator("#search-q").press_sequentially("harbour lights", delay=20)
    page.get_by_role("button", name="This is it Harbour Lights, Marlow Quay").click()
    page.locator("a#continue").wait_for()
    assert page.locator(".set-row-matched").count() == 10

    # By keyboard: the song moves, the focus stays on its button.
    down = page.locator(".set-row").nth(0).get_by_role("button", name="down")
    button = down.get_attribute("id")
    down.focus()
    page.keyboard.press("Enter")
    page.locator(f"#song-2 #{button}").wait_for()
    assert page.evaluate("() => document.activeElement.id") == button

    # Taken out, the gate closes; undone, it opens; another song takes a place.
    page.locator(".set-row").nth(2).get_by_role("button", name="Remove").click()
    page.locator("#undo-button").wait_for()
    assert page.locator("button#continue").is_disabled()
    assert page.locator(".gate-reasons").inner_text() == "Add 1 more song."
    page.wait_for_function("() => document.activeElement.id === 'undo-button'")
    page.keyboard.press("Enter")
    page.locator("a#continue").wait_for()
    page.locator(".set-row").nth(6).get_by_role("link", name="Replace").click()
    page.get_by_role("radio", name="Spare").check()
    page.get_by_role("button", name="Replace it").click()
    page.locator("#song-7", has_text="Spare").wait_for()

    # On a phone the way to the end is there too.
    page.set_viewport_size(HAND)
    assert_fits(page)
    page.locator("a#continue").click()
    page.get_by_role("heading", name="The set is complete").wait_for()
    assert_fits(page)

"""The library in a real browser, on real workers: ten files in, a broken one among them, all else plays."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.browser.conftest import ROOT
from tests.browser.looks import look_at
from tests.library.sounds import RATE, encoded, tone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.browser.server import Site

# One person fills one library: the songs of a test are there in the next.
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.in_order]

TIMES = {"JOBS_CPU_WORKERS": "2", "JOBS_BEAT_S": "0.5", "JOBS_REAP_S": "0.5"}
SLOW = {"offline": False, "latency": 5, "downloadThroughput": -1, "uploadThroughput": 400_000}
FAST = {**SLOW, "latency": 0, "uploadThroughput": -1}
READ_WITHIN_MS = 60_000


@pytest.fixture(scope="module")
def workers(site: Site) -> Iterator[None]:
    """A supervisor with the workers of the CPU queue."""
    command = [sys.executable, "manage.py", "supervise", "--queues", "cpu"]
    with site.log.with_name("library-workers.log").open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**site.env, **TIMES}, stdout=out, stderr=out
        )
        yield
        process.terminate()
        process.wait(40)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Nine short songs, each another tone, and a diary that calls itself one."""
    folder = tmp_path_factory.mktemp("songs")
    kinds = ["wav", "flac", "mp3", "m4a", "ogg", "opus", "aiff", "mp3", "flac"]
    found = []
    for number, kind in enumerate(kinds):
        path = folder / f"song-{number}.{kind}"
        path.write_bytes(encoded(tone(10.5, hz=220 + 55 * number), kind))
        found.append(path)
    broken = folder / "diary.wav"
    broken.write_bytes(b"Dear diary. " * 2000)
    return [*found, broken]


@pytest.fixture(scope="module")
def beating() -> bytes:
    """Return twenty-four seconds at 120 beats a minute, quiet for a third, as FLAC."""
    t = np.arange(24 * RATE) / RATE
    chord = sum(np.sin(2 * np.pi * hz * t) for hz in (110, 220, 261.63, 329.63)) / 12
    click = np.exp(-40 * (t % 0.5)) * np.sin(2 * np.pi * 90 * (t % 0.5))
    mono = (np.where(t < 8, 0.2, 1.0) * (chord + 0.5 * click)).astype(np.float32)
    return encoded(np.stack([mono, mono], axis=1), "flac", title="Beating", artist="Bob")


def speed(page: Page, conditions: dict[str, object]) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", conditions)


def choose(page: Page, *paths: Path) -> None:
    page.set_input_files("track-uploader[data-live] input[type=file]", list(paths))


def names(page: Page) -> list[str]:
    return page.locator(".track-name > a").all_inner_texts()


def wait_until_ready(page: Page, count: int) -> None:
    page.wait_for_function(
        "(count) => document.querySelectorAll('.track-table .badge-success').length === count",
        arg=count,
        timeout=READ_WITHIN_MS,
    )


def test_ten_files_with_a_broken_one_and_a_reload_in_the_middle(page, login, workers, files):
    login(page, "bob")
    page.goto("/library/")
    speed(page, SLOW)
    choose(page, *files)
    assert page.locator(".upload-row").count() == 10
    page.locator('.upload-row[data-state="done"]').nth(1).wait_for()
    page.locator('.upload-row[data-state="sending"] progress').first.wait_for()
    page.on("dialog", lambda dialog: dialog.accept())  # leaving while bytes move is asked about
    page.reload()
    page.locator(".track-name").nth(1).wait_for()
    arrived = set(names(page))
    speed(page, FAST)
    rest = [path for path in files if path.stem not in arrived]
    assert 0 < len(rest) < 9
    choose(page, *rest)
    page.wait_for_function(
        "(count) => document.querySelectorAll('.upload-row[data-state=done]').length === count",
        arg=len(rest),
        timeout=20_000,
    )
    wait_until_ready(page, 9)
    assert set(names(page)) == {path.stem for path in files}
    diary = page.locator("tr", has=page.get_by_role("link", name="diary"))
    assert "This is not an audio file" in diary.inner_text()
    assert diary.locator("[data-play]").count() == 0
    assert page.locator("#tracks[hx-trigger]").count() == 0, "the last fragment ends the polling"
    for button in page.locator("[data-play]").all():
        button.click()
        page.wait_for_function(
            "() => document.querySelector('now-playing audio').currentTime > 0.05"
        )
    assert page.locator("now-playing").is_visible()


def test_a_song_is_heard_at_once_and_from_its_small_file_the_next_time(
    page, login, workers, tmp_path
):
    login(page, "bob")
    path = tmp_path / "heard.wav"
    path.write_bytes(encoded(tone(12, hz=333), "wav"))
    page.goto("/library/")
    choose(page, path)
    row = page.locator("tr", has=page.get_by_role("link", name="heard", exact=True))
    row.locator(".badge-success").wait_for(timeout=READ_WITHIN_MS)
    play = row.locator("[data-play]").first
    assert play.get_attribute("data-play").endswith("/listen/")
    play.click()
    source = "() => document.querySelector('now-playing audio').currentSrc"
    plays_on = "(at) => document.querySelector('now-playing audio').currentTime > at"
    page.wait_for_function(plays_on, arg=0.05)
    page.evaluate("() => document.querySelector('now-playing').seek(9)")
    page.wait_for_function(plays_on, arg=9.05)
    assert "/media/" in page.evaluate(source) or "/listen/" in page.evaluate(source)
    for _look in range(40):
        page.reload()
        if play.get_attribute("data-play").startswith("/media/"):
            break
        page.wait_for_timeout(500)
    play.click()
    page.wait_for_function(plays_on, arg=0.05)
    assert ".m4a" in page.evaluate(source)
    page.evaluate("() => document.querySelector('now-playing').seek(9)")
    page.wait_for_function(plays_on, arg=9.05)


def test_an_upload_is_paused_and_goes_on(page, login, tmp_path, site):
    login(page, "bob")
    path = tmp_path / "paused.wav"
    path.write_bytes(encoded(tone(11, hz=1234), "wav"))
    page.goto("/library/")
    speed(page, SLOW)
    choose(page, path)
    row = page.locator(".upload-row")
    row.get_by_text(re.compile(r"MB|kB")).first.wait_for()
    row.get_by_role("button", name="Pause: paused.wav", exact=True).click()
    assert "Paused at" in row.inner_text()
    before = row.locator("progress").get_attribute("value")
    page.wait_for_timeout(700)
    assert row.locator("progress").get_attribute("value") == before
    speed(page, FAST)
    row.get_by_role("button", name="Resume: paused.wav", exact=True).click()
    page.locator('.upload-row[data-state="done"]').wait_for()
    page.locator(".track-name", has_text="paused").wait_for()


def test_what_is_ticked_and_typed_survives_a_poll(page, login, workers, tmp_path):
    login(page, "bob")
    page.goto("/library/")
    page.locator(".track-name").first.wait_for()
    path = tmp_path / "polled.wav"
    path.write_bytes(encoded(tone(11, hz=987), "wav"))
    page.locator('input[name="track"]').last.check()
    value = page.locator('input[name="track"]').last.get_attribute("value")
    page.fill("#q", "half a wo")
    choose(page, path)
    page.locator(".track-name", has_text="polled").wait_for()
    page.locator("tr", has_text="polled").locator(".badge-success").wait_for(timeout=READ_WITHIN_MS)
    assert page.locator(f'input[value="{value}"]').first.is_checked()
    assert page.input_value("#q") == "half a wo"


def test_the_waveform_is_moved_by_keys_and_tells_where_it_is(
    page, login, workers, tmp_path, beating
):
    login(page, "bob")
    path = tmp_path / "beating.flac"
    path.write_bytes(beating)
    page.goto("/library/")
    choose(page, path)
    page.locator("tr", has_text="Beating").locator(".badge-success").wait_for(
        timeout=READ_WITHIN_MS
    )
    page.get_by_role("link", name="Beating", exact=True).click()
    slider = page.locator("wave-form[data-ready]")
    slider.wait_for()

    def said() -> str:
        return slider.evaluate("(element) => element.ariaValueText")

    assert said().startswith("0:00 of 0:24")
    slider.focus()
    page.keyboard.press("Space")
    page.wait_for_function("() => document.querySelector('now-playing audio').currentTime > 0.1")
    page.keyboard.press("Space")
    page.wait_for_function("() => document.querySelector('now-playing audio').paused")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert said().startswith("0:05 of 0:24")
    page.keyboard.press("ArrowLeft")
    assert said().startswith("0:00 of 0:24")
    starts = slider.evaluate("(element) => element.drawing.sections.map(([start]) => start)")
    page.keyboard.press("PageDown")
    now = page.evaluate("() => document.querySelector('now-playing audio').currentTime")
    assert now == pytest.approx(starts[1] if len(starts) > 1 else 24, abs=0.1)
    page.keyboard.press("PageUp")
    page.keyboard.press("End")
    assert said().startswith("0:2")
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    page.wait_for_function("() => !document.querySelector('now-playing audio').paused")
    # A click moves what plays and does not stop it.
    box = slider.bounding_box()
    assert box
    for share in (0.25, 0.5):
        page.mouse.click(box["x"] + box["width"] * share, box["y"] + box["height"] * 0.6)
        page.wait_for_timeout(150)
    page.wait_for_timeout(200)
    assert page.evaluate("() => document.querySelector('now-playing audio').currentTime") > 11
    assert not page.evaluate("() => document.querySelector('now-playing audio').paused")


def test_pages_are_accessible_and_fit(page, login, workers, axe):
    login(page, "bob")
    page.goto("/library/")
    song = page.get_by_role("link", name="Beating", exact=True).get_attribute("href")
    lists = ["/library/", "/library/?view=grid", "/library/?q=nothing-like-it"]
    tabs = [f"{song}?tab={tab}" for tab in ("overview", "structure", "notes", "files")]
    for url in [*lists, *tabs, f"{song}edit/"]:
        page.goto(url)
        if url in tabs:
            page.locator("wave-form[data-ready]").wait_for()
        look_at(page, axe)


def test_everything_works_without_scripts(browser: Browser, page, login, workers, site, tmp_path):
    login(page, "bob")
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    context.add_cookies(page.context.cookies())
    plain = context.new_page()
    good, empty = tmp_path / "plain.wav", tmp_path / "empty.wav"
    good.write_bytes(encoded(tone(11, hz=777), "wav"))
    empty.write_bytes(b"")
    plain.goto("/library/")
    plain.set_input_files("input[type=file]", [good, empty])
    plain.get_by_role("button", name="Upload").click()
    assert plain.get_by_text("1 song came in.").is_visible()
    assert plain.get_by_text("empty.wav is empty.").is_visible()
    row = plain.locator("tr", has=plain.get_by_role("link", name="plain"))
    for _look in range(60):
        if row.locator(".badge-success").count():
            break
        plain.wait_for_timeout(500)
        plain.get_by_role("link", name="Refresh").click()
    assert row.locator(".badge-success").count() == 1
    plain.fill("#q", "plain")
    plain.get_by_role("button", name="Find").click()
    assert "q=plain" in plain.url
    assert plain.locator(".track-name").count() == 1
    row.get_by_role("checkbox").check()
    plain.get_by_role("button", name="Delete the chosen songs").click()
    assert plain.get_by_text("1 song was deleted.").is_visible()
    plain.get_by_role("button", name="Undo").click()
    assert plain.get_by_text("1 song is back.").is_visible()
    plain.get_by_role("link", name="plain").click()
    plain.get_by_role("link", name="Files").click()
    with plain.expect_download() as download:
        plain.get_by_role("link", name=re.compile("Download.*Original")).click()
    assert download.value.path().read_bytes() == good.read_bytes()
    context.close()

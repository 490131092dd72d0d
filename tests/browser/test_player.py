"""The player: it plays on while one browses, and obeys keys unless they are switched off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

NOW = "() => document.querySelector('now-playing').audio.currentTime"
PLAYS = "() => !document.querySelector('now-playing').audio.paused"


@pytest.fixture
def playing(page: Page, login: Callable[[Page, str], None]) -> Page:
    """The style guide, its ten notes playing for a moment already."""
    login(page, "sam")
    page.goto("/styleguide/")
    assert page.locator("now-playing").is_hidden()
    page.click("text=Play ten notes")
    page.wait_for_function("() => document.querySelector('now-playing').audio.currentTime > 0.3")
    return page


def test_what_plays_goes_on_through_navigation_and_back(playing: Page) -> None:
    before = playing.evaluate(NOW)
    playing.click("#chrome .brand")
    playing.wait_for_function("() => document.querySelector('h1').textContent.includes('Sam')")
    assert playing.evaluate(PLAYS)
    playing.go_back()
    playing.wait_for_function(
        "() => document.querySelector('h1').textContent.includes('Style guide')"
    )
    playing.wait_for_timeout(300)
    assert playing.evaluate(PLAYS)
    assert playing.evaluate(NOW) > before
    assert playing.locator("[data-part=title]").inner_text() == "Ten notes, one chord"
    # The button of the page that came back knows that its song is the one that plays.
    assert playing.get_attribute("button[data-play]", "aria-pressed") == "true"
    assert playing.locator("button[data-play] use[href$='#pause']").count() == 1


def test_the_button_that_started_it_pauses_it(playing: Page) -> None:
    playing.click("button[data-play]")
    assert not playing.evaluate(PLAYS)
    playing.wait_for_selector(
        "button[data-play][aria-pressed=false]"
    )  # the event comes a bit later
    assert playing.get_attribute("[data-part=toggle]", "aria-label") == "Play"
    assert playing.locator("button[data-play] use[href$='#play']").count() == 1


def test_buttons_skip_ten_seconds_and_the_slider_says_where_it_is(playing: Page) -> None:
    playing.click("[data-part=toggle]")
    playing.click("[data-part=forward]")
    assert 10 < playing.evaluate(NOW) < 12
    assert playing.get_attribute("[data-part=seek]", "aria-valuetext") == "0:10 of 0:14"
    playing.click("[data-part=back]")
    assert playing.evaluate(NOW) < 2


def test_arrows_on_the_slider_move_five_seconds(playing: Page) -> None:
    playing.click("[data-part=toggle]")
    playing.evaluate("() => document.querySelector('now-playing').seek(2)")
    playing.focus("[data-part=seek]")
    playing.keyboard.press("ArrowRight")
    assert playing.evaluate(NOW) == pytest.approx(7, abs=0.01)
    playing.keyboard.press("ArrowLeft")
    assert playing.evaluate(NOW) == pytest.approx(2, abs=0.01)


def test_single_keys_play_pause_and_skip(playing: Page) -> None:
    playing.evaluate("() => document.activeElement.blur()")
    playing.keyboard.press("k")
    assert not playing.evaluate(PLAYS)
    playing.evaluate("() => document.querySelector('now-playing').seek(1)")
    for key, there in (("l", 11), ("j", 1), ("ArrowRight", 6), ("ArrowLeft", 1)):
        playing.keyboard.press(key)
        assert playing.evaluate(NOW) == pytest.approx(there, abs=0.01), key
    playing.keyboard.press(" ")
    playing.wait_for_function(PLAYS)


def test_keys_leave_fields_and_modifiers_alone(playing: Page) -> None:
    playing.click("[data-part=toggle]")
    at = playing.evaluate(NOW)
    playing.fill("#id_fresh-title", "")
    playing.locator("#id_fresh-title").press_sequentially("jkl ?")
    assert playing.input_value("#id_fresh-title") == "jkl ?"
    playing.evaluate("() => document.activeElement.blur()")
    playing.keyboard.press("Alt+l")
    assert playing.evaluate(NOW) == at
    assert not playing.evaluate(PLAYS)
    assert playing.locator("#shortcuts").is_hidden()


def test_single_keys_can_be_switched_off_and_stay_off(playing: Page) -> None:
    playing.keyboard.press("?")
    playing.uncheck("#shortcuts [data-single-keys]")
    playing.keyboard.press("Escape")
    assert playing.locator("#shortcuts").is_hidden()
    playing.evaluate("() => document.activeElement.blur()")
    playing.keyboard.press("k")
    assert playing.evaluate(PLAYS)
    playing.reload()
    playing.keyboard.press("?")
    assert playing.locator("#shortcuts").is_hidden()
    playing.click("text=Keyboard shortcuts")  # the way to the list that needs no key
    assert not playing.is_checked("#shortcuts [data-single-keys]")


def test_the_system_learns_what_plays(playing: Page) -> None:
    assert playing.evaluate("() => navigator.mediaSession.metadata.title") == "Ten notes, one chord"
    assert playing.evaluate("() => navigator.mediaSession.playbackState") == "playing"


def test_closing_stops_hides_and_puts_focus_back_on_the_page(playing: Page) -> None:
    playing.focus("[data-part=close]")
    playing.keyboard.press("Enter")
    assert playing.locator("now-playing").is_hidden()
    assert not playing.evaluate(PLAYS)
    assert playing.evaluate("() => document.activeElement.id") == "main"


def test_volume_is_remembered(playing: Page) -> None:
    playing.evaluate(
        """() => { const slider = document.querySelector('[data-part=volume]');
                   slider.value = 40; slider.dispatchEvent(new Event('input')); }"""
    )
    playing.reload()
    assert playing.evaluate("() => document.querySelector('now-playing').audio.volume") == 0.4


def test_a_file_that_cannot_be_played_says_what_is_safe(
    page: Page, login: Callable[[Page, str], None]
) -> None:
    login(page, "sam")
    page.goto("/styleguide/")
    page.evaluate(
        """() => { const button = document.querySelector('button[data-play]');
                   button.dataset.play = document.querySelector('link[rel=stylesheet]').href; }"""
    )
    page.click("button[data-play]")
    page.wait_for_selector(".player-status:not(:empty)")
    assert "The file itself is safe" in page.locator(".player-status").inner_text()


def test_focus_is_never_hidden_behind_the_player(playing: Page) -> None:
    playing.set_viewport_size({"width": 390, "height": 700})
    playing.focus("#id_fresh-notes")
    playing.wait_for_timeout(150)
    field = playing.locator("#id_fresh-notes").bounding_box()
    strip = playing.locator("now-playing").bounding_box()
    head = playing.locator("#chrome").bounding_box()
    assert field is not None
    assert strip is not None
    assert head is not None
    assert field["y"] >= head["y"] + head["height"]
    assert field["y"] < strip["y"]

"""A file is compared with a receipt on the visitor's own device, and goes nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.server import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DROP = """([text, name]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name));
  document.querySelector("file-check").dispatchEvent(
    new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
}"""


def test_the_receipt_is_told_from_one_that_was_changed(
    seat: Callable[[str], Page], site: Site
) -> None:
    page = seat("")
    path = site.addresses["generation:receipt-verify"]
    page.goto(path)
    receipt = page.request.get(f"{path}.json").text()
    answer = page.locator("file-check [role=status]")
    page.evaluate(DROP, [receipt, "receipt.json"])
    expect(answer).to_contain_text("This is the receipt as it was signed, byte for byte.")
    page.evaluate(DROP, [receipt.replace("670000", "670001", 1), "receipt.json"])
    expect(answer).to_contain_text("This is not this receipt as it was signed")


def test_the_song_is_told_from_any_other_file(seat: Callable[[str], Page], site: Site) -> None:
    page = seat("")
    path = site.addresses["generation:receipt-verify"]
    page.goto(path)
    # The song of the tests is the text of its number and its version's (tests/generation/finished.py).
    song = page.request.get(f"{path}.json").json()["song_id"] + " 1"
    sent: list[str] = []
    # The browser fetches the site's own icons when it likes: what must not happen is anything else.
    icons = page.locator("link[rel=icon]").evaluate_all("links => links.map((link) => link.href)")
    page.on("request", lambda request: sent.append(f"{request.method} {request.url}"))
    answer = page.locator("file-check [role=status]")

    page.set_input_files(
        "#song-file", {"name": "song.wav", "mimeType": "audio/wav", "buffer": song.encode()}
    )
    expect(answer).to_contain_text("This is the song that the receipt is about, byte for byte.")
    page.evaluate(DROP, [song[:-1] + "x", "song.wav"])
    expect(answer).to_contain_text("This is not the file that the receipt is about")
    page.evaluate(DROP, [song, "song.wav"])
    expect(answer).to_contain_text("This is the song")
    assert set(sent) <= {f"GET {icon}" for icon in icons}

"""The program inside the jail: ``python -I child.py <doors.py's folder> <cpu seconds>``.

It reads frames from descriptor 0 (four bytes of length, then the bytes) and answers each with a
frame on descriptor 1: ``+`` and a PDF, or ``-`` and a sentence. The first frame is the style sheet
and the paths of fonts, as JSON; each other one is a page as HTML. Everything that drawing needs is
loaded and used once before the doors close: nothing can be opened, fetched or run later.
"""

from __future__ import annotations

import json
import struct
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, sys.argv[1])  # -I leaves the script's own folder out

import doors  # type: ignore[import-not-found]  # of library.jail, see above
import weasyprint
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcherResponse

MEMORY_BYTES = 4 << 30
OUTPUT_BYTES = 64 << 20
VARIANT = "pdf/ua-1"
# Fonts of the system for names in other scripts are found while there still is a file system.
SCRIPTS = "Latin Ąžđ Ελληνικά Кириллица עברית العربية 日本語 中文 한국어 ไทย हिन्दी …·→\u2212\u2013\u2014\u2019\u201c\u201d\u00d7"


def main() -> None:
    """Warm up, close the doors, draw until nothing more is asked."""
    setup = json.loads(_read() or b"{}")
    artist = Artist(
        setup["css"], {name: Path(path).read_bytes() for name, path in setup["fonts"].items()}
    )
    artist.draw(
        f'<html lang="en"><head><meta charset="utf-8"><title>-</title></head><body><h1>{SCRIPTS}</h1>'
        f"<p>{SCRIPTS} <b>{SCRIPTS}</b> <i>{SCRIPTS}</i></p><table><caption>-</caption><tr>"
        '<th scope="col">1</th></tr><tr><td class="num">1.25</td></tr></table></body></html>'
    )
    doors.close_all(
        memory_bytes=MEMORY_BYTES,
        cpu_s=int(sys.argv[2]),
        output_bytes=OUTPUT_BYTES,
        with_threads=True,  # Pango looks for fonts in one
    )
    _write(b"+")
    while (html := _read()) is not None:
        try:
            _write(b"+" + artist.draw(html.decode()))
        except Exception as error:  # noqa: BLE001 - the parent turns whatever it was into a reason
            _write(b"-" + f"{type(error).__name__}: {error}"[:500].encode())


class Artist:
    """Draws pages with one style sheet and its fonts, and fetches nothing else."""

    def __init__(self, css: str, fonts: dict[str, bytes]) -> None:
        self._fonts = {f"font://{name}": content for name, content in fonts.items()}
        self._config = FontConfiguration()
        self._css = weasyprint.CSS(string=css, font_config=self._config, url_fetcher=self._fetch)

    def draw(self, html: str) -> bytes:
        """Return the PDF of a page."""
        page = weasyprint.HTML(string=html, url_fetcher=_refuse)
        made: bytes = page.write_pdf(
            stylesheets=[self._css],
            font_config=self._config,
            pdf_variant=VARIANT,
            pdf_identifier=b"tenfold",
        )
        return made

    def _fetch(self, url: str, **_options: Any) -> URLFetcherResponse:
        if url not in self._fonts:
            _refuse(url)
        return URLFetcherResponse(url, self._fonts[url], {"Content-Type": "font/woff2"})


def _refuse(url: str, **_options: Any) -> URLFetcherResponse:
    """Fetch nothing: no file, no address, no data in a link."""
    msg = f"refused: {url[:80]}"
    raise ValueError(msg)


def _read() -> bytes | None:
    head = sys.stdin.buffer.read(4)
    return sys.stdin.buffer.read(struct.unpack(">I", head)[0]) if len(head) == 4 else None


def _write(content: bytes) -> None:
    sys.stdout.buffer.write(struct.pack(">I", len(content)) + content)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()

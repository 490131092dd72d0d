"""The program inside the jail: ``python -I child.py <doors.py's folder> <cpu seconds>``.

It reads frames from descriptor 0 (four bytes of length, then the bytes) and answers each with a
frame on descriptor 1: ``+`` and a PDF; ``~``, a frame of letters for which no font was there, and a
PDF with boxes in their place; or ``-`` and a sentence. The first frame is the style sheet and the
paths of fonts, as JSON; each other one is a page as HTML. Everything that drawing needs is loaded
and used once before the doors close: nothing can be opened, fetched or run later.
"""

from __future__ import annotations

import gc
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

MEMORY_BYTES = 2 << 30
OUTPUT_BYTES = 64 << 20
VARIANT = "pdf/ua-1"
# Fonts of the system for names in other scripts are found while there still is a file system.
SCRIPTS = (
    "Latin Ąžđ Tiếng Việt Ελληνικά Кириллица Հայերեն ქართული עברית العربية فارسی 日本語 かな カナ 中文 漢語 "
    "한국어 ไทย हिन्दी বাংলা தமிழ் ♪♯♭★→…·\u2212\u2013\u2014\u2019\u201c\u201d\u00d7"
)
WEIGHTS = (400, 500, 600, 700)


def main() -> None:
    """Warm up, close the doors, draw until nothing more is asked."""
    setup = json.loads(_read() or b"{}")
    artist = Artist(
        setup["css"], {name: Path(path).read_bytes() for name, path in setup["fonts"].items()}
    )
    artist.draw(warm_up_page())
    doors.close_all(
        memory_bytes=MEMORY_BYTES,
        cpu_s=int(sys.argv[2]),
        output_bytes=OUTPUT_BYTES,
        with_threads=True,  # Pango looks for fonts in one
    )
    gc.freeze()  # what is loaded stays: it need not be looked at again for every page
    _write(b"+")
    while (html := _read()) is not None:
        try:
            content, boxes = artist.draw(html.decode())
            _write(b"~" + _framed(boxes.encode()) + content if boxes else b"+" + content)
        except Exception as error:  # noqa: BLE001 - the parent turns whatever it was into a reason
            _write(b"-" + f"{type(error).__name__}: {error}"[:500].encode())


def warm_up_page() -> str:
    """Return a page with every script in every weight, and each kind of thing that a statement has."""
    lines = "".join(f'<p class="w{weight}">{SCRIPTS}</p>' for weight in WEIGHTS)
    weights = "".join(f"p.w{weight}{{font-weight:{weight}}}" for weight in WEIGHTS)
    return (
        f'<html lang="en"><head><meta charset="utf-8"><title>-</title><style>{weights}</style></head>'
        f"<body><h1>-</h1>{lines}<p><i>{SCRIPTS}</i></p><table><caption>-</caption><tr>"
        '<th scope="col">1</th></tr><tr><td class="num">1.25</td></tr></table></body></html>'
    )


class Artist:
    """Draws pages with one style sheet and its fonts, and fetches nothing else."""

    def __init__(self, css: str, fonts: dict[str, bytes]) -> None:
        self._fonts = {f"font://{name}": content for name, content in fonts.items()}
        self._config = FontConfiguration()
        self._css = weasyprint.CSS(string=css, font_config=self._config, url_fetcher=self._fetch)

    def draw(self, html: str) -> tuple[bytes, str]:
        """Return the PDF of a page, and the letters that are boxes in it for want of a font."""
        missing: set[int] = set()

        def look(document: Any, _pdf: Any) -> None:
            missing.update(*(font.missing for font in document.fonts.values()))

        page = weasyprint.HTML(string=html, url_fetcher=_refuse)
        made: bytes = page.write_pdf(
            stylesheets=[self._css],
            font_config=self._config,
            pdf_variant=VARIANT,
            pdf_identifier=b"tenfold",
            finisher=look,
        )
        return made, "".join(chr(code) for code in sorted(missing) if _is_letter(code))

    def _fetch(self, url: str, **_options: Any) -> URLFetcherResponse:
        if url not in self._fonts:
            _refuse(url)
        return URLFetcherResponse(url, self._fonts[url], {"Content-Type": "font/ttf"})


def _is_letter(code: int) -> bool:
    """Leave out what is nothing to see: characters that only steer, and halves of pairs."""
    return code <= sys.maxunicode and chr(code).isprintable()


def _refuse(url: str, **_options: Any) -> URLFetcherResponse:
    """Fetch nothing: no file, no address, no data in a link."""
    msg = f"refused: {url[:80]}"
    raise ValueError(msg)


def _read() -> bytes | None:
    head = sys.stdin.buffer.read(4)
    return sys.stdin.buffer.read(struct.unpack(">I", head)[0]) if len(head) == 4 else None


def _framed(content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + content


def _write(content: bytes) -> None:
    sys.stdout.buffer.write(_framed(content))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()

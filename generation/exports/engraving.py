"""A lead sheet as a PDF for the music stand: Verovio draws the lines, Typst sets the page.

Verovio gets one line to a page, so that each line is a drawing of its own; Typst puts them under the
title and breaks the pages. Fonts are the ones inside Typst (Libertinus Serif, embedded as subsets);
the notes are outlines. No date and no random id goes in: the same sheet is the same file.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
import verovio

from generation.exports.errors import ScoreUnwritableError
from generation.exports.musicxml import Heading, write_musicxml
from generation.exports.sheet import Sheet

PAGE = Path(__file__).with_name("lead_sheet.typ")
OPTIONS: dict[str, Any] = {
    "breaks": "encoded",
    "adjustPageHeight": True,
    "pageWidth": 2100,
    "pageHeight": 2970,
    "pageMarginTop": 20,
    "pageMarginBottom": 10,
    "pageMarginLeft": 110,
    "pageMarginRight": 30,
    "header": "none",
    "footer": "none",
    "font": "Leland",
    "smuflTextFont": "none",
    "svgViewBox": True,
    "xmlIdSeed": 1,
    "harmDist": 1.4,
    "minLastJustification": 0.3,
    "spacingNonLinear": 0.5,
}
SIGNS = {"\uea64": "♭", "\uea65": "♮", "\uea66": "♯", "\uea67": "𝄪"}
"""Verovio's chord signs, which are in no text font, and the letters that are."""
SIGN = re.compile(r'<tspan font-family="[^"]*" font-size="[^"]*">([\uea64-\uea67])</tspan>')
CHORD = re.compile(r'(<g [^>]*class="harm".*?</g>)', re.DOTALL)
SIZE = re.compile(r'font-size="405px"')
AFTER_CYRILLIC = 0x530
SIGNS_AND_MARKS = range(0x2000, 0x2700)
CHORD_SIZE = 'font-size="520px"'
SECTION = 'class="reh"'
LIFTED = 'class="reh" transform="translate(0,-110)"'
"""Clear of the first chord, which Verovio placed under it before it grew."""


def write_pdf(sheet: Sheet, heading: Heading) -> bytes:
    """Return the PDF.

    Raises
    ------
    ScoreUnwritableError
        If the engraver cannot read the sheet.
    """
    facts = {
        "title": heading.title,
        "composer": heading.composer,
        "rights": heading.rights,
        "credits": [[one.share, one.title, one.artist, one.isrc] for one in heading.credits],
        "key": sheet.key.name,
        "bpm": f"{sheet.bpm:.0f}",
        "lines": _lines(write_musicxml(sheet, heading, line_per_page=True)),
    }
    pdf = typst.compile(
        PAGE.read_bytes(),
        format="pdf",
        sys_inputs={"facts": json.dumps(facts)},
        # A title in another script needs a font of the system; no other sheet may depend on one.
        ignore_system_fonts=_is_western(_words(heading)),
    )
    if not isinstance(pdf, bytes):
        raise ScoreUnwritableError("the pages came out apart")
    return pdf


def _words(heading: Heading) -> str:
    return "".join((heading.title, heading.composer, heading.rights, *map(str, heading.credits)))


def _is_western(text: str) -> bool:
    """Tell whether Libertinus has all of ``text``: Latin, Greek, Cyrillic, punctuation and signs."""
    return all(ord(sign) < AFTER_CYRILLIC or ord(sign) in SIGNS_AND_MARKS for sign in text)


def _lines(musicxml: bytes) -> list[str]:
    """Return every line of music as an SVG drawing."""
    engraver = _engraver()
    engraver.setOptions(OPTIONS)
    if not engraver.loadData(musicxml.decode()):
        raise ScoreUnwritableError("the engraver does not read it")
    pages = range(1, engraver.getPageCount() + 1)
    return [_with_text_fonts(engraver.renderToSVG(page)) for page in pages]


@lru_cache(maxsize=1)
def _engraver() -> verovio.toolkit:
    verovio.enableLog(verovio.LOG_ERROR)
    return verovio.toolkit()


def _with_text_fonts(svg: str) -> str:
    """Write chord symbols larger, their signs in a font that has them; lift sections above them."""
    svg = SIGN.sub(lambda found: f'<tspan font-size="405px">{SIGNS[found[1]]}</tspan>', svg)
    svg = CHORD.sub(lambda found: SIZE.sub(CHORD_SIZE, found[1]), svg)
    return svg.replace("Times, serif", "Libertinus Serif").replace(SECTION, LIFTED)

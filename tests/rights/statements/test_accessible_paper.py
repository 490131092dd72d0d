"""What PDF/UA asks of a statement, read from the file: tags, title, language, tables with their heads."""

from __future__ import annotations

import ctypes
import re
import zlib
from collections import Counter

import pypdfium2
import pytest

from rights.statements.context import statement_html
from rights.statements.jail import Draughtsman
from rights.statements.pdf import statement_pdf
from tests.rights.factories import make_party, make_recording
from tests.rights.income.sheets import make_sheet
from tests.rights.statements.months import AUGUST, Earning, contract_of, issue, locked

raw = pypdfium2.raw
pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NAMES = {
    "Greek": "Ελένη Αρβανιτάκη",
    "Cyrillic": "Земфира Рамазанова",
    "Arabic": "فيروز وزياد",
    "Hebrew": "עידן רייכל",
    "Japanese": "坂本龍一とカシオペア",
    "Korean": "조용필 밴드",
    "Chinese": "鄧麗君与李健",
}


@pytest.fixture
def made(cast, olive):
    """Issue a statement whose payee and recordings have these names."""

    def make(payee, *titles):
        party = make_party(payee, organisation=cast.label)
        contract_of(party, actor=cast.sam, fee_ppm=150_000)
        earnings = []
        for number, title in enumerate(titles):
            recording = make_recording(title, artist="The Inventors")
            sheet = make_sheet(f"QZTEN26990{number:02d}", shares={recording.isrc: 60_000})
            earnings.append(Earning(party, 1_000_000 + number, recording=recording, sheet=sheet))
        [statement] = issue(locked(AUGUST, earnings, cast.sam, olive))
        return statement

    return make


def text_of(call, *args):
    """Return what a function of PDFium writes into a buffer of UTF-16."""
    buffer = ctypes.create_string_buffer(1_000)
    length = call(*args, buffer, len(buffer))
    return buffer.raw[: max(length - 2, 0)].decode("utf-16-le")


def elements(paper):
    """Yield (kind, of which kind it is a part) of every tag of every page, in order."""
    for page in paper:
        tree = raw.FPDF_StructTree_GetForPage(page.raw)
        for number in range(raw.FPDF_StructTree_CountChildren(tree)):
            yield from _below(raw.FPDF_StructTree_GetChildAtIndex(tree, number), "")
        raw.FPDF_StructTree_Close(tree)


def _below(element, parent):
    kind = text_of(raw.FPDF_StructElement_GetType, element)
    yield kind, parent
    for number in range(raw.FPDF_StructElement_CountChildren(element)):
        child = raw.FPDF_StructElement_GetChildAtIndex(element, number)
        if child:
            yield from _below(child, kind)


def objects(content):
    """Return the file with its packed parts unpacked, to look for names in it."""
    parts = [content]
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        try:
            # Of a part that ends in the byte of a line's end, the last byte is missing here.
            parts.append(zlib.decompressobj().decompress(packed))
        except zlib.error:
            continue
    return b"\n".join(parts)


def embedded(paper):
    """Return the fonts of a paper by name, and whether each is embedded."""
    found = {}
    for page in paper:
        for one in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=5):
            font, name = raw.FPDFTextObj_GetFont(one.raw), ctypes.create_string_buffer(200)
            raw.FPDFFont_GetBaseFontName(font, name, 200)
            found[name.value.decode()] = bool(raw.FPDFFont_GetIsEmbedded(font))
    return found


def test_a_statement_has_what_a_reader_of_screens_needs(made):
    content = statement_pdf(made("Rita & Søn", "Tide", "Sand"))
    paper, inside = pypdfium2.PdfDocument(content), objects(content)
    assert raw.FPDFCatalog_IsTagged(paper)
    assert paper.get_metadata_dict()["Title"] == "Royalty statement TF-2026-08-00001 · Rita & Søn"
    assert re.search(rb"/Lang \(en(-gb)?\)", inside, re.IGNORECASE)
    assert re.search(rb"/DisplayDocTitle true", inside)
    assert re.search(rb'pdfuaid:part="1"', inside)
    kinds = [kind for kind, _parent in elements(paper)]
    counts = Counter(kinds)
    assert next(kind for kind in kinds if kind.startswith("H")) == "H1"
    assert (counts["H1"], counts["H3"]) == (1, 0)  # two levels, and none is left out
    assert counts["H2"] == counts["Table"] + 1  # each table has its heading, and so has the proof
    assert counts["Figure"] == 0  # a bar shows what the figure beside it says
    assert counts["L"] >= 2


def test_every_cell_names_its_heads(made):
    """As PDF/UA wants it: each cell of figures refers to the heads of its column and of its row."""
    content = statement_pdf(made("Rita Records", "Tide"))
    inside, parents = objects(content), Counter(elements(pypdfium2.PdfDocument(content)))
    number = rb"\((\d+-\d+-\d+)\)"
    heads = set(re.findall(rb"/ID ?" + number, inside))
    cells = [re.findall(number, one) for one in re.findall(rb"/Headers ?\[([^\]]*)\]", inside)]
    assert len(cells) > 20
    assert {len(cell) for cell in cells} == {2}
    assert {head for cell in cells for head in cell} <= heads
    assert {parent for (kind, parent) in parents if kind in ("TH", "TD")} == {"TR"}
    assert {parent for (kind, parent) in parents if kind == "TR"} == {"THead", "TBody"}
    assert {parent for (kind, parent) in parents if kind == "Caption"} == {"Table"}


def test_drawn_twice_a_statement_is_the_same_bytes(made):
    html = statement_html(made("Rita Records", "Tide"))
    with Draughtsman() as one:
        first = one.draw(html)
        assert one.draw(html) == first
    with Draughtsman() as another:
        assert another.draw(html) == first


def test_each_weight_is_embedded_once_and_a_document_stays_small(made):
    content = statement_pdf(made("Rita Records", "Tide"))
    fonts = embedded(pypdfium2.PdfDocument(content))
    names = [name.partition("+")[2] for name in fonts]
    assert sorted(names) == sorted(set(names))
    assert {"Bricolage", "Bricolage-Medium", "Bricolage-Bold"} <= set(names)
    assert all(fonts.values())
    assert len(content) < 60_000


def test_names_in_other_scripts_are_letters_that_are_embedded(made):
    """Each script for which this machine has a font; which it lacks is said, and is no failure."""
    statement = made(" · ".join(NAMES.values()), *NAMES.values())
    with Draughtsman() as child:
        drawing = child.draw(statement_html(statement))
    lacking = [script for script, name in NAMES.items() if set(name) & set(drawing.boxes)]
    paper = pypdfium2.PdfDocument(drawing.content)
    assert all(embedded(paper).values())
    text = "".join(page.get_textpage().get_text_range() for page in paper)
    for script, name in NAMES.items():
        if script not in lacking and script not in ("Arabic", "Hebrew"):  # read from the right
            assert name in text.replace("\r\n", " "), script
    if lacking:
        pytest.skip(f"no font for {', '.join(lacking)}: install the fonts in apt.txt")


def test_letters_without_a_font_are_told_by_the_child_and_by_the_copy(made):
    """Hardly a machine has a font for Linear A, a script that nobody can read."""
    statement = made("Linear 𐘀𐘁 Records", "Tide")
    with Draughtsman() as child:
        drawing = child.draw(statement_html(statement))
        if not drawing.boxes:
            pytest.skip("this machine has a font for Linear A")
        assert drawing.boxes == "𐘀𐘁"
        second = child.draw(statement_html(statement, boxes=drawing.boxes))
    paper = pypdfium2.PdfDocument(second.content)
    text = " ".join(paper[0].get_textpage().get_text_range().split())
    assert "Some letters of names are boxes on this copy" in text
    assert "every name is whole on the page of this statement" in text

"""The PDF, the CSV and the JSON: equal to the screen to the micro-unit, and harmless."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import date

import pypdfium2
import pytest

from config.lib.money import decimal_text, micros_parse
from rights.domain.statement_body import lines_digest
from rights.domain.statement_words import Cut
from rights.exceptions import StatementRefusedError
from rights.models import StatementDocument
from rights.selectors.statement_page import statement_page, statement_slices
from rights.statements import jail
from rights.statements.jail import Draughtsman
from rights.statements.lines import statement_csv, statement_json
from rights.statements.pdf import statement_pdf, statements_draw
from tests.rights.factories import make_party, make_recording
from tests.rights.income.sheets import make_sheet
from tests.rights.statements.months import AUGUST, Earning, contract_of, issue, locked, rate

pytestmark = pytest.mark.django_db
EVIL = '=HYPERLINK("http://evil.example")'


@pytest.fixture
def statement(cast, olive):
    """A statement with two currencies, returns, and a recording whose title is a formula."""
    payee = make_party("Żuławski & Søn <b>Records</b>", organisation=cast.label)
    contract_of(payee, actor=cast.sam, fee_ppm=150_000, withholding_ppm=158_250)
    rate("1.0842", on=date(2026, 8, 31))
    recording = make_recording(EVIL, artist="")
    sheet = make_sheet("QZTEN2699001", shares={recording.isrc: 60_000})
    earnings = [
        Earning(payee, 12_345_678, recording=recording, sheet=sheet, service="+1 Store"),
        Earning(payee, -345_678, recording=recording, sheet=sheet, territory="FR"),
        Earning(payee, 3_333_333, "USD", recording=recording, sheet=sheet, uses=7),
    ]
    [made] = issue(locked(AUGUST, earnings, cast.sam, olive))
    return made


def rows_of(statement):
    return list(csv.DictReader(io.StringIO("".join(statement_csv(statement)))))


def test_the_csv_says_what_the_screen_says_to_the_micro_unit(statement):
    rows = rows_of(statement)
    assert sum(micros_parse(row["AllocatedAmount"]) for row in rows) == statement.earned
    for line, row in zip(statement.lines.all(), rows, strict=True):
        assert micros_parse(row["AllocatedAmount"]) == line.paid
        assert micros_parse(row["AllocatedNetRevenueInCurrencyOfTransaction"]) == line.amount
        assert (row["CurrencyOfTransaction"], row["RightSharePercentage"]) == (line.currency, "100")
    by_store = {
        one.key: one.amount.micros for one in statement_slices(statement=statement, by=Cut.SERVICE)
    }
    assert sum(by_store.values()) == statement.earned


def test_no_cell_of_the_csv_is_a_formula(statement):
    for row in rows_of(statement):
        for name, cell in row.items():
            is_amount = name.startswith("Allocated")
            assert is_amount or not cell.startswith(("=", "+", "-", "@", "\t", "\r")), (name, cell)
    assert {row["ServiceDescription"] for row in rows_of(statement)} >= {"'+1 Store"}


def test_the_json_can_be_hashed_again(statement):
    said = json.loads("".join(statement_json(statement)))
    assert hashlib.sha256(said["body"].encode()).hexdigest() == statement.sha256
    assert json.loads(said["body"])["lines"]["sha256"] == statement.lines_sha256
    lines = [dict(zip(said["columns"], line, strict=True)) for line in said["lines"]]
    assert sum(int(line["paid"]) for line in lines) == statement.earned
    assert lines_digest(statement.lines.values()) == statement.lines_sha256
    songs = sum(int(one["amount"]) for one in said["sums"]["song"])
    assert songs == statement.earned


@pytest.mark.slow
def test_the_paper_says_what_the_screen_says(statement):
    """Drawn once in the jail, then kept; tagged, in a language, with its fonts, every figure on it."""
    content = statement_pdf(statement)
    assert statement_pdf(statement) == content
    assert StatementDocument.objects.count() == 1
    paper = pypdfium2.PdfDocument(content)
    texts = [paper[number].get_textpage() for number in range(len(paper))]
    text = "".join(one.get_text_range() for one in texts).replace("\u2212", "-").replace(",", "")
    page = statement_page(statement=statement)
    for step in page.steps:
        assert decimal_text(step.amount.micros, places=6) in text or decimal_text(step.amount.micros, places=2) in text  # fmt: skip
    for amount in (page.payable, page.carried, page.closing):
        assert decimal_text(amount.micros, places=2) in text
    assert statement.number in text
    assert "Żuławski & Søn <b>Records</b>" in text
    assert statement.sha256 in text.replace("\r\n", "").replace("\n", "")
    assert pypdfium2.raw.FPDFCatalog_IsTagged(paper)
    assert paper.get_metadata_dict()["Title"].startswith(f"Royalty statement {statement.number}")
    first = paper[0]
    objects = [one for one in first.get_objects() if one.type == pypdfium2.raw.FPDF_PAGEOBJ_TEXT]
    fonts = [pypdfium2.raw.FPDFTextObj_GetFont(one.raw) for one in objects]
    assert fonts
    assert all(pypdfium2.raw.FPDFFont_GetIsEmbedded(font) == 1 for font in fonts)


@pytest.mark.slow
def test_the_drawing_program_reaches_nothing(tmp_path):
    """No file, no address, no link with data; what it cannot draw is a refusal, and it goes on."""
    secret = tmp_path / "secret.css"
    secret.write_text("body::after{content:'SECRET'}")
    head = '<html lang="en"><head><meta charset="utf-8"><title>x</title>'
    attacks = [
        f'{head}<link rel="stylesheet" href="{secret.as_uri()}"></head><body>one</body>',
        f'{head}<link rel="stylesheet" href="http://127.0.0.1:9/x"></head><body>one</body>',
        f'{head}<style>@import url("{secret.as_uri()}");</style></head><body>one</body>',
        f'{head}</head><body>one<img alt="x" src="{secret.as_uri()}"></body>',
        f'{head}</head><body>one<object data="{secret.as_uri()}"></object></body>',
        f'{head}</head><body>one<a rel="attachment" href="{secret.as_uri()}">x</a></body>',
    ]
    with Draughtsman() as child:
        for html in attacks:
            try:
                content = child.draw(html).content
            except StatementRefusedError:
                continue
            paper = pypdfium2.PdfDocument(content)
            sheet = paper[0]
            text = sheet.get_textpage().get_text_range()
            assert "one" in text
            assert "SECRET" not in text
            assert b"secret.css" not in content
        assert child.draw(f"{head}</head><body>still here</body>").content.startswith(b"%PDF")


@pytest.mark.slow
def test_a_drawing_program_that_hangs_is_ended_and_the_next_page_has_a_new_one(
    monkeypatch, statement
):
    html = '<html lang="en"><head><title>x</title></head><body>one</body></html>'
    with Draughtsman() as child:
        monkeypatch.setattr(jail, "PAGE_S", 0.05)
        with pytest.raises(StatementRefusedError, match="The statement itself is safe"):
            child.draw("<html><body>" + "<table><tr><td>x</td></tr></table>" * 20_000)
        monkeypatch.undo()
        assert child.draw(html).content.startswith(b"%PDF")
    monkeypatch.setattr(jail, "PAGE_S", 0.001)
    assert statements_draw([statement]) == 0
    assert StatementDocument.objects.count() == 0

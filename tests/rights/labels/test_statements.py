"""Statements on their pages: the same to the micro-unit, down to a line and its dispute; nobody else's."""

from __future__ import annotations

import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rights.domain.statement_words import Cut
from rights.models import Statement, StatementDispute
from rights.selectors.breakdown import breakdown_of_statement
from rights.selectors.statement_page import statement_page
from rights.selectors.waterfall import waterfall_of
from rights.services.disputes import dispute_decide
from tests.rights.labels.conftest import MARK
from tests.rights.statements.months import AUGUST, SEPTEMBER

pytestmark = pytest.mark.django_db
LIST = reverse("rights:statement-list")
TAG = re.compile(r"<[^>]+>")


def page_of(statement, name="statement", *more):
    return reverse(f"rights:{name}", args=[statement.pk, *more])


def words(response):
    """Return the text of a page as it is read: without tags, blanks as one."""
    assert response.status_code == 200
    return " ".join(html.unescape(TAG.sub("", response.text)).split())


@pytest.fixture
def august(label):
    label.earn(AUGUST, 60 * MARK + 1, 20 * MARK)
    return label.statements[0]


def test_the_list_holds_published_statements_of_ones_own(label, rita, charlie):
    label.earn(AUGUST, 60 * MARK + 1)
    label.earn(SEPTEMBER, 30 * MARK, publish=False)
    page = words(rita.get(LIST))
    assert "TF-2026-08-00001" in page
    assert "TF-2026-09" not in page
    assert "60.000001" in page
    assert "No statement yet" in words(charlie.get(LIST))


def test_a_statement_is_new_until_somebody_who_looks_after_the_money_saw_it(august, reader, rita):
    assert reader.get(page_of(august)).status_code == 200
    assert Statement.objects.get(pk=august.pk).first_viewed_at is None
    assert "New" in words(rita.get(LIST))
    rita.get(page_of(august))
    assert Statement.objects.get(pk=august.pk).first_viewed_at is not None
    assert "New" not in words(rita.get(LIST))


def test_the_steps_come_to_the_closing_balance_and_their_bars_hang_together(august):
    page = statement_page(statement=august)
    rows = waterfall_of(page)
    assert sum(row.amount.micros for row in rows[:-1]) == rows[-1].amount.micros == august.closing
    assert [row.step for row in rows] == ["opening", "earned", "fee", "closing"]
    assert [row.kind for row in rows] == ["sum", "more", "less", "sum"]
    assert rows[-1].bar.end == rows[-2].bar.end


@pytest.mark.parametrize("cut", list(Cut))
def test_every_way_to_add_up_comes_to_what_was_earned(august, rita, cut):
    table = breakdown_of_statement(august, cut)
    assert sum(part.amount.micros for part in table.parts) == table.total.micros == august.earned
    assert "80.000001" in words(rita.get(page_of(august), {"by": cut}))


def test_the_page_shows_every_step_and_leads_to_the_lines(august, rita):
    page = rita.get(page_of(august)).text
    for text in ("TF-2026-08-00001", "Administration fee", august.sha256, "As of"):
        assert text in page
    lines = page_of(august, "statement-lines")
    assert f"{lines}?recording=" in page
    assert "style=" not in page


def test_a_figure_leads_to_the_lines_that_it_is_made_of(august, label, rita):
    lines = page_of(august, "statement-lines")
    page = words(rita.get(lines, {"service": "Lanternwave"}))
    assert "1 line comes to EUR 60.000001" in page
    assert "Store: Lanternwave" in page
    both = {"service": "Lanternwave", "recording": label.sand.isrc}
    assert "No line fits" in words(rita.get(lines, both))
    assert "2 lines come to EUR 80.000001" in words(rita.get(lines))


def test_lines_are_read_a_page_at_a_time(label, rita, monkeypatch):
    from rights.selectors import statement_lines

    monkeypatch.setattr(statement_lines, "PER_PAGE", 3)
    label.earn(AUGUST, *range(1, 8))
    lines = page_of(label.statements[0], "statement-lines")
    seen, query = [], ""
    while query is not None:
        page = rita.get(f"{lines}?{query}").text
        seen += re.findall(r"/lines/(\d+)/\"", page)
        found = re.search(r'rel="next" href="\?([^"]*)"', page)
        query = html.unescape(found[1]) if found else None
    assert seen == [str(number) for number in range(1, 8)]


def test_a_line_tells_how_it_came_about_and_leads_to_the_receipt(august, label, rita):
    page = rita.get(page_of(august, "statement-line", 1))
    text = words(page)
    for told in ("Ten into One", "67 %", "Split sheet version 1", "10 %", f"{AUGUST}.tsv"):
        assert told in text
    receipt = reverse("generation:receipt-verify", args=[str(label.sheet.receipt)])
    assert receipt in page.text
    assert rita.get(page_of(august, "statement-line", 99)).status_code == 404


def test_a_line_is_disputed_and_its_course_is_shown(august, label, rita, cast):
    line, act = page_of(august, "statement-line", 1), page_of(august, "statement-dispute", 1)
    assert rita.post(act, {"reason": "  "}).status_code == 422
    assert not StatementDispute.objects.exists()
    assert rita.post(act, {"reason": "We sold it in July"}).url == line
    dispute = StatementDispute.objects.get()
    assert (dispute.line.number, dispute.opened_by) == (1, cast.rita)
    again = rita.post(act, {"reason": "Once more"})
    assert again.status_code == 422
    assert "disputed already" in again.text
    dispute_decide(
        dispute=dispute, actor=cast.sam, is_upheld=True, amount=5 * MARK, because="Quite right"
    )
    text = words(rita.get(line))
    for told in ("We sold it in July", "Upheld", "Quite right", "EUR 5.00 stands as an adjustment"):
        assert told in text
    assert cast.sam.email not in text
    assert "Upheld" in words(rita.get(page_of(august)))


def test_a_viewer_reads_and_disputes_nothing(august, reader):
    page = reader.get(page_of(august, "statement-line", 1))
    assert "Owners and accountants of your organisation can dispute this line" in page.text
    act = page_of(august, "statement-dispute", 1)
    assert reader.post(act, {"reason": "x"}).status_code == 403
    assert not StatementDispute.objects.exists()


@pytest.mark.parametrize(
    ("name", "more"), [("statement", ()), ("statement-lines", ()), ("statement-line", (1,))]
)
def test_anothers_statement_is_not_there(august, charlie, name, more):
    assert charlie.get(page_of(august, name, *more)).status_code == 404
    assert Statement.objects.get(pk=august.pk).first_viewed_at is None


def test_nobody_disputes_for_another(august, charlie):
    act = page_of(august, "statement-dispute", 1)
    assert charlie.post(act, {"reason": "x"}).status_code == 404
    assert not StatementDispute.objects.exists()


def test_many_lines_cost_what_few_do(label, rita):
    counts = []
    for month, lines in ((AUGUST, 2), (SEPTEMBER, 40)):
        label.earn(month, *range(1, lines + 1))
        pages = [
            page_of(label.statements[-1], name) for name in ("statement", "statement-lines")
        ] + [page_of(label.statements[-1], "statement-line", 1)]
        asked = []
        for page in pages:
            rita.get(page)
            with CaptureQueriesContext(connection) as queries:
                rita.get(page)
            asked.append(len(queries))
        counts.append(asked)
    assert counts[0] == counts[1]

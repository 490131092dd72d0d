"""The list of statements: pages of fifty, and by year, currency and standing; of one's own only."""

from __future__ import annotations

import html
import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rights.selectors import statement_list as listing
from rights.selectors.statement_list import Asked, statement_list
from rights.services.statement_publishing import statement_publish
from rights.services.statements import statement_revise
from tests.rights.factories import make_party
from tests.rights.labels.conftest import MARK
from tests.rights.statements.months import Earning, contract_of, issue, locked

pytestmark = pytest.mark.django_db
LIST = reverse("rights:statement-list")
MONTHS = ("2025-11", "2025-12", "2026-01")


@pytest.fixture
def years(cast, second):
    """Return a payee of Rita's label with three months in two years, the first of them corrected."""
    party = make_party("Rita Publishing", organisation=cast.label)
    contract_of(party, actor=cast.sam, since=date(2025, 1, 1))
    made = []
    for month in MONTHS:
        made += issue(locked(month, [Earning(party, 60 * MARK)], cast.sam, second))
        statement_publish(statement=made[-1], actor=cast.sam)
        if month == MONTHS[0]:
            again = statement_revise(
                statement=made[0], actor=cast.sam, because="The name was wrong"
            )
            statement_publish(statement=again, actor=cast.sam)
    return made


def numbers(response):
    assert response.status_code == 200
    return re.findall(r'class="figure">(TF-[\d-]+(?: R\d)?)<', response.text)


def test_the_newest_stand_first_and_one_chooses_a_year(years, rita):
    everything = numbers(rita.get(LIST))
    assert everything == [
        "TF-2026-01-00001", "TF-2025-12-00001", "TF-2025-11-00001 R2", "TF-2025-11-00001",
    ]  # fmt: skip
    page = rita.get(LIST, {"year": "2025"})
    assert numbers(page) == everything[1:]
    assert "<option selected>2025</option>" in page.text
    assert "3 statements" in page.text
    assert f'href="{LIST}">Clear' in page.text


def test_one_chooses_what_stands_what_was_replaced_and_what_nobody_read(years, rita):
    assert numbers(rita.get(LIST, {"standing": "replaced"})) == ["TF-2025-11-00001"]
    assert len(numbers(rita.get(LIST, {"standing": "current"}))) == 3
    rita.get(reverse("rights:statement", args=[years[-1].pk]))
    unread = numbers(rita.get(LIST, {"standing": "new"}))
    assert "TF-2026-01-00001" not in unread
    assert len(unread) == 3
    both = rita.get(LIST, {"standing": "replaced", "year": "2026"})
    assert "No statement fits" in both.text
    assert numbers(both) == []


@pytest.mark.parametrize(
    "query",
    [
        {"year": "26"}, {"year": "'; DROP"}, {"year": "\uff12\uff10\uff12\uff16"}, {"standing": "draft"},
        {"currency": "eur"}, {"currency": "EURO"}, {"page": "-1"}, {"page": "x"}, {"page": "9" * 40},
    ],
)  # fmt: skip
def test_what_an_address_cannot_mean_is_as_if_it_was_not_there(years, rita, query):
    assert len(numbers(rita.get(LIST, query))) == 4


def test_a_list_is_read_a_page_at_a_time_and_keeps_what_was_chosen(years, rita, monkeypatch):
    monkeypatch.setattr(listing, "PER_PAGE", 2)
    seen, address = [], f"{LIST}?year=2025"
    while address:
        page = rita.get(address)
        seen += numbers(page)
        found = re.search(r'rel="next" href="([^"]*)"', page.text)
        address = LIST + html.unescape(found[1]) if found else ""
        assert "Page " in page.text
    assert seen == ["TF-2025-12-00001", "TF-2025-11-00001 R2", "TF-2025-11-00001"]
    assert (
        'rel="prev" href="?year=2025&amp;page=1"' in page.text or "?year=2025&page=1" in page.text
    )
    assert numbers(rita.get(LIST, {"page": "99"})) == numbers(rita.get(LIST, {"page": "2"}))


def test_fifty_stand_on_a_page(years, cast):
    assert listing.PER_PAGE == 50
    found = statement_list(organisation=cast.label)
    assert (found.page.paginator.per_page, found.total, found.is_empty) == (50, 4, False)
    assert (found.years, found.currencies) == (("2026", "2025"), ("EUR",))


def test_currencies_are_offered_when_there_are_several(label, rita, cast, second):
    other = make_party("Rita Overseas", organisation=cast.label)
    contract_of(other, actor=cast.sam, currency="USD")
    label.earn("2026-08", 60 * MARK)
    short = rita.get(LIST).text
    assert 'name="standing"' not in short  # a short list needs no form
    for made in issue(locked("2026-09", [Earning(other, MARK, "USD")], cast.sam, second)):
        statement_publish(statement=made, actor=cast.sam)
    offered = rita.get(LIST)
    assert "Every currency" in offered.text
    assert "Every year" not in offered.text  # there is one
    dollars = rita.get(LIST, {"currency": "USD"})
    assert numbers(dollars) == [one for one in numbers(offered) if one in numbers(dollars)]
    assert set(re.findall(r"· (EUR|USD)</span>", dollars.text)) == {"USD"}
    assert set(re.findall(r"· (EUR|USD)</span>", offered.text)) == {"EUR", "USD"}


def test_nothing_of_another_is_counted_or_offered(years, charlie):
    page = charlie.get(LIST, {"year": "2025"})
    assert "No statement yet" in page.text
    assert (
        "2025"
        not in re.sub(r"<title>.*</title>", "", page.text).split("<main")[-1].split("</main")[0]
    )
    assert charlie.get(LIST, {"page": "2"}).status_code == 200


def test_a_long_list_costs_what_a_short_one_does(years, rita, monkeypatch):
    counts = []
    for size in (1, 4):
        monkeypatch.setattr(listing, "PER_PAGE", size)
        rita.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            assert len(numbers(rita.get(LIST))) == size
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_address_is_written_as_it_is_read():
    asked = Asked.of({"year": "2026", "currency": "EUR", "standing": "new", "page": "3"})
    assert asked == Asked("2026", "EUR", "new")
    assert asked.query == "year=2026&currency=EUR&standing=new&"
    assert Asked().query == ""

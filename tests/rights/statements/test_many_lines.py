"""A payee with very many lines: settled and written in bounded memory, and the same to the last bit."""

from __future__ import annotations

import tracemalloc
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from itertools import count, islice

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rights.domain.statement_body import FACTS, LINE_COLUMNS, LineFacts, lines_digest
from rights.models import Statement
from rights.selectors import statement_inputs
from rights.selectors.run_inputs import Period
from rights.selectors.statement_due import payees_due
from rights.selectors.statement_inputs import Span, lines_of, runs_of
from rights.services.statement_writing import _line_rows
from rights.services.statements import batch_begin, batch_issued, statement_issue
from tests.rights.factories import make_party
from tests.rights.statements.months import AUGUST, SEPTEMBER, Earning, contract_of, issue, locked

MANY = 300
BYTES_A_LINE = 1_200
"""A hundred thousand lines are then 120 MB, and half a million can be settled in 600."""


class Settled:
    """The lines of a statement as they are after settling: each with what it came to."""

    def __init__(self, lines):
        self.lines = tuple((line, line.amount) for line in lines)


def line(number):
    return LineFacts(
        share=number, release=None, pool="inputs", song_isrc="QZTEN2600001", song_title="Song",
        project="Alice", recording="r", isrc="QZTEN2600002", title="Tide", service="Lanternwave",
        territory="DE", month="2026-08", use="OnDemandStream", model="SubscriptionModel",
        uses=Decimal(number), weight=100_000, share_ppm=1_000, currency="EUR", amount=1_000 + number,
    )  # fmt: skip


def peak(work):
    """Return how many bytes stood at once while it was done, and what it returned."""
    tracemalloc.start()
    try:
        done = work()
        return tracemalloc.get_traced_memory()[1], done
    finally:
        tracemalloc.stop()


def test_a_line_is_small_and_has_no_dictionary():
    one = line(1)
    assert not hasattr(one, "__dict__")
    assert tuple(asdict(one)) == FACTS
    assert set(LINE_COLUMNS) - {"number", "paid"} <= set(FACTS)


def test_rows_of_lines_never_stand_there_at_once():
    settled = Settled(line(number) for number in range(10_000))
    size, digest = peak(lambda: lines_digest(_line_rows(settled)))
    assert size < 200_000
    rows = list(_line_rows(settled))
    assert digest == lines_digest(rows)
    assert [row["number"] for row in islice(rows, 3)] == [1, 2, 3]
    assert rows[7]["paid"] == rows[7]["amount"] == 1_007


def test_settling_and_hashing_many_lines_takes_little_for_each():
    size, settled = peak(lambda: Settled(line(number) for number in islice(count(), 20_000)))
    assert len(settled.lines) == 20_000
    assert size / 20_000 < BYTES_A_LINE


@pytest.mark.django_db
def test_the_lines_of_a_payee_are_read_some_at_a_time_and_come_out_the_same(
    cast, olive, alma, monkeypatch
):
    contract_of(alma, actor=cast.sam)
    earnings = [Earning(alma, 1_000 + number, uses=number) for number in range(MANY)]
    run = locked(AUGUST, earnings, cast.sam, olive)
    span = Span(None, Period.parse(AUGUST).end)
    whole = lines_of(alma, span, runs_of(span))
    monkeypatch.setattr(statement_inputs, "_CHUNK", 7)
    size, parts = peak(lambda: lines_of(alma, span, runs_of(span)))
    assert parts == whole
    assert len(parts) == MANY
    assert len({id(one.title) for one in parts}) == 1  # the same words are kept once
    assert size / MANY < 4_000  # with what Django needs for one query
    [made] = issue(run)
    made = Statement.objects.get(pk=made.pk)
    assert (made.n_lines, made.earned) == (MANY, sum(one.amount for one in earnings))
    assert lines_digest(made.lines.values()) == made.lines_sha256


@pytest.mark.django_db
def test_issuing_asks_the_database_as_often_for_many_lines_as_for_few(cast, olive):
    counts = {}
    for month, many in ((AUGUST, 10), (SEPTEMBER, 200)):
        payees = [make_party(f"Label {month} {number}") for number in range(2)]
        for payee in payees:
            since, terms = date.fromisoformat(f"{month}-01"), {"reserve_periods": 1}
            contract_of(payee, actor=cast.sam, since=since, fee_ppm=1_000, reserve_ppm=500, **terms)
        earnings = [Earning(payee, 1_000_003 + n, uses=n) for payee in payees for n in range(many)]
        run = locked(month, earnings, cast.sam, olive)
        batch = batch_begin(run=run, actor=cast.sam)
        for due in payees_due(run):
            with CaptureQueriesContext(connection) as queries:
                made = statement_issue(due=due, run=run, actor=cast.sam)
            if due.party in {payee.pk for payee in payees}:
                assert made.n_lines == many
                counts.setdefault(many, set()).add(len(queries))
        batch_issued(batch=batch, missed=[])
    # The very first one also makes the accounts of fee and reserve.
    assert max(counts[200]) <= min(counts[10])

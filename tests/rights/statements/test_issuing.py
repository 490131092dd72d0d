"""Issuing: each statement closes with what the books say, once, in order, to the micro-unit."""

from __future__ import annotations

import pytest

from rights.selectors.ledger import balances_at
from tests.rights.statements.months import AUGUST, Earning, contract_of, issue, locked

pytestmark = pytest.mark.django_db


def test_a_statement_closes_with_what_the_books_say(alma, cast, olive):
    contract_of(alma, actor=cast.sam, fee_ppm=150_000, withholding_ppm=158_250)
    run = locked(AUGUST, [Earning(alma, 100_000_001), Earning(alma, -7)], cast.sam, olive)
    [made] = issue(run)
    assert (made.number, made.earned, made.fee) == ("TF-2026-08-00001", 99_999_994, -14_999_999)
    books = balances_at(None, roles=("payee_payable", "payee_receivable"))
    assert books[f"payee_payable:{alma.pk}:EUR"] == made.closing == made.payable + made.carried

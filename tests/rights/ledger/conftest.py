"""A little ledger to look at."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rights.domain.chart import account
from tests.rights.ledger.books import NOVEMBER, OCTOBER, POOL, STORE, earn, pay, payable, post


@pytest.fixture
def autumn(db: None) -> None:
    """Income and an allocation in October, a payout in November, dollars for another payee."""
    post("in", (STORE, -100), (POOL, 100), kind="income_accrued")
    earn("rita", 100, effective_at=OCTOBER + timedelta(days=1), memo="Run of October")
    pay("rita", 40, effective_at=NOVEMBER)
    dollars = account("pool_base_clearing", "USD")
    post("usd", (dollars, -7), (payable("bob", "USD"), 7))

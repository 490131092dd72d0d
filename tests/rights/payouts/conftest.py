"""A stand-in of Stripe, and a world in which people are paid through it."""

from __future__ import annotations

import pytest

from rights.services import payout_sending
from tests.rights.payouts.paying import Paying
from tests.stripe_desk import Desk, pointed


@pytest.fixture
def desk(sandbox, settings) -> Desk:
    return pointed(settings, sandbox["stripe"])


@pytest.fixture
def paying(db, desk, monkeypatch) -> Paying:
    # Nobody waits for seconds to see that a "not now" is asked again.
    monkeypatch.setattr(payout_sending, "BACK_OFF_S", (0.0, 0.0))
    return Paying(desk)

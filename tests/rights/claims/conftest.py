"""People who decide, and a month in which money is held for a recording that nobody owns."""

from __future__ import annotations

import pytest

from tests.rights.claims.held import month_of
from tests.rights.income.reports import Sale
from tests.rights.runs.conftest import olive, world  # noqa: F401 - fixtures
from tests.rights.runs.months import OCTOBER, OTHER


@pytest.fixture
def held(world, cast, olive):  # noqa: F811
    """August, locked: 10.000001 EUR from one song of three recordings, 3 EUR from another."""
    sales = [Sale(net="10.000001"), Sale(isrc=OTHER, net="3", summary="S2")]
    return month_of(OCTOBER, sales, cast.sam, olive)

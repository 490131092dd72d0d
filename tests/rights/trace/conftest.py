"""Money that can be traced: a month from a report to shares, with an owner, a claim and held money."""

from __future__ import annotations

from tests.rights.claims.conftest import held  # noqa: F401 - fixture
from tests.rights.income.conftest import reader, staff  # noqa: F401 - fixtures
from tests.rights.runs.conftest import olive, world  # noqa: F401 - fixtures

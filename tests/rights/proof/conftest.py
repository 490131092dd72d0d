"""The second person in the office, and a world of owners."""

from __future__ import annotations

from tests.rights.runs.conftest import olive, world  # noqa: F401 - fixtures

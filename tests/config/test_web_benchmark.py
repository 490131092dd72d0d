"""``manage.py bench web``: a real server on a database of its own, which it leaves no trace of."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).parents[2]


def scratch_databases() -> list[str]:
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as connection:
        found = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE '%bench%'")
        return [name for (name,) in found]


@pytest.mark.slow
def test_it_measures_the_page_and_the_poll_and_drops_its_database():
    before = scratch_databases()
    done = subprocess.run(
        [sys.executable, "manage.py", "bench", "web", "--rate-hz", "4", "--duration-s", "1"],
        cwd=ROOT,
        env={**os.environ, "DEBUG": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    report = json.loads(done.stdout)
    assert report["jobs"] == 50
    for name in ("page_of_50_rows", "unchanged_poll"):
        fixed, fastest = report[name]["at_4_per_s"], report[name]["fastest_with_8_clients"]
        assert (fixed["requests"], fixed["errors"], fastest["errors"]) == (4, 0, 0)
        assert 0 < fixed["p50_ms"] <= fixed["p95_ms"] <= fixed["max_ms"]
        assert report[name]["server_processor_ms_per_request"] > 0
    assert scratch_databases() == before

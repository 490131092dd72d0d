"""What a process loads when it starts: the web process every page, workers no page, neither sound.

import-linter follows import statements; this also covers ``include("…")`` and autodiscovery.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

from tests.architecture.tree import ROOT

HEAVY = {
    "torch", "diffusers", "transformers", "librosa", "numba", "scipy", "numpy",
    "av", "soundfile", "soxr", "shazamio", "stripe", "weasyprint", "mir_eval",
    "duckdb", "ibis", "sqlglot", "pyarrow", "pandas",
}  # fmt: skip
LOADED = "; import json, sys; print(json.dumps(sorted(sys.modules)))"


def test_the_web_process_has_loaded_every_page_and_no_heavy_package():
    modules = loaded_by("import config.wsgi")
    assert {"accounts.views.home", "rights.admin.royalty_runs"} <= modules
    assert sorted(HEAVY & {name.partition(".")[0] for name in modules}) == []


def test_workers_and_commands_start_without_the_pages_that_they_do_not_serve():
    modules = loaded_by("import django; django.setup()")
    assert "rights.models.ledger" in modules
    pages = re.compile(
        r"(config|accounts|library|generation|rights|distribution)\.(urls|views|admin)\b"
    )
    # config.admin is the site itself, whose name Django's admin wants to know.
    assert [name for name in sorted(modules) if pages.match(name) and name != "config.admin"] == []


def test_the_command_that_has_a_song_made_loads_nothing_that_makes_one():
    modules = loaded_by("import django; django.setup(); import generation.management.commands.song")
    assert "generation.management.song.demo" in modules
    packages = {name.partition(".")[0] for name in modules}
    assert sorted((HEAVY | {"tinysoundfont"}) & packages) == []


def loaded_by(code: str) -> set[str]:
    """Return the names of all modules that a new process has loaded after ``code``."""
    out = subprocess.run(
        [sys.executable, "-c", code + LOADED],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "DEBUG": "1"},
        check=True,
        capture_output=True,
        text=True,
    )
    return set(json.loads(out.stdout.splitlines()[-1]))

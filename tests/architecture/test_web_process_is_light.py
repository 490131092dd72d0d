"""Loading the whole URLconf pulls in no heavy package.

import-linter follows import statements; this also covers ``include("…")`` and autodiscovery.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

from tests.architecture.tree import ROOT

HEAVY = {
    "torch", "diffusers", "transformers", "librosa", "numba", "scipy", "numpy",
    "av", "soundfile", "soxr", "shazamio", "stripe", "weasyprint", "mir_eval",
}  # fmt: skip
CODE = """
import json, sys
import django; django.setup()
from django.urls import get_resolver; get_resolver().url_patterns
import config.wsgi
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_urlconf_imports_no_heavy_package():
    out = subprocess.run(
        [sys.executable, "-c", CODE],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "DEBUG": "1"},
        check=True,
        capture_output=True,
        text=True,
    )
    loaded = set(json.loads(out.stdout.splitlines()[-1]))
    assert "accounts" in loaded
    assert sorted(HEAVY & loaded) == []

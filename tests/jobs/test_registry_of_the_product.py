"""Every kind that the apps register can really be done."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest
from django.utils.module_loading import import_string

from config.jobs import registry


@pytest.mark.parametrize("kind", list(registry.kinds()), ids=lambda kind: kind.name)
def test_kind_resolves_to_a_handler_of_one_run(kind):
    parameters = list(inspect.signature(kind.load()).parameters.values())
    assert len([p for p in parameters if p.default is p.empty]) == 1
    assert kind.time_limit_s > 0
    assert kind.max_attempts >= 1
    if kind.on_retry:
        names = set(inspect.signature(import_string(kind.on_retry)).parameters)
        assert names == {"old", "new"}


def test_no_measuring_or_testing_kind_is_known_to_the_product():
    strange = [k.name for k in registry.kinds() if k.name.startswith(("test.", "jobs."))]
    assert strange == []


def test_worker_process_imports_nothing_heavy():
    code = (
        "import django, sys; django.setup(); import config.jobs.worker, config.jobs.supervisor;"
        "import config.jobs.reaper, django_q.cluster;"
        "heavy = {'torch', 'numpy', 'scipy', 'librosa', 'numba', 'av', 'soundfile', 'soxr',"
        " 'shazamio', 'weasyprint', 'boto3'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60
    )
    assert out.stdout.strip().splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    "module", ["library.tasks.ingest", "library.tasks.analyse", "generation.tasks.generate"]
)
def test_ffmpeg_is_loaded_where_it_encodes_and_not_before(module):
    code = f"import django, sys; django.setup(); import {module}; print('av' in sys.modules)"
    out = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60
    )
    assert out.stdout.strip().splitlines()[-1] == "False"

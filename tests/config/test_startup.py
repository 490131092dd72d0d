"""How commands and workers load Django: all of it, and with the search for garbage on again."""

from __future__ import annotations

import subprocess
import sys

import pytest

LOADED = (
    "import gc; from config.startup import load_django; load_django(); from django.apps import apps;"
    "print(apps.ready, gc.isenabled(), gc.get_freeze_count() > 10_000)"
)


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run some code in a fresh interpreter."""
    import os

    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", **environment}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_everything_is_loaded_and_left_out_of_later_searches_for_garbage():
    told = run(LOADED, DATABASE_URL="postgresql://nobody@/nothing", DEBUG="1")
    assert told.stdout.split() == ["True", "True", "True"], told.stderr


@pytest.mark.slow
def test_settings_that_cannot_be_read_are_an_error_and_the_search_is_on_again():
    code = LOADED.replace(
        "load_django();",
        "\ntry: load_django()\nexcept Exception as error: print(type(error).__name__, gc.isenabled())\n",
        1,
    )
    code = code.split("from django.apps")[0]
    told = run(code, DJANGO_SETTINGS_MODULE="config.nowhere")
    assert told.stdout.split() == ["ModuleNotFoundError", "True"], told.stderr

"""A slow job for the browser to watch, known to the site, its workers and their children.

Asked for from outside: ``python -m tests.browser.job_kinds <title> <params as JSON>`` queues one
for Alice's studio and prints its public id.
"""

from __future__ import annotations

import json
import sys
import time
from functools import partial
from typing import TYPE_CHECKING

import django
from django.apps import AppConfig

from config.jobs import registry
from config.lib.errors import DomainError

if TYPE_CHECKING:
    from config.jobs.stages import Run

KIND = "browser.song"
STEPS = (("listen", "Listen to the songs"), ("compose", "Compose"), ("render", "Render"))
TICK_S = 0.1


class BrowserKindsConfig(AppConfig):
    """Registers the kind in every process of the site."""

    name = "tests.browser"
    label = "browser_kinds"

    def ready(self) -> None:
        """Register it."""
        registry.register(KIND, f"{__name__}.make_song", title="Song", steps=STEPS)


def make_song(run: Run) -> None:
    """Sit still in the first step, move in the second, and stop in the third if told to.

    ``params``: ``still_s`` and ``moving_s`` in seconds; ``refuse`` is the reason for stopping.
    """
    run.stage("listen", partial(_sit_still, run), progress_ppm=200_000)
    run.stage("compose", partial(_move, run), progress_ppm=900_000)
    run.stage("render", partial(_render, run), progress_ppm=990_000)
    run.finish(lambda: {"url": "/jobs/?tab=done", "label": "Open the song"})


def _sit_still(run: Run) -> str:
    time.sleep(run.params.get("still_s", 0))
    return "listened"


def _move(run: Run) -> str:
    ticks = round(run.params.get("moving_s", 0) / TICK_S)
    for tick in range(ticks):
        run.progress_part(tick, ticks)
        time.sleep(TICK_S)
    return "composed"


def _render(run: Run) -> str:
    if reason := run.params.get("refuse"):
        raise DomainError("browser.refused", reason)
    return "rendered"


def enqueue_for_alice(title: str, params: dict[str, object]) -> str:
    """Queue one and return its public id."""
    from accounts.models import Organisation
    from config.jobs.services import enqueue

    studio = Organisation.objects.get(name="Alice's Studio")
    key = f"browser:{title}:{time.monotonic_ns()}"
    return str(enqueue(KIND, params, idem=key, tenant=studio.pk, title=title).public_id)


if __name__ == "__main__":
    django.setup()
    print(enqueue_for_alice(sys.argv[1], json.loads(sys.argv[2])))  # noqa: T201 - for the caller

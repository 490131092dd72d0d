"""Fill the scratch database of the web benchmark and print what the load generator needs.

Run by ``manage.py shell`` in a process of its own, with that database's environment: a studio with
one member who is logged in, fifty jobs that wait or run, and a history, so that places and times
left are computed as they are in life.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone

from accounts.models import Membership, Organisation, User
from config.jobs.models import Job

if TYPE_CHECKING:
    from uuid import UUID

LIVE, RUNNING, HISTORY = 50, 4, 200
STEPS = ["listen", "match", "compose", "render"]
MEDIAN_S = 180


def main() -> None:
    """Write the rows and print ``{"cookie": …, "jobs": …}`` as JSON."""
    sys.stdout.write(json.dumps({"cookie": _cookie(_studio()), "jobs": LIVE}))


def _studio() -> User:
    """Make a studio with one member, and its jobs; return the member."""
    person = User.objects.create_user("bench@example.com", name="Bench")
    studio = Organisation.objects.create(kind=Organisation.Kind.CREATOR, name="Bench")
    Membership.objects.create(organisation=studio, user=person, role=Membership.Role.OWNER)
    _jobs(studio.pk)
    return person


def _jobs(tenant: UUID) -> None:
    now = timezone.now()
    past = [
        Job(
            **_song(tenant, f"history-{number}"),
            state=Job.State.SUCCEEDED,
            progress_ppm=1_000_000,
            started_at=now - timedelta(seconds=MEDIAN_S + number % 60),
            finished_at=now,
        )
        for number in range(HISTORY)
    ]
    running = [
        Job(
            **_song(tenant, f"running-{number}"),
            state=Job.State.RUNNING,
            attempt=1,
            step="compose",
            progress_ppm=200_000 * number,
            started_at=now,
            lease_until=now + timedelta(hours=1),  # nobody works here: the rows stand still
        )
        for number in range(RUNNING)
    ]
    waiting = [Job(**_song(tenant, f"waiting-{number}")) for number in range(LIVE - RUNNING)]
    Job.objects.bulk_create([*past, *running, *waiting])


def _song(tenant: UUID, key: str) -> dict[str, Any]:
    return {
        "kind": "bench.song",
        "title": f"New song from ten: {key}",
        "idem": f"bench:{key}",
        "tenant": tenant,
        "steps": STEPS,
    }


def _cookie(person: User) -> str:
    """Return the Cookie header of a browser in which ``person`` is logged in."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"

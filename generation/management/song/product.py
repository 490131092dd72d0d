"""The product as the command needs it: schema, demo people, stand-ins, workers. What runs is used."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import psutil
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from accounts.models import Membership, User
from accounts.services.demo import demo_accounts_seed, demo_address
from config import postgres, stand_ins
from config.jobs import claims
from config.jobs.supervisor import Supervisor
from config.lib.connections import let_go_of_connections, use_no_pool
from config.processes import ProcessGroup
from generation.management.song.errors import SongStoppedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

MANAGE = [sys.executable, "manage.py"]
CREATOR = "alice"
READY_WITHIN_S, LOOK_EVERY_S = 60.0, 0.1
PROBE_S = 2.0
WARM_IDLE_S = 5
LOG = "song.log"
READING = ("library.tasks.ingest", "library.tasks.analyse", "rights.tasks.identify")
MAKING = ("generation.tasks.generate", "generation.engines.mosaic")
"""What the jobs that come want, loaded while this process still asks for them."""

# Whoever has worked lately; a supervisor that ended leaves its last sign behind.
SUPERVISORS = """
SELECT DISTINCT cluster FROM jobs_workerbeat
 WHERE queue = 'cpu' AND beat_at > clock_timestamp() - %(stale_s)s * interval '1 s'
"""


@dataclass(frozen=True)
class Product:
    """What runs: for whom, and what of it was started here."""

    who: Membership
    started: ProcessGroup
    asks_stand_ins: bool
    """Whether what is known may not be enough."""

    def is_done_with(self) -> None:
        """Let what was started here end while the rest is done: nothing more is to be made."""
        self.started.ask_to_end()


@contextmanager
def product_running(*, is_enough: Callable[[Membership], bool]) -> Iterator[Product]:
    """Yield the product while it runs; end only what was started here.

    Whether what it knows is enough for its creator, so that no stand-in need be asked, says
    ``is_enough``.

    Raises
    ------
    SongStoppedError
        If the demo creator is missing and may not be made, or a process does not start.
    """
    # The group below is told apart by its place in the tree, so it starts where the code is.
    os.chdir(settings.BASE_DIR)
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    with (settings.VAR_DIR / LOG).open("ab") as log:
        processes = ProcessGroup(output=log)
        try:
            _bring_up_to_date()
            who = _creator()
            asks = not is_enough(who)
            if asks:
                _start_stand_ins(processes)
            _start_workers(processes, loads=MAKING if not asks else (*READING, *MAKING))
            yield Product(who, processes, asks)
        finally:
            processes.stop()
            database_let_go()


def database_let_go() -> None:
    """Stop the database if this process started it, unless somebody else has come to use it."""
    if os.environ.get(postgres.STARTED):
        connection.close()
        postgres.stop(settings.VAR_DIR / "postgres", unless_in_use=True)


def stand_ins_wait() -> None:
    """Wait until the stand-ins answer; at once where real services are used.

    Raises
    ------
    SongStoppedError
        If they do not.
    """
    until = time.monotonic() + READY_WITHIN_S
    while settings.SANDBOX_IN_USE and not _stand_ins_answer():
        if time.monotonic() > until:
            raise SongStoppedError(f"The stand-ins do not start; see {settings.VAR_DIR / LOG}.")
        time.sleep(LOOK_EVERY_S)


def supervisors() -> list[psutil.Process]:
    """Return the supervisors of this machine that serve the product now.

    Not those of other songs' commands, which end with them.
    """
    stale_s = settings.JOBS_STALE_S
    names = [name for (name,) in claims.every(SUPERVISORS, stale_s=stale_s)]
    return [found for name in names if (found := _process(name)) is not None]


def _process(name: str) -> psutil.Process | None:
    """Return the process that a sign of life names, "host:pid", if it is one of ours and lives."""
    host, _colon, pid = name.rpartition(":")
    try:
        process = psutil.Process(int(pid))
        is_ours = host == socket.gethostname() and "supervise" in process.cmdline()
    except (psutil.Error, ValueError):
        return None
    return process if is_ours else None


def _start_stand_ins(processes: ProcessGroup) -> None:
    if settings.SANDBOX_IN_USE and not _stand_ins_answer():
        processes.start("sandbox", stand_ins.program(), env=stand_ins.environment())


def _stand_ins_answer() -> bool:
    # Asked again and again: a larger client would read the machine's certificates each time.
    asked = http.client.HTTPConnection(
        settings.SANDBOX_HOST, settings.SANDBOX_PORT, timeout=PROBE_S
    )
    try:
        asked.request("GET", "/_sandbox/health")
        return asked.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()


def _bring_up_to_date() -> None:
    """Migrate where a migration is missing, as the owner of the tables: another process.

    Raises
    ------
    SongStoppedError
        If that fails.
    """
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        migrate = [*MANAGE, "migrate", "--verbosity", "0"]
        if subprocess.run(migrate, check=False, stdout=sys.stderr).returncode:  # noqa: S603 - our own
            raise SongStoppedError("The database was not brought up to date; why is said above.")


def _start_workers(processes: ProcessGroup, *, loads: Sequence[str]) -> None:
    if not supervisors():
        let_go_of_connections()
        # A program of its own would take a second to load what is loaded here already.
        processes.start_copy("workers", partial(_supervise, loads))


def _supervise(loads: Sequence[str]) -> None:
    # Two read the ten, one makes the song of them: the other is not to hold memory meanwhile.
    settings.JOBS_WARM_IDLE_S = WARM_IDLE_S
    use_no_pool()
    Supervisor(["cpu"], brief=True, loads=loads).run()


def _creator() -> Membership:
    """Return the demo creator's membership of the workspace they own, made where it is missing."""
    if not User.objects.filter(email=demo_address(CREATOR)).exists():
        if not settings.DEBUG:
            raise SongStoppedError(
                "There is no demo creator here to make the song for, and this is no development "
                "installation. Run manage.py seed_demo --force first, if that is what you want."
            )
        demo_accounts_seed()
    mine = Membership.objects.select_related("organisation", "user").filter(
        user__email=demo_address(CREATOR), role=Membership.Role.OWNER
    )
    found = mine.order_by("pk").first()
    if found is None:
        raise SongStoppedError(
            "The demo creator has no workspace any more; run manage.py seed_demo."
        )
    return found

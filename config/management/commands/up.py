"""``manage.py up``: the whole product on one machine, as ``bin/run`` starts it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from config import postgres, stand_ins
from config.processes import ProcessGroup

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

READY_WITHIN_S = 90
MANAGE = [sys.executable, "manage.py"]


class Command(BaseCommand):
    """Migrate, start web, workers and stand-ins, wait until ready, end them on Ctrl-C."""

    help = "Serve the whole product on this machine until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
        parser.add_argument("--check", action="store_true", help="start, fetch a page, stop")

    def handle(self, *args: Any, port: int, check: bool, **options: Any) -> None:
        """Run until Ctrl-C or SIGTERM, or once with ``--check``."""
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        self._refuse_a_taken_port(port)
        embedded = settings.VAR_DIR / "postgres"
        processes = ProcessGroup()
        try:
            # Ten songs are recorded in the background, which a mere check has no use for.
            logins = self._prepare(with_songs=settings.SANDBOX_IN_USE and not check)
            self._start(processes, port)
            self._wait_until_ready(processes, port)
            self._greet(port, logins)
            if not check:
                self._watch(processes)
            self.stdout.write("Ready, and stopping again." if check else "")
        except KeyboardInterrupt:
            self.stdout.write("\nStopping.")
        finally:
            processes.stop()
            if os.environ.get(postgres.STARTED):
                connection.close()
                postgres.stop(embedded, unless_in_use=True)

    def _refuse_a_taken_port(self, port: int) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                msg = f"Port {port} is in use. Stop what runs there, or choose another: --port 8001"
                raise CommandError(msg) from None

    def _prepare(self, *, with_songs: bool) -> str:
        """Bring the schema up to date; in development make the demo log-ins and return them."""
        if subprocess.run([*MANAGE, "migrate", "--verbosity", "0"], check=False).returncode:  # noqa: S603
            msg = "The database was not brought up to date; why is said above. Nothing was started."
            raise CommandError(msg)
        if not settings.DEBUG:
            return ""
        seed = [*MANAGE, "seed_demo", *(["--songs", "--money"] if with_songs else [])]
        return subprocess.run(seed, check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S603

    def _start(self, processes: ProcessGroup, port: int) -> None:
        if settings.SANDBOX_IN_USE:
            told = stand_ins.environment(site_url=f"http://127.0.0.1:{port}")
            processes.start("sandbox", stand_ins.program(), env=told)
        web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2"]
        web += ["--blocking-threads", "4", "--host", "127.0.0.1", "--port", str(port)]
        web += ["--log-level", "warning", "config.wsgi:application"]
        processes.start("web", web, env={"DATABASE_POOL": "1"})
        processes.start("workers", [*MANAGE, "supervise"], env={})

    def _wait_until_ready(self, processes: ProcessGroup, port: int) -> None:
        deadline = time.monotonic() + READY_WITHIN_S
        answer = "no answer yet"
        while time.monotonic() < deadline:
            if (name := processes.ended()) is not None:
                msg = f"The {name} process ended while starting; its messages are above."
                raise CommandError(msg)
            try:
                response = httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5)
                answer = response.text
                if response.status_code == httpx.codes.OK:
                    httpx.get(f"http://127.0.0.1:{port}/", timeout=5).raise_for_status()
                    return
            except httpx.HTTPError as error:
                answer = str(error)
            time.sleep(0.2)
        msg = f"Not ready after {READY_WITHIN_S} s: {answer}"
        raise CommandError(msg)

    def _greet(self, port: int, logins: str) -> None:
        self.stdout.write(self.style.SUCCESS(f"\nTenfold is at http://localhost:{port}\n"))
        if logins:
            self.stdout.write(
                f"Log in as one of these, with the password beside the name:\n{logins}"
            )
            self.stdout.write(f"Mails are files in {settings.EMAIL_FILE_PATH}.")
        self.stdout.write("Ctrl-C stops everything.")

    def _watch(self, processes: ProcessGroup) -> None:
        while (name := processes.ended()) is None:
            time.sleep(0.5)
        msg = f"The {name} process ended; stopping the others."
        raise CommandError(msg)

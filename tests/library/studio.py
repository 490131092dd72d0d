"""The whole product as processes that a test may kill: web server, supervisor, workers, database."""

from __future__ import annotations

import http.client
import socket
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import psutil
from django.conf import settings

from tests.jobs.field import Field, wait_until

if TYPE_CHECKING:
    from pathlib import Path

TUS = {"Tus-Resumable": "1.0.0"}
CSRF = "a" * 32
IN_STEP = """
SELECT owner FROM jobs_job job
 WHERE kind = %s AND step = %s AND state = 'running'
   AND NOT EXISTS (SELECT 1 FROM jobs_stage WHERE job_id = job.id AND name = step)
"""
# Receipts and split sheets hang on songs, and refuse TRUNCATE even to the owner.
_SWITCH = """
DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT tgrelid::regclass AS place, quote_ident(tgname) AS name FROM pg_trigger
              WHERE tgtype & 32 <> 0 AND NOT tgisinternal
  LOOP EXECUTE format('ALTER TABLE %s {} TRIGGER %s', one.place, one.name); END LOOP;
END $$
"""
OPEN, CLOSED = _SWITCH.format("DISABLE"), _SWITCH.format("ENABLE")
CLEAR = "TRUNCATE jobs_job, library_trackanalysis, library_upload, django_q_ormq CASCADE"


class Studio(Field):
    """A field with all migrations, storage of its own, and a web server beside the workers."""

    settings_module = "config.settings"
    migrations = ((),)

    def __init__(self, data: Path) -> None:
        self.var = data.parent / "var"
        super().__init__(data)

    @property
    def uploads(self) -> Path:
        """Where the web server keeps what has arrived of an upload."""
        return self.var / "uploads"

    def environment(self, **changes: str) -> dict[str, str]:
        """Return the environment of a process: sessions of the test are good for its server."""
        mine = {"VAR_DIR": str(self.var), "SECRET_KEY": str(settings.SECRET_KEY)}
        return super().environment(**mine, **changes)

    def clear(self) -> None:
        """Empty the tables that songs come into, and what an upload left behind."""
        self._as_owner(f"{OPEN}; {CLEAR}; {CLOSED}")
        for left in self.uploads.iterdir() if self.uploads.is_dir() else ():
            left.unlink()

    def serve(self, port: int) -> psutil.Process:
        """Start the web server and wait until it answers."""
        granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1"]
        server = self.run(*granian, "--port", str(port), "config.wsgi:application")
        wait_until(lambda: _answers(port), "the web server to answer")
        return server

    def in_step(self, kind: str, step: str) -> psutil.Process:
        """Wait until a job of ``kind`` is inside ``step``; return the child that works on it."""
        wait_until(lambda: self.rows(IN_STEP, kind, step), f"{kind} to reach {step}", within_s=60)
        worker = self.one(IN_STEP, kind, step).rpartition(":")[2]
        [child] = psutil.Process(int(worker)).children()
        return child


class Visitor:
    """Speaks tus to the site with the cookies of a session, without a library in between."""

    def __init__(self, port: int, session: str) -> None:
        self.port = port
        cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={CSRF}"
        self.headers = TUS | {"Cookie": cookies, "X-CSRFToken": CSRF}

    def ask(self, method: str, url: str, body: bytes = b"", **headers: str) -> Any:
        """Send one request; return status and headers of the answer."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request(method, url, body=body or None, headers=self.headers | named)
            with connection.getresponse() as answer:
                answer.read()
        return answer

    def piece(self, url: str, offset: int, body: bytes) -> Any:
        """Send a whole piece."""
        return self.ask("PATCH", url, body, **self.about(offset))

    def begin_piece(self, url: str, offset: int, *, length: int, first: bytes) -> socket.socket:
        """Send the headers of a piece and the first part of it, and leave the line open."""
        line = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        headers = self.headers | {
            "Host": f"localhost:{self.port}",
            "Content-Length": str(length),
            **{name.replace("_", "-"): value for name, value in self.about(offset).items()},
        }
        lines = [f"PATCH {url} HTTP/1.1", *(f"{name}: {text}" for name, text in headers.items())]
        line.sendall("\r\n".join([*lines, "", ""]).encode() + first)
        return line

    @staticmethod
    def about(offset: int) -> dict[str, str]:
        """Return the headers of a piece that starts at ``offset``."""
        return {"Upload_Offset": str(offset), "Content_Type": "application/offset+octet-stream"}


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        # A connection alone tells nothing: the port listens before a worker is there.
        with urlopen(f"http://127.0.0.1:{port}/livez", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False

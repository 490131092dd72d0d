"""``manage.py reap``: the reaper as a process of its own."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError

from config.jobs import beats, lifeline, reaper

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    """Take jobs from silent workers, for ever; several may run, one at a time works."""

    help = "Take jobs from silent workers and ring for those that wait, until SIGTERM."
    requires_system_checks = ["jobs"]

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--once", action="store_true", help="one round, then end")
        parser.add_argument("--parent", type=int, help="process id whose death is ours too")

    def handle(self, *args: Any, once: bool, parent: int | None, **options: Any) -> None:
        """Do one round, or rounds until told to stop."""
        if once:
            self.stdout.write(str(reaper.reap()))
            return
        if parent is not None:
            lifeline.die_with(parent)
        while True:
            self._round()
            time.sleep(settings.JOBS_REAP_S)

    def _round(self) -> None:
        try:
            done = reaper.reap()
            beats.touch("reaper")
        except DatabaseError:
            log.warning("reaper_sees_no_database")
            reaper.close_connection()
            return
        if done != reaper.Reaped():
            log.info("reaped", **vars(done))

"""``manage.py reap``: the reaper as a process of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

from config.jobs import reaper

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Take jobs from silent workers, for ever; several may run, one at a time works."""

    help = "Take jobs from silent workers and ring for those that wait, until SIGTERM."
    requires_system_checks = ["jobs"]

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--once", action="store_true", help="one round, then end")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        """Do one round, or rounds until told to stop."""
        if once:
            self.stdout.write(str(reaper.reap()))
            return
        reaper.reap_for_ever()

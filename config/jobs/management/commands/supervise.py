"""``manage.py supervise``: the workers of this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.jobs.supervisor import Supervisor

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Start the workers of every queue and the reaper, watch them, end them on SIGTERM."""

    help = "Start and watch the workers of all queues and the reaper, until SIGTERM or Ctrl-C."
    requires_system_checks = ["jobs"]

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--queues", help="comma-separated; all configured ones by default")

    def handle(self, *args: Any, queues: str | None, **options: Any) -> None:
        """Run until told to stop."""
        chosen = queues.split(",") if queues else settings.JOBS_QUEUES
        if unknown := set(chosen) - settings.JOBS_WORKERS.keys():
            msg = f"unknown queues {sorted(unknown)}; there are {sorted(settings.JOBS_WORKERS)}"
            raise CommandError(msg)
        Supervisor(list(chosen)).run()

"""``manage.py work``: the cluster of one queue, as the supervisor starts it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.jobs import lifeline
from config.jobs.cluster import run_cluster

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Run a qcluster whose processes die together and leave a sign of life with each task."""

    help = "Run the workers of the queue in Q_CLUSTER_NAME until SIGTERM; see supervise."
    requires_system_checks = ["jobs"]

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--parent", type=int, help="process id whose death is ours too")

    def handle(self, *args: Any, parent: int | None, **options: Any) -> None:
        """Run until told to stop."""
        # django-q2 reads the variable while Django loads; an option would come too late.
        if settings.JOBS_QUEUE not in settings.JOBS_WORKERS:
            msg = f"Set Q_CLUSTER_NAME to one of {sorted(settings.JOBS_WORKERS)}."
            raise CommandError(msg)
        if parent is not None:
            lifeline.die_with(parent)
        run_cluster(settings.JOBS_QUEUE)

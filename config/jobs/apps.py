"""Durable jobs: the Job row is the truth, the queue message is only a doorbell."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings


class JobsConfig(AppConfig):
    """Job and Stage rows, the worker, its child, the reaper and the supervisor."""

    name = "config.jobs"
    label = "jobs"
    verbose_name = "Jobs"

    def ready(self) -> None:
        """Load the system checks, and in a measuring process the kinds it measures with."""
        from config.jobs import checks  # noqa: F401, PLC0415 - registers them

        if settings.JOBS_BENCHMARK:
            from config.jobs.benchmark import register_kinds  # noqa: PLC0415

            register_kinds()

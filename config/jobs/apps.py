"""Durable jobs: the Job row is the truth, the queue message is only a doorbell."""

from __future__ import annotations

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Job and Stage rows, the worker, its child, the reaper and the supervisor."""

    name = "config.jobs"
    label = "jobs"

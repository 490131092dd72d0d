"""The project itself as an application: system checks and the commands that span all apps."""

from __future__ import annotations

from django.apps import AppConfig


class TenfoldConfig(AppConfig):
    """Home of ``manage.py up``, ``bench``, ``sandbox`` and ``seed_demo``."""

    name = "config"
    label = "tenfold"
    verbose_name = "Tenfold"

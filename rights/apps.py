"""Who is who, who owns what, who is owed what."""

from __future__ import annotations

from django.apps import AppConfig


class RightsConfig(AppConfig):
    """Who is who, who owns what, who is owed what."""

    name = "rights"

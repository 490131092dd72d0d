"""Ten songs in, one new song out, with exact shares for every bar."""

from __future__ import annotations

from django.apps import AppConfig


class GenerationConfig(AppConfig):
    """Ten songs in, one new song out, with exact shares for every bar."""

    name = "generation"

    def ready(self) -> None:
        """Register the system checks."""
        from generation import checks  # noqa: F401, PLC0415 - importing registers them

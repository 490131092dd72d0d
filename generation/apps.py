"""Ten songs in, one new song out, with exact shares for every bar."""

from __future__ import annotations

from django.apps import AppConfig


class GenerationConfig(AppConfig):
    """Ten songs in, one new song out, with exact shares for every bar."""

    name = "generation"

"""Releases, deliveries and the reports that come back."""

from __future__ import annotations

from django.apps import AppConfig


class DistributionConfig(AppConfig):
    """Releases, deliveries and the reports that come back."""

    name = "distribution"

"""The project itself as an application: system checks and the commands that span all apps."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class TenfoldConfig(AppConfig):
    """Home of ``manage.py up``, ``bench``, ``sandbox`` and ``seed_demo``."""

    name = "config"
    label = "tenfold"
    verbose_name = "Tenfold"

    def ready(self) -> None:
        """Register the system checks, and report errors when somebody is there to read them."""
        from django.conf import settings  # noqa: PLC0415 - not before the apps are ready

        from config import checks, sentry  # noqa: F401, PLC0415 - importing registers them

        if settings.SENTRY_DSN:
            sentry.start(dsn=settings.SENTRY_DSN, environment=settings.SENTRY_ENVIRONMENT)


class ServedFilesConfig(StaticFilesConfig):
    """Static files without our style sheets' sources: browsers get what is built from them."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "css/*.css"]


class StaffAdminConfig(AdminConfig):
    """Django's admin with our own site: the product's log-in, a second factor, its own look."""

    default_site = "config.admin.StaffSite"

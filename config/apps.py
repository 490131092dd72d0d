"""The project itself as an application: system checks and the commands that span all apps."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.contrib.admin import autodiscover
from django.contrib.admin.apps import SimpleAdminConfig
from django.contrib.admin.checks import check_admin_app, check_dependencies
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.core import checks


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


class StaffAdminConfig(SimpleAdminConfig):
    """Django's admin with our own site: the product's log-in, a second factor, its own look.

    Its pages are found by the URLconf, and by the checks. Workers and commands serve none, and start
    in less than half the time.
    """

    default_site = "config.admin.StaffSite"

    def ready(self) -> None:
        """Register the checks of the admin, which look at every page of it."""
        checks.register(check_dependencies, checks.Tags.admin)
        checks.register(check_admin_pages, checks.Tags.admin)


def check_admin_pages(app_configs: Any, **options: Any) -> list[checks.CheckMessage]:
    """Check the admin as Django does, with all of its pages loaded."""
    autodiscover()
    return list(check_admin_app(app_configs, **options))

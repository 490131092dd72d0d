"""The web process: ``granian --interface wsgi config.wsgi:application``."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from config.metrics_files import share_counters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
share_counters()  # before anything imports the Prometheus client

application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018 - every page is loaded before the first visitor comes

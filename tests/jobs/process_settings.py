"""The product's settings with only the job layer and the kinds of the tests, quick to start."""

from __future__ import annotations

from config.settings import *  # noqa: F403

INSTALLED_APPS = ["django_q", "config.jobs", "tests.jobs.kinds.KindsConfig"]
MIDDLEWARE = []
ROOT_URLCONF = "tests.jobs.process_settings"
urlpatterns: list[object] = []

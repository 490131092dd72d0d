"""The settings of the site that the browser visits: production's, with a folder and a speed of its own."""

from __future__ import annotations

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS, STORAGES, VAR_DIR

INSTALLED_APPS = [*INSTALLED_APPS, "tests.browser.job_kinds.BrowserKindsConfig"]
ROOT_URLCONF = "tests.browser.site_urls"
STATIC_ROOT = VAR_DIR / "browser" / "static"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
# As production names them, but not compressed: that takes longer than all else before the first page.
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}

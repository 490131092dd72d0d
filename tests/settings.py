"""The product's settings, with what a test run needs different. At most twenty lines."""

from __future__ import annotations

import os

os.environ.setdefault("DEBUG", "1")
os.environ.setdefault("TENFOLD_IGNORE_DOTENV", "1")

from config.postgres import connect_environment

connect_environment(command="migrate")  # tests make a database, which only the owner may

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES  # noqa: E402

# The owner acts as the application's role: see tests/conftest.py.
DATABASES["default"]["CONN_MAX_AGE"] = 0
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

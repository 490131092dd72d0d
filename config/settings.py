"""Django settings: one file, read from the environment (see docs/reference/settings.md).

Every variable may also be given as ``NAME_FILE``, the path of a file that holds the value.
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONCE
from environs import FileAwareEnv

from config import logins
from config.adminlook import unfold_look
from config.api.configuration import rest_framework, spectacular
from config.bucket import bucket_origin, bucket_storage
from config.jobs.clusters import queue_clusters
from config.logging import logging_config
from config.partners import REAL, is_stand_in, stand_in_url
from config.postgres import var_dir

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = var_dir()

env = FileAwareEnv(eager=False)
if not os.environ.get("TENFOLD_IGNORE_DOTENV"):
    env.read_env(str(BASE_DIR / ".env"), recurse=False)

# ---------------------------------------------------------------- core

DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "only-for-development-" * 3 if DEBUG else None)
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
SITE_URL = env.str("SITE_URL", "http://localhost:8000")
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

INSTALLED_APPS = [
    "config.apps.TenfoldConfig",
    "unfold.apps.BasicAppConfig",
    "config.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "config.apps.ServedFilesConfig",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "pgtrigger",
    "pghistory",
    "django_q",
    "django_htmx",
    "template_partials",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "config.jobs",
    "accounts",
    "library",
    "rights",
    "generation",
    "distribution",
]

MIDDLEWARE = [
    "config.request_log.RequestLogMiddleware",
    "config.metrics.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.LastSeenMiddleware",
    "accounts.middleware.FailedFormMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.OrganisationMiddleware",
    "accounts.middleware.TrailMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "accounts.context_processors.chrome",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# ---------------------------------------------------------------- database

DATABASE_URL = env.dj_db_url("DATABASE_URL", "postgresql:///tenfold")
# A web process sets DATABASE_POOL; a worker must not (a pool opened before a fork is dead after it).
DATABASE_POOL = env.bool("DATABASE_POOL", False)
DATABASES = {
    "default": {
        **DATABASE_URL,
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 0 if DATABASE_POOL else None,
        "CONN_HEALTH_CHECKS": not DATABASE_POOL,
        "OPTIONS": {
            **DATABASE_URL.get("OPTIONS", {}),
            **({"pool": {"min_size": 2, "max_size": 4, "timeout": 10}} if DATABASE_POOL else {}),
        },
    }
}
CACHES = {
    # Shared by all processes: rate limits count here (table: accounts, migration 0002). At the
    # limit, entries that still count would go, so it is far above what a minute of log-ins makes.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# ---------------------------------------------------------------- sessions, security

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SESSION_COOKIE_NAME = "sessionid" if DEBUG else "__Host-sessionid"
CSRF_COOKIE_NAME = "csrftoken" if DEBUG else "__Host-csrftoken"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True  # the token travels in the page, never read from the cookie
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", not DEBUG)
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)
# Only a proxy of ours may say that the visitor came by HTTPS; without one, anybody could.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 0 if DEBUG else 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEBUG
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY: dict[str, dict[str, list[Any]]] = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'", NONCE],
        "style-src": ["'self'", NONCE],
        "media-src": ["'self'", "blob:"],
        "img-src": ["'self'", "data:", "blob:"],
        "worker-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# Row history: a request that only reads needs no context, and its person stays lazy.
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")

# ---------------------------------------------------------------- log-in

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 86_400
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
# Not SUPPORTS_CHANGE: the page would offer it for new addresses only and so tell them apart.
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = None  # the log-in page asks
ACCOUNT_RATE_LIMITS = logins.ACCOUNT_RATE_LIMITS
ACCOUNT_FORMS = logins.ACCOUNT_FORMS
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
# The first signs receipts of songs, all of them are believed (docs/how-to/rotate-keys.md).
RECEIPT_KEYS: list[str] = env.list("RECEIPT_KEYS", [])
# The first seals the secrets of second factors, all of them open (same place).
MFA_KEYS: list[str] = env.list("MFA_KEYS", []) or [
    key for key in (SECRET_KEY, *SECRET_KEY_FALLBACKS) if key
]
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Tenfold"
MFA_TOTP_TOLERANCE = 1  # one period of 30 s either way, for clocks that are a little off
MFA_FORMS = logins.MFA_FORMS
# A MaxMind DB file (GeoLite2 City, DB-IP City Lite …) that names the places in the list of sessions.
GEOIP_DATABASE = env.str("GEOIP_DATABASE", "")
# How many proxies of ours stand in front: the client's address is read behind so many of them.
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT

# ---------------------------------------------------------------- language, time

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English")]
USE_TZ = True
TIME_ZONE = "UTC"

# ---------------------------------------------------------------- static files, storage

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "config.lib.staticfinders.NpmFinder",
]
# Uploads and renderings: files of this machine, or a private bucket when one is named.
S3_BUCKET = env.str("S3_BUCKET", "")
S3_ENDPOINT_URL = env.str("S3_ENDPOINT_URL", "")
S3_REGION = env.str("S3_REGION", "")
S3_ACCESS_KEY = env.str("S3_ACCESS_KEY", "")
S3_SECRET_KEY = env.str("S3_SECRET_KEY", "")
# The internal location from which NGINX sends files, for example /_media/ (docs/how-to/deploy.md).
MEDIA_ACCEL_PREFIX = env.str("MEDIA_ACCEL_PREFIX", "")
LOCAL_STORAGE = {
    "BACKEND": "config.lib.storage.LocalStorage",
    "OPTIONS": {"location": str(VAR_DIR / "media")},
}
if S3_BUCKET:  # the browser is sent there: see config/media.py
    origin = bucket_origin(S3_BUCKET, S3_ENDPOINT_URL, S3_REGION)
    for directive in ("media-src", "img-src", "connect-src"):
        CONTENT_SECURITY_POLICY["DIRECTIVES"].setdefault(directive, ["'self'"]).append(origin)
STORAGES = {
    "default": bucket_storage(
        S3_BUCKET, S3_ENDPOINT_URL, S3_REGION, access_key=S3_ACCESS_KEY, secret_key=S3_SECRET_KEY
    )
    if S3_BUCKET
    else LOCAL_STORAGE,
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG

# ---------------------------------------------------------------- library, generation

# Bytes of uploads that have not arrived whole; every web and worker process sees this folder.
UPLOAD_DIR = env.str("UPLOAD_DIR", str(VAR_DIR / "uploads"))
LIBRARY_QUOTA_BYTES = env.int("LIBRARY_QUOTA_BYTES", 20 * 1024**3)
GENERATION_VERSIONS_PER_DAY = env.int("GENERATION_VERSIONS_PER_DAY", 0)  # 0: as many as asked for

# ---------------------------------------------------------------- jobs

# A worker beats each JOBS_BEAT_S; silent for JOBS_LEASE_S, its job goes to another.
JOBS_QUEUES: list[str] = env.list("JOBS_QUEUES", ["cpu", "gpu", "mail"])
JOBS_WORKERS = {"cpu": env.int("JOBS_CPU_WORKERS", 2), "gpu": 1, "mail": 1}
JOBS_LEASE_S = env.float("JOBS_LEASE_S", 15.0)
JOBS_BEAT_S = env.float("JOBS_BEAT_S", 1.0)
JOBS_BACKOFF_S = env.float("JOBS_BACKOFF_S", 2.0)
JOBS_REAP_S = env.float("JOBS_REAP_S", 1.0)
JOBS_RERING_S = env.float("JOBS_RERING_S", 20.0)
JOBS_CANARY_S = env.float("JOBS_CANARY_S", 3.0)
JOBS_STALE_S = env.float("JOBS_STALE_S", 15.0)
JOBS_STOP_S = env.float("JOBS_STOP_S", 20.0)
JOBS_WARM_JOBS = env.int("JOBS_WARM_JOBS", 100)
JOBS_WARM_IDLE_S = env.float("JOBS_WARM_IDLE_S", 600.0)
# Set by the supervisor for the processes that it starts.
JOBS_QUEUE = env.str("Q_CLUSTER_NAME", "")
JOBS_CLUSTER = env.str("JOBS_CLUSTER", "")
JOBS_BENCHMARK = env.bool("JOBS_BENCHMARK", False)
Q_CLUSTER = queue_clusters(JOBS_WORKERS)

# ---------------------------------------------------------------- mail

EMAIL_BACKEND = env.str("EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
EMAIL_FILE_PATH = str(VAR_DIR / "mail")
EMAIL_HOST = env.str("EMAIL_HOST", "localhost")
EMAIL_PORT = env.int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 20  # seconds; well under the mail cluster's limit of 60
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Tenfold <hello@localhost>")

# ---------------------------------------------------------------- API, staff admin

REST_FRAMEWORK = rest_framework(
    token=env.str("API_RATE_TOKEN", "300/min"),
    person=env.str("API_RATE_PERSON", "300/min"),
    address=env.str("API_RATE_ADDRESS", "60/min"),
)
SPECTACULAR_SETTINGS = spectacular(version="1.0.0")
ADMIN_MFA_REQUIRED = env.bool("ADMIN_MFA_REQUIRED", True)
UNFOLD = unfold_look()

# ---------------------------------------------------------------- outside services

# Without keys the product speaks to the stand-ins of config/sandbox (manage.py sandbox), and says
# so on every page. An empty address turns a service off.
SANDBOX_HOST = env.str("SANDBOX_HOST", "127.0.0.1")
SANDBOX_PORT = env.int("SANDBOX_PORT", 8711)
SANDBOX_ALLOWED = env.bool("SANDBOX_ALLOWED", DEBUG)
STAND_IN = partial(stand_in_url, host=SANDBOX_HOST, port=SANDBOX_PORT)

APPLE_MUSIC_KEY = env.str("APPLE_MUSIC_KEY", "")
APPLE_MUSIC_KEY_ID = env.str("APPLE_MUSIC_KEY_ID", "")
APPLE_MUSIC_TEAM_ID = env.str("APPLE_MUSIC_TEAM_ID", "")
APPLE_MUSIC_URL = env.str(
    "APPLE_MUSIC_URL",
    "https://api.music.apple.com" if APPLE_MUSIC_KEY else STAND_IN("apple_music"),
)
APPLE_MUSIC_STOREFRONT = env.str("APPLE_MUSIC_STOREFRONT", "gb")
APPLE_MUSIC_RATE = env.float("APPLE_MUSIC_RATE", 10.0)
# The songs of the stand-in change under one's hands, Apple's do not.
APPLE_MUSIC_CACHE_S = env.int("APPLE_MUSIC_CACHE_S", 86_400 if APPLE_MUSIC_KEY else 5)
SHAZAM_URL = env.str("SHAZAM_URL", STAND_IN("shazam"))
# The real one is an unofficial service, asked only where somebody has said so.
SHAZAM_IS_STAND_IN = is_stand_in(SHAZAM_URL, host=SANDBOX_HOST)
SHAZAM_ENABLED = env.bool("SHAZAM_ENABLED", SHAZAM_IS_STAND_IN)
SHAZAM_RATE = env.float("SHAZAM_RATE", 600.0 if SHAZAM_IS_STAND_IN else 5.0)
ACOUSTID_KEY = env.str("ACOUSTID_KEY", "")
ACOUSTID_URL = env.str("ACOUSTID_URL", REAL["acoustid"] if ACOUSTID_KEY else "")
MUSICBRAINZ_URL = env.str("MUSICBRAINZ_URL", REAL["musicbrainz"] if ACOUSTID_KEY else "")
PLATOON_TOKEN = env.str("PLATOON_TOKEN", "")
PLATOON_URL = env.str("PLATOON_URL", STAND_IN("platoon"))
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", "")
STRIPE_URL = env.str("STRIPE_URL", REAL["stripe"] if STRIPE_SECRET_KEY else STAND_IN("stripe"))
# Each is believed, so that one can be changed without losing a message. The stand-in's is no secret.
STRIPE_WEBHOOK_SECRETS: list[str] = env.list(
    "STRIPE_WEBHOOK_SECRETS", [] if STRIPE_SECRET_KEY else ["whsec_sandbox"]
)
STRIPE_TIMEOUT_S = env.float("STRIPE_TIMEOUT_S", 20.0)
STRIPE_RETRIES = env.int("STRIPE_RETRIES", 2)
# Who issues statements and withholds tax, as both are said to payees and to the tax office.
LEGAL_NAME = env.str("LEGAL_NAME", "Tenfold")
LEGAL_ADDRESS = env.str("LEGAL_ADDRESS", "")
LEGAL_COUNTRY = env.str("LEGAL_COUNTRY", "DE")
# In whole units of a currency: the lowest payout where no contract says, and from where two approve.
PAYOUT_MINIMUM = env.int("PAYOUT_MINIMUM", 10)
PAYOUT_TWO_PEOPLE_ABOVE = env.int("PAYOUT_TWO_PEOPLE_ABOVE", 10_000)
ECB_URL = env.str("ECB_URL", STAND_IN("ecb") if SANDBOX_ALLOWED else REAL["ecb"])
SERVICES = (
    APPLE_MUSIC_URL,
    SHAZAM_URL,
    PLATOON_URL,
    STRIPE_URL,
    ACOUSTID_URL,
    MUSICBRAINZ_URL,
    ECB_URL,
)
SANDBOX_IN_USE = any(is_stand_in(url, host=SANDBOX_HOST) for url in SERVICES)

# ---------------------------------------------------------------- logs, metrics, error reports

LOGGING_CONFIG = "config.logging.configure"
LOGGING = logging_config(debug=DEBUG)
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
PROBE_TOKEN = env.str("PROBE_TOKEN", "")
SENTRY_DSN = env.str("SENTRY_DSN", "")
SENTRY_ENVIRONMENT = env.str("SENTRY_ENVIRONMENT", "development" if DEBUG else "production")

env.seal()

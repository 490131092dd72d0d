"""System checks: combinations of settings that each are valid and together are not.

Ids ``config.E…`` stop the commands that run checks; ``config.W…`` only speak, except in CI, where
``check --deploy --fail-level WARNING`` must be clean.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

from config.partners import is_stand_in

if TYPE_CHECKING:
    from collections.abc import Iterable

SHORTEST_TOKEN = 16
APPLE_ID_LENGTH = 10
DEVELOPMENT_KEY = "only-for-development"
# The key that each address asks for; Shazam and MusicBrainz need none.
KEYS = {
    "APPLE_MUSIC_URL": "APPLE_MUSIC_KEY",
    "PLATOON_URL": "PLATOON_TOKEN",
    "STRIPE_URL": "STRIPE_SECRET_KEY",
    "SHAZAM_URL": "",
    "ACOUSTID_URL": "ACOUSTID_KEY",
    "MUSICBRAINZ_URL": "",
    "ECB_URL": "",
}
# The first migrations of rights, as they were called before and since they were written anew.
FIRST_BEFORE, FIRST = ("rights", "0001_initial"), ("rights", "0001_parties_and_recordings")


@register()
def services_are_real(**kwargs: Any) -> list[CheckMessage]:
    """Outside development no stand-in takes the place of a service that moves money or music."""
    found: list[CheckMessage] = []
    for name, key in KEYS.items():
        url = getattr(settings, name)
        has_key = not key or bool(getattr(settings, key))
        if is_stand_in(url, host=settings.SANDBOX_HOST):
            found += _stand_in(name, key, has_key=has_key and bool(key))
        elif url and not has_key:
            found.append(
                Error(
                    f"{name} is the real service, but {key} is empty.",
                    hint=f"Give the key, or set {name} to nothing to turn the service off.",
                    id="config.E005",
                )
            )
    if settings.STRIPE_SECRET_KEY and not settings.STRIPE_WEBHOOK_SECRETS:
        found.append(
            Error(
                "STRIPE_SECRET_KEY is set without STRIPE_WEBHOOK_SECRETS: every message is refused.",
                hint="Stripe shows the secret of an endpoint once, when it is made.",
                id="config.E015",
            )
        )
    if settings.APPLE_MUSIC_KEY:
        found += [
            Error(
                f"APPLE_MUSIC_KEY is set, but {name} is not ten characters long.",
                hint="Apple shows it beside the key, and the team's under Membership.",
                id="config.E014",
            )
            for name in ("APPLE_MUSIC_KEY_ID", "APPLE_MUSIC_TEAM_ID")
            if len(getattr(settings, name)) != APPLE_ID_LENGTH
        ]
    return found


def _stand_in(name: str, key: str, *, has_key: bool) -> list[CheckMessage]:
    """Return what is wrong with a service whose address is a stand-in."""
    if has_key:
        return [
            Error(
                f"{key} is set, but {name} leads to a stand-in, which would be sent the real key.",
                hint=f"Remove {name}, or remove {key}.",
                id="config.E004",
            )
        ]
    if settings.DEBUG:
        return []
    kind, number = (CheckWarning, "W003") if settings.SANDBOX_ALLOWED else (Error, "E003")
    wanted = f"Give {key}, or set" if key else "Set"
    return [
        kind(
            f"{name} leads to a stand-in although DEBUG is off.",
            hint=f"{wanted} {name} to nothing to turn the service off. A demonstration may run on "
            "stand-ins with SANDBOX_ALLOWED=true.",
            id=f"config.{number}",
        )
    ]


@register()
def storage_is_whole(**kwargs: Any) -> list[CheckMessage]:
    """The place of uploads is either a folder that can be written or a complete bucket."""
    found: list[CheckMessage] = []
    if bool(settings.S3_ACCESS_KEY) != bool(settings.S3_SECRET_KEY):
        found.append(
            Error(
                "Of S3_ACCESS_KEY and S3_SECRET_KEY only one is set.",
                hint="Give both, or neither to use the machine's role.",
                id="config.E006",
            )
        )
    if settings.S3_BUCKET and not (settings.S3_REGION or settings.S3_ENDPOINT_URL):
        found.append(
            Error(
                "S3_BUCKET is set without S3_REGION or S3_ENDPOINT_URL.",
                hint="Presigned addresses are signed for a region: name it.",
                id="config.E007",
            )
        )
    prefix = settings.MEDIA_ACCEL_PREFIX
    if prefix and (settings.S3_BUCKET or not (prefix.startswith("/") and prefix.endswith("/"))):
        found.append(
            Error(
                "MEDIA_ACCEL_PREFIX is an internal location of NGINX, such as /_media/, and serves "
                "local files only.",
                hint="Write it with both slashes, or remove it when S3_BUCKET is set.",
                id="config.E008",
            )
        )
    return found + _folder(settings.STORAGES["default"])


def _folder(storage: dict[str, Any]) -> list[CheckMessage]:
    """Return an error when local files cannot be written."""
    location = storage.get("OPTIONS", {}).get("location")
    if location is None:
        return []
    try:
        Path(location).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=location):
            return []
    except OSError as error:
        return [
            Error(
                f"Uploads cannot be stored: {error}",
                hint="Let VAR_DIR name a folder that this user may write, or set S3_BUCKET.",
                id="config.E009",
            )
        ]


@register(Tags.security)
def secrets_are_secret(**kwargs: Any) -> list[CheckMessage]:
    """Tokens are long enough to be no guess, and the development key stays in development."""
    found: list[CheckMessage] = [
        Error(
            f"{name} is shorter than {SHORTEST_TOKEN} characters.",
            hint="python -c 'import secrets; print(secrets.token_urlsafe(32))'",
            id="config.E010",
        )
        for name in ("METRICS_TOKEN", "PROBE_TOKEN")
        if 0 < len(getattr(settings, name)) < SHORTEST_TOKEN
    ]
    if not settings.DEBUG and _secret_key().startswith(DEVELOPMENT_KEY):
        found.append(
            Error(
                "SECRET_KEY is missing, or the one of development, which everybody knows.",
                hint="python -c 'import secrets; print(secrets.token_urlsafe(64))'",
                id="config.E011",
            )
        )
    if not settings.DEBUG and not settings.SITE_URL.startswith("https://"):
        found.append(
            CheckWarning(
                "SITE_URL does not begin with https://, so links in mails lead to plain HTTP.",
                hint="Set SITE_URL to the public address.",
                id="config.W012",
            )
        )
    return found


@register(Tags.security)
def staff_have_a_second_step(**kwargs: Any) -> list[CheckMessage]:
    """Outside development a password alone opens no staff page."""
    if settings.DEBUG or settings.ADMIN_MFA_REQUIRED:
        return []
    return [
        CheckWarning(
            "ADMIN_MFA_REQUIRED is off: a stolen password is enough to open the staff pages.",
            hint="Remove ADMIN_MFA_REQUIRED; staff are led to set up a second step as they log in.",
            id="config.W013",
        )
    ]


@register(Tags.database)
def history_is_ours(databases: Iterable[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """A database of before the migrations were written anew is not migrated; ``migrate`` asks this."""
    done = [MigrationRecorder(connections[alias]).applied_migrations() for alias in databases or ()]
    if not any(FIRST_BEFORE in names and FIRST not in names for names in done):
        return []
    return [
        Error(
            "This database was made before 22 November 2026, by migrations that are no more. "
            "Nothing in it was changed.",
            hint="Begin anew: give an empty database, or where Tenfold brings its own, move "
            f"{settings.VAR_DIR} aside. How to keep an old one is in docs/adr/0101.",
            id="config.E016",
        )
    ]


def _secret_key() -> str:
    try:
        return str(settings.SECRET_KEY)
    except ImproperlyConfigured:  # Django's way of saying that it is empty
        return DEVELOPMENT_KEY

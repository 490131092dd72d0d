"""The secrets of second factors: sealed where they lie, sealed anew when the key changes."""

from __future__ import annotations

from functools import lru_cache

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction

from config.lib.sealing import Sealer

PURPOSE = "accounts.second_step"
# Where allauth keeps the key of an authenticator app, and the seed of recovery codes.
SECRETS = ("secret", "seed")
HOLDERS = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)


def secret_seal(text: str) -> str:
    """Return the secret as it goes into the database."""
    return _sealer(tuple(settings.MFA_KEYS)).seal(text)


def secret_open(sealed: str) -> str:
    """Return the secret behind what the database holds; ``SealBrokenError`` without its key."""
    return _sealer(tuple(settings.MFA_KEYS)).open(sealed)


@transaction.atomic
def second_steps_reseal() -> int:
    """Seal every secret with the first of ``MFA_KEYS`` and return how many rows that were.

    After a change of the key, before the old one is dropped; and once for rows from before there
    was a seal. Safe to repeat.

    Raises
    ------
    SealBrokenError
        If one of them opens with none of the keys; nothing was changed then.
    """
    rows = Authenticator.objects.select_for_update().filter(type__in=HOLDERS)
    for row in rows:
        for name in SECRETS:
            if name in row.data:
                row.data[name] = secret_seal(secret_open(row.data[name]))
        row.save(update_fields=["data"])
    return len(rows)


@lru_cache(maxsize=4)
def _sealer(keys: tuple[str, ...]) -> Sealer:
    return Sealer(keys, purpose=PURPOSE)

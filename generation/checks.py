"""System checks of the generation app: ``generation.E…`` and ``generation.W…``."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning

from generation.constants import RECEIPT_KEY, RETIRED_KEY

HINT = "python -c 'import secrets; print(secrets.token_hex(32))' (docs/how-to/rotate-keys.md)"


@register(Tags.security)
def receipt_keys_are_keys(**kwargs: Any) -> list[CheckMessage]:
    """Every entry of ``RECEIPT_KEYS`` is a key, and the first can sign."""
    keys: list[str] = settings.RECEIPT_KEYS
    broken = [number for number, key in enumerate(keys, 1) if not RECEIPT_KEY.fullmatch(key)]
    if broken:
        shown = ", ".join(map(str, broken))
        text = f"RECEIPT_KEYS: number {shown} is no key of 64 hexadecimal figures in small letters."
        return [Error(text, hint=HINT, id="generation.E001")]
    if keys and keys[0].startswith(RETIRED_KEY):
        text = "RECEIPT_KEYS: the first key signs receipts, and only its public half is here."
        return [Error(text, hint=HINT, id="generation.E002")]
    return []


@register(Tags.security, deploy=True)
def receipts_are_signed_with_a_kept_key(**kwargs: Any) -> list[CheckMessage]:
    """Outside development there is a key that survives the machine; without it no song is made."""
    if settings.RECEIPT_KEYS:
        return []
    kind, number = (CheckWarning, "W003") if settings.SANDBOX_ALLOWED else (Error, "E003")
    text = "RECEIPT_KEYS is not set: songs cannot be made, because their receipts cannot be signed."
    if settings.SANDBOX_ALLOWED:
        text = "RECEIPT_KEYS is not set: receipts are signed with a key made on this machine."
    return [kind(text, hint=HINT, id=f"generation.{number}")]

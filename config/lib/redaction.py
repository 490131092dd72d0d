"""What must not be written into logs or error reports, and how it is taken out. Pure.

A net, not a licence: code still does not log secrets. It catches what comes along unasked, such as
addresses with a token in them, headers, query strings and the text of other people's exceptions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

REDACTED = "[redacted]"
LEVELS = 8

SECRET_NAMES = re.compile(
    r"passw|passphrase|secret|token|cookie|authori[sz]ation|api[_-]?key|private[_-]?key"
    r"|access[_-]?key|credential|signature|sessionid|session_key|csrf|recovery_code|\botp\b|iban",
    re.IGNORECASE,
)
# Names that only sound like secrets.
HARMLESS_NAMES = frozenset({"token_count", "token_id", "token_prefix", "signature_version"})

PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL),
        REDACTED,
    ),
    (re.compile(r"(?i)\b(bearer|basic|token)\s+[\w.~+/=-]{8,}"), rf"\1 {REDACTED}"),
    # name=value and "name": "value", as in query strings, JSON and reprs of headers
    (
        re.compile(
            r"(?i)([\w-]*(?:passw(?:or)?d|secret|token|api[_-]?key|cookie|authorization|sessionid"
            r"|credential|signature)[\w-]*[\"']?\s*[=:]\s*)(?!\[redacted\])(?:\"[^\"]*\"|'[^']*'|[^\s\"',;&]+)"
        ),
        rf"\1{REDACTED}",
    ),
    # what Stripe, Amazon and we give out
    (re.compile(r"\b(?:sk|rk|pk)_(?:live|test)_\w+|\bwhsec_\w+|\bAKIA[0-9A-Z]{12,}"), REDACTED),
    (re.compile(r"(?<=://)[^\s/:@]+:[^\s/@]+(?=@)"), REDACTED),
    # addresses that are keys: password reset, confirmation, invitations, signed media links
    (re.compile(r"(/password/reset/key/|/confirm-email/|/media/|/invitations/)(?!\[)[^/\s\"']{16,}"), rf"\1{REDACTED}"),
    (
        re.compile(r"(?<=/)(?=[^/\s]*[A-Z])(?=[^/\s]*[a-z])(?=[^/\s]*[0-9])[\w.:=~-]{30,}"),
        REDACTED,
    ),
    (re.compile(r"\b([\w%+-])[\w.%+-]*@([\w-]+(?:\.[\w-]+)+)"), r"\1***@\2"),
)  # fmt: skip


def redact_text(text: str) -> str:
    """Return ``text`` without secrets; of an e-mail address the first letter and the host stay."""
    for pattern, replacement in PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def redact(value: Any, *, levels: int = LEVELS) -> Any:
    """Return a copy of ``value`` without secrets; what is under a secret name goes altogether.

    Numbers, booleans and None are kept, mappings and sequences are walked, anything else becomes
    its text. Below ``levels`` levels nothing is kept.
    """
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return redact_text(value)
    if levels <= 0:
        return REDACTED
    if isinstance(value, Mapping):
        return {
            str(name): REDACTED
            if is_secret_name(str(name)) and not _is_plain(inner)
            else redact(inner, levels=levels - 1)
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [redact(inner, levels=levels - 1) for inner in value]
    return redact_text(str(value))


def is_secret_name(name: str) -> bool:
    """Say whether a field of this name is a secret whatever it holds."""
    return name.lower() not in HARMLESS_NAMES and SECRET_NAMES.search(name) is not None


def _is_plain(value: Any) -> bool:
    """Say whether a value is too little to be a secret: nothing, or yes and no."""
    return value is None or isinstance(value, bool) or value == ""

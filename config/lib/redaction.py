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
LONGEST = 50_000

SECRET_NAMES = re.compile(
    r"passw|passphrase|secret|token|cookie|authori[sz]ation|api[_-]?key|private[_-]?key"
    r"|access[_-]?key|credential|signature|sessionid|session_key|csrf|recovery_code|\botp\b|iban",
    re.IGNORECASE,
)
# Names that only sound like secrets.
HARMLESS_NAMES = frozenset({"token_count", "token_id", "token_prefix", "signature_version"})

# Every repetition is bounded: these run on text that strangers choose.
PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[\s\w+/=:,.-]{0,8000}?"
            r"(?:-----END [A-Z ]{0,20}PRIVATE KEY-----|\Z)"
        ),
        REDACTED,
    ),
    (re.compile(r"(?i)\b(bearer|basic|token)\s{1,3}[\w.~+/=-]{8,4000}"), rf"\1 {REDACTED}"),
    # name=value and "name": "value", as in query strings, JSON and reprs of headers
    (
        re.compile(
            r"(?i)((?:passw(?:or)?d|secret|token|api[_-]?key|cookie|authorization|sessionid"
            r"|credential|signature)[\w-]{0,30}[\"']?\s{0,3}[=:]\s{0,3})"
            r"(?!\[redacted\])(?:\"[^\"]{0,4000}\"|'[^']{0,4000}'|[^\s\"',;&]{1,4000})"
        ),
        rf"\1{REDACTED}",
    ),
    # what Stripe, Amazon and we give out
    (
        re.compile(r"\b(?:[srp]k_(?:live|test)_\w{1,300}|whsec_\w{1,300}|AKIA[0-9A-Z]{12,30})"),
        REDACTED,
    ),
    # JSON web tokens, such as Apple Music's developer tokens: a header that begins with {"
    (re.compile(r"\beyJ[\w-]{8,2000}\.[\w-]{4,4000}\.[\w-]{4,4000}"), REDACTED),
    (re.compile(r"(?<=://)[^\s/:@]{1,200}:[^\s/@]{1,200}(?=@)"), REDACTED),
    # addresses that are keys: password reset, confirmation, invitations, signed media links
    (
        re.compile(
            r"(/password/reset/key/|/confirm-email/|/media/|/invitations/)(?!\[)[^/\s\"']{16,4000}"
        ),
        rf"\1{REDACTED}",
    ),
    (
        re.compile(
            r"(?<=/)(?=[^/\s]{0,300}[A-Z])(?=[^/\s]{0,300}[a-z])(?=[^/\s]{0,300}[0-9])"
            r"[\w.:=~-]{30,4000}"
        ),
        REDACTED,
    ),
    (re.compile(r"\b([\w%+-])[\w.%+-]{0,64}@([\w-]{1,63}(?:\.[\w-]{1,63}){1,5})"), r"\1***@\2"),
)


def redact_text(text: str) -> str:
    """Return ``text`` without secrets; of an e-mail address the first letter and the host stay.

    What is longer than ``LONGEST`` characters is cut.
    """
    if len(text) > LONGEST:
        text = text[:LONGEST] + " [cut]"
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

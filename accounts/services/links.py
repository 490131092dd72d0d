"""Secrets inside mailed links: signed, random, stored only as a hash.

The signature turns nonsense away without a query and binds a link to its purpose; the random part
is what the hash in the database is of.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from django.core.signing import BadSignature, Signer

SECRET_BYTES = 32


@dataclass(frozen=True)
class LinkSecret:
    """``raw`` goes into the link and nowhere else; ``digest`` goes into the database."""

    raw: str
    digest: bytes


def link_secret_make(*, purpose: str) -> LinkSecret:
    """Make a new secret for links of this purpose."""
    raw = Signer(salt=purpose, sep="~").sign(secrets.token_urlsafe(SECRET_BYTES))
    return LinkSecret(raw=raw, digest=_digest(raw))


def link_secret_digest(raw: str, *, purpose: str) -> bytes | None:
    """Return what the database knows of ``raw``; None when it was not made by us for this."""
    try:
        Signer(salt=purpose, sep="~").unsign(raw)
    except BadSignature:
        return None
    return _digest(raw)


def _digest(raw: str) -> bytes:
    # The random part alone: after a change of SECRET_KEY old links stay good by its fallbacks.
    return hashlib.sha256(raw.rpartition("~")[0].encode()).digest()

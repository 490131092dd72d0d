"""Developer tokens for Apple Music: signed here, kept for hours, renewed before they expire."""

from __future__ import annotations

import threading
from functools import cache
from typing import TYPE_CHECKING

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.utils.translation import gettext as _

from rights.catalogue.types import CatalogueRefusedError

if TYPE_CHECKING:
    from rights.catalogue.ports import Clock

LIFE_S = 12 * 3600
RENEW_BEFORE_S = 3600
# Clocks differ: a token from the future is refused.
BACKDATED_S = 30
STAND_IN_IDS = ("STANDINKEY", "STANDINTEA")


class DeveloperTokens:
    """Makes the token that every call carries; safe for many threads."""

    def __init__(self, *, team_id: str, key_id: str, private_key: str, clock: Clock) -> None:
        self._ids = (key_id, team_id) if private_key else STAND_IN_IDS
        self._private_key = private_key
        self._clock = clock
        self._lock = threading.Lock()
        self._token, self._renew_at = "", 0.0

    def __repr__(self) -> str:
        return f"{type(self).__name__}(key_id={self._ids[0]!r})"

    def token(self) -> str:
        """Return a token that is good for an hour at least.

        Raises
        ------
        CatalogueRefusedError
            If the private key of the settings cannot be read.
        """
        with self._lock:
            now = self._clock.now()
            if not self._token or now >= self._renew_at:
                issued = int(now) - BACKDATED_S
                self._token = self._sign(issued)
                self._renew_at = issued + LIFE_S - RENEW_BEFORE_S
            return self._token

    def forget(self) -> None:
        """Sign anew at the next call: the last token was refused."""
        with self._lock:
            self._token = ""

    def _sign(self, issued: int) -> str:
        key_id, team_id = self._ids
        claims = {"iss": team_id, "iat": issued, "exp": issued + LIFE_S}
        return jwt.encode(claims, self._key(), algorithm="ES256", headers={"kid": key_id})

    def _key(self) -> ec.EllipticCurvePrivateKey:
        if not self._private_key:
            return throwaway_key()
        try:
            key = load_pem_private_key(pem(self._private_key).encode(), password=None)
        except (ValueError, TypeError):
            raise unreadable() from None
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
            raise unreadable()
        return key


def unreadable() -> CatalogueRefusedError:
    """Return the error for a private key that is none."""
    return CatalogueRefusedError(
        "catalogue.key_unreadable",
        _(
            "Apple Music cannot be asked, because the private key of this installation cannot be "
            "read. Nothing was changed. Whoever runs this installation sets APPLE_MUSIC_KEY to "
            "the whole .p8 file from Apple."
        ),
    )


def pem(text: str) -> str:
    """Return a PEM whose line ends were written as backslash and n, as environments like to."""
    return text.replace("\\n", "\n").strip() + "\n"


@cache
def throwaway_key() -> ec.EllipticCurvePrivateKey:
    """Return a key of this process: the stand-in looks at a token's form, not at its signature."""
    return ec.generate_private_key(ec.SECP256R1())

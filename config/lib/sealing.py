"""Short secrets that must be read again later, encrypted where they lie. Pure.

Fernet (AES-128-CBC with HMAC-SHA256), each key derived from a passphrase and a purpose by HKDF, so
that what is sealed for one purpose opens for no other. The first passphrase seals, all of them open.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

if TYPE_CHECKING:
    from collections.abc import Sequence

MARK = "sealed:"
KEY_BYTES = 32


class SealBrokenError(ValueError):
    """None of the passphrases opens this."""


class Sealer:
    """Seals and opens texts for one purpose."""

    def __init__(self, passphrases: Sequence[str], *, purpose: str) -> None:
        self._keys = MultiFernet([Fernet(_key(one, purpose)) for one in passphrases])

    def seal(self, text: str) -> str:
        """Return ``text`` encrypted; each time another ciphertext."""
        return MARK + self._keys.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Return what was sealed; a text that never was, from before there was a seal, as it is.

        Raises
        ------
        SealBrokenError
            If no passphrase opens it: the key is gone, or somebody has changed the row.
        """
        if not sealed.startswith(MARK):
            return sealed
        try:
            return self._keys.decrypt(sealed.removeprefix(MARK)).decode()
        except InvalidToken as error:
            msg = "sealed with a key that is not among the passphrases, or changed since"
            raise SealBrokenError(msg) from error


def _key(passphrase: str, purpose: str) -> bytes:
    derived = HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode())
    return base64.urlsafe_b64encode(derived.derive(passphrase.encode()))

"""The keys that receipts are signed with: Ed25519 (RFC 8032), the first signs, all are believed.

A key is a line of text: 64 hexadecimal figures are a secret seed; ``public:`` and 64 figures are the
other half of a key whose seed was destroyed, which signs nothing any more and is still believed.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from generation.constants import RECEIPT_KEY, RETIRED_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable

ALGORITHM = "Ed25519"
ID_FIGURES = 16


class ReceiptKeyError(ValueError):
    """The text is no key, or there is none that signs. The message never holds the text."""


@dataclass(frozen=True, slots=True)
class ReceiptKey:
    """One key: ``public`` in hexadecimal figures; ``seed`` only where it may sign."""

    public: str
    seed: str | None = field(default=None, repr=False)

    @property
    def key_id(self) -> str:
        """Return the name of the key: the beginning of the SHA-256 of its public half."""
        return hashlib.sha256(bytes.fromhex(self.public)).hexdigest()[:ID_FIGURES]

    def sign(self, message: bytes) -> str:
        """Return the signature of ``message`` as 128 figures; the same for the same message.

        Raises
        ------
        ReceiptKeyError
            If only the public half is here.
        """
        if self.seed is None:
            raise ReceiptKeyError(f"The key {self.key_id} is retired and signs nothing.")
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self.seed)).sign(message).hex()


def fresh_seed() -> str:
    """Return a new secret key as text."""
    return secrets.token_hex(32)


def read_key(text: str) -> ReceiptKey:
    """Return the key that ``text`` is.

    Raises
    ------
    ReceiptKeyError
        If it is none.
    """
    if not RECEIPT_KEY.fullmatch(text):
        raise ReceiptKeyError(
            "A receipt key is 64 hexadecimal figures in small letters, with public: before them "
            "when only its public half is kept."
        )
    if text.startswith(RETIRED_KEY):
        return ReceiptKey(text.removeprefix(RETIRED_KEY))
    seed = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(text))
    return ReceiptKey(seed.public_key().public_bytes_raw().hex(), text)


def signing_key(keys: Iterable[ReceiptKey]) -> ReceiptKey:
    """Return the first key, which signs.

    Raises
    ------
    ReceiptKeyError
        If there is none, or it is a retired one.
    """
    first = next(iter(keys), None)
    if first is None or first.seed is None:
        raise ReceiptKeyError("The first receipt key signs: it must be a secret one.")
    return first


def is_signed(message: bytes, signature: str, public: str) -> bool:
    """Tell whether ``signature`` of ``message`` was made with the key whose public half is given."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        key.verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True

"""The keys of receipts: those of ``RECEIPT_KEYS``, else the one that a demonstration made itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

from generation.attribution.receipt_keys import ALGORITHM, ReceiptKey, read_key

if TYPE_CHECKING:
    from pathlib import Path

FILE = "receipt.key"


@dataclass(frozen=True)
class PublishedKey:
    """What everybody may know of a key; ``signs`` only the first."""

    key_id: str
    alg: str
    public: str
    signs: bool


def receipt_keys() -> tuple[ReceiptKey, ...]:
    """Return every key that is believed; the first signs. Empty while there is none.

    Raises
    ------
    ReceiptKeyError
        If an entry is no key.
    """
    texts: list[str] = settings.RECEIPT_KEYS
    if not texts and settings.SANDBOX_ALLOWED and (path := demo_key_path()).exists():
        texts = [path.read_text().strip()]
    return tuple(read_key(text) for text in texts)


def published_keys() -> tuple[PublishedKey, ...]:
    """Return the public halves of all keys that are believed."""
    return tuple(
        PublishedKey(key.key_id, ALGORITHM, key.public, signs=number == 0)
        for number, key in enumerate(receipt_keys())
    )


def demo_key_path() -> Path:
    """Return where a demonstration keeps its own key."""
    path: Path = settings.VAR_DIR / FILE
    return path

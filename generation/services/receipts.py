"""Receipts: issued once for each version, when it becomes ready, and never changed."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from generation.attribution.receipt import receipt_body, sign
from generation.attribution.receipt_keys import fresh_seed, signing_key
from generation.exceptions import ReceiptKeyMissingError
from generation.models import Receipt
from generation.selectors.receipt_facts import receipt_facts
from generation.selectors.receipt_keys import demo_key_path, receipt_keys

if TYPE_CHECKING:
    from generation.attribution.receipt_keys import ReceiptKey
    from generation.models import Version


def receipt_issue(*, version: Version) -> Receipt:
    """Write and sign the receipt of ``version`` from its rows; issued before, return that one.

    To be called in the transaction that makes the version ready, after its sources, bars and
    layers were written. The same rows give the same bytes.

    Raises
    ------
    ReceiptTooEarlyError
        If the version has no audio or no shares yet.
    ReceiptRefusedError
        If the shares do not agree with each other.
    ReceiptKeyMissingError
        If no key is set and this is no demonstration.
    """
    issued = Receipt.objects.filter(version=version).first()
    if issued is not None:
        return issued
    key = _signing_key()
    body = sign(receipt_body(receipt_facts(version)), key)
    return Receipt.objects.create(
        version=version,
        body=body.decode(),
        sha256=hashlib.sha256(body).hexdigest(),
        key_id=key.key_id,
    )


def _signing_key() -> ReceiptKey:
    keys = receipt_keys()
    if not keys and settings.SANDBOX_ALLOWED:
        _make_demo_key(demo_key_path())
        keys = receipt_keys()
    if not keys:
        text = _(
            "No song was made, because its receipt could not be signed: this installation has no "
            "key for receipts. Your songs are safe. Tell its staff that RECEIPT_KEYS is missing."
        )
        raise ReceiptKeyMissingError("generation.receipt.no_key", text)
    return signing_key(keys)


def _make_demo_key(path: Path) -> None:
    """Write a new key that only this user can read; of two processes, the first one's stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    fresh = Path(name)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(fresh_seed() + "\n")
        path.hardlink_to(fresh)  # whole or not at all, and never over another one
    except FileExistsError:
        pass
    finally:
        fresh.unlink()

"""``manage.py verify_receipt FILE [--audio FILE] [--json]``: is this receipt genuine?

Works without a database and without a network: signature, sums, and the hash of the audio. Exit
status 0 if everything is in order, 1 if something is not, 2 if a file could not be read.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

from generation.attribution.receipt_keys import ReceiptKeyError, read_key
from generation.attribution.verification import Verification, verify
from generation.constants import RETIRED_KEY
from generation.selectors.receipt_keys import receipt_keys

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

LARGEST_BYTES = 16 * 1024**2
GENUINE, NOT_GENUINE, UNREADABLE = 0, 1, 2
SIGNS = {True: "✓", False: "✗", None: "·"}


class Command(BaseCommand):
    """Check one receipt, and say each answer in a sentence."""

    help = "Check a song's receipt: signature, sums and, with --audio, the song itself."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the files and the switches."""
        parser.add_argument("receipt", type=Path, metavar="FILE")
        parser.add_argument("--audio", type=Path, help="the WAV master that it should be about")
        parser.add_argument(
            "--key",
            action="append",
            default=[],
            help="64 figures: a public key to believe instead of this installation's; repeatable",
        )
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the answers and leave with the status that they mean."""
        try:
            receipt = _read(options["receipt"])
            audio = None if options["audio"] is None else _hash(options["audio"])
            keys = _keys(options["key"])
        except (OSError, ReceiptKeyError) as error:
            self._refuse(error, as_json=options["json"])
        found = verify(receipt, keys=keys, audio_sha256=audio)
        self.stdout.write(json.dumps(_record(found)) if options["json"] else _text(found))
        sys.exit(GENUINE if found.valid else NOT_GENUINE)

    def _refuse(self, error: Exception, *, as_json: bool) -> None:
        place = getattr(error, "filename", None)
        cause = getattr(error, "strerror", None) or str(error)
        sentence = f"{place} could not be read: {cause}." if place else str(error)
        if as_json:
            self.stdout.write(json.dumps({"valid": None, "reasons": [sentence]}))
        self.stderr.write(sentence)
        sys.exit(UNREADABLE)


def _read(path: Path) -> bytes:
    """Return the file; one byte more than any receipt has is enough to see that it is none."""
    with path.open("rb") as stream:
        return stream.read(LARGEST_BYTES + 1)


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _keys(given: list[str]) -> set[str]:
    keys = [read_key(RETIRED_KEY + key.lower()) for key in given] if given else receipt_keys()
    return {key.public for key in keys}


def _record(found: Verification) -> dict[str, Any]:
    return {
        "valid": found.valid,
        "reasons": list(found.reasons),
        "checks": {check.question.value: check.passed for check in found.checks},
    }


def _text(found: Verification) -> str:
    lines = [f"{SIGNS[check.passed]} {check.words()}" for check in found.checks]
    verdict = "This receipt is genuine." if found.valid else "Do not rely on this receipt."
    return "\n".join([*lines, verdict])

"""``manage.py receipt_keys``: which keys sign and verify receipts here, by their public halves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from generation.attribution.receipt_keys import ReceiptKeyError
from generation.constants import RETIRED_KEY
from generation.selectors.receipt_keys import published_keys

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Print one line for each key; never a seed."""

    help = "List the public halves of the keys of receipts, as RECEIPT_KEYS takes retired ones."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take no options."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the keys, the one that signs first."""
        try:
            keys = published_keys()
        except ReceiptKeyError as error:
            raise CommandError(str(error)) from None
        for key in keys:
            use = "signs" if key.signs else "verifies"
            self.stdout.write(f"{key.key_id}  {use:<8}  {RETIRED_KEY}{key.public}")
        if not keys:
            self.stderr.write(
                "There is no key yet. The first receipt of a demonstration makes one."
            )

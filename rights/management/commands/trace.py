"""``manage.py trace leg:ID | share:ID | group:ID | receipt:ID | statement:NUMBER | payout:ID``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from rights.selectors.trace import trace
from rights.selectors.trace_nodes import TraceError, trace_text

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Follow an amount back to the lines of its report, or a receipt forward to payouts."""

    help = "Trace an amount: leg:ID, share:ID, group:ID, receipt:ID, statement:NUMBER or payout:ID."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what is to be traced."""
        parser.add_argument("what", metavar="KIND:KEY")
        parser.add_argument("--json", action="store_true", help="the tree as one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the tree; every report is gone through for its line numbers, however large."""
        try:
            node = trace(options["what"], largest=None)
        except TraceError as error:
            raise CommandError(error.message, returncode=1) from error
        if options["json"]:
            self.stdout.write(json.dumps(node.to_json(), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(trace_text(node))

"""``manage.py check_ledger``: prove every invariant of the ledger, or show what breaks it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

from rights.selectors.ledger_invariants import ledger_findings

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Ask all invariants; exit 1 with the rows if one does not hold."""

    help = "Prove every invariant of the ledger. Exit 1, with the rows, if one does not hold."

    def add_arguments(self, parser: CommandParser) -> None:
        """Let programs read it too."""
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, json: bool, **options: Any) -> None:
        """Ask and print."""
        findings = ledger_findings()
        if json:
            self._print_json(findings)
        else:
            self._print(findings)
        if any(finding.rows for finding in findings):
            sys.exit(1)

    def _print(self, findings: Any) -> None:
        for finding in findings:
            self.stdout.write(f"{'BROKEN' if finding.rows else 'holds '}  {finding.invariant}")
            for row in finding.rows:
                shown = ", ".join(f"{name} {value}" for name, value in row.items())
                self.stdout.write(f"          {shown}")

    def _print_json(self, findings: Any) -> None:
        answer = {finding.invariant: list(finding.rows) for finding in findings}
        self.stdout.write(json.dumps(answer, indent=2, default=str))

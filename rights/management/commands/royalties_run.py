"""``manage.py royalties_run --period YYYY-MM``: divide a month here and now; approve and lock on demand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from config.lib.errors import DomainError
from config.lib.money import Money, money_format
from rights.models import RoyaltyRun
from rights.services.royalty_runs import run_approve, run_create, run_lock
from rights.tasks.royalty_run import run_calculate_here

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

OPEN = (RoyaltyRun.State.DRAFT, RoyaltyRun.State.CALCULATING, RoyaltyRun.State.CALCULATED)


class Command(BaseCommand):
    """Calculate a royalty run; with ``--approve``, approve it, post it and lock its period."""

    help = "Divide the income of a month among its owners."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take a month, a person, and what they checked."""
        parser.add_argument("--period", required=True, help="a month that is over: 2026-10")
        parser.add_argument("--by", required=True, help="e-mail address of the member of staff")
        parser.add_argument(
            "--approve", metavar="WORDS", help="approve with what was checked, post and lock"
        )
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it, and say what came of it."""
        actor = User.objects.filter(email=options["by"], is_staff=True, is_active=True).first()
        if actor is None:
            msg = f"{options['by']} is no member of staff. Nothing was changed."
            raise CommandError(msg, returncode=2)
        try:
            run = self._run(options["period"], actor, options["approve"])
        except DomainError as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        found = {"period": run.period, "state": run.state, "sha256": run.result_sha256, **run.facts}
        self.stdout.write(json.dumps(found) if options["json"] else _words(run))

    @staticmethod
    def _run(period: str, actor: User, approve: str | None) -> RoyaltyRun:
        run = run_create(period=period, actor=actor)
        if approve is None and run.state in OPEN:
            run = run_calculate_here(run)
        elif approve is not None:
            if run.state == RoyaltyRun.State.CALCULATED:
                run = run_approve(run=run, actor=actor, because=approve)
            run = run_lock(run=run, actor=actor)
        run.refresh_from_db()
        return run


def _words(run: RoyaltyRun) -> str:
    lines = [f"{run.period}: {run.get_state_display()}. {run.facts.get('shares', 0)} shares."]
    for currency, totals in run.facts.get("totals", {}).items():
        shown = {
            name: money_format(Money(int(micros), currency), is_exact=True)
            for name, micros in totals.items()
        }
        lines.append("  " + ", ".join(f"{name} {amount}" for name, amount in shown.items()))
    return "\n".join(lines)

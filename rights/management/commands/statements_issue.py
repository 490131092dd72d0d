"""``manage.py statements_issue --period YYYY-MM``: issue, draw and, on demand, publish a month's statements.

It does here and now what the job does; stopped, it goes on with what is missing.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from config.lib.errors import DomainError
from rights.models import RoyaltyRun
from rights.services.statement_publishing import run_published
from rights.services.statements import batch_begin, batch_issued
from rights.statements.pdf import statements_draw
from rights.tasks.statements import statements_make, statements_publish_all, statements_undrawn

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Issue the statements of a locked run; exit 1 when some could not be issued."""

    help = "Issue the statements of a month."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take a month, a person, and whether to publish."""
        parser.add_argument("--period", required=True, help="a month whose run is locked: 2026-10")
        parser.add_argument("--by", required=True, help="e-mail address of the member of staff")
        parser.add_argument("--publish", action="store_true", help="show them to the payees too")
        parser.add_argument(
            "--no-pdf", action="store_true", help="draw them when they are asked for"
        )
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it, and say what came of it."""
        actor = User.objects.filter(email=options["by"], is_staff=True, is_active=True).first()
        run = RoyaltyRun.objects.filter(period=options["period"]).first()
        if actor is None or run is None:
            missing = (
                f"{options['by']} is no member of staff"
                if run
                else f"{options['period']} has no run"
            )
            raise CommandError(f"{missing}. Nothing was changed.", returncode=2)
        try:
            found = self._issue(run, actor, is_drawn=not options["no_pdf"])
            if options["publish"]:
                found["published"] = sum(1 for _done in statements_publish_all(run, actor))
                run_published(run=run)
        except DomainError as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        self._say(found, is_json=options["json"])
        if found["missed"]:
            raise CommandError(
                f"{len(found['missed'])} statements could not be issued.", returncode=1
            )

    @staticmethod
    def _issue(run: RoyaltyRun, actor: User, *, is_drawn: bool) -> dict[str, Any]:
        batch = batch_begin(run=run, actor=actor)
        before = run.statements.count()
        missed = statements_make(run, actor)
        standing = statements_undrawn(run)
        drawn = statements_draw(standing) if is_drawn else 0
        batch_issued(batch=batch, missed=missed)
        return {
            "period": run.period,
            "statements": len(standing),
            "issued": run.statements.count() - before,
            "drawn": drawn,
            "missed": missed,
        }

    def _say(self, found: dict[str, Any], *, is_json: bool) -> None:
        if is_json:
            self.stdout.write(json.dumps(found))
            return
        self.stdout.write(
            f"{found['period']}: {found['statements']} statements, {found['issued']} of them new, "
            f"{found['drawn']} drawn"
            + (f", {found['published']} published." if "published" in found else ".")
        )
        for one in found["missed"]:
            self.stdout.write(f"  {one['name']}, {one['currency']}: {one['why']}")

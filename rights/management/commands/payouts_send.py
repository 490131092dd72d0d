"""``manage.py payouts_send``: make a batch of what is payable; approve and send it on demand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from config.lib.errors import DomainError
from config.lib.money import Money, money_format
from rights.models import PayoutBatch, RoyaltyRun
from rights.services.payouts import OPEN, batch_approve, batch_create, batch_send

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

State = PayoutBatch.State
POSTED = (RoyaltyRun.State.LOCKED, RoyaltyRun.State.PUBLISHED)


class Command(BaseCommand):
    """Make a batch for each currency, or take the open one's next step with ``--approve``."""

    help = "Make payout batches; with --approve, approve those that others made and send them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take a month or a currency, a person, and what they checked."""
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--period", help="a month that is locked: its currencies are paid out")
        what.add_argument("--currency", action="append", help="such as EUR; may be given twice")
        parser.add_argument("--by", required=True, help="e-mail address of the member of staff")
        parser.add_argument(
            "--approve", metavar="WORDS", help="approve with what was checked, and send"
        )
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it, and say what came of it."""
        actor = User.objects.filter(email=options["by"], is_staff=True, is_active=True).first()
        if actor is None:
            msg = f"{options['by']} is no member of staff. Nothing was changed."
            raise CommandError(msg, returncode=2)
        currencies = options["currency"] or _currencies(options["period"])
        try:
            batches = [self._step(one, actor, options["approve"]) for one in currencies]
        except DomainError as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        told = [_facts(batch) for batch in batches]
        self.stdout.write(json.dumps(told) if options["json"] else "\n".join(map(_words, told)))

    @staticmethod
    def _step(currency: str, actor: User, approve: str | None) -> PayoutBatch:
        batch = PayoutBatch.objects.filter(currency=currency, state__in=OPEN).first()
        if batch is None:
            batch = batch_create(actor=actor, currency=currency)
        if approve is None:
            return batch
        if batch.state == State.PENDING:
            batch = batch_approve(batch=batch, actor=actor, because=approve)
        if batch.state != State.PENDING:  # above the limit a second person is waited for
            batch_send(batch=batch)
            batch.refresh_from_db()
        return batch


def _currencies(period: str) -> list[str]:
    run = RoyaltyRun.objects.filter(period=period, state__in=POSTED).first()
    if run is None:
        msg = f"The month {period} is not locked. Nothing was changed. Run and lock it first."
        raise CommandError(msg, returncode=2)
    return sorted(set(run.shares.exclude(party=None).values_list("currency", flat=True)))


def _facts(batch: PayoutBatch) -> dict[str, Any]:
    states = batch.payouts.order_by("party__name").values_list("party__name", "state", "hold")
    return {
        "batch": str(batch.pk),
        "currency": batch.currency,
        "state": batch.state,
        "total_micros": str(batch.total),
        "payouts": [{"payee": name, "state": state, "hold": hold} for name, state, hold in states],
    }


def _words(told: dict[str, Any]) -> str:
    total = money_format(Money(int(told["total_micros"]), told["currency"]), is_exact=True)
    lines = [f"{told['currency']}: {told['state']}, {total}, {len(told['payouts'])} payouts."]
    lines += [
        f"  {one['payee']}: {one['state']}{', held: ' + one['hold'] if one['hold'] else ''}"
        for one in told["payouts"]
    ]
    return "\n".join(lines)

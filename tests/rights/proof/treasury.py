"""What comes after a locked month: statements, and payouts through the stand-in of Stripe over HTTP."""

from __future__ import annotations

import calendar
import hashlib
import hmac
from contextlib import suppress
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.billing.events import event_parse
from accounts.billing.ports import ProviderError, payout_provider
from accounts.models import User
from config.lib.errors import DomainError
from rights.domain.rate_tables import Printed, Tables
from rights.domain.terms import Terms
from rights.models import PayeeAccount, Payout, PayoutBatch, ProviderEvent, RoyaltyRun
from rights.selectors.statement_due import payees_due
from rights.services.advances import advance_pay
from rights.services.contracts import contract_make
from rights.services.exchange import rates_import
from rights.services.payee_onboarding import payee_account_open, payee_account_refresh
from rights.services.payout_events import event_keep, event_process, top_up_keep
from rights.services.payout_sending import PayoutsUnansweredError, payouts_poll, payouts_send
from rights.services.payouts import batch_approve, batch_create, batch_send
from rights.services.statements import batch_begin, batch_issued, statement_issue
from tests.rights.proof.office import Crash, CrashedError, Office
from tests.stripe_desk import SECRET

if TYPE_CHECKING:
    from tests.stripe_desk import Desk

# Rita settles in euro with a fee and a reserve, Bert has an advance and pays tax, Cleo is paid in dollars.
CONTRACTS: tuple[tuple[str, dict[str, int]], ...] = (
    ("EUR", {"fee_ppm": 150_000, "reserve_ppm": 50_000, "reserve_periods": 1}),
    ("EUR", {"withholding_ppm": 155_555, "recoupment_ppm": 500_000}),
    ("USD", {"fee_ppm": 1, "fee_max": 1_000_000}),
)
ADVANCE = 3_333_333


class Treasury:
    """Issues statements and pays them; the stand-in's books are what was really sent."""

    def __init__(self, office: Office, desk: Desk) -> None:
        self.office, self.desk = office, desk
        self.otto = User.objects.create_user(email="otto@tenfold.example", is_staff=True)
        printed = [
            Printed(date(2026, month, calendar.monthrange(2026, month)[1]), code, figure)
            for month in range(1, 10)
            for code, figure in (("USD", f"1.08{month}3"), ("JPY", f"16{month}.37"))
        ]
        rates_import(tables=Tables(printed, []), actor=None, name="eurofxref.csv")
        for party, (currency, terms) in zip(office.parties, CONTRACTS, strict=True):
            contract = contract_make(
                party=party, name=f"{party.name} 2026", currency=currency, every="M",
                terms=Terms(date(2026, 1, 1), **terms), actor=office.sam,  # type: ignore[arg-type]
            )  # fmt: skip
            if "recoupment_ppm" in terms:
                advance_pay(
                    contract=contract, amount=ADVANCE, reference="A-1", actor=office.sam,
                    on=date(2026, 1, 2),
                )  # fmt: skip
            made = payee_account_open(party=party, actor=office.sam, country="GB")
            desk.act("account", account=made.provider_id, status="active", due=[])
            payee_account_refresh(account=made)
        self.seen = len(desk.show("events"))

    # ------------------------------------------------------------ statements

    def issue(self, crash_at: int) -> None:
        """Issue all statements of the oldest locked month that has none, one by one."""
        run = (
            RoyaltyRun.objects.filter(state="locked", statement_batch__issued_at=None)
            .order_by("period")
            .first()
        )
        if run is None:
            return
        batch = batch_begin(run=run, actor=self.office.sam)
        for due in payees_due(run):
            step = partial(statement_issue, due=due, run=run, actor=self.office.sam)
            assert self.office.attempt(step, crash_at), "a statement that is due was refused"
            self.office.attempt(step)  # asked again
        batch_issued(batch=batch, missed=[])

    # ------------------------------------------------------------ payouts

    def top_up(self, units: int, currency: str) -> None:
        made = self.desk.act("topup", amount=units, currency=currency.lower())
        top_up = payout_provider().top_up(top_up_id=made["id"])
        top_up_keep(top_up)
        top_up_keep(top_up)  # told twice

    def make(self, currency: str, crash_at: int) -> None:
        """Make a batch, approve it by as many as it needs, ask for its job."""
        self.office.attempt(
            lambda: batch_create(actor=self.office.sam, currency=currency), crash_at
        )
        for batch in PayoutBatch.objects.filter(state="pending"):
            for person in (self.office.sam, self.office.olive, self.otto):
                step = partial(batch_approve, batch=batch, actor=person, because="Compared.")
                self.office.attempt(step, crash_at)

    def send(self, crash_at: int, failure: str) -> None:
        """Send what is approved: it may die at a statement, and the provider may fail in any way."""
        for batch in PayoutBatch.objects.filter(state__in=["approved", "sending"]):
            self.office.attempt(partial(batch_send, batch=batch))
            if failure:
                self.desk.fail(failure, path="/v1/transfers")
            with suppress(PayoutsUnansweredError, CrashedError):
                if not crash_at:
                    payouts_send(batch)
                    continue
                # Each step commits by itself, as in the job; only the one that dies is undone.
                with connection.execute_wrapper(Crash(crash_at)):
                    payouts_send(batch)

    def hear(self, which: int, times: int) -> None:
        """A message arrives: any of those sent so far, once or more, late or before an earlier one."""
        messages = self.desk.show("events")[self.seen :]
        if not messages:
            return
        body = messages[which % len(messages)]["body"].encode()
        for _ in range(times):
            row, _is_new = event_keep(event=event_of(body), body=body)
            with suppress(ProviderError), transaction.atomic():
                event_process(row)
        assert ProviderEvent.objects.filter(event_id=row.event_id).count() == 1

    def compare(self) -> None:
        """The nightly look at what the provider has."""
        with suppress(DomainError):
            payouts_poll(list(Payout.objects.filter(state__in=["sending", "sent"])))

    # ------------------------------------------------------------ what always holds

    def the_stand_in_sent_what_payouts_say(self) -> None:
        """To each payee just once what is sent or paid; what is being asked for may be there or not."""
        transfers = self.desk.show("transfers")
        for party in self.office.parties:
            mine = PayeeAccount.objects.get(party=party).provider_id
            sent = sum(
                t["amount"] - t["amount_reversed"] for t in transfers if t["destination"] == mine
            )
            rows = Payout.objects.filter(party=party)
            sure = sum(
                rows.filter(state__in=["sent", "paid"]).values_list("amount_minor", flat=True)
            )
            perhaps = sum(rows.filter(state="sending").values_list("amount_minor", flat=True))
            assert sure <= sent <= sure + perhaps, (party, sure, sent, perhaps)
            groups = [t["transfer_group"] for t in transfers if t["destination"] == mine]
            assert len(groups) == len(set(groups)), "a payout was sent twice"


def event_of(body: bytes) -> Any:
    """Return the message as the door reads it, signed as Stripe signs."""
    now = timezone.now()
    moment = int(now.timestamp())
    code = hmac.new(SECRET.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return event_parse(body=body, signature=f"t={moment},v1={code}", secrets=[SECRET], now=now)

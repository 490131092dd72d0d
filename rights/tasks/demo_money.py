"""Job ``demo.money``: three months of income for the demonstration's label, through the real services.

Reports are brought, read and posted, months are run by two people, statements issued and published
(but those of the last month, which wait for somebody to look at them), and the label is paid through
the stand-in of Stripe. Killed anywhere, it goes on from there.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx
import structlog
from django.conf import settings

from accounts.billing.ports import ProviderError, payout_provider
from config.partners import is_stand_in
from rights.domain.demo_income import demo_report
from rights.exceptions import PayoutRefusedError
from rights.models import IncomeFile, Payout, RoyaltyRun, Statement
from rights.services.demo_money import Office, books_are_others, demo_owners_make
from rights.services.income import income_post, income_upload
from rights.services.income_reading import income_read
from rights.services.payee_onboarding import payee_account_open, payee_account_refresh
from rights.services.payout_events import top_up_keep
from rights.services.payouts import batch_approve, batch_create, batch_send
from rights.services.royalty_runs import run_approve, run_create, run_lock
from rights.services.statement_publishing import statement_publish
from rights.services.statements import batch_begin, batch_issued
from rights.tasks.income import reading_in_folder
from rights.tasks.royalty_run import run_calculate_here
from rights.tasks.statements import statements_make

if TYPE_CHECKING:
    from config.jobs.stages import Run
    from rights.models import Party

log = structlog.get_logger(__name__)
State = RoyaltyRun.State
CURRENCY, COUNTRY, TOP_UP = "EUR", "GB", 2_000_000
"""The last in cents: what our balance at the stand-in is filled up with."""
TIMEOUT_S = 10.0


def demo_money(run: Run) -> None:
    """Handle one job; ``params`` names the months, oldest first."""
    months: list[str] = run.params["months"]
    if books_are_others(months):
        run.finish(
            lambda: {"left_alone": "There are books here that the demonstration did not make."}
        )
        return
    office = Office.find()
    with run.holding():
        label = demo_owners_make(office)
    run.progress(200_000)
    for number, month in enumerate(months, start=1):
        _bring(month, office)
        _divide(month, office)
        _state(month, office, is_published=month != months[-1])
        run.progress(200_000 + 600_000 * number // len(months))
    _pay(label, office)
    run.finish()


def _bring(month: str, office: Office) -> None:
    """Bring the report that arrived in a month, and book it there."""
    report = demo_report(month)
    file, _is_new = income_upload(
        name=report.name,
        stream=io.BytesIO(report.text.encode()),
        actor=office.sam,
        is_read_here=True,
    )
    if file.state == IncomeFile.State.UPLOADED:
        income_read(file=file, reading=reading_in_folder(file))
    arrived = datetime.strptime(f"{month}-20 09", "%Y-%m-%d %H").replace(tzinfo=UTC)
    income_post(file=file, actor=office.sam, booked_at=arrived)


def _divide(month: str, office: Office) -> None:
    """Run a month: sam calculates, olive looks at it, approves and locks it."""
    run = run_create(period=month, actor=office.sam)
    if run.state in (State.DRAFT, State.CALCULATING, State.CALCULATED):
        run_approve(
            run=run_calculate_here(run),
            actor=office.olive,
            because="Compared with the reports of the stores",
        )
    run_lock(run=run, actor=office.olive)


def _state(month: str, office: Office, *, is_published: bool) -> None:
    """Issue the statements of a month, and publish them if it is not the last one."""
    run = RoyaltyRun.objects.get(period=month)
    batch = batch_begin(run=run, actor=office.sam)
    missed = statements_make(run, office.sam)
    if batch.issued_at is None:
        batch_issued(batch=batch, missed=missed)
    if is_published:
        for statement in run.statements.filter(state=Statement.State.FINAL):
            statement_publish(statement=statement, actor=office.sam)


def _pay(label: Party, office: Office) -> None:
    """Pay the label what is available, once; without a stand-in that answers, it waits."""
    if Payout.objects.filter(party=label).exists():
        return
    if is_stand_in(settings.STRIPE_URL, host=settings.SANDBOX_HOST):
        try:
            _open_account(label, office)
        except (PayoutRefusedError, ProviderError, httpx.HTTPError) as error:
            log.warning("demo_payout_waits", why=str(error))
    batch = batch_create(actor=office.sam, currency=CURRENCY)
    batch = batch_approve(
        batch=batch, actor=office.olive, because="Compared with the statements that were published"
    )
    if Payout.objects.filter(batch=batch, state=Payout.State.APPROVED).exists():
        batch_send(batch=batch)


def _open_account(label: Party, office: Office) -> None:
    """Fill in at the stand-in's desk what rita would fill in at Stripe, and send it our money."""
    account = payee_account_open(party=label, actor=office.rita, country=COUNTRY)
    with httpx.Client(base_url=settings.STRIPE_URL, timeout=TIMEOUT_S, trust_env=False) as desk:
        ready = {"account": account.provider_id, "status": "active", "due": []}
        desk.post("/sandbox/stripe/account", json=ready).raise_for_status()
        money = {"amount": TOP_UP, "currency": CURRENCY.lower()}
        made = desk.post("/sandbox/stripe/topup", json=money).raise_for_status().json()
    top_up_keep(payout_provider().top_up(top_up_id=made["id"]))
    payee_account_refresh(account=account)

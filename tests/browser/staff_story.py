"""Sally and Simon, who look after the money, and a month that is over when they come in.

``python -m tests.browser.staff_story begin`` makes them and their month and prints what they need;
``… work`` does the jobs that they asked for, as a worker does.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime, timedelta

import django

CURRENCY = "DKK"
SONG, PAYEE = "QZTEN2692001", "Wren Tapes"
MISSPELT = "QZTEN2692007"


def begin() -> None:
    """Make two people of the staff, a payee with a song, and a posted report of last month."""
    import time_machine
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    from accounts.models import Membership, Organisation, User
    from rights.domain.terms import Terms
    from rights.models import RoyaltyRun
    from rights.services.contracts import contract_make
    from rights.services.income import income_post
    from rights.services.statements import batch_begin, batch_issued
    from tests.browser import label_payouts
    from tests.browser.sessions import session_of
    from tests.rights.factories import make_party, make_recording
    from tests.rights.income.sheets import make_sheet
    from tests.rights.income.tables import bring_table, own_lines
    from tests.rights.runs.months import own

    people = [
        User.objects.create_user(f"{name}@tenfold.example", name=name.capitalize(), is_staff=True, is_superuser=True)
        for name in ("sally", "simon")
    ]  # fmt: skip
    for person in people:
        TOTP.activate(person, generate_totp_secret())
    wren = User.objects.create_user("wren@example.com", name="Wren")
    label = Organisation.objects.create(kind="rights_holder", name=PAYEE)
    Membership.objects.create(user=wren, organisation=label, role="owner")
    payee = make_party(PAYEE, organisation=label)
    ours, nobodys = (
        make_recording(title, isrc=isrc, label=payee)
        for title, isrc in (("Wren Song", "QZTEN2692011"), ("Lost Tape", "QZTEN2692012"))
    )
    sheet = make_sheet(SONG, shares={ours.isrc: 500_000, nobodys.isrc: 170_000})
    own(ours, payee)
    month = last_month()
    contract_make(
        party=payee, name=PAYEE, currency=CURRENCY, every="M", actor=people[0],
        terms=Terms(date.fromisoformat(f"{month}-01"), fee_ppm=100_000),
    )  # fmt: skip
    for run in RoyaltyRun.objects.filter(state="locked", statement_batch=None).order_by("period"):
        batch_issued(batch=batch_begin(run=run, actor=None), missed=[])
    label_payouts.onboard(payee, wren)
    label_payouts.top_up(1_000_000, CURRENCY.lower())
    with time_machine.travel(f"{month}-20T12:00Z", tick=False):
        file = bring_table(
            own_lines((SONG, month, "DK", 5000, 0, "1000", CURRENCY)), name=f"{month}.csv"
        )
        income_post(file=file, actor=people[0])
    sessions = {person.name.lower(): session_of(person) for person in people}
    sys.stdout.write(
        json.dumps({"month": month, "receipt": str(sheet.receipt), "sessions": sessions})
    )


def last_month() -> str:
    """Return the month before this one."""
    return f"{datetime.now(UTC).replace(day=1) - timedelta(days=1):%Y-%m}"


def work() -> None:
    """Do what the two have asked for, until nothing of it waits."""
    from django.utils import timezone

    from config.jobs.attempts import attempt_job
    from config.jobs.models import Job

    kinds = ("rights.income.read", "rights.run.calculate", "rights.statements.issue",
             "rights.statements.publish", "rights.payouts.send", "rights.payouts.event")  # fmt: skip
    while job := Job.objects.filter(kind__in=kinds, state="queued").order_by("pk").first():
        now = timezone.now()
        Job.objects.filter(pk=job.pk).update(
            state="running", attempt=1, started_at=now, lease_until=now + timedelta(hours=1)
        )
        reply = attempt_job(job_id=job.pk, attempt=1)
        assert reply.outcome == "done", (job.kind, reply)


if __name__ == "__main__":
    django.setup()
    {"begin": begin, "work": work}[sys.argv[1]]()

"""The ledger proves itself: what is harmed past all guards is found and named."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils.module_loading import import_string
from django_q.models import Schedule

from accounts.models import AuditEntry
from config.postgres import APP
from rights.models import Leg
from rights.selectors.ledger_invariants import ledger_findings
from rights.tasks.ledger import ledger_prove
from tests.rights.ledger.books import earn

pytestmark = pytest.mark.django_db


def check(*arguments):
    """Run the command; return how it ended and what it printed."""
    out = StringIO()
    try:
        call_command("check_ledger", *arguments, stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def as_owner():
    """Work as the owner of the tables with all triggers off, and say which command does harm."""

    def harm(*statements):
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("RESET ROLE")
            for table in ("rights_leg", "rights_entry", "rights_ledgeraccount"):
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            for statement in statements:
                cursor.execute(statement)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in ("rights_leg", "rights_entry", "rights_ledgeraccount"):
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            cursor.execute(f"SET ROLE {APP}")

    return harm


def broken():
    return {finding.invariant for finding in ledger_findings() if finding.rows}


def test_sound_ledger_is_proved(autumn):
    code, text = check()
    assert code == 0
    assert text.count("holds") == len(ledger_findings())
    assert "BROKEN" not in text


def test_empty_ledger_is_sound():
    assert check()[0] == 0


@pytest.mark.parametrize(
    ("statement", "invariants"),
    [
        (
            "UPDATE rights_leg SET amount = amount + 1 WHERE amount = 60 + 40",
            {"every entry sums to zero in each currency", "all legs of a currency sum to zero"},
        ),
        (
            "DELETE FROM rights_leg WHERE currency = 'USD'",
            {"every entry has the legs it declared"},
        ),
        (
            "UPDATE rights_leg SET account_id = 10 ^ 9 WHERE currency = 'USD'",
            {"every leg has its entry, and an account of its currency"},
        ),
        (
            (
                "UPDATE rights_leg SET amount = amount * 10 WHERE entry_id IN "
                "(SELECT id FROM rights_entry WHERE kind = 'payout_reserved')"
            ),
            {"every account is within its bounds"},
        ),
        (
            (
                "DELETE FROM rights_leg WHERE entry_id IN (SELECT id FROM rights_entry WHERE idem='usd')"
                "; DELETE FROM rights_entry WHERE idem = 'usd'; INSERT INTO rights_leg "
                "(entry_id, account_id, currency, amount) "
                "SELECT 10 ^ 9, id, 'USD', CASE role WHEN 'payee_payable' THEN 1 ELSE -1 END "
                "FROM rights_ledgeraccount WHERE currency = 'USD'"
            ),
            {"every leg has its entry, and an account of its currency"},
        ),
        (
            (
                "UPDATE rights_entry SET effective_at = '2020-01-01Z' WHERE idem = 'usd'; "
                "INSERT INTO rights_periodlock (ends_at, reason) VALUES ('2020-02-01Z', 'x'); "
                "ALTER TABLE rights_periodlock DISABLE TRIGGER USER; "
                "UPDATE rights_periodlock SET locked_at = '2020-02-01Z'; "
                "ALTER TABLE rights_periodlock ENABLE TRIGGER USER"
            ),
            {
                "nothing took effect in a period after it was locked",
                "what only passes on money was empty when the last period was locked",
            },
        ),
        (
            (
                "ALTER TABLE rights_ledgeraccount DROP CONSTRAINT rights_ledgeraccount_is_in_the_chart;"
                " UPDATE rights_ledgeraccount SET min_balance = -99 WHERE role = 'payee_payable'"
            ),
            {"every account is as the chart says"},
        ),
        ("DROP TRIGGER rights_leg_is_sealed ON rights_leg", {"every guard stands"}),
        ("ALTER TABLE rights_periodlock DISABLE TRIGGER USER", {"every guard stands"}),
        (
            "GRANT DELETE ON rights_leg TO tenfold_app",
            {"who asks can add to the ledger and change nothing"},
        ),
    ],
    ids=lambda value: value[:60] if isinstance(value, str) else "",
)
def test_harm_past_all_guards_is_found_and_named(autumn, as_owner, statement, invariants):
    as_owner(*statement.split(";"))
    assert broken() == invariants
    code, text = check()
    assert code == 1
    for invariant in invariants:
        assert f"BROKEN  {invariant}" in text


def test_reversal_that_is_no_mirror_is_found(autumn, as_owner):
    first, second = (earn("rita", 5, idem=key) for key in ("one", "two"))
    as_owner(
        f"UPDATE rights_entry SET kind = 'reversal', reverses_id = {first.pk} WHERE id = {second.pk}"  # noqa: S608
    )
    assert broken() == {"every reversal mirrors what it reverses"}


def test_owner_who_asks_is_told_that_they_are_one(autumn):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("RESET ROLE")
        try:
            assert broken() == {"who asks can add to the ledger and change nothing"}
        finally:
            cursor.execute(f"SET ROLE {APP}")


def test_proof_for_programs_is_json_with_the_rows(autumn, as_owner):
    leg = Leg.objects.get(currency="USD", amount=7)
    as_owner(f"UPDATE rights_leg SET amount = 8 WHERE id = {leg.pk}")  # noqa: S608
    code, text = check("--json")
    assert code == 1
    found = json.loads(text)
    assert found["all legs of a currency sum to zero"] == [{"currency": "USD", "off_by": "1"}]
    assert found["every guard stands"] == []


def test_proof_changes_nothing(autumn):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
        assert broken() == set()


# ---------------------------------------------------------------- every night


def test_night_is_scheduled_on_the_cluster_that_is_always_there():
    schedule = Schedule.objects.get(name="Prove the ledger")
    assert (schedule.schedule_type, schedule.repeats, schedule.cluster) == ("D", -1, "mail")
    assert (schedule.next_run.hour, schedule.next_run.minute) == (2, 40)
    assert import_string(schedule.func) is ledger_prove


def test_night_says_in_the_trail_that_all_is_well(autumn):
    ledger_prove()
    assert AuditEntry.objects.get().action == "rights.ledger.proved"


def test_night_says_what_is_broken_in_trail_and_log(autumn, as_owner, caplog):
    as_owner("DROP TRIGGER rights_leg_is_sealed ON rights_leg")
    ledger_prove(from_newer_code=True)
    entry = AuditEntry.objects.get()
    assert entry.action == "rights.ledger.broken"
    assert entry.data == {"broken": ["every guard stands"]}
    assert "ledger_broken" in caplog.text

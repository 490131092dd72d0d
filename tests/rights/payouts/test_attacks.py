"""The attack table on the tables of payouts, as the application's role: refused, and nothing changed."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from rights.models import Payout, PayoutReconciliation, ProviderEvent
from rights.services.payee_holds import payee_hold_lift, payee_hold_place
from rights.services.payout_sending import payouts_poll
from rights.services.payouts import batch_create
from tests.rights.ledger.books import unchanged

pytestmark = pytest.mark.django_db
TABLES = ("payout", "payoutbatch", "payoutchange", "payoutreconciliation", "payeeaccount",
          "payeehold", "providerevent")  # fmt: skip
DENIED = "42501"


def contents():
    """Count and checksum of every table of payouts."""
    found = []
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(
                f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t.id::text)) FROM rights_{table} t"  # noqa: S608
            )
            found.append((table, *cursor.fetchone()))
    return found


def refused(name: str, sql: str, *values: Any) -> None:
    """Assert that a statement is refused by that constraint, or for want of a right."""
    before = contents()
    with (
        unchanged(),
        pytest.raises(DatabaseError) as caught,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, list(values) or None)
    diag = caught.value.__cause__.diag
    assert (diag.constraint_name or diag.sqlstate) == name
    assert contents() == before


@pytest.fixture
def world(paying):
    """A payout that is paid, one that is approved, one that is held, and the traces of it all."""
    paying.top_up(5_000)
    paying.payee("Alba", 5_000)
    paying.payee("Brio", 5_000)
    paying.payee("Cava", 5_000, is_ready=False)
    batch = paying.approved()
    paying.send(batch)
    payouts_poll(list(Payout.objects.filter(state="sent")))
    hold = payee_hold_place(
        party=Payout.objects.get(state="paid").party, reason="other", because="x", actor=paying.sam
    )
    payee_hold_lift(hold=hold, because="y", actor=paying.sam)
    PayoutReconciliation.objects.create()
    ProviderEvent.objects.create(
        event_id="evt_1", type="x", happened_at=timezone.now(), sha256="0" * 64, state="ignored",
        processed_at=timezone.now(),
    )  # fmt: skip
    return {one.state: one.pk for one in Payout.objects.all()}


def test_nothing_is_deleted_or_emptied(world):
    for table in TABLES:
        refused(DENIED, f"DELETE FROM rights_{table}")  # noqa: S608
        refused(DENIED, f"TRUNCATE rights_{table} CASCADE")
        refused(DENIED, f"ALTER TABLE rights_{table} DISABLE TRIGGER ALL")


def test_what_a_payout_is_has_no_right_to_be_changed(world):
    for change in ("amount = 1", "amount_minor = 1", "currency = 'USD'", "party_id = party_id",
                   "batch_id = batch_id", "created_at = now()"):  # fmt: skip
        refused(DENIED, f"UPDATE rights_payout SET {change}")  # noqa: S608
    refused(DENIED, "UPDATE rights_payoutbatch SET total = 0")
    refused(DENIED, "UPDATE rights_payoutbatch SET two_people_above = 1e30")
    refused(DENIED, "UPDATE rights_payoutbatch SET created_by_id = NULL")
    refused(DENIED, "UPDATE rights_payoutchange SET reason = 'x'")
    refused(DENIED, "UPDATE rights_payoutreconciliation SET findings = '[]'")
    refused(DENIED, "UPDATE rights_providerevent SET type = 'y'")
    refused(DENIED, "UPDATE rights_payeehold SET reason = 'dispute'")
    refused(DENIED, "UPDATE rights_payeeaccount SET party_id = party_id")


@pytest.mark.parametrize(
    ("before", "change", "name"),
    [
        ("approved", "state = 'paid'", "rights_payout_moves_on"),
        ("approved", "state = 'sent'", "rights_payout_moves_on"),
        ("approved", "state = 'reserved'", "rights_payout_is_reserved"),
        ("paid", "state = 'approved'", "rights_payout_moves_on"),
        ("paid", "state = 'sent'", "rights_payout_moves_on"),
        ("paid", "state = 'reversed'", "rights_payout_reversed_is_whole"),
        ("paid", "key = 'payout:other'", "rights_payout_keeps_its_key"),
        ("paid", "generation = 2", "rights_payout_keeps_its_key"),
        ("paid", "destination = 'acct_mine'", "rights_payout_keeps_its_key"),
        ("paid", "transfer_id = 'tr_mine'", "rights_payout_moves_on"),
        ("paid", "settle_entry_id = reserve_entry_id", "rights_payout_moves_on"),
        ("paid", "reversed = -1", "rights_payout_moves_on"),
        ("paid", "reversed = amount + 1", "rights_payout_is_money"),
        ("approved", "generation = 2", "rights_payout_keeps_its_key"),
        ("approved", "hold = 'dispute'", "rights_payout_hold_is_known"),
        ("pending", "hold = 'nonsense'", "rights_payout_hold_is_known"),
        ("pending", "state = 'reserved'", "rights_payout_moves_on"),
    ],
)
def test_a_payout_goes_its_course_and_no_other(world, before, change, name):
    refused(name, f"UPDATE rights_payout SET {change} WHERE id = %s", world[before])  # noqa: S608


def test_a_reservation_of_somebody_else_is_no_reservation(world):
    refused(
        "rights_payout_is_reserved",
        "UPDATE rights_payout SET state = 'reserved', key = 'payout:' || id || ':g1', "
        "destination = 'acct_mine', reserve_entry_id = (SELECT reserve_entry_id FROM rights_payout "
        "WHERE id = %s) WHERE id = %s",
        world["paid"],
        world["approved"],
    )


def test_a_batch_is_approved_by_other_people_and_once(world, paying):
    batch = "UPDATE rights_payoutbatch SET {} WHERE state <> 'pending'"
    refused("rights_payoutbatch_moves_on", batch.format("approved_by_id = created_by_id"))
    refused("rights_payoutbatch_moves_on", batch.format("approved_because = 'x'"))
    refused("rights_payoutbatch_moves_on", batch.format("state = 'pending'"))
    paying.payee("Dora", 5_000, currency="USD")
    made = batch_create(actor=paying.sam, currency="USD")
    mine = "UPDATE rights_payoutbatch SET {} WHERE id = %s"
    refused("rights_payoutbatch_approved_by_enough", mine.format("state = 'approved'"), made.pk)
    refused("rights_payoutbatch_moves_on", mine.format("state = 'done'"), made.pk)
    same = "approved_by_id = created_by_id, approved_at = now(), approved_because = 'x'"
    refused("rights_payoutbatch_other_people", mine.format(same), made.pk)


def test_nothing_begins_in_the_middle(world):
    refused(
        "rights_payout_begins",
        "INSERT INTO rights_payout (id, batch_id, party_id, currency, amount, amount_minor, state, "
        "hold, generation, key, destination, transfer_id, failure, reversed) SELECT gen_random_uuid(), "
        "batch_id, party_id, 'USD', 1, 1, 'approved', '', 1, '', '', '', '', 0 FROM rights_payout "
        "WHERE id = %s",
        world["paid"],
    )
    refused(
        "rights_payoutbatch_begins",
        "INSERT INTO rights_payoutbatch (id, currency, state, total, two_people_above, "
        "approved_because, second_because, approved_by_id) VALUES (gen_random_uuid(), 'USD', "
        "'pending', 1, 1, '', '', 1)",
    )


def test_accounts_holds_and_messages_stay_what_they_were(world):
    refused(
        "rights_payeeaccount_stays",
        "UPDATE rights_payeeaccount SET provider_id = 'acct_mine' WHERE state = 'active'",
    )
    refused("rights_payeehold_is_kept", "UPDATE rights_payeehold SET lifted_because = 'z'")
    refused("rights_providerevent_is_kept", "UPDATE rights_providerevent SET outcome = 'z'")


def test_a_second_open_payout_of_a_payee_is_refused(world):
    refused(
        "rights_payout_one_open",
        "INSERT INTO rights_payout (id, batch_id, party_id, currency, amount, amount_minor, state, "
        "hold, generation, key, destination, transfer_id, failure, reversed) SELECT gen_random_uuid(), "
        "batch_id, party_id, currency, 1, 1, 'pending', '', 1, '', '', '', '', 0 FROM rights_payout "
        "WHERE id = %s",
        world["approved"],
    )


def test_every_guard_of_payouts_stands(db):
    wanted = {f"rights_{table}_{what}" for table in TABLES for what in ("no_delete", "no_truncate")}
    wanted |= {
        "rights_payout_moves_on", "rights_payoutbatch_moves_on", "rights_providerevent_kept",
        "rights_payeehold_kept", "rights_payeeaccount_stays", "rights_payoutchange_no_change",
        "rights_payoutreconciliation_no_change",
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')")
        assert wanted <= {name for (name,) in cursor.fetchall()}

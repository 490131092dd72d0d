"""The attack table of statements: as the application's role and as the owner, refused, nothing moved."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction

from config.postgres import APP
from rights.models import Statement, StatementLine
from rights.selectors.ledger_invariants import ledger_findings
from rights.selectors.statement_invariants import TABLES, TRIGGERS
from rights.services.disputes import dispute_open
from rights.services.statement_publishing import statement_publish
from tests.rights.statements.months import AUGUST, Earning, contract_of, issue, locked

pytestmark = pytest.mark.django_db
KEPT = (*TABLES, "rights_statementdispute", "rights_disputechange")
MOVES = {
    "rights_statement": "closing = closing + 1, carried = carried + 1",
    "rights_statementline": "paid = paid + 1",
    "rights_statemententry": "step = 'x'",
    "rights_statementdispute": "reason = 'x'",
    "rights_disputechange": "words = 'x'",
}


@pytest.fixture
def statement(alma, cast, olive):
    """A published statement with a dispute."""
    contract_of(alma, actor=cast.sam, fee_ppm=150_000)
    [made] = issue(locked(AUGUST, [Earning(alma, 100_000_000)], cast.sam, olive))
    statement_publish(statement=made, actor=cast.sam)
    dispute_open(line=made.lines.get(), actor=cast.rita, reason="Too little")
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return Statement.objects.get(pk=made.pk)


def fingerprint():
    """Count and checksum of everything that is kept."""
    found = []
    with connection.cursor() as cursor:
        for table in KEPT:
            cursor.execute(
                f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t.id)) FROM {table} t"  # noqa: S608
            )
            found.append((table, *cursor.fetchone()))
    return found


@contextmanager
def refused(*, role=APP, match=""):
    """What happens inside is refused and changes nothing, whoever does it."""
    before = fingerprint()
    with connection.cursor() as cursor:
        if role != APP:
            cursor.execute("RESET ROLE")
        try:
            with pytest.raises(DatabaseError, match=match), transaction.atomic():
                yield cursor
        finally:
            cursor.execute(f"SET ROLE {APP}")
    assert fingerprint() == before


CHANGES = [
    sql.format(table, MOVES[table])
    for table in KEPT
    for sql in ("UPDATE {} SET {}", "DELETE FROM {}")
]
FURTHER = [
    sql.format(table)
    for table in KEPT
    for sql in ("TRUNCATE {} CASCADE", "ALTER TABLE {} DISABLE TRIGGER ALL")
]


def test_the_application_changes_deletes_and_empties_nothing(statement):
    for sql in (*CHANGES, *FURTHER):
        with refused(match="permission denied|must be owner") as cursor:
            cursor.execute(sql)


def test_triggers_bind_the_owner_of_the_tables_too(statement):
    for sql in CHANGES:
        with refused(role="owner", match="stays|takes its course") as cursor:
            cursor.execute(sql)


def test_a_published_statement_is_not_taken_back_nor_dated_anew(statement):
    for sql in (
        "UPDATE rights_statement SET state = 'final', published_at = NULL",
        "UPDATE rights_statement SET published_at = now()",
        "UPDATE rights_statement SET first_viewed_at = NULL, state = 'final'",
    ):
        with refused(match="stays as it was issued") as cursor:
            cursor.execute(sql)


def test_no_line_and_no_entry_joins_a_statement_later(statement):
    line = statement.lines.get()
    line.pk, line.number, line.paid, line._state.adding = None, 2, 0, True
    entry = statement.entries.first().entry_id
    with connection.cursor() as cursor:  # as another transaction would find it
        cursor.execute("RESET ROLE")
        cursor.execute("ALTER TABLE rights_statement DISABLE TRIGGER rights_statement_no_change")
        cursor.execute("UPDATE rights_statement SET xid = '3'")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE rights_statement ENABLE TRIGGER rights_statement_no_change")
        cursor.execute(f"SET ROLE {APP}")
    with refused(match="sealed"):
        line.save(force_insert=True)
    with refused(match="sealed|duplicate") as cursor:
        cursor.execute(
            "INSERT INTO rights_statemententry (statement_id, entry_id, step) "
            "SELECT %s, id, 'x' FROM rights_entry WHERE id <> %s LIMIT 1",
            [statement.pk, entry],
        )


def copy_of(statement, **changes):
    """A statement like another, as somebody past the services would write it."""
    fields = {f.attname: getattr(statement, f.attname) for f in Statement._meta.concrete_fields}
    fields |= {
        "id": None, "number": "TF-2026-08-00002", "sequence": 2, "state": "final",
        "published_at": None, "published_by_id": None, "first_viewed_at": None,
    }  # fmt: skip
    fields.pop("id")
    return Statement(**{**fields, **changes})


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"sha256": "0" * 64}, "hash"),
        ({"closing": 1}, "rights_statement_closes"),
        ({"payable": 1}, "rights_statement_is_paid_or_carried"),
        ({"state": "published", "published_at": "2026-09-01T00:00Z"}, "final before"),
        ({"revision": 2}, "rights_statement_revision_replaces"),
        ({"number": "X"}, "well_formed"),
    ],
)
def test_a_statement_that_does_not_hold_together_is_not_written(statement, changes, match):
    with refused(match=match):
        copy_of(statement, **changes).save(force_insert=True)


def test_a_statement_without_its_lines_is_not_written(statement):
    with refused(match="lines"):
        copy_of(statement).save(force_insert=True)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_revision_replaces_nothing_but_the_one_before(statement, bert):
    with refused(match="does not replace"):
        copy_of(statement, revision=2, replaces_id=statement.pk, party=bert).save(force_insert=True)


def test_the_guards_are_these_and_all_are_on(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal "
            "AND tgrelid = ANY (%s::regclass[])",
            [list(KEPT)],
        )
        assert dict(cursor.fetchall()) == dict.fromkeys(TRIGGERS, "O")


def test_what_an_owner_did_past_the_guards_is_found(statement):
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        for table in ("rights_statement", "rights_statementline"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE rights_statement SET fee = fee + 1, closing = closing + 1, carried = carried + 1"
        )
        cursor.execute("UPDATE rights_statementline SET paid = paid - 1")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("rights_statement", "rights_statementline"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute(f"SET ROLE {APP}")
    broken = {finding.invariant for finding in ledger_findings() if finding.rows}
    assert broken == {
        "every statement closes with what the books say",
        "the lines of every statement come to what it earned",
    }
    assert StatementLine.objects.count() == 1

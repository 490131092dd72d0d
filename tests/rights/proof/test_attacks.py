"""The attack table for every table of rights, and for each kind of row that says why money moved.

As the application's role; what is refused leaves nothing behind. Tables that are added later are
attacked too. The ledger's own table of attacks is ``tests/rights/ledger/test_attacks.py``.
"""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from config.postgres import APP
from rights.domain.terms import Terms
from rights.models import ClaimRelease
from rights.selectors.ledger_invariants import ledger_findings
from rights.services.claims import claim_activate
from rights.services.contracts import contract_make
from tests.rights.claims.conftest import held  # noqa: F401 - a fixture
from tests.rights.claims.held import claim
from tests.rights.factories import make_party
from tests.rights.proof.invariants import Seal, rows

pytestmark = pytest.mark.django_db
TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'rights!_%' ESCAPE '!' ORDER BY 1"


def refused(sql, error=DatabaseError):
    """Assert that the statement is refused, at the latest when constraints look."""
    with pytest.raises(error):
        said(sql)


def said(sql):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.fixture
def money(held, world, cast, olive):  # noqa: F811
    """A posted report, a locked run, a claim that was paid, a contract; all of it of August."""
    dora = make_party("Dora")
    late = claim(world.unowned, dora, cast.rita, 600_000)
    claim_activate(claim=late, actor=olive, reason="Seen")
    contract_make(
        party=dora, name="Dora 2026", currency="EUR", every="M",
        terms=Terms(date(2026, 11, 1), fee_ppm=1), actor=cast.sam,
    )  # fmt: skip
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    return held


# ---------------------------------------------------------------- all tables


@pytest.mark.parametrize(
    "attack",
    [
        "TRUNCATE {} CASCADE",
        "ALTER TABLE {} DISABLE TRIGGER ALL",
        "ALTER TABLE {} ENABLE REPLICA TRIGGER ALL",
        "ALTER TABLE {} OWNER TO tenfold_app",
        "ALTER TABLE {} DROP COLUMN id",
        "DROP TABLE {} CASCADE",
        "CREATE TRIGGER mine BEFORE INSERT ON {} EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "CREATE RULE mine AS ON DELETE TO {} DO INSTEAD NOTHING",
        "GRANT ALL ON {} TO tenfold_app",
    ],
)
def test_no_table_can_be_emptied_or_disarmed(attack):
    tables = [name for (name,) in rows(TABLES)]
    assert len(tables) > 30
    for table in tables:
        if attack.startswith("GRANT"):  # with nothing to grant, it is a warning and no error
            with connection.cursor() as cursor:
                cursor.execute(attack.format(table))
            continue
        refused(attack.format(table), ProgrammingError)
    owned = (
        "SELECT relname FROM pg_class JOIN pg_roles ON relowner = pg_roles.oid WHERE rolname = %s"
    )
    assert rows(owned, [APP]) == []
    can = "SELECT relname FROM pg_class WHERE relname = ANY(%s) AND has_table_privilege(oid, 'TRUNCATE, TRIGGER')"
    assert rows(can, [tables]) == []


@pytest.mark.parametrize(
    "attack",
    [
        "SET session_replication_role = replica",
        "SET ROLE tenfold_owner",
        "CREATE FUNCTION rights_released_now() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE OR REPLACE FUNCTION public.rights_released_now() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "DROP FUNCTION rights_released_now() CASCADE",
        "ALTER FUNCTION rights_released_now() SET search_path = pg_temp",
        "CREATE SCHEMA mine",
        "COPY (SELECT 1) TO PROGRAM 'true'",
    ],
)  # fmt: skip
def test_the_database_itself_is_beyond_the_application(attack):
    if attack == "SET ROLE tenfold_owner":
        # Tests log in as the owner and act as the application; who logs in as it is asked instead.
        member = "SELECT pg_has_role(%s, 'tenfold_owner', 'MEMBER')"
        assert rows(member, [APP]) == [(False,)]
        return
    refused(attack)


def test_every_guard_is_on_and_looks_into_temporary_tables_last():
    found = rows(
        "SELECT tgname, tgenabled, proconfig FROM pg_trigger JOIN pg_proc ON tgfoid = pg_proc.oid "
        "JOIN pg_class ON tgrelid = pg_class.oid "
        "WHERE NOT tgisinternal AND relname LIKE 'rights!_%' ESCAPE '!' AND tgname NOT LIKE 'pgtrigger%'"
    )
    assert len(found) > 40
    wrong = [
        row
        for row in found
        if (row[1], row[2]) != ("O", ["search_path=pg_catalog, public, pg_temp"])
    ]
    assert wrong == []


# ---------------------------------------------------------------- rows that say why money moved

CLAIM = "(SELECT id FROM rights_rightsclaim WHERE state = 'active' AND share_ppm = 600000 LIMIT 1)"
FROZEN = [
    "UPDATE rights_incomefile SET posted_at = posted_at - interval '1 day'",
    "UPDATE rights_incomefile SET sha256 = repeat('0', 64)",
    "UPDATE rights_incomefile SET state = 'read', posted_at = NULL",
    "UPDATE rights_incomefile SET state = 'reversed'",
    "UPDATE rights_incomefile SET reversed_at = now()",
    "DELETE FROM rights_incomefile",
    "UPDATE rights_incomegroup SET micros = micros + 1",
    "UPDATE rights_incomegroup SET match = 'ignored', ignored_because = 'x', sheet_id = NULL",
    "DELETE FROM rights_incomegroup",
    "INSERT INTO rights_incomegroup SELECT (jsonb_populate_record(grp, '{\"id\": 999999, \"number\": 999}')).* FROM rights_incomegroup grp LIMIT 1",
    "UPDATE rights_royaltyrun SET state = 'approved'",
    "UPDATE rights_royaltyrun SET state = 'calculating', result_sha256 = '', approved_by_id = NULL, approved_at = NULL, approved_because = ''",
    "UPDATE rights_royaltyrun SET facts = '{}'",
    "UPDATE rights_royaltyrun SET approved_because = 'x'",
    "UPDATE rights_royaltyrun SET period = '2026-07'",
    "DELETE FROM rights_royaltyrun",
    "UPDATE rights_runshare SET amount = amount + 1",
    "UPDATE rights_runshare SET party_id = NULL",
    "DELETE FROM rights_runshare",
    "INSERT INTO rights_runshare SELECT (jsonb_populate_record(share, '{\"id\": 999999}')).* FROM rights_runshare share LIMIT 1",
    "UPDATE rights_rightsclaim SET share_ppm = 1",
    "UPDATE rights_rightsclaim SET party_id = (SELECT id FROM rights_party WHERE name = 'Cleo')",
    "UPDATE rights_rightsclaim SET claimed_at = now() - interval '1 year'",
    "DELETE FROM rights_rightsclaim",
    "UPDATE rights_claimchange SET reason = 'x'",
    "UPDATE rights_claimchange SET made_at = now() - interval '1 year'",
    "DELETE FROM rights_claimchange",
    "UPDATE rights_claimevidence SET words = 'x'",
    "DELETE FROM rights_claimevidence",
    "UPDATE rights_claimrelease SET amount = 0",
    "DELETE FROM rights_claimrelease",
    "INSERT INTO rights_claimrelease (claim_id, share_id, share_ppm, amount, released_at) SELECT claim_id, share_id, 1000000, 1, now() FROM rights_claimrelease",
    "UPDATE rights_contractterms SET fee_ppm = 999999",
    "UPDATE rights_contractterms SET active_from = '2020-01-01'",
    "DELETE FROM rights_contractterms",
    "UPDATE rights_splitsheet SET body = ''",
    "DELETE FROM rights_splitsheetsource",
    "UPDATE rights_splitsheetsource SET weight_ppm = 1",
    "UPDATE rights_basecatalogueweight SET weight = 9",
    "DELETE FROM rights_basecatalogueweight",
]  # fmt: skip


@pytest.mark.slow
def test_what_moved_money_is_neither_changed_nor_taken_away(money):
    """One month for all of them: making it takes longer than attacking it."""
    before = Seal().everything()
    for sql in FROZEN:
        refused(sql)
        assert Seal().everything() == before, sql
    assert [found.invariant for found in ledger_findings() if found.rows] == []


def test_a_run_is_not_born_locked_nor_approved_by_nobody(cast):
    columns = "id, period, state, facts, result_sha256, approved_at, approved_because"
    for state in ("approved", "locked", "published"):
        refused(
            f"INSERT INTO rights_royaltyrun ({columns}) VALUES "  # noqa: S608
            f"(gen_random_uuid(), '2026-01', '{state}', '{{}}', repeat('0', 64), now(), 'x')"
        )
    assert rows("SELECT count(*) FROM rights_royaltyrun") == [(0,)]


def test_nobody_skips_a_step_of_a_run(cast):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO rights_royaltyrun (id, period, state, facts, result_sha256, approved_because) "
            "VALUES (gen_random_uuid(), '2026-01', 'draft', '{}', '', '')"
        )
    for state in ("calculated", "approved", "locked", "published"):
        refused(
            f"UPDATE rights_royaltyrun SET state = '{state}', result_sha256 = repeat('0', 64), "  # noqa: S608
            "approved_at = now(), approved_by_id = 1, approved_because = 'x'"
        )
    assert rows("SELECT state FROM rights_royaltyrun") == [("draft",)]


def test_the_moment_of_a_release_cannot_be_forged(money):
    release = ClaimRelease.objects.get()
    assert rows("SELECT now() - released_at < interval '1 hour' FROM rights_claimrelease") == [
        (True,)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO rights_claimchange (claim_id, state_from, state_to, reason, made_at) "
            "VALUES (%s, 'active', 'rejected', 'x', '2020-01-01Z') RETURNING made_at > now()",
            [release.claim_id],
        )
        assert cursor.fetchone() == (True,)

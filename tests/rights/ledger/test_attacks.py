"""The attack table: each as the application's role, each refused, each leaving nothing behind.

What depends on commits is committed (``committed``); for the rest the constraints look at the end of
a savepoint, which is the same to them and much quicker.
"""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction

from config.postgres import APP
from rights.domain.chart import account
from rights.domain.postings import IdempotencyConflictError
from rights.models import Entry, LedgerAccount
from rights.selectors.ledger_invariants import TABLES, TRIGGERS, ledger_findings
from rights.services.ledger_accounts import accounts_open
from tests.rights.ledger.books import POOL, earn, payable, post, unchanged

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)

ENTRY = (
    "INSERT INTO rights_entry (idem, idem_hash, kind, effective_at, n_legs, memo, facts) "
    "VALUES ('attack', repeat('a', 64), 'allocation', '2026-10-01Z', 2, '', '{}') RETURNING id"
)
LEG = "INSERT INTO rights_leg (entry_id, account_id, currency, amount) VALUES (%s, %s, %s, %s)"


@pytest.fixture
def entry():
    """Rita has earned five."""
    return earn("rita", 5)


@pytest.fixture
def ids(entry):
    """The ids of some accounts."""
    wanted = {"rita": payable("rita"), "pool": POOL, "usd": account("cash_clearing", "USD")}
    found = accounts_open(list(wanted.values()))
    return {name: found[one] for name, one in wanted.items()}


def run(*statements):
    """Run statements in one transaction, each with its values; %s in values is the new entry."""
    with transaction.atomic(), connection.cursor() as cursor:
        new = None
        for sql, values in statements:
            cursor.execute(sql, [new if v == "new" else v for v in values] or None)
            if "RETURNING" in sql:
                new = cursor.fetchone()[0]
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def refused(name, *statements, error=DatabaseError):
    """Assert that the statements are refused by that constraint and leave nothing."""
    with unchanged(), pytest.raises(error) as caught:
        run(*statements)
    diag = caught.value.__cause__.diag
    assert (diag.constraint_name or diag.sqlstate) == name
    assert [finding for finding in ledger_findings() if finding.rows] == []


def test_tests_act_as_the_application(entry):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (APP, False)


@committed
def test_entry_that_does_not_balance(ids):
    legs = [(LEG, ["new", ids["rita"], "EUR", 5]), (LEG, ["new", ids["pool"], "EUR", -4])]
    refused("rights_entry_balances", (ENTRY, []), *legs)


def test_entry_that_balances_over_two_currencies_only(ids):
    legs = [(LEG, ["new", ids["rita"], "EUR", 5]), (LEG, ["new", ids["usd"], "USD", -5])]
    refused("rights_entry_balances", (ENTRY, []), *legs)


@committed
def test_declared_legs_that_do_not_come(ids):
    refused("rights_entry_has_its_legs", (ENTRY, []))


def test_more_legs_than_declared(ids):
    one, other = [LEG, ["new", ids["rita"], "EUR", 1]], [LEG, ["new", ids["pool"], "EUR", -1]]
    refused("rights_entry_is_sealed", (ENTRY, []), one, other, one, other)


@pytest.mark.parametrize("declared", ["0", "1", "-2"])
def test_entry_of_fewer_than_two_legs(ids, declared):
    name = "rights_entry_has_two_legs"
    sql = ENTRY.replace("2, ''", f"{declared}, ''")
    refused(name, (sql, []))


def test_zero_leg(ids):
    legs = [(LEG, ["new", ids["rita"], "EUR", 0]), (LEG, ["new", ids["pool"], "EUR", 0])]
    refused("rights_leg_moves_something", (ENTRY, []), *legs)


@committed
def test_late_legs_on_an_old_entry_though_they_balance(ids, entry):
    legs = [(LEG, [entry.pk, ids["rita"], "EUR", 1]), (LEG, [entry.pk, ids["pool"], "EUR", -1])]
    refused("rights_entry_is_sealed", *legs)


@committed
def test_one_more_leg_after_the_constraints_have_looked(ids):
    refused(
        "rights_entry_is_sealed",
        (ENTRY, []),
        (LEG, ["new", ids["rita"], "EUR", 1]),
        (LEG, ["new", ids["pool"], "EUR", -1]),
        ("SET CONSTRAINTS ALL IMMEDIATE", []),
        (LEG, ["new", ids["rita"], "EUR", 9]),
    )


def test_leg_in_another_currency_than_its_account(ids):
    refused("rights_leg_of_account", (ENTRY, []), (LEG, ["new", ids["usd"], "EUR", 1]))


def test_leg_on_an_account_that_is_not_there(ids):
    refused("rights_leg_of_account", (ENTRY, []), (LEG, ["new", 10**9, "EUR", 1]))


def test_leg_without_an_entry(ids):
    refused("rights_leg_of_entry", (LEG, [10**9, ids["rita"], "EUR", 1]))


def test_reversal_that_is_no_mirror(ids, entry):
    reversal = ENTRY.replace("idem,", "reverses_id, idem,").replace("('attack'", "(%s, 'attack'")
    refused(
        "rights_entry_mirrors",
        (reversal.replace("'allocation'", "'reversal'"), [entry.pk]),
        (LEG, ["new", ids["rita"], "EUR", -4]),
        (LEG, ["new", ids["pool"], "EUR", 4]),
    )


def test_reversal_that_does_not_say_of_what(ids):
    sql = ENTRY.replace("'allocation'", "'reversal'")
    refused("rights_entry_reversal_says_of_what", (sql, []))


def test_kind_that_does_not_exist(ids):
    refused("rights_entry_kind_is_known", (ENTRY.replace("'allocation'", "'gift'"), []))


def test_entry_of_the_future(ids):
    sql = ENTRY.replace("2026-10-01Z", "2126-10-01Z")
    refused("rights_entry_is_not_of_the_future", (sql, []))


def test_account_paid_below_its_floor(ids):
    legs = [(LEG, ["new", ids["rita"], "EUR", -6]), (LEG, ["new", ids["pool"], "EUR", 6])]
    refused("rights_ledgeraccount_bounds", (ENTRY, []), *legs)


@committed
def test_balance_read_from_before_the_lock(ids):
    with unchanged(), connection.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        try:
            with pytest.raises(IntegrityError, match="REPEATABLE READ"):
                cursor.execute(ENTRY)
        finally:
            cursor.execute("ROLLBACK")


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET id = id",
        "DELETE FROM {}",
        "TRUNCATE {} CASCADE",
        "ALTER TABLE {} DISABLE TRIGGER ALL",
        "DROP TABLE {} CASCADE",
        "ALTER TABLE {} OWNER TO tenfold_app",
        "LOCK TABLE {} IN ACCESS EXCLUSIVE MODE",
        "CREATE TRIGGER mine BEFORE INSERT ON {} EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    ],
)
def test_change_of_what_is_there(entry, table, statement):
    with unchanged(), pytest.raises(ProgrammingError):
        run((statement.format(table), []))


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("rights_entry", "xid", "'9'"),
        ("rights_entry", "posted_at", "'2020-01-01Z'"),
        ("rights_entry", "id", "1000000"),
        ("rights_leg", "id", "1000000"),
        ("rights_periodlock", "locked_at", "'2020-01-01Z'"),
        ("rights_ledgeraccount", "id", "1000000"),
        ("rights_ledgeraccount", "lock_handle", "0"),
    ],
)
def test_forged_column(entry, table, column, value):
    with unchanged(), pytest.raises(ProgrammingError, match="permission denied"):
        run((f"INSERT INTO {table} ({column}) VALUES ({value})", []))  # noqa: S608


@pytest.mark.parametrize(
    "change",
    [
        "min_balance = NULL",
        "min_balance = -1000",
        "max_balance = 1000",
        "role = 'cash_clearing'",
        "currency = 'USD'",
        "kind = 'asset'",
    ],
)
def test_bounds_and_nature_of_an_account_cannot_be_changed(entry, change):
    with unchanged(), pytest.raises(ProgrammingError, match="permission denied"):
        run((f"UPDATE rights_ledgeraccount SET {change}", []))  # noqa: S608


def test_column_to_lock_by_takes_nothing_but_zero(entry):
    run(("UPDATE rights_ledgeraccount SET lock_handle = 0", []))
    refused(
        "rights_ledgeraccount_lock_handle", ("UPDATE rights_ledgeraccount SET lock_handle = 1", [])
    )


@pytest.mark.parametrize(
    "row",
    [
        "'payee_payable', 'liability', 'eve', 'EUR', NULL, NULL",  # without its floor
        "'payee_payable', 'liability', 'eve', 'EUR', -5, NULL",
        "'payee_payable', 'asset', 'eve', 'EUR', 0, NULL",
        "'payee_payable', 'liability', '', 'EUR', 0, NULL",
        "'cash_clearing', 'asset', 'eve', 'EUR', NULL, NULL",
        "'slush_fund', 'asset', '', 'EUR', NULL, NULL",
        "'cash_clearing', 'asset', '', 'eur', NULL, NULL",
        "'payee_payable', 'liability', 'e:ve', 'EUR', 0, NULL",
    ],
)
def test_account_that_is_not_in_the_chart(entry, row):
    columns = "role, kind, subject, currency, min_balance, max_balance"
    with unchanged(), pytest.raises(IntegrityError):
        run((f"INSERT INTO rights_ledgeraccount ({columns}) VALUES ({row})", []))  # noqa: S608


def test_temporary_tables_in_front_of_ours_deceive_no_trigger(ids):
    """Whoever may make a temporary table could hide ours behind it, were the functions careless."""
    refused(
        "rights_entry_balances",
        (ENTRY, []),
        (LEG, ["new", ids["rita"], "EUR", -500]),
        (LEG, ["new", ids["pool"], "EUR", 499]),
        ("CREATE TEMP TABLE rights_leg AS SELECT * FROM public.rights_leg", []),
        ("UPDATE pg_temp.rights_leg SET amount = sign(amount)", []),
    )


def test_replication_role_is_beyond_the_application(entry):
    with unchanged(), pytest.raises(ProgrammingError):
        run(("SET session_replication_role = replica", []))


def test_same_key_with_another_content(entry):
    with unchanged(), pytest.raises(IdempotencyConflictError) as caught:
        post(entry.idem, (POOL, -6), (payable("rita"), 6))
    assert caught.value.code == "ledger.key_used"
    with unchanged():
        assert earn("rita", 5) == entry


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {} SET {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_triggers_bind_the_owner_of_the_tables_too(entry, table, statement):
    from rights.services.periods import period_lock
    from tests.rights.ledger.books import OCTOBER

    period_lock(ends_at=OCTOBER, locked_by=None, reason="a row to attack")
    run()  # a table that waits for its constraints cannot be emptied, whoever asks
    change = {
        "rights_ledgeraccount": "min_balance = -1",
        "rights_entry": "memo = 'x'",
        "rights_leg": "amount = -amount",
        "rights_periodlock": "reason = 'x'",
    }[table]
    with unchanged(), connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        try:
            with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
                cursor.execute(statement.format(table, change))
        finally:
            cursor.execute(f"SET ROLE {APP}")


def test_triggers_of_the_ledger_are_these_and_all_are_on():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal "
            "AND tgrelid = ANY (%s::regclass[])",
            [list(TABLES)],
        )
        assert dict(cursor.fetchall()) == dict.fromkeys(TRIGGERS, "O")


def test_functions_of_the_ledger_search_temporary_tables_last():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT proname, proconfig FROM pg_proc JOIN pg_trigger ON tgfoid = pg_proc.oid "
            "WHERE NOT tgisinternal AND tgrelid = ANY (%s::regclass[])",
            [list(TABLES)],
        )
        found = cursor.fetchall()
    assert len(found) == 5
    assert {tuple(config) for _, config in found} == {("search_path=pg_catalog, public, pg_temp",)}


def test_model_cannot_write_past_the_services(entry):
    """Django names every column, and some are not for the application to fill."""
    with unchanged(), pytest.raises(ProgrammingError), transaction.atomic():
        Entry.objects.create(
            idem="x",
            idem_hash="a" * 64,
            kind="allocation",
            effective_at="2026-10-01T00:00Z",
            n_legs=2,
        )
    book = LedgerAccount.objects.first()
    with unchanged(), pytest.raises(ProgrammingError), transaction.atomic():
        book.save()
    with unchanged(), pytest.raises(ProgrammingError), transaction.atomic():
        LedgerAccount.objects.update(subject="eve")

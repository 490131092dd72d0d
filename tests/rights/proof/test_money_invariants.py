"""Harm that was done past all guards is found by ``check_ledger``, and named."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from config.postgres import APP
from rights.selectors.ledger_invariants import ledger_findings
from rights.services.claims import claim_activate
from tests.rights.claims.conftest import held  # noqa: F401 - a fixture
from tests.rights.claims.held import claim
from tests.rights.factories import make_party

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
HARM = [
    (
        ["UPDATE rights_incomegroup SET micros = micros + 1 WHERE number = 1"],
        {"every posted report is in the books, and no other"},
    ),
    (
        ["UPDATE rights_incomefile SET state = 'reversed', reversed_at = now()"],
        {"a report is reversed in the books when it says so"},
    ),
    (
        ["UPDATE rights_incomefile SET state = 'read', posted_at = NULL"],
        {"every posted report is in the books, and no other"},
    ),
    (
        ["UPDATE rights_runshare SET amount = amount + 1 WHERE pool = 'base' AND party_id IS NULL"],
        {
            "every locked run is in the books, share by share",
            "every approved run has the shares that were approved",
        },
    ),
    (
        ["UPDATE rights_runshare SET weight = weight + 1"],
        {"every approved run has the shares that were approved"},
    ),
    (
        ["UPDATE rights_claimrelease SET amount = amount - 1"],
        {"every release of held money is in the books"},
    ),
    (
        ["UPDATE rights_claimrelease SET share_ppm = 1000000, amount = amount * 3"],
        {"every release of held money is in the books", "nothing is released that was not held"},
    ),
    (["ALTER TABLE rights_runshare DISABLE TRIGGER rights_runshare_taken"], {"every guard stands"}),
    (["DROP TRIGGER rights_contractterms_stay ON rights_contractterms"], {"every guard stands"}),
]  # fmt: skip
TABLES = ("rights_incomefile", "rights_incomegroup", "rights_runshare", "rights_claimrelease")


class _Undone(Exception):  # noqa: N818 - takes the harm back
    pass


def broken():
    return {finding.invariant for finding in ledger_findings() if finding.rows}


def test_harm_past_the_guards_is_found_and_named(held, world, cast, olive):  # noqa: F811
    late = claim(world.unowned, make_party("Dora"), cast.rita, 600_000)
    claim_activate(claim=late, actor=olive, reason="Seen")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        assert broken() == set()
        for statements, invariants in HARM:
            with pytest.raises(_Undone):
                harmed(cursor, statements, invariants)
            cursor.execute(f"SET ROLE {APP}")
        assert broken() == set()


@transaction.atomic
def harmed(cursor, statements, invariants):
    """Do harm as the owner with the triggers off, look, and take it back."""
    cursor.execute("RESET ROLE")
    for table in TABLES:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for statement in statements:
        if statement.startswith("UPDATE"):
            cursor.execute(statement)
    for table in TABLES:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    for statement in statements:
        if not statement.startswith("UPDATE"):
            cursor.execute(statement)
    cursor.execute(f"SET ROLE {APP}")
    assert broken() == invariants, statements
    raise _Undone

"""A cent is followed from the books to the line of a report, and from a receipt to whoever was paid."""

from __future__ import annotations

import io
import json
import uuid

import pytest
import time_machine
from django.core.management import CommandError, call_command

from rights.models import Leg, Payout, PayoutBatch, RunShare
from rights.selectors.trace import trace
from rights.selectors.trace_nodes import TraceError
from rights.services.claims import claim_activate
from rights.services.income import income_post, income_reverse
from rights.services.statement_publishing import statement_publish
from tests.rights.claims.held import claim, month_of
from tests.rights.factories import make_party
from tests.rights.income.reports import Sale
from tests.rights.income.tables import bring_table, own_lines
from tests.rights.runs.months import OCTOBER, OTHER, SONG
from tests.rights.statements.months import contract_of, issue

pytestmark = pytest.mark.django_db


def found(node, kind):
    """Return all nodes of a kind, wherever they are in the tree."""
    here = [node] if node.kind == kind else []
    return here + [one for child in node.children for one in found(child, kind)]


def fact(node, name):
    return dict(node.facts)[name]


@pytest.fixture
def table(world, cast, olive):
    """August from a table: three lines of one song in Germany, one of another; locked."""
    contract_of(world.rita, actor=cast.sam, fee_ppm=100_000)
    for party in (world.bert, world.cleo):
        contract_of(party, actor=cast.sam)
    rows = [
        (SONG, OCTOBER, "DE", 5, 0, "4", "EUR"),
        (OTHER, OCTOBER, "DE", 5, 0, "3", "EUR"),
        (SONG, OCTOBER, "DE", 5, 0, "6", "EUR"),
        (SONG, OCTOBER, "FR", 5, 0, "1", "EUR"),
        (SONG, OCTOBER, "DE", 5, 0, "0.000001", "EUR"),
    ]
    with time_machine.travel(f"{OCTOBER}-20T12:00Z", tick=False):
        file = bring_table(own_lines(*rows), actor=cast.sam)
        income_post(file=file, actor=cast.sam)
    return month_of(OCTOBER, [], cast.sam, olive)


def test_a_payees_leg_goes_back_to_the_lines_of_the_table_the_sheet_and_the_receipt(table, world):
    leg = Leg.objects.get(account__role="payee_payable", account__subject=str(world.rita.pk))

    node = trace(f"leg:{leg.pk}")

    shares = found(node, "share")
    mine = RunShare.objects.filter(party=world.rita)
    assert {one.key for one in shares} == {str(pk) for pk in mine.values_list("pk", flat=True)}
    assert sum(mine.values_list("amount", flat=True)) == leg.amount
    german = next(one for one in found(node, "group") if fact(one, "territory") == "DE")
    assert fact(german, "lines") == "2, 4, 6"
    assert fact(german, "exact sum of the report") == "10.0000010000 EUR"
    assert fact(found(german, "file")[0], "read by") == "lanternwave 1"
    assert fact(found(german, "sheet")[0], "hash") == world.song.sha256
    assert found(german, "receipt")[0].key == str(world.song.receipt)
    (owned,) = {one.title for one in found(node, "claim") if "100 %" in one.title}
    assert "Rita" in owned


def test_a_leg_of_a_pool_of_held_money_and_of_a_report_is_traced_as_well(table, world):
    held = Leg.objects.get(account__role="suspense_track", account__subject=world.unowned.isrc)
    pool = Leg.objects.get(account__role="pool_inputs_clearing", amount__lt=0)
    owed = Leg.objects.get(account__role="distributor_receivable")

    shares = found(trace(f"leg:{held.pk}"), "share")
    assert {fact(one, "party") for one in shares} == {"held"}
    assert {fact(one, "recording") for one in shares} == {world.unowned.isrc}
    assert (
        len(found(trace(f"leg:{pool.pk}"), "share"))
        == RunShare.objects.filter(pool="inputs").count()
    )
    (file,) = found(trace(f"leg:{owed.pk}"), "file")
    assert fact(file, "sender") == "lanternwave"


def test_lines_of_a_flat_file_are_found_by_their_numbers(world, cast, olive):
    sales = [
        Sale(net="1"), Sale(isrc=OTHER, net="3", summary="S2"), Sale(net="2"),
        Sale(net="4", day="2026-09-30"),
    ]  # fmt: skip
    month_of(OCTOBER, sales, cast.sam, olive)
    share = RunShare.objects.filter(party=world.rita, group__span="2026-10").first()

    (group,) = found(trace(f"share:{share.pk}"), "group")

    assert fact(group, "lines") == "4, 6"  # below HEAD and two summaries
    assert fact(group, "days") == "2026-10"


def test_money_that_a_claim_let_go_is_traced_through_the_claim(held, world, cast, olive):
    dora = make_party("Dora")
    claim_activate(claim=claim(world.unowned, dora, cast.rita), actor=olive, reason="Seen")
    leg = Leg.objects.get(account__role="payee_payable", account__subject=str(dora.pk))

    node = trace(f"leg:{leg.pk}")

    (through,) = [one for one in found(node, "claim") if "let it go" in one.title]
    assert "Dora" in through.title
    assert {fact(one, "recording") for one in found(through, "share")} == {world.unowned.isrc}


def test_a_report_that_was_taken_back_is_traced_from_either_entry(held, cast):
    file = held.shares.exclude(group=None).first().group.file
    entries = income_reverse(file=file, because="Wrong month", actor=cast.sam)
    leg = entries[0].legs.first()

    node = trace(f"leg:{leg.pk}")

    assert fact(found(node, "entry")[0], "reverses entry") == str(entries[0].reverses_id)
    assert fact(found(node, "file")[0], "state") == "Reversed"


def test_a_receipt_goes_forward_to_what_it_earned_and_to_statements(table, world, cast):
    statements = {one.party_id: one for one in issue(table)}

    node = trace(f"receipt:{world.song.receipt}")

    (sheet,) = found(node, "sheet")
    assert fact(sheet, "earned") == "EUR\xa011.000001"
    assert len(found(node, "group")) == 2
    numbers = {one.key for one in found(node, "statement")}
    assert numbers == {str(statements[world.rita.pk].pk), str(statements[world.bert.pk].pk)}
    assert str(statements[world.cleo.pk].pk) not in numbers


def test_a_statement_goes_back_to_its_shares_and_its_entries(table, world, cast):
    made = next(one for one in issue(table) if one.party == world.rita)

    node = trace(f"statement:{made.number.lower()}")

    assert fact(node, "hash") == made.sha256
    assert {one.key for one in found(node, "share")} == {
        str(line.share_id) for line in made.lines.all()
    }
    assert any("statement:" in fact(one, "key") for one in found(node, "entry"))
    assert trace(f"statement:{made.number} R1").key == node.key
    step = made.entries.first().entry.legs.first()
    assert found(trace(f"leg:{step.pk}"), "statement")[0].key == str(made.pk)


def test_a_payout_leads_to_the_statements_that_were_published_before(table, world, cast):
    made = next(one for one in issue(table) if one.party == world.rita)
    statement_publish(statement=made, actor=cast.sam)
    batch = PayoutBatch.objects.create(currency="EUR", total=5_000_000, two_people_above=10**12)
    payout = Payout.objects.create(
        batch=batch, party=world.rita, currency="EUR", amount=5_000_000, amount_minor=500
    )

    node = trace(f"payout:{payout.pk}")

    assert [one.key for one in found(node, "statement")] == [str(made.pk)]
    ahead = found(trace(f"receipt:{world.song.receipt}"), "payout")
    assert {one.key for one in ahead} == {str(payout.pk)}


@pytest.mark.parametrize(
    "wanted",
    [
        "", "leg", "leg:", "leg:x", "leg:99999999", "leg:-1", "leg:" + "9" * 40, "share:1e3",
        "group:0", "receipt:x", f"receipt:{uuid.UUID(int=1)}", "statement:TF-2026-10-00001",
        "statement:' OR 1=1", "payout:x", f"payout:{uuid.UUID(int=2)}", "dragon:1",
    ],
)  # fmt: skip
def test_what_does_not_exist_is_said_so(db, wanted):
    with pytest.raises(TraceError) as refused:
        trace(wanted)

    assert len(refused.value.message) > 20


def test_the_command_prints_a_tree_and_the_same_as_json(table, world):
    share = RunShare.objects.filter(party=world.cleo).first()
    text, told = io.StringIO(), io.StringIO()

    call_command("trace", f"share:{share.pk}", stdout=text)
    call_command("trace", f"share:{share.pk}", "--json", stdout=told)

    lines = text.getvalue().splitlines()
    assert lines[0].startswith(f"Share {share.pk} of the run {OCTOBER}: ")
    assert "    · lines: 3" in lines
    tree = json.loads(told.getvalue())
    assert (tree["kind"], tree["children"][0]["facts"]["lines"]) == ("share", "3")
    with pytest.raises(CommandError, match="There is no leg"):
        call_command("trace", "leg:0")


def test_the_page_shows_the_tree_and_refuses_in_words(table, world, staff, client):
    page = "/admin/rights/runshare/trace/"
    share = RunShare.objects.filter(party=world.rita).first()

    body = staff.get(page, {"of": f"share:{share.pk}"}).content.decode()

    assert f"/verify/{world.song.receipt}" in body
    assert f"/admin/rights/incomegroup/{share.group_id}/change/" in body
    missing = staff.get(page, {"of": "leg:<script>"})
    assert missing.status_code == 404
    assert "There is no leg &#x27;&lt;script&gt;&#x27;" in missing.content.decode()
    assert staff.get(page).status_code == 200
    assert client.get(page).status_code == 302


def test_a_report_too_large_for_a_page_leaves_its_lines_to_the_command(table, world):
    share = RunShare.objects.filter(party=world.cleo).first()

    (group,) = found(trace(f"share:{share.pk}", largest=10), "group")

    assert fact(group, "lines") == "1; ask manage.py trace for their numbers"

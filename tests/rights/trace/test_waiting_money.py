"""Money that waits: held by recording and age as the books have it, and reports with their reasons."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from config.lib.money import Money
from rights.domain.chart import account
from rights.domain.postings import Movement
from rights.models import IncomeFile, RunShare
from rights.selectors.run_inputs import Period
from rights.selectors.waiting_money import held_money, waiting_reports
from rights.services.claims import claim_activate
from rights.services.ledger import entry_post
from tests.rights.claims.held import books, claim, month_of
from tests.rights.factories import make_party
from tests.rights.income.reports import Sale
from tests.rights.income.sheets import make_sheet
from tests.rights.income.tables import bring_table, own_lines
from tests.rights.runs.months import NOVEMBER, OCTOBER

pytestmark = pytest.mark.django_db
PAGE = "/admin/rights/runshare/suspense/"
END = Period.parse(OCTOBER).end


def days_after(days):
    return END + timedelta(days=days)


def shares_of(recording, **more):
    rows = RunShare.objects.filter(recording=recording, party=None, **more)
    return sum(rows.values_list("amount", flat=True))


def euros(micros):
    return Money(micros, "EUR")


def test_what_is_held_is_told_by_recording_and_is_what_the_books_say(held, world):
    (total,), rows = held_money(now=days_after(1))

    unowned = next(row for row in rows if row.recording == world.unowned)
    held_now = shares_of(world.unowned)
    assert abs(held_now - 1_700_000) < 5  # which of the ten gets the odd micro-unit depends on ids
    assert unowned.total == euros(held_now)
    assert unowned.ages == (euros(held_now), euros(0), euros(0), euros(0))
    assert (unowned.oldest, unowned.open_claims) == (OCTOBER, 0)
    assert total.total == euros(sum(row.total.micros for row in rows)) == total.books
    assert total.difference == euros(0)
    assert [row.total for row in rows] == sorted((row.total for row in rows), reverse=True)


@pytest.mark.parametrize(
    ("days", "bucket"), [(0, 0), (30, 0), (31, 1), (90, 1), (91, 2), (365, 2), (366, 3), (4000, 3)]
)
def test_money_grows_older_day_by_day(held, days, bucket):
    (total,), _rows = held_money(now=days_after(days))

    assert [bool(one.micros) for one in total.ages].index(True) == bucket
    assert total.ages[bucket] == total.total


def test_two_months_stand_in_two_ages_and_since_the_older(held, world, cast, olive):
    month_of(NOVEMBER, [Sale(net="1")], cast.sam, olive, message="M-2")

    _sums, rows = held_money(now=days_after(60))

    unowned = next(row for row in rows if row.recording == world.unowned)
    october = shares_of(world.unowned, run=held)
    november = shares_of(world.unowned) - october
    assert [one.micros for one in unowned.ages] == [november, october, 0, 0]
    assert november == pytest.approx(170_000, abs=5)
    assert unowned.oldest == OCTOBER


def test_what_a_claim_let_go_is_held_no_more_and_an_open_claim_is_counted(held, world, cast, olive):
    dora = make_party("Dora")
    first = claim(world.unowned, dora, cast.rita, 600_000)
    _sums, rows = held_money(now=days_after(1), words=world.unowned.isrc)
    assert [(row.recording, row.open_claims) for row in rows] == [(world.unowned, 1)]

    claim_activate(claim=first, actor=olive, reason="Seen")

    (total,), rows = held_money(now=days_after(1), words=world.unowned.isrc.lower())
    left = books("suspense_track")[f"suspense_track:{world.unowned.isrc}:EUR"]
    assert [row.total.micros for row in rows] == [left]
    assert left == pytest.approx(680_000, abs=5)
    assert total.difference == euros(0)


def test_money_that_no_share_explains_is_shown_as_a_difference(held, world, staff):
    entry_post(
        idem="slip", kind="allocation", effective_at=datetime.now(UTC),
        movements=[
            Movement(account("suspense_track", "EUR", world.unowned.isrc), 5),
            Movement(account("suspense_base", "EUR"), 2),
            Movement(account("pool_inputs_clearing", "EUR"), -7),
        ],
    )  # fmt: skip

    (total,), _rows = held_money(now=days_after(1))

    assert total.difference == euros(7)
    assert "run check_ledger" in staff.get(PAGE).content.decode()


def test_reports_that_are_not_posted_say_why_and_what_found_no_song(db):
    make_sheet("QZTEN2600001")
    rows = [("QZTEN2600001", "2026-10", "DE", 1, 0, "1", "EUR"),
            ("QZTEN2600077", "2026-10", "DE", 1, 0, "2.5", "EUR"),
            ("QZTEN2600077", "2026-10", "US", 1, 0, "0.25", "USD")]  # fmt: skip
    with time_machine.travel("2026-11-03T12:00Z", tick=False):
        IncomeFile.objects.create(name="x.tsv", sha256="0" * 64, key="k", size_bytes=1)
        file = bring_table(own_lines(*rows) + b"cut off\n")
    now = file.uploaded_at + timedelta(days=12, hours=1)

    waiting, read = waiting_reports(now=now)

    assert (waiting.file.name, waiting.reasons) == (
        "x.tsv", ["it is waiting to be read", "only 0 of the 1 files of the report are here"],
    )  # fmt: skip
    assert (read.file, read.days) == (file, 12)
    assert read.reasons == ["1 concerns are not settled", "2 groups of uses belong to no song yet"]
    assert read.lost == (Money(2_500_000, "EUR"), Money(250_000, "USD"))


def test_the_page_leads_to_claims_and_reports_and_is_for_those_who_may_read(
    held, world, staff, reader, client
):
    bring_table(own_lines(("QZTEN2600077", "2026-10", "DE", 1, 0, "2.5", "EUR")))
    for browser in (staff, reader):
        body = browser.get(PAGE).content.decode()
        assert f"/admin/rights/rightsclaim/?q={world.unowned.isrc}" in body
        assert "october.csv" in body
        assert f"1.{shares_of(world.unowned) % 10**6:06}" in body
    assert "Nothing is held for such a recording" in staff.get(PAGE, {"q": "<b>"}).content.decode()
    assert client.get(PAGE).status_code == 302


def test_the_sidebar_groups_money_by_step_and_leads_to_its_pages(staff, reader):
    body = staff.get("/admin/").content.decode()

    for words in ("Income", "Runs and statements", "Ledger", "Money that waits", "Trace an amount", "Trial balance"):  # fmt: skip
        assert words in body
    for address in (PAGE, "/admin/rights/runshare/trace/", "/admin/rights/incomemapping/"):
        assert body.count(f'href="{address}"') >= 1
    assert reader.get("/admin/").content.decode().count(f'href="{PAGE}"') >= 1

"""Into which month of the books a report goes, and who may post what it does not say is ours."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from accounts.models import User
from rights.exceptions import IncomeRefusedError
from rights.models import Entry, IncomeFile, Leg, RoyaltyRun
from rights.selectors.open_months import OFFERED, month_booked, months_open
from rights.services.income import income_concern_settle, income_post, income_upload
from rights.services.income_reading import income_read
from rights.services.periods import period_lock
from rights.tasks.income import reading_in_folder
from tests.rights.income.reports import SINGLE, Sale, financial, head, line
from tests.rights.income.sheets import make_sheet
from tests.rights.test_rights_admin import submit

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.time_machine(datetime(2026, 11, 21, 12, tzinfo=UTC)),
]
SONG = "QZTEN2600001"


def bring(lines, name="DSR_october.tsv"):
    text = "\n".join([*lines, ""]).encode()
    file, _ = income_upload(name=name, stream=io.BytesIO(text), actor=None, is_read_here=True)
    income_read(file=file, reading=reading_in_folder(file))
    file.refresh_from_db()
    return file


@pytest.fixture
def october(cast):
    make_sheet(SONG)
    return bring(financial([Sale(isrc=SONG)]))


@pytest.fixture
def whole(cast):
    """A report in which a whole service earned 3.21 with a hundred uses, twelve of them ours."""
    make_sheet(SONG)
    return bring(
        [
            head(SINGLE),
            line("SY02.02", SummaryRecordId="S1", NetRevenue="3.21", Usages=100),
            line(
                "SR02",
                ISRC=SONG,
                NumberOfStreams="12",
                SummaryRecordId="S1",
                IsRoyaltyBearing="true",
            ),
            line("SRFO", NumberOfLinesInReport=4, NumberOfSummaryRecords=1),
        ]
    )


def act(browser, file, **said):
    address = reverse("admin:rights_incomefile_change", args=[file.pk])
    said = {"act": "post", "reason": "", "booked_in": "", **said}
    return submit(browser, address, said, follow=True)


def lock(month_after):
    period_lock(
        ends_at=datetime.fromisoformat(f"{month_after}T00:00:00Z"), locked_by=None, reason="Done"
    )


def names():
    return [one.name for one in months_open(now=datetime(2026, 11, 21, tzinfo=UTC))]


def test_half_a_year_is_open_as_long_as_nothing_was_ever_locked(db):
    assert names() == ["2026-10", "2026-09", "2026-08", "2026-07", "2026-06", "2026-05"]
    assert len(names()) == OFFERED


def test_locked_months_are_not_offered(db):
    lock("2026-09-01")
    assert names() == ["2026-10", "2026-09"]
    lock("2026-11-01")
    assert names() == []


def test_what_is_booked_in_a_month_takes_effect_in_its_last_second(db):
    assert month_booked("2026-10") == datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC)
    assert month_booked("2027-02") == datetime(2027, 2, 28, 23, 59, 59, tzinfo=UTC)


def test_staff_post_a_late_report_in_the_month_that_it_belongs_to(october, staff):
    page = staff.get(reverse("admin:rights_incomefile_change", args=[october.pk])).text
    assert '<option value="2026-10">October 2026</option>' in page
    act(staff, october, booked_in="2026-10")
    october.refresh_from_db()
    assert (october.state, october.posted_at) == ("posted", month_booked("2026-10"))
    assert {entry.effective_at for entry in Entry.objects.all()} == {month_booked("2026-10")}


def test_without_a_month_it_is_posted_today(october, staff):
    act(staff, october)
    assert {entry.effective_at.date().isoformat() for entry in Entry.objects.all()} == {
        "2026-11-21"
    }


@pytest.mark.parametrize("month", ["2026-09", "2026-11", "2026-12", "october"])
def test_a_month_that_is_locked_or_not_over_is_refused_on_the_page(october, staff, month):
    lock("2026-10-01")
    answer = act(staff, october, booked_in=month)
    assert "not one of the available choices" in answer.text
    october.refresh_from_db()
    assert (october.state, Entry.objects.count()) == ("read", 0)


def test_revenue_of_a_whole_service_says_what_it_would_be_by_uses(whole):
    concern = whole.concerns.get(code="net_shared")
    assert "100 uses earned 3.21" in concern.words
    assert "by uses alone would be 0.39" in concern.words
    assert "by another person than who settles it" in concern.words


def settled(file, actor):
    concern = file.concerns.get(code="net_shared")
    income_concern_settle(concern=concern, because="The sender says all of it is ours", actor=actor)
    file.concerns.filter(is_blocking=True, settled_at=None).update(is_blocking=False)


def test_who_says_that_a_whole_revenue_is_ours_does_not_post_it(whole, cast, staff):
    settled(whole, cast.sam)
    for actor in (cast.sam, None):
        with pytest.raises(IncomeRefusedError, match="somebody who did not settle it"):
            income_post(file=whole, actor=actor)
    assert "somebody who did not settle it" in act(staff, whole).text
    whole.refresh_from_db()
    assert (whole.state, Entry.objects.count()) == ("read", 0)
    assert not RoyaltyRun.objects.exists()


def test_a_second_person_posts_it_and_no_more_than_the_report_says_in_all(whole, cast):
    settled(whole, cast.sam)
    olive = User.objects.create_user(email="olive@tenfold.example", is_staff=True)
    income_post(file=whole, actor=olive)
    owed = Leg.objects.get(account__role="distributor_receivable")
    assert owed.amount == -3_210_000
    assert IncomeFile.objects.get().posted_by == olive
    income_post(file=whole, actor=cast.sam)  # posted is posted, whoever asks
    assert Entry.objects.count() == 1


def test_other_concerns_may_be_settled_and_posted_by_one_person(october, cast):
    october.concerns.create(code="sum", words="The lines sum to less", is_blocking=True)
    with pytest.raises(IncomeRefusedError):
        income_post(file=october, actor=cast.sam)
    assert not Entry.objects.exists()
    income_concern_settle(
        concern=october.concerns.get(code="sum"), because="Rounded", actor=cast.sam
    )
    assert len(income_post(file=october, actor=cast.sam)) == 1

"""From a report file to the ledger: taken once, matched, settled by people, posted, reversed."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from config.jobs.models import Job
from rights.domain.chart import CHART, account
from rights.domain.postings import PeriodLockedError
from rights.exceptions import IncomeRefusedError
from rights.models import Entry, IncomeFile, IncomeGroup
from rights.selectors.income_proposals import proposals_of
from rights.selectors.ledger import balances_at
from rights.services.income import (
    income_concern_settle,
    income_ignore,
    income_post,
    income_reverse,
    income_upload,
)
from rights.services.income_reading import income_match, income_read
from rights.services.periods import period_lock
from rights.tasks.income import reading_in_folder
from tests.rights.income.reports import (
    NAME,
    SENDER,
    Sale,
    Use,
    financial,
    head,
    in_blocks,
    summary,
)
from tests.rights.income.sheets import make_sheet

pytestmark = pytest.mark.django_db

SONG, OTHER = "QZTEN2600001", "QZTEN2600002"
SALES = [
    Sale(net="10"),
    Sale(net="0.0000005"),
    Sale(isrc=OTHER, net="-1.5", summary="S2", usages=0, returns=1),
]


def bring(lines, name=NAME):
    """Take a report in and read it, as the job does."""
    file, _ = income_upload(
        name=name,
        stream=io.BytesIO("\n".join([*lines, ""]).encode()),
        actor=None,
        is_read_here=True,
    )
    income_read(file=file, reading=reading_in_folder(file))
    file.refresh_from_db()
    return file


@pytest.fixture
def sheets(db):
    return [make_sheet(SONG), make_sheet(OTHER)]


@pytest.fixture
def october(sheets):
    return bring(financial(SALES))


def books():
    """Return what stands in the books, by account; nothing at all while nothing was posted."""
    return {
        code: micros for code, micros in balances_at(None, roles=tuple(CHART)).items() if micros
    }


def test_a_report_is_read_matched_and_rounded_once(october, sheets):
    first, second = october.groups.all()
    assert (first.sheet, second.sheet) == (sheets[0], sheets[1])
    assert (first.net, first.micros) == (Decimal("10.0000005"), 10_000_000)  # half to even
    assert (second.net, second.micros) == (Decimal("-1.5"), -1_500_000)
    assert (first.service, first.territory, first.use, first.currency) == (
        "Premium",
        "DE",
        "OnDemandStream",
        "EUR",
    )
    assert (october.state, october.uses, october.sender_id) == ("read", 3, SENDER)


def test_posting_owes_the_store_and_fills_both_pools(october, cast):
    [entry] = income_post(file=october, actor=cast.sam)
    assert books() == {
        f"distributor_receivable:{SENDER}:EUR": -8_500_000,
        "pool_inputs_clearing:EUR": 6_700_000 - 1_005_000,
        "pool_base_clearing:EUR": 3_300_000 - 495_000,
    }
    assert entry.facts == {"file": str(october.pk), "sha256": october.sha256}
    october.refresh_from_db()
    assert (october.state, october.posted_by) == ("posted", cast.sam)


def test_posting_twice_posts_once(october, cast):
    first = income_post(file=october, actor=cast.sam)
    assert income_post(file=october, actor=cast.sam) == first
    assert Entry.objects.count() == 1


def test_the_same_file_twice_is_one_file(october):
    lines = "\n".join([*financial(SALES), ""]).encode()
    again, is_new = income_upload(name="renamed.tsv", stream=io.BytesIO(lines), actor=None)
    assert (again, is_new) == (october, False)
    assert IncomeFile.objects.count() == 1
    assert not Job.objects.exists()


def test_the_same_message_in_another_file_is_refused(october):
    with (
        pytest.raises(DatabaseError, match="rights_incomefile_message_comes_once"),
        transaction.atomic(),
    ):
        bring([*financial(SALES)[:-1], "#", financial(SALES)[-1].replace("\t6\t", "\t7\t")])
    assert IncomeFile.objects.filter(state="read").get() == october


def test_the_same_days_under_another_message_wait_for_a_person(october, cast):
    other = bring(financial(SALES, first=head(MessageId="M-2")))
    [concern] = other.concerns.filter(code="reported_before")
    assert october.name in concern.words
    with pytest.raises(IncomeRefusedError, match="1 concerns are not settled"):
        income_post(file=other, actor=cast.sam)
    assert books() == {}
    with pytest.raises(IncomeRefusedError, match="with a reason"):
        income_concern_settle(concern=concern, because=" ", actor=cast.sam)
    income_concern_settle(concern=concern, because="A supplement, they wrote", actor=cast.sam)
    assert income_post(file=other, actor=cast.sam)


def test_a_faulty_line_keeps_the_report_from_being_posted(sheets, cast):
    lines = financial(SALES)
    lines[4] = "nonsense"
    file = bring(lines)
    assert [(fault.line, fault.text) for fault in file.faults.all()] == [(5, "nonsense")]
    with pytest.raises(IncomeRefusedError, match="No money moved"):
        income_post(file=file, actor=cast.sam)
    assert books() == {}
    assert file.groups.count() == 2


def test_uses_of_an_unknown_song_wait_until_it_is_known(cast):
    make_sheet(SONG)
    file = bring(financial(SALES))
    assert file.groups.get(isrc=OTHER).match == "unmatched"
    with pytest.raises(IncomeRefusedError, match="1 groups of uses belong to no song yet"):
        income_post(file=file, actor=cast.sam)
    assert books() == {}
    sheet = make_sheet(OTHER)
    assert income_match(file=file) == 1
    assert file.groups.get(isrc=OTHER).sheet == sheet
    assert income_post(file=file, actor=cast.sam)


def test_uses_that_are_not_ours_are_left_out_with_a_reason(cast):
    make_sheet(SONG)
    file = bring(financial(SALES))
    strangers = file.groups.filter(isrc=OTHER)
    with pytest.raises(IncomeRefusedError, match="with a reason"):
        income_ignore(groups=strangers, because="", actor=cast.sam)
    assert strangers.get().match == "unmatched"
    assert income_ignore(groups=file.groups.all(), because="Another catalogue", actor=cast.sam) == 1
    income_post(file=file, actor=cast.sam)
    assert books()[f"distributor_receivable:{SENDER}:EUR"] == -10_000_000


def test_two_songs_under_one_barcode_are_for_a_person_to_tell_apart(cast):
    make_sheet(SONG, icpn="5012345678900")
    make_sheet(OTHER, icpn="5012345678900")
    file = bring(financial([Sale(isrc="", more={"ReleaseICPN": "5012345678900"})]))
    assert [(g.match, g.matched_by, g.sheet) for g in file.groups.all()] == [
        ("ambiguous", "icpn", None)
    ]


def test_a_barcode_proposes_its_song_and_never_decides_it(cast):
    """The other songs of a release have its barcode too, and may be another label's."""
    make_sheet(SONG, icpn="5012345678900")
    file = bring(financial([Sale(isrc="QZTEN2699999", more={"ReleaseICPN": "5012345678900"})]))
    group = file.groups.get()
    assert (group.match, group.matched_by, group.sheet) == ("unmatched", "", None)
    assert [(one.isrc, one.why) for one in proposals_of(group)] == [
        (SONG, "it is on the release 5012345678900")
    ]
    with pytest.raises(IncomeRefusedError):
        income_post(file=file, actor=cast.sam)
    assert books() == {}


@pytest.mark.parametrize("cell", ["DspReleaseId", "LabelReleaseId"])
def test_a_number_of_a_release_is_proposed_and_not_learned(sheets, cast, cell):
    known = {"DspReleaseId": "77", cell: "77"}
    income_post(file=bring(financial([Sale(more=known)])), actor=cast.sam)
    november = {"UsageStartDate": "2026-11-01", "UsageEndDate": "2026-11-30"}
    sibling = Sale(isrc="", more=known)
    first = head(MessageId="M-11", **november)
    group = bring(financial([sibling], first=first), name="november.tsv").groups.get()
    assert (group.match, group.sheet) == ("unmatched", None)
    assert [(one.isrc, one.why) for one in proposals_of(group)] == [
        (SONG, "uses of the release 77 were of it before")
    ]


def test_a_number_of_the_store_is_learned_from_what_was_posted(sheets, cast):
    known = {"DspResourceId": "store-77"}
    income_post(file=bring(financial([Sale(more=known)])), actor=cast.sam)
    november = {"UsageStartDate": "2026-11-01", "UsageEndDate": "2026-11-30"}
    later = bring(
        financial([Sale(isrc="", more=known)], first=head(MessageId="M-11", **november)),
        name="november.tsv",
    )
    assert [(g.match, g.matched_by, g.sheet) for g in later.groups.all()] == [
        ("matched", "dsp_id", sheets[0])
    ]


def test_a_report_that_came_late_is_booked_in_the_open_month_it_belongs_to(october, cast):
    late = datetime(2026, 10, 31, 12, tzinfo=UTC)
    entries = income_post(file=october, actor=cast.sam, booked_at=late)
    assert {entry.effective_at for entry in entries} == {late}
    october.refresh_from_db()
    assert october.posted_at == late
    assert entries[0].posted_at > late  # when it was written stays what it was


def test_nothing_is_booked_tomorrow_or_in_a_locked_month(october, cast):
    with pytest.raises(IncomeRefusedError, match="still to come"):
        income_post(file=october, actor=cast.sam, booked_at=timezone.now() + timedelta(days=1))
    period_lock(ends_at=datetime(2026, 11, 1, tzinfo=UTC), locked_by=cast.sam, reason="Done")
    with pytest.raises(PeriodLockedError):
        income_post(file=october, actor=cast.sam, booked_at=datetime(2026, 10, 31, tzinfo=UTC))
    october.refresh_from_db()
    assert (october.state, books()) == ("read", {})


def test_reversing_takes_back_every_leg_and_the_report_may_come_again(october, cast):
    income_post(file=october, actor=cast.sam)
    with pytest.raises(IncomeRefusedError, match="with a reason"):
        income_reverse(file=october, because="", actor=cast.sam)
    assert books() != {}
    income_reverse(file=october, because="Wrong month", actor=cast.sam)
    assert books() == {}
    october.refresh_from_db()
    assert october.state == "reversed"
    corrected = bring(financial([*SALES, Sale(net="1")]))
    assert income_post(file=corrected, actor=cast.sam)


@pytest.mark.parametrize("act", ["settle", "ignore"])
def test_a_posted_report_is_closed(october, cast, act):
    concern = october.concerns.create(code="x", words="x", is_blocking=False)
    income_post(file=october, actor=cast.sam)
    before = list(october.groups.values())
    acts = {
        "settle": lambda: income_concern_settle(concern=concern, because="x", actor=cast.sam),
        "ignore": lambda: income_ignore(groups=october.groups.all(), because="x", actor=cast.sam),
    }
    with pytest.raises(IncomeRefusedError, match="too late"):
        acts[act]()
    assert list(october.groups.values()) == before


@pytest.mark.parametrize(
    "attack",
    [
        lambda file: IncomeGroup.objects.filter(file=file).update(micros=1),
        lambda file: IncomeGroup.objects.filter(file=file).update(match="unmatched", sheet=None),
        lambda file: IncomeGroup.objects.filter(file=file).delete(),
        lambda file: IncomeFile.objects.filter(pk=file.pk).update(state="read", posted_at=None),
        lambda file: IncomeFile.objects.filter(pk=file.pk).update(message_id="other"),
    ],
)
def test_the_database_keeps_what_a_posted_report_said(october, cast, attack):
    income_post(file=october, actor=cast.sam)
    before = list(october.groups.values())
    with pytest.raises(DatabaseError), transaction.atomic():
        attack(october)
    assert list(october.groups.values()) == before


def test_the_sums_of_a_report_stay_what_they_were_even_before_it_is_posted(october):
    with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
        IncomeGroup.objects.filter(file=october).update(micros=1)
    assert 1 not in october.groups.values_list("micros", flat=True)


def test_both_files_of_a_report_must_be_there(sheets, cast):
    def part(number):
        lines = financial([Sale(net=str(number))], first=head(FileNumber=number, NumberOfFiles=2))
        return bring(lines, name=NAME.replace("1of1", f"{number}of2"))

    first = part(1)
    with pytest.raises(IncomeRefusedError, match="only 1 of the 2 files"):
        income_post(file=first, actor=cast.sam)
    assert books() == {}
    part(2)
    assert income_post(file=first, actor=cast.sam)


def test_uses_without_money_get_their_part_of_the_summary(sheets, cast):
    file = bring(in_blocks([Use(SONG, 2), Use(OTHER, 1)], {"S1": "10"}), name="blocks.tsv")
    assert [(g.isrc, g.micros, g.span) for g in file.groups.all()] == [
        (SONG, 6_666_667, "2026-10"),
        (OTHER, 3_333_333, "2026-10"),
    ]
    income_post(file=file, actor=cast.sam)
    assert books()[account("distributor_receivable", "EUR", SENDER).code] == -10_000_000


def test_several_currencies_are_several_entries(sheets, cast):
    sold = [Sale(net="1"), Sale(net="2", summary="S2")]
    lines = financial(sold)
    lines[2] = summary("S2", sold[1:], CurrencyOfAccounting="JPY", CurrencyOfTransaction="JPY")
    entries = income_post(file=bring(lines), actor=cast.sam)
    assert len(entries) == 2
    assert books()["pool_inputs_clearing:JPY"] == 1_340_000

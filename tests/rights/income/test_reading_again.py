"""A claim that comes after a report was read: the report says so and is read again, and nothing is lost."""

from __future__ import annotations

from datetime import date

import pytest

from config.jobs.models import Job
from rights.exceptions import IncomeRefusedError
from rights.models import RightsClaim
from rights.selectors.waiting_money import income_obstacles
from rights.services.income import (
    income_concern_settle,
    income_ignore,
    income_post,
    income_reread,
)
from rights.services.income_assigning import income_assign
from rights.services.income_reading import income_read
from rights.tasks.income import reading_in_folder
from tests.rights.factories import make_party
from tests.rights.income.reports import Sale, financial
from tests.rights.income.sheets import make_sheet, recordings_of
from tests.rights.income.test_income import bring

pytestmark = pytest.mark.django_db

SONG, WRONG, OTHERS = "QZTEN2600001", "QZTEN2600009", "DEABC2600001"
SALES = [
    Sale(net="1", day="2026-10-03"),
    Sale(net="2", day="2026-10-20"),
    Sale(isrc=WRONG, net="4", day="2026-10-03"),
    Sale(isrc=WRONG, net="8", day="2026-10-20"),
    Sale(isrc=OTHERS, net="16", day="2026-10-20"),
]


@pytest.fixture
def file(db):
    make_sheet(SONG)
    return bring(financial(SALES))


def own_from(day, recording=None, state="active"):
    sheet = make_sheet("QZTEN2600050") if recording is None else None
    return RightsClaim.objects.create(
        recording=recording or recordings_of(sheet)[0], party=make_party("Late"),
        share_ppm=1_000_000, state=state, active_from=day,
    )  # fmt: skip


def ours(file):
    return recordings_of(file.groups.get(isrc=SONG).sheet)[0]


def again(file, actor):
    """Ask for another reading, and read as the job does."""
    income_reread(file=file, actor=actor)
    file.refresh_from_db()
    assert (file.state, file.job.params) == ("uploaded", {"file": str(file.pk)})
    income_read(file=file, reading=reading_in_folder(file))
    file.refresh_from_db()


def test_a_report_whose_owners_changed_since_is_not_posted_before_it_is_read_again(file, cast):
    income_ignore(groups=file.groups.exclude(isrc=SONG), because="Not ours", actor=cast.sam)
    assert income_obstacles(file) == []

    own_from(date(2026, 10, 15), ours(file))

    words = "since it was read, owners change on 2026-10-15: read it again"
    assert income_obstacles(file) == [words]
    with pytest.raises(IncomeRefusedError, match=words):
        income_post(file=file, actor=cast.sam)
    again(file, cast.sam)
    assert income_obstacles(file) == []
    spans = file.groups.filter(isrc=SONG).order_by("span").values_list("span", "net")
    assert [(span, int(net)) for span, net in spans] == [("2026-10", 1), ("2026-10-15", 2)]
    assert file.cuts == ["2026-10-15"]


@pytest.mark.parametrize(
    ("day", "is_ours", "state"),
    [
        (date(2026, 10, 1), True, "active"),  # months begin there anyway
        (date(2026, 11, 15), True, "active"),  # after the report
        (date(2026, 10, 15), True, "rejected"),
        (date(2026, 10, 15), False, "active"),  # of a song that is not in the report
    ],
)
def test_a_claim_that_changes_nothing_of_it_does_not_stop_a_report(file, cast, day, is_ours, state):
    income_ignore(groups=file.groups.exclude(isrc=SONG), because="Not ours", actor=cast.sam)

    own_from(day, ours(file) if is_ours else None, state)

    assert income_obstacles(file) == []
    assert income_post(file=file, actor=cast.sam)


def test_what_people_decided_stays_when_a_report_is_read_again(file, cast):
    income_assign(group=file.groups.get(isrc=WRONG), isrc=SONG, because="Asked", actor=cast.sam)
    income_ignore(groups=[file.groups.get(isrc=OTHERS)], because="Not ours", actor=cast.sam)
    concern = file.concerns.create(code="sum", words="One cent", is_blocking=True)
    income_concern_settle(concern=concern, because="Their rounding", actor=cast.sam)
    concern.refresh_from_db()
    own_from(date(2026, 10, 15), ours(file))

    again(file, cast.sam)

    said = file.groups.filter(isrc=WRONG).order_by("span")
    assert [(g.span, g.matched_by, g.sheet.isrc, g.matched_because) for g in said] == [
        ("2026-10", "hand", SONG, "Asked"), ("2026-10-15", "hand", SONG, "Asked"),
    ]  # fmt: skip
    assert file.groups.get(isrc=OTHERS).ignored_because == "Not ours"
    assert file.concerns.filter(code="sum").count() == 0  # this reading does not find it any more
    assert income_post(file=file, actor=cast.sam)


def test_a_concern_that_is_found_again_stays_settled(db, cast):
    make_sheet(SONG)
    lines = financial(SALES[:1])
    lines[-1] = lines[-1].replace("\t4\t", "\t5\t")
    file = bring(lines)
    (concern,) = file.concerns.filter(is_blocking=True)
    income_concern_settle(concern=concern, because="They count otherwise", actor=cast.sam)

    again(file, cast.sam)

    (concern,) = file.concerns.filter(is_blocking=True)
    assert (concern.settled_because, concern.settled_by) == ("They count otherwise", cast.sam)
    assert income_post(file=file, actor=cast.sam)


def test_a_posted_report_is_not_read_again(file, cast):
    income_ignore(groups=file.groups.exclude(isrc=SONG), because="Not ours", actor=cast.sam)
    income_post(file=file, actor=cast.sam)
    before = Job.objects.count()

    with pytest.raises(IncomeRefusedError, match="read and not posted"):
        income_reread(file=file, actor=cast.sam)

    assert Job.objects.count() == before
    file.refresh_from_db()
    assert file.state == "posted"

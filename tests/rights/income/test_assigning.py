"""A person says of which song uses are: with a reason, before posting, and known the next time."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.models import AuditEntry
from rights.exceptions import IncomeRefusedError
from rights.services.income import income_ignore, income_post
from rights.services.income_assigning import income_assign
from rights.services.income_reading import income_match
from rights.services.split_sheets import split_sheet_freeze
from tests.rights.income.sheets import facts, make_sheet
from tests.rights.income.tables import bring_table, own_lines
from tests.rights.income.test_income import books

pytestmark = pytest.mark.django_db

SONG, OTHER, WRONG = "QZTEN2600001", "QZTEN2600002", "QZTEN2600009"


@pytest.fixture
def sheet(db):
    return make_sheet(SONG)


def bring(name="october.csv", month="2026-10"):
    rows = [(WRONG, month, land, 5, 0, "1.5", "EUR") for land in ("DE", "FR")]
    return bring_table(own_lines((SONG, month, "DE", 1, 0, "1", "EUR"), *rows), name=name)


def state_of(file):
    return list(
        file.groups.order_by("number").values_list(
            "match", "matched_by", "sheet", "matched_because"
        )
    )


def lost(file):
    return file.groups.filter(match="unmatched").order_by("number")


def test_uses_are_assigned_with_a_reason_and_posted(sheet, cast):
    file = bring()
    group = lost(file).first()

    income_assign(group=group, isrc="qz-ten-26-00001", because="One digit off", actor=cast.sam)

    group.refresh_from_db()
    assert (group.match, group.matched_by, group.sheet, group.matched_because) == (
        "matched", "hand", sheet, "One digit off",
    )  # fmt: skip
    assert lost(file).count() == 1
    (told,) = AuditEntry.objects.filter(action="rights.income.assigned")
    assert told.actor == cast.sam
    assert (told.data["isrc"], told.data["because"], told.data["count"]) == (
        SONG,
        "One digit off",
        1,
    )


def test_all_groups_with_the_same_numbers_are_assigned_at_once_and_posted(sheet, cast):
    file = bring()
    said = income_assign(
        group=lost(file).first(), isrc=SONG, because="Asked them", actor=cast.sam, with_alike=True
    )

    assert len(said) == 2
    assert lost(file).count() == 0
    income_post(file=file, actor=cast.sam)
    assert books()["distributor_receivable:lanternwave:EUR"] == -4_000_000


def test_what_a_person_said_is_known_in_the_next_report(sheet, cast):
    file = bring()
    income_assign(
        group=lost(file).first(), isrc=SONG, because="Asked", actor=cast.sam, with_alike=True
    )
    assert (
        lost(bring("early.csv", "2026-09")).count() == 2
    )  # nothing is learned before it is posted
    income_post(file=file, actor=cast.sam)

    after = bring("november.csv", "2026-11")

    assert lost(after).count() == 0
    assert set(after.groups.values_list("isrc", "matched_by", "sheet")) == {
        (SONG, "isrc", sheet.pk), (WRONG, "before", sheet.pk),
    }  # fmt: skip


def test_what_two_people_said_differently_finds_neither_song(sheet, cast):
    make_sheet(OTHER)
    for name, isrc, month in (("a.csv", SONG, "2026-08"), ("b.csv", OTHER, "2026-09")):
        file = bring(name, month)
        group = file.groups.filter(isrc=WRONG).first()
        income_assign(group=group, isrc=isrc, because="Asked", actor=cast.sam)
        income_ignore(groups=lost(file), because="Not ours", actor=cast.sam)
        income_post(file=file, actor=cast.sam)

    after = bring("c.csv", "2026-10")

    assert set(after.groups.filter(isrc=WRONG).values_list("match", "sheet")) == {
        ("ambiguous", None)
    }


def test_a_person_overrules_what_was_found_and_looking_again_does_not_take_it_back(sheet, cast):
    other = make_sheet(OTHER)
    file = bring()
    found = file.groups.get(isrc=SONG)

    income_assign(group=found, isrc=OTHER, because="The title says so", actor=cast.sam)
    income_match(file=file)

    found.refresh_from_db()
    assert (found.sheet, found.matched_by) == (other, "hand")


def test_uses_that_were_left_out_can_be_assigned_after_all(sheet, cast):
    file = bring()
    income_ignore(groups=lost(file), because="Not ours", actor=cast.sam)
    group = file.groups.filter(match="ignored").first()

    income_assign(group=group, isrc=SONG, because="It is", actor=cast.sam)

    group.refresh_from_db()
    assert (group.match, group.ignored_because) == ("matched", "")


def test_the_version_that_counts_on_the_days_of_the_use_is_taken(sheet, cast):
    later = split_sheet_freeze(facts=facts(SONG, valid_from=date(2026, 11, 1)), actor=None)
    for name, month, wanted in (("o.csv", "2026-10", sheet), ("n.csv", "2026-11", later)):
        group = lost(bring(name, month)).first()
        income_assign(group=group, isrc=SONG, because="Asked", actor=cast.sam)
        group.refresh_from_db()
        assert group.sheet_id == wanted.pk


@pytest.mark.parametrize(
    ("isrc", "because", "words"),
    [
        (SONG, "  ", "with a reason"),
        (OTHER, "Sure", "no published song of ours"),
        ("", "Sure", "no published song of ours"),
        ("' OR 1=1", "Sure", "no published song of ours"),
    ],
)
def test_without_a_reason_or_a_song_nothing_is_assigned(sheet, cast, isrc, because, words):
    file = bring()
    before = state_of(file)

    with pytest.raises(IncomeRefusedError, match=words):
        income_assign(group=lost(file).first(), isrc=isrc, because=because, actor=cast.sam)

    assert state_of(file) == before
    assert not AuditEntry.objects.filter(action="rights.income.assigned").exists()


def test_a_posted_report_keeps_its_songs(sheet, cast):
    file = bring()
    income_ignore(groups=lost(file), because="Not ours", actor=cast.sam)
    income_post(file=file, actor=cast.sam)
    before = (state_of(file), books())

    with pytest.raises(IncomeRefusedError, match="too late to change its songs"):
        income_assign(group=file.groups.first(), isrc=SONG, because="Late", actor=cast.sam)

    assert (state_of(file), books()) == before


def test_staff_assign_on_the_page_of_the_group_and_readers_do_not(staff, reader, sheet):
    file = bring()
    group = lost(file).first()
    address = f"/admin/rights/incomegroup/{group.pk}/change/"
    page = staff.get(address).content.decode()
    assert "its ISRC differs in one character" in page
    said = {"act": "assign", "song": SONG, "alike": "on", "reason": "One digit off", "_save": "1"}

    assert reader.post(address, said).status_code == 403
    assert lost(file).count() == 2
    empty = staff.post(address, {**said, "reason": ""}, follow=True)
    assert "assigned with a reason" in empty.content.decode()
    assert lost(file).count() == 2
    staff.post(address, said, follow=True)
    assert lost(file).count() == 0

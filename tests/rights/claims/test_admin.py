"""Claims, contracts, reports and runs for staff: every act by its service, with a reason, once."""

from __future__ import annotations

import io
from datetime import date

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import User
from rights.models import (
    BaseCatalogue,
    Contract,
    Entry,
    IncomeConcern,
    IncomeFault,
    IncomeFile,
    IncomeGroup,
    RightsClaim,
    RoyaltyRun,
    RunShare,
    SplitSheet,
)
from rights.selectors.income_proposals import proposals_of
from rights.selectors.run_totals import run_totals
from rights.services.income import income_ignore, income_post, income_upload
from rights.services.income_reading import income_read
from rights.tasks.income import reading_in_folder
from tests.rights.claims.held import calculate, claim, month_of, state_of_everything
from tests.rights.factories import make_party, make_recording
from tests.rights.income.reports import Sale, financial
from tests.rights.income.sheets import make_sheet
from tests.rights.runs.months import NOVEMBER, OCTOBER, SONG
from tests.rights.test_rights_admin import submit, url

pytestmark = pytest.mark.django_db


def seat(client, user):
    Authenticator.objects.create(
        user=user, type=Authenticator.Type.TOTP, data={"secret": "the-secret-of-the-app"}
    )
    client.force_login(user)
    return client


@pytest.fixture
def staff(client, cast):
    return seat(client, cast.sam)


@pytest.fixture
def reader(client, db):
    """Staff who may look at everything and decide nothing."""
    user = User.objects.create_user(email="reader@example.com", name="R", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    return seat(client, user)


@pytest.fixture
def report(db):
    """A report that is read: one group found, one not."""
    make_sheet(SONG)
    lines = financial(
        [
            Sale(more={"DspResourceId": "D77"}),
            Sale(isrc="QZTEN2600009", more={"DspResourceId": "D9"}),
        ]
    )
    file, _ = income_upload(
        name="M-1.tsv", stream=io.BytesIO("\n".join([*lines, ""]).encode()), actor=None,
        is_read_here=True,
    )  # fmt: skip
    income_read(file=file, reading=reading_in_folder(file))
    file.refresh_from_db()
    return file


def act(browser, row, name, reason="", **more):
    return submit(
        browser, url(type(row), "change", row), {"act": name, "reason": reason}, follow=True, **more
    )


# ---------------------------------------------------------------- everything can be read


def test_every_list_and_page_is_shown(staff, held, report, cast, world):
    IncomeFault.objects.create(file=report, line=7, code="cells", words="seven cells", text="x")
    IncomeConcern.objects.create(file=report, code="odd", words="odd", is_blocking=True)
    claim(world.unowned, world.rita, cast.rita)
    for model in (
        RightsClaim, IncomeFile, IncomeConcern, IncomeFault, IncomeGroup, RoyaltyRun, RunShare,
        SplitSheet, BaseCatalogue,
    ):  # fmt: skip
        assert staff.get(url(model, "changelist")).status_code == 200, model
        assert staff.get(url(model, "changelist") + "?q=tide").status_code == 200, model
        assert staff.get(url(model, "change", model.objects.first())).status_code == 200, model
        assert staff.post(url(model, "delete", model.objects.first())).status_code == 403, model


@pytest.mark.parametrize("model", [RightsClaim, IncomeConcern, IncomeFault, IncomeGroup, RunShare, SplitSheet])  # fmt: skip
def test_nobody_adds_by_hand(staff, model):
    assert staff.get(url(model, "add")).status_code == 403
    assert not model.objects.exists()


# ---------------------------------------------------------------- claims


def test_the_queue_of_claims_and_the_conflict_with_all_sides(staff, cast, world):
    first = claim(world.unowned, world.rita, cast.rita, 900_000, territories="DE")
    claim(world.unowned, world.bert, cast.rita, 300_000)
    waiting = claim(make_recording("Quiet"), world.cleo, cast.rita)
    page = staff.get(url(RightsClaim, "changelist") + "?queue=conflict").text
    assert "Rita" in page
    assert "Quiet" not in page
    assert "Quiet" in staff.get(url(RightsClaim, "changelist") + "?queue=waiting").text
    page = staff.get(url(RightsClaim, "change", first)).text
    assert "major over-claim of 20 %, DE: Bert 30 %" in page
    assert "—" in staff.get(url(RightsClaim, "change", waiting)).text


def test_staff_accept_a_claim_and_what_was_held_is_paid(staff, held, world, cast):
    late = claim(world.unowned, world.cleo, cast.rita)
    act(staff, late, "activate", "The contract of 2019")
    late.refresh_from_db()
    assert late.state == "active"
    assert late.changes.last().reason == "The contract of 2019"
    assert Entry.objects.filter(idem__startswith=f"claim:{late.pk}:EUR:").count() == 1


@pytest.mark.parametrize(("name", "reason", "sentence"), [
    ("activate", " ", "Every step of a claim has a reason"),
    ("reject", "", "Every step of a claim has a reason"),
    ("supersede", "x", "Select a valid choice"),
])  # fmt: skip
def test_an_act_without_reason_or_that_is_none_changes_nothing(
    staff, world, cast, name, reason, sentence
):
    one = claim(world.unowned, world.cleo, cast.rita)
    before = state_of_everything()
    assert sentence in act(staff, one, name, reason).text
    assert state_of_everything() == before


def test_nothing_chosen_changes_nothing(staff, world, cast):
    one = claim(world.unowned, world.cleo, cast.rita)
    before = state_of_everything()
    act(staff, one, "", "Just looking")
    assert state_of_everything() == before


def test_staff_do_not_accept_their_own_claim(staff, world, cast):
    mine = claim(world.unowned, world.cleo, cast.sam)
    before = state_of_everything()
    assert "did not make it" in act(staff, mine, "activate", "Mine").text
    assert state_of_everything() == before


def test_who_may_only_read_is_offered_no_act(reader, world, cast):
    one = claim(world.unowned, world.cleo, cast.rita)
    before = state_of_everything()
    page = reader.get(url(RightsClaim, "change", one))
    assert page.status_code == 200
    assert 'name="act"' not in page.text
    answer = reader.post(url(RightsClaim, "change", one), {"act": "activate", "reason": "x"})
    assert answer.status_code == 403
    assert state_of_everything() == before


# ---------------------------------------------------------------- contracts


TERMS = {
    "terms_from": "2026-01-01", "fee_ppm": "15", "reserve_ppm": "0", "reserve_periods": "0",
    "recoupment_ppm": "100", "withholding_ppm": "12.5", "payout_min": "10000000", "fee_max": "",
    "earnings_cap": "",
}  # fmt: skip


def test_staff_make_a_contract_and_give_it_new_terms(staff, cast):
    party = make_party(organisation=cast.label)
    said = {"party": str(party.pk), "name": "Rita 2026", "currency": "EUR", "every": "Q"}
    assert staff.post(url(Contract, "add"), said | TERMS).status_code == 302
    contract = Contract.objects.get(party=party)
    first = contract.terms.get()
    assert (first.fee_ppm, first.withholding_ppm, first.payout_min) == (150_000, 125_000, 10**7)
    submit(staff, url(Contract, "change", contract), TERMS | {"terms_from": "2026-07-01", "fee_ppm": "10"})  # fmt: skip
    assert list(contract.terms.values_list("active_from", "active_to", "fee_ppm")) == [
        (date(2026, 1, 1), date(2026, 7, 1), 150_000),
        (date(2026, 7, 1), None, 100_000),
    ]
    page = submit(staff, url(Contract, "change", contract), TERMS, follow=True)
    assert "after the last ones" in page.text
    assert contract.terms.count() == 2


@pytest.mark.parametrize("wrong", [{"fee_ppm": "101"}, {"fee_ppm": "1,5"}, {"reserve_ppm": "5"}, {"currency": "EURO"}])  # fmt: skip
def test_a_contract_that_cannot_be_is_not_made(staff, cast, wrong):
    said = {
        "party": str(make_party(organisation=cast.label).pk),
        "name": "N",
        "currency": "EUR",
        "every": "Q",
    }
    assert staff.post(url(Contract, "add"), said | TERMS | wrong).status_code == 200
    assert not Contract.objects.exists()


# ---------------------------------------------------------------- reports


def test_staff_bring_a_report_once(staff, cast):
    content = "\n".join([*financial([Sale()]), ""]).encode()
    for _ in range(2):
        answer = staff.post(
            url(IncomeFile, "add"), {"report": SimpleUploadedFile("october.tsv", content)}
        )
        assert answer.status_code == 302
    file = IncomeFile.objects.get()
    assert (file.name, file.uploaded_by, file.state) == ("october.tsv", cast.sam, "uploaded")
    assert file.job is not None
    assert staff.get(url(IncomeFile, "change", file)).status_code == 200


def test_a_report_with_something_open_is_not_posted(staff, report):
    assert "groups of uses belong to no song yet" in act(staff, report, "post").text
    report.refresh_from_db()
    assert report.state == "read"
    assert not Entry.objects.exists()


def test_a_report_goes_from_concern_to_posted_to_reversed(staff, report, cast):
    for concern in report.concerns.filter(is_blocking=True):
        act(staff, concern, "settle", "Asked the sender")
    concern = IncomeConcern.objects.create(file=report, code="odd", words="odd", is_blocking=True)
    assert "Say why it is settled" in act(staff, concern, "settle", " ").text
    act(staff, concern, "settle", "Asked the sender")
    concern.refresh_from_db()
    assert (concern.settled_by, concern.settled_because) == (cast.sam, "Asked the sender")
    act(staff, report, "ignore", "A song of another distributor")
    assert report.groups.get(match="ignored").ignored_because == "A song of another distributor"
    act(staff, report, "post")
    report.refresh_from_db()
    assert (report.state, report.posted_by) == ("posted", cast.sam)
    act(staff, report, "reverse", "Sent for the wrong month")
    report.refresh_from_db()
    assert report.state == "reversed"
    assert Entry.objects.count() == 2


def test_a_song_that_came_meanwhile_is_found_when_looked_for_again(staff, report):
    make_sheet("QZTEN2600009")
    act(staff, report, "match")
    assert set(report.groups.values_list("match", flat=True)) == {"matched"}


def test_one_group_is_left_out_with_a_reason(staff, report):
    group = report.groups.get(match="unmatched")
    assert "Say why they are not ours" in act(staff, group, "ignore", "").text
    act(staff, group, "ignore", "Somebody else's")
    group.refresh_from_db()
    assert (group.match, group.ignored_because) == ("ignored", "Somebody else's")


def test_a_group_without_a_song_comes_with_what_it_may_be(staff, report):
    group = report.groups.get(match="unmatched")
    [near] = proposals_of(group)
    assert (near.isrc, near.why) == (SONG, "its ISRC differs in one character")
    assert f"({SONG}): its ISRC differs" in staff.get(url(IncomeGroup, "change", group)).text
    assert proposals_of(report.groups.get(match="matched")) == ()


def test_what_a_store_called_a_song_before_is_proposed(report, cast):
    other, same = (
        IncomeFile.objects.create(
            name="x", sha256=letter * 64, key="k", size_bytes=1, sender_id=sender
        )
        for letter, sender in (("e", "SOMEBODY-ELSE"), ("f", report.sender_id))
    )
    income_ignore(groups=report.groups.filter(match="unmatched"), because="No", actor=cast.sam)
    report.concerns.update(is_blocking=False)
    income_post(file=report, actor=cast.sam)
    stranger = IncomeGroup(file=other, isrc="nonsense", dsp_id="D77", match="unmatched")
    assert proposals_of(stranger) == ()  # a number of one store means nothing in another
    group = IncomeGroup(file=same, isrc="nonsense", dsp_id="D77", match="unmatched")
    assert [(one.isrc, one.why) for one in proposals_of(group)] == [
        (SONG, "the store's number D77 stood beside it before")
    ]


# ---------------------------------------------------------------- runs


def test_a_month_is_run_by_two_people(staff, world, cast, olive, client):
    month_of(OCTOBER, [Sale(net="10")], cast.sam, olive)
    assert staff.post(url(RoyaltyRun, "add"), {"month": NOVEMBER}).status_code == 302
    run = RoyaltyRun.objects.get(period=NOVEMBER)
    act(staff, run, "calculate")
    run.refresh_from_db()
    assert (run.state, run.created_by) == ("calculating", cast.sam)
    calculate(run)
    assert "by another person" in act(staff, run, "approve", "Looked").text
    run.refresh_from_db()
    assert run.state == "calculated"
    User.objects.filter(pk=olive.pk).update(is_superuser=True)
    second = seat(client, olive)
    assert "Say what you checked" in act(second, run, "approve", " ").text
    act(second, run, "approve", "Nothing came in, nothing goes out")
    run.refresh_from_db()
    assert (run.state, run.approved_by) == ("approved", olive)
    act(second, run, "lock")
    run.refresh_from_db()
    assert run.state == "locked"


def test_a_month_that_is_none_is_refused_on_the_page(staff):
    answer = staff.post(url(RoyaltyRun, "add"), {"month": "October"}, follow=True)
    assert "is no month" in answer.text
    assert not RoyaltyRun.objects.exists()


def test_totals_stand_beside_those_of_the_run_before(staff, held, world, cast, olive):
    after = month_of(NOVEMBER, [Sale(net="4")], cast.sam, olive, message="M-2")
    lines = {line.name: line for line in run_totals(after)}
    assert (lines["earned"].micros, lines["earned"].before) == (4_000_000, 13_000_001)
    assert lines["earned"].change == -9_000_001
    assert {line.change for line in run_totals(held)} == {None}
    page = staff.get(reverse("admin:rights_royaltyrun_change", args=[after.pk])).text
    assert "9.000001" in page

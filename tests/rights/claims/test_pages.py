"""A label's pages of claims, without JavaScript: found, claimed, followed, contested, withdrawn."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership, User
from config.lib import blobs
from rights.models import ClaimEvidence, RightsClaim
from rights.selectors.claims import recordings_to_claim
from rights.services.claims import claim_activate
from tests.rights.claims.held import claim, state_of_everything
from tests.rights.factories import make_party, make_recording

pytestmark = pytest.mark.django_db
LIST, NEW = reverse("rights:claim-list"), reverse("rights:claim-create")


@pytest.fixture
def ours(cast):
    return make_party("Ours", organisation=cast.label)


@pytest.fixture
def tune(db):
    return make_recording("Tide and Sand", artist="The Inventors")


@pytest.fixture
def rita(client, cast):
    client.force_login(cast.rita)
    return client


def said(tune, party, **more):
    return {
        "recording": str(tune.pk), "party": str(party.pk), "role": "OriginalOwner", "share": "33.3333",
        "territories": "IE GB", "active_from": "2026-01-01", "active_to": "", "words": "The contract",
    } | more  # fmt: skip


def page_of(one, name="claim"):
    return reverse(f"rights:{name}", args=[one.pk])


@pytest.mark.parametrize("text", ["tide inv", "{isrc}", "SAND"])
def test_a_recording_is_found_by_isrc_title_or_artist(rita, ours, tune, text):
    make_recording("Another")
    page = rita.get(NEW, {"q": text.format(isrc=tune.isrc)}).text
    assert f"?isrc={tune.isrc}" in page
    assert "Another" not in page


def test_what_is_not_found_is_explained(rita, ours, tune):
    page = rita.get(NEW, {"q": "nothing like it"}).text
    assert "No recording fits" in page
    assert recordings_to_claim("  ") == []


def test_a_recording_is_claimed_with_a_document(rita, ours, tune, cast):
    assert 'name="share"' in rita.get(NEW, {"isrc": tune.isrc}).text
    paper = SimpleUploadedFile("Contract 2019.PDF", b"%PDF-1.7 not really")
    answer = rita.post(NEW, said(tune, ours, document=paper))
    made = RightsClaim.objects.get()
    assert (answer.status_code, answer.url) == (302, page_of(made))
    assert (made.share_ppm, made.territories, made.claimed_by) == (333_333, "GB IE", cast.rita)
    assert (made.active_from, made.active_to) == (date(2026, 1, 1), None)
    [evidence] = ClaimEvidence.objects.all()
    assert (evidence.words, evidence.name) == ("The contract", "Contract 2019.PDF")
    with blobs.open_blob(evidence.key) as file:
        assert file.read() == b"%PDF-1.7 not really"
    page = rita.get(page_of(made)).text
    for words in ("33.3333 %", "GB IE", "The contract", "Contract 2019.PDF", "Claimed."):
        assert words in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"share": "0"},
        {"share": "100.5"},
        {"share": "12,5"},
        {"territories": "Germany"},
        {"active_to": "2025-12-31"},
        {"words": "  "},
        {"recording": "00000000-0000-0000-0000-000000000000"},
        {"document": ("x.exe", b"MZ")},
    ],
)
def test_a_claim_that_cannot_be_is_explained_and_not_made(rita, ours, tune, wrong):
    if "document" in wrong:
        wrong = {"document": SimpleUploadedFile(*wrong["document"])}
    answer = rita.post(NEW, said(tune, ours, **wrong))
    assert answer.status_code == 422
    assert not RightsClaim.objects.exists()


def test_nobody_claims_for_another_label(rita, ours, tune):
    theirs = make_party("Theirs")
    assert rita.post(NEW, said(tune, theirs)).status_code == 422
    assert not RightsClaim.objects.exists()


def test_both_sides_see_the_conflict_and_of_the_other_only_name_and_share(
    rita, ours, tune, cast, client
):
    theirs = make_party("Theirs", organisation=cast.charlies)
    mine = claim(tune, ours, cast.rita, 700_000)
    other = claim(tune, theirs, cast.charlie, 400_000)
    page = rita.get(page_of(mine)).text
    assert "10 % too much" in page
    assert "Theirs claims 40 %" in page
    assert cast.charlie.email not in page
    assert rita.get(page_of(other)).status_code == 404
    client.force_login(cast.charlie)
    page = client.get(page_of(other)).text
    assert "Ours claims 70 %" in page
    assert cast.rita.email not in page


def test_the_list_holds_what_is_ours(rita, ours, tune, cast):
    claim(tune, ours, cast.rita, 250_000)
    claim(make_recording("Hidden"), make_party("Theirs"), cast.sam)
    page = rita.get(LIST).text
    assert "Tide and Sand" in page
    assert "25 %" in page
    assert "Hidden" not in page


def test_the_empty_list_says_what_to_do(rita):
    assert "Nothing is claimed yet" in rita.get(LIST).text
    assert "No label is connected yet" in rita.get(NEW).text


def test_evidence_is_added_and_a_claim_withdrawn(rita, ours, tune, cast):
    mine = claim(tune, ours, cast.rita)
    rita.post(page_of(mine, "claim-evidence"), {"words": "The letter"})
    assert mine.evidence.last().words == "The letter"
    rita.post(page_of(mine, "claim-withdraw"), {"reason": "Sold"})
    mine.refresh_from_db()
    assert mine.state == "withdrawn"
    page = rita.get(page_of(mine)).text
    assert "Sold" in page
    assert "Withdraw the claim" not in page


@pytest.mark.parametrize(("name", "data"), [("claim-evidence", {"words": ""}), ("claim-withdraw", {"reason": ""})])  # fmt: skip
def test_a_step_without_words_changes_nothing(rita, ours, tune, cast, name, data):
    mine = claim(tune, ours, cast.rita)
    before, count = state_of_everything(), ClaimEvidence.objects.count()
    assert rita.post(page_of(mine, name), data).status_code == 422
    assert (state_of_everything(), ClaimEvidence.objects.count()) == (before, count)


def test_what_has_ended_is_refused_in_words(rita, ours, tune, cast):
    mine = claim(tune, ours, cast.rita)
    rita.post(page_of(mine, "claim-withdraw"), {"reason": "Sold"})
    before = state_of_everything()
    answer = rita.post(page_of(mine, "claim-withdraw"), {"reason": "Again"})
    assert answer.status_code == 422
    assert state_of_everything() == before


@pytest.mark.parametrize("name", ["claim-evidence", "claim-withdraw"])
def test_a_viewer_reads_and_changes_nothing(client, ours, tune, cast, name):
    mine = claim(tune, ours, cast.rita)
    reader = User.objects.create_user("reader@example.com", name="Reader")
    Membership.objects.create(user=reader, organisation=cast.label, role="viewer")
    client.force_login(reader)
    assert client.get(page_of(mine)).status_code == 200
    before = state_of_everything()
    assert client.post(page_of(mine, name), {"words": "x", "reason": "x"}).status_code == 403
    assert client.post(NEW, said(tune, ours)).status_code == 403
    assert state_of_everything() == before


def test_a_workspace_claims_nothing(client, cast, tune):
    client.force_login(cast.alice)
    assert client.get(NEW).status_code == 404
    assert client.post(NEW, said(tune, make_party())).status_code == 404
    assert not RightsClaim.objects.exists()


@pytest.mark.parametrize("name", ["claim-evidence", "claim-withdraw"])
def test_steps_are_posted(rita, ours, tune, cast, name):
    mine = claim(tune, ours, cast.rita)
    assert rita.get(page_of(mine, name)).status_code == 405


def test_the_list_asks_the_same_whatever_its_length(rita, ours, cast):
    counts = []
    for length in (1, 12):
        while RightsClaim.objects.count() < length:
            claim(make_recording(), ours, cast.rita)
        rita.get(LIST)
        with CaptureQueriesContext(connection) as asked:
            rita.get(LIST)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_an_accepted_claim_says_so(rita, ours, tune, cast):
    mine = claim(tune, ours, cast.rita)
    claim_activate(claim=mine, actor=cast.sam, reason="The contract is clear")
    page = rita.get(page_of(mine)).text
    assert "The contract is clear" in page
    assert cast.sam.email not in page

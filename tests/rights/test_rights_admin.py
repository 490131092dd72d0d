"""Rights for staff: everything to be read, queues, the override and consents to be written."""

from __future__ import annotations

import re
from datetime import date

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from rights.models import (
    Consent,
    ImportAudio,
    ImportRow,
    ImportRun,
    Match,
    MatchCandidate,
    MatchEvidence,
    OutsideAnswer,
    OutsideService,
    Party,
    Recording,
    SongSet,
)
from tests.library.factories import make_track
from tests.rights.factories import make_match, make_party, make_recording, make_song_set

pytestmark = pytest.mark.django_db
MODELS = [
    Match, Recording, Party, Consent, SongSet, ImportRun, ImportRow, ImportAudio, OutsideService,
    OutsideAnswer,
]  # fmt: skip


@pytest.fixture
def staff(client, cast):
    """Sam's browser, with a second factor and the permissions of somebody who works on rights."""
    Authenticator.objects.create(
        user=cast.sam, type=Authenticator.Type.TOTP, data={"secret": "the-secret-of-the-app"}
    )
    client.force_login(cast.sam)
    return client


@pytest.fixture
def rows(cast):
    match = make_match(make_track(cast.studio, "Tide"), doubt="conflict")
    MatchCandidate.objects.create(
        match=match, recording=match.recording, method="shazam", score_ppm=1, rank=1
    )
    MatchEvidence.objects.create(
        match=match, round=1, recogniser="shazam", outcome="hit", answer={"hits": ["proof-4711"]}
    )
    label = make_party()
    run = ImportRun.objects.create(label=label, filename="ten.csv")
    return {
        Match: match,
        Recording: match.recording,
        Party: label,
        Consent: Consent.objects.create(
            label=label,
            state="allowed",
            valid_from=date(2026, 1, 1),
            said_by="Rita",
            source="contract",
        ),
        SongSet: make_song_set(cast.studio, 2),
        ImportRun: run,
        ImportRow: ImportRow.objects.create(run=run, line=2, action="create"),
        ImportAudio: ImportAudio.objects.create(run=run, name="tide.flac", size_bytes=9),
        OutsideService: OutsideService.objects.create(name="shazam"),
        OutsideAnswer: OutsideAnswer.objects.create(
            key="f" * 64, answer="[]", fetched_at=timezone.now(), expires_at=timezone.now()
        ),
    }


def url(model, act, row=None) -> str:
    return reverse(f"admin:rights_{model._meta.model_name}_{act}", args=[row.pk] if row else [])


def submit(browser, address: str, fields: dict[str, str], **how):
    """Post the page as a browser does, with the hidden fields of its inlines."""
    page = browser.get(address).content.decode()
    hidden = {}
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", page):
        name, value = (re.search(rf'{at}="([^"]*)"', tag) for at in ("name", "value"))
        if name and not name[1].startswith("csrf"):
            hidden[name[1]] = value[1] if value else ""
    return browser.post(address, hidden | fields, **how)


@pytest.mark.parametrize("model", MODELS)
def test_list_search_and_row_are_shown(staff, rows, model):
    assert staff.get(url(model, "changelist")).status_code == 200
    assert staff.get(url(model, "changelist") + "?q=tide").status_code == 200
    assert staff.get(url(model, "change", rows[model])).status_code == 200


@pytest.mark.parametrize("model", [m for m in MODELS if m is not Consent])
def test_nobody_adds_or_deletes_by_hand(staff, rows, model):
    before = model.objects.count()
    assert staff.get(url(model, "add")).status_code == 403
    assert staff.post(url(model, "delete", rows[model]), {"post": "yes"}).status_code == 403
    assert model.objects.count() == before


@pytest.mark.parametrize("model", [Recording, Party, SongSet, ImportRun, ImportRow])
def test_what_follows_from_services_is_not_edited(staff, rows, model):
    before = model.objects.filter(pk=rows[model].pk).values().get()
    staff.post(url(model, "change", rows[model]), {"name": "X", "title": "X", "filename": "X"})
    assert model.objects.filter(pk=rows[model].pk).values().get() == before


def test_the_queues_hold_what_is_in_doubt(staff, rows, cast):
    make_match(make_track(cast.studio, "Zebra"))
    page = staff.get(url(Match, "changelist") + "?queue=conflict").content.decode()
    assert "Tide" in page
    assert "Zebra" not in page
    assert "Tide" not in staff.get(url(Match, "changelist") + "?queue=weak").content.decode()
    assert "Zebra" not in staff.get(url(Match, "changelist") + "?queue=problem").content.decode()


def test_the_page_of_a_match_shows_all_evidence(staff, rows):
    assert "proof-4711" in staff.get(url(Match, "change", rows[Match])).content.decode()


def test_staff_overrule_with_isrc_and_reason(staff, rows, cast):
    right = make_recording()
    answer = submit(
        staff,
        url(Match, "change", rows[Match]),
        {"isrc": f"{right.isrc[:2]}-{right.isrc[2:5]}-{right.isrc[5:7]}-{right.isrc[7:]}"}
        | {"reason": "The label showed the contract."},
    )
    assert answer.status_code == 302
    match = Match.objects.get(pk=rows[Match].pk)
    assert (match.recording, match.method, match.doubt) == (right, "override", "")
    assert match.changes.get().reason == "The label showed the contract."
    assert AuditEntry.objects.get(action="rights.match.overridden").actor == cast.sam


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"isrc": "QZTEN2600000", "reason": "x"}, "no recording with this ISRC"),
        ({"isrc": "known", "reason": " "}, "Say why the match is overruled"),
    ],
)
def test_an_override_that_cannot_be_is_explained_and_changes_nothing(staff, rows, fields, sentence):
    if fields["isrc"] == "known":
        fields = fields | {"isrc": make_recording().isrc}
    before = Match.objects.filter(pk=rows[Match].pk).values().get()
    answer = submit(staff, url(Match, "change", rows[Match]), fields, follow=True)
    assert sentence in answer.content.decode()
    assert Match.objects.filter(pk=rows[Match].pk).values().get() == before
    assert not rows[Match].changes.exists()


def test_staff_without_the_permission_read_only(client, rows):
    reader = User.objects.create_user(email="reader@example.com", name="R", is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    Authenticator.objects.create(
        user=reader, type=Authenticator.Type.TOTP, data={"secret": "the-secret-of-the-app"}
    )
    client.force_login(reader)
    page = client.get(url(Match, "change", rows[Match]))
    assert page.status_code == 200
    assert 'name="reason"' not in page.content.decode()
    right = make_recording()
    answer = client.post(
        url(Match, "change", rows[Match]), {"isrc": right.isrc, "reason": "I want to"}
    )
    assert answer.status_code == 403
    assert client.get(url(Consent, "add")).status_code == 403
    assert Match.objects.get(pk=rows[Match].pk).recording == rows[Match].recording


def test_staff_enter_a_consent_and_the_trail_says_so(staff, rows, cast):
    recording = make_recording()
    answer = staff.post(
        url(Consent, "add"),
        {
            "recording": str(recording.pk),
            "label": "",
            "state": "blocked",
            "terms": "",
            "valid_from": "2026-11-01",
            "valid_to": "",
            "said_by": "Rita Records, by letter",
            "source": "statement",
            "note": "",
        },
    )
    assert answer.status_code == 302, answer.context["errors"]
    consent = Consent.objects.get(recording=recording)
    assert (consent.state, consent.entered_by) == ("blocked", cast.sam)
    assert AuditEntry.objects.filter(action="rights.consent.recorded").count() == 1


def test_a_consent_of_nothing_or_without_its_terms_is_refused_on_the_page(staff, rows):
    before = Consent.objects.count()
    base = {"valid_from": "2026-11-01", "said_by": "R", "source": "contract"}
    for wrong in (
        {"state": "allowed"},
        {"state": "allowed_with_terms", "label": str(rows[Party].pk)},
    ):
        assert staff.post(url(Consent, "add"), base | wrong).status_code == 200
    assert Consent.objects.count() == before


def test_what_was_said_is_only_ended_or_withdrawn(staff, rows, cast):
    consent = rows[Consent]
    page = url(Consent, "change", consent)
    staff.post(page, {"state": "blocked", "said_by": "Me", "valid_to": "2026-12-01"})
    consent.refresh_from_db()
    assert (consent.state, consent.said_by) == ("allowed", "Rita")
    assert consent.valid_to == date(2026, 12, 1)
    later = staff.post(page, {"valid_to": "2027-01-01"}, follow=True)
    assert "does not hold on that day" in later.content.decode()
    staff.post(page, {"valid_to": "2026-12-01", "withdrawn_reason": "Another Rita."})
    consent.refresh_from_db()
    assert (consent.valid_to, consent.withdrawn_reason) == (date(2026, 12, 1), "Another Rita.")
    acts = AuditEntry.objects.filter(action__startswith="rights.consent").order_by("id")
    assert [act.action for act in acts] == ["rights.consent.ended", "rights.consent.withdrawn"]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({}, "asked"),
        ({"failures": 3}, "asked, and failing"),
        ({"failures": 5, "openings": 1, "open_until": 4e9}, "left alone: it failed several times"),
        ({"failures": 5, "openings": 1, "open_until": 1.0}, "the next question tries it again"),
    ],
)
def test_staff_see_where_the_breaker_of_a_service_stands(staff, state, words):
    service = OutsideService.objects.create(name="acoustid", **state)

    assert words in staff.get(url(OutsideService, "change", service)).text
    assert words in staff.get(url(OutsideService, "changelist")).text


def test_the_list_of_answers_fetches_none_of_them(staff):
    long = "x" * 50_000
    OutsideAnswer.objects.create(
        key="a" * 64, answer=long, fetched_at=timezone.now(), expires_at=timezone.now()
    )

    page = staff.get(url(OutsideAnswer, "changelist")).text

    assert "48.8" in page, "measured by the database"
    assert long not in page
    row = OutsideAnswer.objects.get()
    assert long in staff.get(url(OutsideAnswer, "change", row)).text

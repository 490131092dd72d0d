"""A label's pages: its recordings, what it allows, its deliveries from the table to the catalogue."""

from __future__ import annotations

from datetime import date, timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Membership, User
from rights.models import Consent, ImportRun, Recording
from rights.selectors.consents import consent_of
from tests.rights.factories import make_party, make_recording
from tests.rights.views.conftest import logged_in

pytestmark = pytest.mark.django_db

HEAD = "ISRC,Title,Artist,Length\r\n"
GOOD = "GBABC2600001,Tide,The Sea,3:21\r\n"
BAD = "nonsense,Shore,The Sea,long\r\n"


@pytest.fixture
def as_reader(cast):
    """Somebody who may read at Rita's label, and no more."""
    person = User.objects.create_user("reader@example.com", name="Reader")
    Membership.objects.create(user=person, organisation=cast.label, role="viewer")
    return logged_in(person)


@pytest.fixture
def tide(label):
    return make_recording("Tide", artist="The Sea", label=label, isrc="GBABC2600009")


def body(response) -> str:
    return unescape(response.content.decode())


def said(**changes) -> dict[str, str]:
    today = timezone.localdate().isoformat()
    return {"state": "blocked", "valid_from": today, "said_by": "Rita Moreno"} | changes


def table(content: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("spring.csv", content.encode(), content_type="text/csv")


def deliver(client, label, content=HEAD + GOOD, **changes):
    data = {"label": str(label.pk), "table": table(content), "state": "", **changes}
    return client.post("/catalogue/deliveries/new/", data)


# ---------------------------------------------------------------- recordings, consent


def test_an_organisation_without_a_label_is_told_how_one_is_connected(as_rita):
    assert "No label is connected yet" in body(as_rita.get("/catalogue/"))
    assert "No label is connected yet" in body(as_rita.get("/catalogue/deliveries/new/"))


def test_own_recordings_are_listed_and_found_by_words_and_isrc(as_rita, label, tide):
    make_recording("Someone else's", label=make_party("Another"))
    other = make_recording("Shore", label=label)
    page = body(as_rita.get("/catalogue/"))
    assert "2 recordings" in page
    assert "Someone else's" not in page
    assert "Nothing said yet" in page
    for words in ("tide sea", "GB-ABC-26-00009"):
        found = body(as_rita.get("/catalogue/", {"q": words}))
        assert str(tide.pk) in found
        assert str(other.pk) not in found
    assert "None of your recordings fits" in body(as_rita.get("/catalogue/", {"q": "nothing"}))


def test_the_list_costs_the_same_for_one_recording_and_for_twenty(as_rita, label, tide):
    counts = []
    for _round in range(2):
        as_rita.get("/catalogue/")
        with CaptureQueriesContext(connection) as queries:
            as_rita.get("/catalogue/")
        counts.append(len(queries))
        for _number in range(19):
            make_recording(label=label)
    assert counts[0] == counts[1]


def test_a_recording_is_blocked_and_allowed_again_without_forgetting(as_rita, cast, tide):
    url = f"/catalogue/recordings/{tide.pk}/"
    as_rita.post(url, said())
    today = timezone.localdate()
    assert consent_of(tide, today).is_blocked
    page = body(as_rita.post(url, said(state="allowed"), follow=True))
    assert "It is recorded" in page
    assert consent_of(tide, today).state == "allowed"
    first, second = Consent.objects.order_by("pk")
    assert (first.state, first.valid_to) == ("blocked", today)
    assert (second.entered_by, second.source) == (cast.rita, "statement")
    assert "Over" in page
    assert "Holds" in page


def test_a_word_about_the_label_holds_for_its_recordings(as_rita, label, tide):
    url = f"/catalogue/labels/{label.pk}/"
    as_rita.post(url, said(state="allowed_with_terms", terms="Name the artist.", may_train="on"))
    answer = consent_of(tide, timezone.localdate())
    assert (answer.state, answer.terms) == ("allowed_with_terms", "Name the artist.")
    assert answer.may_train
    assert "Allowed with terms" in body(as_rita.get("/catalogue/"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"state": ""}, "This field is required."),
        ({"state": "allowed_with_terms"}, "Write down the terms."),
        ({"may_train": "on"}, "What is blocked cannot be trained on."),
        ({"terms": "Never on Sundays."}, "Choose “allowed with terms”"),
        ({"said_by": ""}, "This field is required."),
        ({"valid_from": "2020-01-01"}, "not in the past"),
        ({"valid_to": date(2020, 1, 1).isoformat()}, "It has to end after it begins."),
    ],
)
def test_what_is_said_badly_is_not_recorded(as_rita, tide, changes, words):
    answer = as_rita.post(f"/catalogue/recordings/{tide.pk}/", said(**changes))
    assert answer.status_code == 422
    assert words in body(answer)
    assert not Consent.objects.exists()


def test_what_begins_later_does_not_hold_yet(as_rita, tide):
    tomorrow = timezone.localdate() + timedelta(days=1)
    page = body(
        as_rita.post(
            f"/catalogue/recordings/{tide.pk}/", said(valid_from=tomorrow.isoformat()), follow=True
        )
    )
    assert "Begins later" in page
    assert not consent_of(tide, timezone.localdate()).is_blocked
    assert consent_of(tide, tomorrow).is_blocked


def test_strangers_and_viewers_say_nothing(as_reader, as_alice, label, tide):
    urls = (f"/catalogue/recordings/{tide.pk}/", f"/catalogue/labels/{label.pk}/")
    assert [as_alice.post(url, said()).status_code for url in urls] == [404, 404]
    assert [as_reader.post(url, said()).status_code for url in urls] == [403, 403]
    assert "Record it" not in body(as_reader.get(urls[0]))
    assert not Consent.objects.exists()


# ---------------------------------------------------------------- deliveries


def test_the_template_reads_in_a_spreadsheet(as_rita):
    answer = as_rita.get("/catalogue/template.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="tenfold-catalogue.csv"'
    assert answer.content.decode("utf-8-sig").startswith("ISRC,Title,Version,Artist")


def test_a_table_goes_all_the_way_into_the_catalogue(as_rita, label, do_next_job):
    today = timezone.localdate().isoformat()
    answer = deliver(
        as_rita, label, HEAD + GOOD + BAD, state="allowed", valid_from=today, said_by="Rita Moreno"
    )
    run = ImportRun.objects.get()
    url = f"/catalogue/deliveries/{run.pk}/"
    assert answer["Location"] == url
    mapping = body(as_rita.get(url))
    assert "Which column is what?" in mapping
    assert mapping.count(" selected>") >= 4, "what can be guessed is chosen"
    chosen = {"isrc": "ISRC", "title": "Title", "artist": "Artist", "duration_ms": "Length"}
    page = body(as_rita.post(f"{url}map/", chosen, follow=True))
    assert "New recording" in page
    assert "“nonsense” is no ISRC." in page
    assert "Apply without the 1 row that cannot be used" in page
    assert not Recording.objects.exists(), "nothing is written before it is applied"
    assert "Tide" not in body(as_rita.get(url, {"only": "refuse"}))
    assert "Being applied" in body(as_rita.post(f"{url}apply/", follow=True))
    assert do_next_job() == "done"
    done = body(as_rita.get(url))
    assert "1 recording is in your catalogue." in done
    assert "Applied on" in done
    recording = Recording.objects.get()
    assert (recording.isrc, recording.title, recording.duration_ms) == (
        "GBABC2600001", "Tide", 201_000,
    )  # fmt: skip
    assert consent_of(recording, timezone.localdate()).state == "allowed"
    as_rita.post(f"{url}apply/")
    assert (Recording.objects.count(), Consent.objects.count()) == (1, 1), "applied once"


@pytest.mark.parametrize(("content", "words"), [("", "empty"), ("\x00\x01\x02", "")])
def test_a_file_that_is_no_table_is_refused_with_a_reason(as_rita, label, content, words):
    answer = deliver(as_rita, label, content)
    assert answer.status_code == 422
    assert "field-errors" in body(answer)
    assert words in body(answer)
    assert not ImportRun.objects.exists()


def test_terms_day_and_speaker_are_asked_for(as_rita, label):
    answer = deliver(as_rita, label, state="allowed_with_terms")
    page = body(answer)
    assert answer.status_code == 422
    assert page.count("Needed when you say something about use.") == 2
    assert "Write terms for “allowed with terms”" in page
    assert not ImportRun.objects.exists()


def test_a_mapping_without_what_is_needed_is_refused(as_rita, label):
    deliver(as_rita, label)
    run = ImportRun.objects.get()
    answer = as_rita.post(f"/catalogue/deliveries/{run.pk}/map/", {"isrc": "ISRC", "title": "ISRC"})
    assert answer.status_code == 422
    run.refresh_from_db()
    assert run.state == "uploaded"


def test_a_delivery_is_discarded_and_stays_so(as_rita, label):
    deliver(as_rita, label)
    run = ImportRun.objects.get()
    page = body(as_rita.post(f"/catalogue/deliveries/{run.pk}/discard/", follow=True))
    assert "The delivery is discarded" in page
    answer = as_rita.post(f"/catalogue/deliveries/{run.pk}/apply/")
    assert answer.status_code == 409
    assert not Recording.objects.exists()


def test_nobody_delivers_for_a_label_that_is_not_theirs(as_rita, as_reader, as_alice, label):
    foreign = make_party("Another label")
    assert deliver(as_rita, foreign).status_code == 422
    assert deliver(as_alice, label).status_code == 404
    assert deliver(as_reader, label).status_code == 403
    assert not ImportRun.objects.exists()

"""The page of a delivery while it is applied: how far, by polling or without JavaScript; the end."""

from __future__ import annotations

import pytest

from accounts.models import Membership, User
from config.jobs.models import Job
from rights.models import ImportRun, Recording
from rights.services.import_apply import import_apply_some
from tests.rights.factories import make_party
from tests.rights.views.conftest import PART, logged_in
from tests.rights.views.test_catalogue import HEAD, body, deliver

pytestmark = pytest.mark.django_db


@pytest.fixture
def delivered(as_rita, cast):
    """Return the address of a delivery of sixty rows that is previewed."""
    label = make_party("Rita Records", organisation=cast.label)
    rows = "".join(f"GBABC26{n:05d},Song {n},The Sea,3:21\r\n" for n in range(60))
    deliver(as_rita, label, HEAD + rows)
    url = f"/catalogue/deliveries/{ImportRun.objects.get().pk}/"
    chosen = {"isrc": "ISRC", "title": "Title", "artist": "Artist", "duration_ms": "Length"}
    as_rita.post(f"{url}map/", chosen)
    return url


def test_the_page_shows_how_far_it_is_and_then_the_outcome(as_rita, delivered, do_next_job):
    page = body(as_rita.post(f"{delivered}apply/", follow=True))
    assert "Being applied" in page
    assert "0 of 60 rows are written." in page
    assert f'<a class="btn btn-sm" href="{delivered}' in page, "without JavaScript: a link"
    assert 'hx-trigger="every 2s"' in page
    assert "apply/" not in page, "nothing to press twice"
    Job.objects.update(progress_ppm=420_000)
    assert 'value="42"' in body(as_rita.get(delivered))
    assert do_next_job() == "done"
    page = body(as_rita.get(delivered))
    assert "60 recordings are in your catalogue." in page
    assert "Applied on" in page
    assert "every 2s" not in page
    assert Recording.objects.count() == 60


def test_a_poll_is_answered_with_the_part_that_changes_or_with_nothing(
    as_rita, delivered, do_next_job
):
    as_rita.post(f"{delivered}apply/")
    first = as_rita.get(delivered, headers=PART)
    assert body(first).lstrip().startswith('<section id="delivery"')
    tag = body(first).split('hx-ptag="')[1].split('"')[0]
    assert as_rita.get(delivered, headers=PART | {"HX-PTag": tag}).status_code == 304
    assert do_next_job() == "done"
    last = as_rita.get(delivered, headers=PART | {"HX-PTag": tag})
    assert last.status_code == 200
    assert "60 recordings are in your catalogue." in body(last)
    assert "hx-trigger" not in body(last), "the last part ends the polling"


def test_cancelled_it_says_what_it_left_and_offers_the_rest(as_rita, delivered, do_next_job):
    as_rita.post(f"{delivered}apply/")
    import_apply_some(run=ImportRun.objects.get(), actor=None)
    as_rita.post(f"/jobs/{Job.objects.get().public_id}/cancel/")
    page = body(as_rita.get(delivered))
    assert "50 of 60 rows are in your catalogue and stay there" in page
    assert "Apply the 10 rows that are left" in page
    assert "Change the columns" not in page
    as_rita.post(f"{delivered}apply/")
    assert do_next_job() == "done"
    assert "60 recordings are in your catalogue." in body(as_rita.get(delivered))


def test_the_rest_is_discarded_and_the_page_tells_what_stays(as_rita, delivered):
    as_rita.post(f"{delivered}apply/")
    import_apply_some(run=ImportRun.objects.get(), actor=None)
    assert as_rita.post(f"{delivered}discard/").status_code == 409
    as_rita.post(f"/jobs/{Job.objects.get().public_id}/cancel/")
    assert "what was written of it stays" in body(as_rita.post(f"{delivered}discard/", follow=True))
    assert "Discarded after 50 of 60 rows were written" in body(as_rita.get(delivered))
    assert Recording.objects.count() == 50


def test_who_may_only_read_asks_for_no_job(cast, delivered):
    person = User.objects.create_user("reader@example.com", name="Reader")
    Membership.objects.create(user=person, organisation=cast.label, role="viewer")
    client = logged_in(person)
    assert client.post(f"{delivered}apply/").status_code == 403
    assert "apply/" not in body(client.get(delivered))
    assert not Job.objects.exists()
    assert (ImportRun.objects.get().state, Recording.objects.count()) == ("previewed", 0)


def test_strangers_find_nothing_and_change_nothing(as_alice, delivered):
    assert as_alice.post(f"{delivered}apply/").status_code == 404
    assert not Job.objects.exists()
    assert not Recording.objects.exists()

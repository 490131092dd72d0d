"""Identifying with AcoustID among the others: what it adds, and what its bad days do to a song."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.urls import reverse

from rights.models import Match, MatchEvidence, OutsideService
from rights.recognition.chromaprint import chromaprint_of, find_program
from rights.services.song_sets import song_set_create
from tests.rights.conftest import isrc_of
from tests.rights.recognition.sounds import song

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not find_program(), reason="fpcalc is not installed (apt.txt)"),
]


LEARNED, HEARD = 41, 42
"""Songs: what a test lets the index learn stays in it, so no other test takes that one."""


@pytest.fixture
def acoustid(world, sandbox, settings):
    """Give the installation a key, and AcoustID the sound of both songs."""
    settings.ACOUSTID_KEY = "tenfoldtest"
    settings.ACOUSTID_URL = sandbox["acoustid"].url
    settings.MUSICBRAINZ_URL = sandbox["musicbrainz"].url
    entries = [
        {
            "fingerprint": chromaprint_of(find_program(), *song(seed)),
            "duration": 40,
            "recordings": [
                {"mbid": str(UUID(int=seed)), "title": f"Song {seed}", "isrcs": [isrc_of(seed)]}
            ],
        }
        for seed in (LEARNED, HEARD)
    ]
    answer = sandbox["acoustid"].http.put(
        f"{sandbox['acoustid'].url}/sandbox/fingerprints", json={"songs": entries}
    )
    assert answer.status_code == 200, answer.text
    return sandbox["acoustid"]


@pytest.fixture
def identified(world, cast, do_next_job):
    """Identify a song in a set that Apple Music sells and Shazam does not know."""

    def identify(seed=HEARD):
        world.sell(seed)
        track = world.bring(cast.studio, seed)
        song_set_create(organisation=cast.studio, name="Ten", actor=cast.alice, tracks=[track])
        assert do_next_job() == "done"
        return Match.objects.get(track=track)

    return identify


def said(match):
    row = MatchEvidence.objects.get(match=match, recogniser="acoustid")
    return row.outcome, row.answer["message"]


def test_a_song_that_shazam_does_not_know_is_matched_by_acoustid(acoustid, identified):
    match = identified(LEARNED)

    assert (match.state, match.method, match.score_ppm) == ("matched", "acoustid", 950_000)
    assert match.recording.isrc == isrc_of(LEARNED)
    assert said(match) == ("hit", "")
    paced = set(OutsideService.objects.values_list("name", flat=True))
    assert {"acoustid", "musicbrainz"} <= paced, "all workers share the pace of both"


def test_acoustid_down_is_said_on_the_page_and_asked_again(
    acoustid, identified, client, cast, sandbox
):
    acoustid.fail("500", times=0)

    match = identified()

    assert (match.state, match.problem_code) == ("problem", "service_down")
    assert "AcoustID did not answer" in match.problem
    assert said(match)[0] == "error"
    client.force_login(cast.alice)
    page = client.get(_address(match)).text
    assert "AcoustID did not answer. Your song is safe; try again in a few minutes" in page


def test_a_wrong_key_leaves_the_song_to_be_searched_and_tells_the_operator(
    acoustid, identified, client, cast
):
    acoustid.fail("401", times=0)

    match = identified()

    assert (match.state, match.problem_code) == ("none", "")
    client.force_login(cast.alice)
    page = client.get(_address(match)).text
    assert "does not accept the key of this installation" in page
    assert "Nobody we asked knows this recording. Search for it" in page


def test_without_a_key_it_is_skipped_and_the_evidence_says_so(identified, sandbox, client, cast):
    match = identified()

    assert match.state == "none"
    assert sandbox["acoustid"].journal("/v2/") == []
    client.force_login(cast.alice)
    assert "AcoustID is switched off here, so it was not asked" in client.get(_address(match)).text


def test_without_fpcalc_it_is_skipped_and_the_evidence_says_so(acoustid, identified, monkeypatch):
    monkeypatch.setenv("PATH", "")

    assert said(identified())[1].startswith("AcoustID was not asked: the program fpcalc is missing")
    assert acoustid.journal("/v2/") == []


def _address(match):
    entry = match.track.song_set_entries.get()
    return reverse("rights:song-detail", args=[entry.song_set_id, match.track_id])

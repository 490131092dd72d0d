"""A song found by searching Apple Music is confirmed as what its ISRC says, or refused in words."""

from __future__ import annotations

from datetime import date

import pytest

from library.services.tracks import track_analysed
from rights.catalogue.types import CatalogueNotFoundError
from rights.exceptions import MatchStateError, RecordingBlockedError
from rights.models import Match, OrganisationStorefront, Recording
from rights.services.consents import Said, consent_record
from rights.services.match_search import match_search_confirm
from rights.services.personal_data import personal_data_collect, personal_data_erase
from rights.services.song_sets import song_set_create
from tests.library.factories import make_analysis, make_track
from tests.rights.conftest import isrc_of
from tests.rights.factories import make_match

outside = pytest.mark.django_db(transaction=True)


@pytest.fixture
def unknown(cast) -> Match:
    return make_match(make_track(cast.studio, duration_ms=40_000), "none")


@outside
def test_a_found_song_is_confirmed_with_everything_apple_says(world, cast, unknown):
    sold = world.sell(31)
    match = match_search_confirm(match=unknown, apple_music_id=sold["id"], actor=cast.alice)
    assert (match.state, match.method, match.confirmed_by) == ("matched", "search", cast.alice)
    assert (match.recording.isrc, match.recording.label_name) == (isrc_of(31), "Invented Records")
    assert match.recording.listings.get().preferred
    assert not match.recording.fingerprints.exists()


@outside
def test_a_song_of_another_country_is_the_one_that_is_sold_at_home(world, cast, unknown):
    world.sell(32, id="700032", storefronts=["us"])
    world.sell(32, id="700033", storefronts=["gb"])
    OrganisationStorefront.objects.create(organisation=cast.studio, storefront="gb")
    match = match_search_confirm(
        match=unknown, apple_music_id="700032", actor=cast.alice, storefront="us", method="link"
    )
    assert match.method == "link"
    assert match.recording.listings.get(storefront="gb").apple_music_id == "700033"


@outside
def test_what_cannot_be_taken_is_refused_and_nothing_changes(world, cast, unknown):
    world.sell(33, isrc="")
    theirs = world.sell(34)
    blocked = Recording.objects.create(
        isrc=isrc_of(34), title="T", artist="A", origin=Recording.Origin.APPLE_MUSIC
    )
    said = Said("blocked", date(2020, 1, 1), "Rita", "contract")
    consent_record(subject=blocked, said=said, actor=None)
    for song_id, error in (
        ("900033", MatchStateError),
        (theirs["id"], RecordingBlockedError),
        ("123456789", CatalogueNotFoundError),
    ):
        with pytest.raises(error) as refusal:
            match_search_confirm(match=unknown, apple_music_id=song_id, actor=cast.alice)
        assert refusal.value.message
    unknown.refresh_from_db()
    assert (unknown.state, unknown.recording, unknown.changes.count()) == ("none", None, 0)


@pytest.mark.django_db
def test_an_upload_that_becomes_ready_is_identified_by_itself(cast):
    track = make_track(cast.studio, state="analysing")
    song_set_create(organisation=cast.studio, name="Ten", actor=cast.alice, tracks=[track])
    lonely = make_track(cast.studio, state="analysing")
    for each in (track, lonely):
        analysis = make_analysis(each)
        track_analysed(track=each, analysis=analysis)
    match = Match.objects.get()
    assert match.track == track
    assert match.job.kind == "track.identify"


@pytest.mark.django_db
def test_a_person_takes_their_sets_and_decisions_along_and_is_forgotten(cast):
    track = make_track(cast.studio)
    song_set = song_set_create(
        organisation=cast.studio, name="Summer", actor=cast.alice, tracks=[track]
    )
    files = personal_data_collect(user_id=cast.alice.pk)
    assert [each["name"] for each in files["song_sets"]] == ["Summer"]
    assert [each["became"] for each in files["decisions"]] == ["matching"]
    assert personal_data_collect(user_id=cast.bob.pk)["song_sets"] == []
    personal_data_erase(user_id=cast.alice.pk)
    song_set.refresh_from_db()
    assert (song_set.name, song_set.created_by) == ("Summer", None)
    cast.studio.closed_at = track.created_at
    cast.studio.save()
    personal_data_erase(user_id=cast.alice.pk)
    song_set.refresh_from_db()
    assert song_set.name == "Deleted set"
    assert Match.objects.get(track=track).job.title == "Deleted song"

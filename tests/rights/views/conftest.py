"""Fixtures of the pages: people who are logged in, what htmx sends, a set that holds something."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from rights.models import MatchCandidate
from tests.library.factories import make_track
from tests.rights.factories import make_match, make_party, make_recording, make_song_set

if TYPE_CHECKING:
    from collections.abc import Callable

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


def logged_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def as_alice(cast) -> Client:
    return logged_in(cast.alice)


@pytest.fixture
def as_vera(cast) -> Client:
    """Vera is a viewer of Alice's studio."""
    return logged_in(cast.vera)


@pytest.fixture
def as_charlie(cast) -> Client:
    """Charlie belongs to another organisation."""
    return logged_in(cast.charlie)


@pytest.fixture
def as_rita(cast) -> Client:
    """Rita owns a label."""
    return logged_in(cast.rita)


@pytest.fixture
def label(cast):
    """Return Rita's label."""
    return make_party("Rita Records", organisation=cast.label)


@pytest.fixture
def three(cast):
    """Return a set of three songs, all matched."""
    return make_song_set(cast.studio, 3, matched=True)


@pytest.fixture
def undecided(cast) -> Callable:
    """Return a function that makes a set with one song that may be one of two recordings."""

    def make(*, doubt: str = "several", scores=(960_000, 900_000)):
        song_set = make_song_set(cast.studio, 0)
        track = make_track(cast.studio, "Tide", artist="Alice")
        match = make_match(track, "choose", doubt=doubt, score_ppm=scores[0])
        for rank, score in enumerate(scores, start=1):
            MatchCandidate.objects.create(
                match=match,
                recording=make_recording(f"Tide {rank}", artist="Alice"),
                method="shazam",
                score_ppm=score,
                rank=rank,
                evidence={"reasons": [{"code": "shazam", "data": {"percent": "96 %"}}]},
            )
        song_set.entries.create(position=1, track=track, weight_ppm=1_000_000)
        return song_set, track, match

    return make


def entries(song_set) -> list[tuple[str, int]]:
    """Return titles and weights in order."""
    found = song_set.entries.order_by("position").select_related("track")
    return [(entry.track.title, entry.weight_ppm) for entry in found]

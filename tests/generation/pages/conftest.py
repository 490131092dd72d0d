"""People who are logged in, and songs in the states in which pages show them."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from tests.generation.finished import make_finished_song, make_song, make_version
from tests.rights.factories import make_song_set

if TYPE_CHECKING:
    from django.http import HttpResponse

    from generation.models import Song
    from rights.models import SongSet

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


def logged_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def body(response: HttpResponse) -> str:
    """Return a page as people read it."""
    return unescape(response.content.decode())


def url(song: Song, part: str = "", **query: object) -> str:
    text = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/songs/{song.pk}/{part}" + (f"?{text}" if text else "")


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
def complete(cast) -> SongSet:
    """A set of ten matched songs that nobody has fixed yet."""
    return make_song_set(cast.studio, 10, matched=True)


@pytest.fixture
def song(cast) -> Song:
    """A song with one ready version: 32 bars, A minor, 120 BPM."""
    return make_finished_song(cast.studio, "Northern Glass")


@pytest.fixture
def edited(song) -> Song:
    """The same with a second version, made from the first by another tempo."""
    make_version(song, parent=song.current, edit={"kind": "tempo", "bpm": 128.0}, bpm=128.0)
    return song


@pytest.fixture
def waiting(cast) -> Song:
    """A song of which nothing is ready yet: two versions in the queue."""
    song = make_song(cast.studio, "On its way")
    for _number in range(2):
        make_version(song, state="pending")
    return song

"""What is played: the small file that a version has, on every page that plays one."""

from __future__ import annotations

import re

import pytest

from generation.models import VersionAsset
from generation.selectors.playback import played, played_assets, played_by_version
from tests.generation.finished import make_version
from tests.generation.pages.conftest import body, url

pytestmark = pytest.mark.django_db


def asset(kind, version=None):
    return VersionAsset(kind=kind, version=version, key=f"sha256/00/00/x.{kind}")


def has_only_an_mp3(version):
    version.assets.filter(kind="aac").delete()
    VersionAsset.objects.create(
        version=version,
        kind="mp3",
        key="sha256/00/00/y.mp3",
        content_type="audio/mpeg",
        size_bytes=7,
    )


def pages(as_alice, song):
    """Every page with a player of the song's own sound."""
    other = next(version.number for version in song.versions.all() if version != song.current)
    addresses = [
        "/songs/",
        url(song),
        url(song, "versions/"),
        url(song, "compare/", a=song.current.number, b=other),
    ]
    return [body(as_alice.get(address)) for address in addresses]


def songs_played(page):
    """Return the endings of the files that a page plays, of this song and no source."""
    return re.findall(r"/Northern%20Glass\.(\w+)", page)


def test_of_both_the_aac_is_played_as_it_is_smaller():
    files = [asset("mp3"), asset("flac"), asset("aac")]
    assert played(files) is files[2]


def test_where_there_is_no_aac_the_mp3_is_played():
    files = [asset("flac"), asset("mp3"), asset("stem")]
    assert played(files) is files[1]


def test_what_is_large_or_no_sound_is_not_played():
    assert played([asset("flac"), asset("master_wav"), asset("midi")]) is None
    assert played([]) is None


def test_each_version_plays_its_own(song):
    other = make_version(song)
    has_only_an_mp3(other)
    found = played_by_version(played_assets().filter(version__song=song))
    assert {version: file.kind for version, file in found.items()} == {
        song.current_id: "aac",
        other.pk: "mp3",
    }


def test_every_page_plays_the_mp3_of_a_song_that_was_made_with_one(as_alice, song):
    make_version(song)
    before = pages(as_alice, song)
    has_only_an_mp3(song.current)
    after = pages(as_alice, song)
    for was, now in zip(before, after, strict=True):
        assert "m4a" in songs_played(was)
        assert "mp3" in songs_played(now)
        assert "mp3" not in songs_played(was)


def test_the_files_of_such_a_song_offer_the_aac_too(as_alice, song):
    has_only_an_mp3(song.current)
    page = body(as_alice.get(url(song, "files/")))
    assert "/files/aac/" in page
    assert "/files/mp3/" not in page
    # 64 seconds of 256 kbit/s.
    assert "about 2.0\xa0MB" in page

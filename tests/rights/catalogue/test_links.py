"""Links as people paste them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rights.catalogue.links import parse_link
from rights.catalogue.types import LinkTarget

SONG = LinkTarget("song", "456", "gb", "123")


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("https://music.apple.com/gb/album/harbour-lights/123?i=456", SONG),
        (" <https://music.apple.com/gb/album/harbour-lights/123?i=456> ", SONG),
        ("music.apple.com/gb/album/harbour-lights/123?i=456", SONG),
        ("http://music.apple.com/GB/album/harbour-lights/123?i=456&l=en-GB", SONG),
        ("https://music.apple.com/gb/album/123?i=456", SONG),
        ("https://music.apple.com/gb/album/plein-%C3%A9t%C3%A9/123?i=456#x", SONG),
        ("https://geo.music.apple.com/gb/album/x/123?i=456&app=music", SONG),
        ("https://itunes.apple.com/gb/album/x/id123?i=456&uo=4", SONG),
        ("https://embed.music.apple.com/gb/album/x/123?i=456", SONG),
        ("music://music.apple.com/gb/album/x/123?i=456", SONG),
        ("https://music.apple.com/album/x/123?i=456", LinkTarget("song", "456", "", "123")),
        ("https://geo.music.apple.com/album/x/123?i=456", LinkTarget("song", "456", "", "123")),
        ("https://music.apple.com/us/song/harbour/456", LinkTarget("song", "456", "us")),
        ("https://music.apple.com/us/song/456", LinkTarget("song", "456", "us")),
        ("https://music.apple.com/us/album/x/123", LinkTarget("album", "123", "us")),
        ("https://music.apple.com/us/album/x/123?i=", LinkTarget("album", "123", "us")),
        ("https://music.apple.com/us/album/x/123?i=abc", LinkTarget("album", "123", "us")),
    ],
)
def test_a_link_says_what_it_points_at(text, target):
    assert parse_link(text) == target


@pytest.mark.parametrize(
    "text",
    [
        "",
        "harbour lights",
        "ZZSAL2100001",
        "https://music.apple.com/",
        "https://music.apple.com/gb",
        "https://music.apple.com/gb/artist/x/123",
        "https://music.apple.com/gb/playlist/x/pl.123",
        "https://music.apple.com/gb/album/x/123/extra/456",
        "https://music.apple.com/gb/song/x/abc",
        "https://music.apple.com.evil.example/gb/song/456",
        "https://evil.example/music.apple.com/gb/song/456",
        "https://music.apple.com@evil.example/gb/song/456",
        "https://evilmusic.apple.com/gb/song/456",
        "ftp://music.apple.com/gb/song/456",
        "javascript://music.apple.com/gb/song/456",
        "https://music.apple.com/gb/song/\u0664\u0665\u0666",
        "https://[music.apple.com/gb/song/456",
        "Look: https://music.apple.com/gb/song/x/456",
        "https://music.apple.com/gb/song/" + "4" * 3000,
    ],
)
def test_anything_else_is_no_link(text):
    assert parse_link(text) is None


@given(st.text())
def test_any_text_is_survived(text):
    for candidate in (
        text,
        f"https://music.apple.com/{text}",
        f"https://music.apple.com/gb/album/x/1?i={text}",
    ):
        target = parse_link(candidate)
        assert target is None or target.id.isascii()
        assert target is None or target.id.isdecimal()


@given(st.sampled_from(["gb", "us", "jp"]), st.integers(1, 10**12), st.integers(1, 10**12))
def test_a_link_gives_back_its_numbers(shop, album, song):
    assert parse_link(f"https://music.apple.com/{shop}/album/x/{album}?i={song}") == LinkTarget(
        "song", str(song), shop, str(album)
    )

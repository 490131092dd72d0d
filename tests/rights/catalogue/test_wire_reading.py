"""Whatever arrives is read without a crash, and wrong kinds count as not said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rights.catalogue.wire import read_album, read_data, read_song, read_storefront

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)
NAMES = [
    "name", "artistName", "albumName", "isrc", "durationInMillis", "genreNames", "releaseDate",
    "artwork", "previews", "url", "playParams", "contentRating", "trackNumber", "recordLabel",
    "copyright", "upc", "isCompilation", "isSingle", "trackCount", "defaultLanguageTag",
]  # fmt: skip


@given(st.dictionaries(st.sampled_from(NAMES), JSON), JSON)
def test_attributes_of_any_kind_are_survived(attributes, relationships):
    resource = {"id": "1", "attributes": attributes, "relationships": relationships}

    song, album = read_song(resource), read_album(resource)

    assert song.id == album.id == read_storefront(resource).id == "1"
    for text in (song.title, song.artist, song.isrc, song.url, album.label, album.p_line):
        assert isinstance(text, str)
        assert "\0" not in text
    assert song.duration_ms is None or song.duration_ms > 0


@given(JSON)
def test_what_is_no_resource_is_nothing(resource):
    for read in (read_song, read_album, read_storefront):
        found = read(resource)
        assert found is None or found.id
    assert isinstance(read_data(resource if isinstance(resource, dict) else {}), list)


@pytest.mark.parametrize(
    ("attributes", "field", "value"),
    [
        ({"releaseDate": "2021-02-30"}, "release_date", None),
        ({"releaseDate": "tomorrow"}, "release_text", ""),
        ({"durationInMillis": True}, "duration_ms", None),
        ({"durationInMillis": -5}, "duration_ms", None),
        ({"url": "javascript:alert(1)"}, "url", ""),
        ({"artwork": {"url": "data:image/png;base64,x"}}, "artwork_url", ""),
        ({"artwork": {"bgColor": "red; background: url(x)"}}, "artwork_colour", ""),
        ({"artwork": {"bgColor": "FFAA00"}}, "artwork_colour", "ffaa00"),
        ({"previews": [{"url": "file:///etc/passwd"}]}, "preview_url", ""),
        ({"isrc": "zzsal2100001"}, "isrc", "ZZSAL2100001"),
        ({"contentRating": "clean"}, "explicit", False),
        ({"genreNames": ["Music", "Folk", 3, ""]}, "genres", ("Folk",)),
        ({"playParams": {}}, "playable", False),
        ({"name": "x" * 900}, "title", "x" * 500),
    ],
)
def test_what_cannot_be_right_is_left_out(attributes, field, value):
    assert getattr(read_song({"id": "1", "attributes": attributes}), field) == value

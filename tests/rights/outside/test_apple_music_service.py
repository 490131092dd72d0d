"""Apple Music as the product asks it: settings, shared memory, what people type."""

from __future__ import annotations

import pytest

from rights.catalogue.types import CatalogueNotFoundError, CatalogueUnavailableError
from rights.models import OrganisationStorefront
from rights.selectors.storefronts import storefront_of
from rights.services.apple_music import apple_music
from rights.services.catalogue_search import catalogue_search


@pytest.fixture
def apple(sandbox, settings, db):
    settings.APPLE_MUSIC_URL = sandbox["apple_music"].url
    settings.APPLE_MUSIC_CACHE_S = 60
    return sandbox["apple_music"]


def test_the_stand_in_is_asked_once_and_the_answer_is_shared(apple):
    for _ in range(3):
        assert apple_music().song("910000001", "gb").title == "Harbour Lights"

    assert len(apple.journal("/v1/")) == 1
    assert apple.journal("/v1/")[0]["headers"]["authorization"] == "[present]"


def test_an_empty_address_turns_it_off(apple, settings):
    settings.APPLE_MUSIC_URL = ""

    with pytest.raises(CatalogueUnavailableError) as raised:
        apple_music().song("910000001", "gb")

    assert raised.value.code == "catalogue.off"
    assert apple.journal("/v1/") == []


def test_words_are_searched_for(apple):
    page = catalogue_search(text="harbour lights", storefront="gb")

    assert [song.artist for song in page.items] == ["Marlow Quay", "Sable Theory"]


def test_an_isrc_gives_all_that_is_listed_under_it(apple):
    page = catalogue_search(text="ISRC ZZ-SAL-21-00002", storefront="gb")

    assert [song.id for song in page.items] == ["910000002", "910009001", "910009002"]
    assert catalogue_search(text="ZZTST2699999", storefront="gb").items == ()


def test_a_link_gives_its_song(apple):
    link = "https://music.apple.com/gb/album/low-tide-letters/900000001?i=910000001"

    assert [s.id for s in catalogue_search(text=link, storefront="gb").items] == ["910000001"]


def test_a_link_to_another_country_gives_what_is_sold_here(apple):
    link = "https://music.apple.com/jp/album/field-notes/900000004?i=910009005"

    assert [s.id for s in catalogue_search(text=link, storefront="gb").items] == ["910000301"]


def test_a_link_to_what_is_only_sold_there_gives_it_from_there(apple):
    link = "https://music.apple.com/jp/album/x/900000010?i=910009012"

    (song,) = catalogue_search(text=link, storefront="gb").items

    assert (song.id, song.title) == ("910009012", "Paper Moon (Tokyo Take)")


def test_a_link_to_nothing_is_said_to_be_missing(apple):
    with pytest.raises(CatalogueNotFoundError):
        catalogue_search(text="https://music.apple.com/gb/song/x/1", storefront="gb")


def test_a_link_to_an_album_names_no_song(apple):
    link = "https://music.apple.com/gb/album/low-tide-letters/900000001"

    assert catalogue_search(text=link, storefront="gb").items == ()
    assert apple.journal("/v1/") == []


def test_an_organisation_looks_in_its_own_country(cast, settings):
    settings.APPLE_MUSIC_STOREFRONT = "fr"
    assert storefront_of(cast.studio) == "fr"

    OrganisationStorefront.objects.create(organisation=cast.studio, storefront="jp")

    assert storefront_of(cast.studio) == "jp"

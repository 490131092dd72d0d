"""The country of the search is chosen on the page of a song, by a form that needs no JavaScript."""

from __future__ import annotations

import re
from html import unescape

import pytest

from accounts.models import AuditEntry
from rights.catalogue import transport
from rights.models import OrganisationStorefront
from tests.rights.views.conftest import PART

pytestmark = pytest.mark.django_db


def body(response) -> str:
    return unescape(response.content.decode())


@pytest.fixture
def apple(sandbox, settings):
    """The stand-in of Apple Music, asked by the product over HTTP."""
    settings.APPLE_MUSIC_URL = sandbox["apple_music"].url
    settings.APPLE_MUSIC_CACHE_S = 0
    settings.APPLE_MUSIC_STOREFRONT = "gb"
    return sandbox["apple_music"]


@pytest.fixture
def url(undecided) -> str:
    """The page of a song that may be one of two recordings."""
    song_set, track, _match = undecided()
    return f"/sets/{song_set.pk}/songs/{track.pk}/"


def chosen() -> list[str]:
    return list(OrganisationStorefront.objects.values_list("storefront", flat=True))


def trail() -> int:
    return AuditEntry.objects.filter(action="rights.storefront.chosen").count()


def test_the_page_offers_every_country_with_the_current_one_chosen(as_alice, apple, url):
    page = body(as_alice.get(url, {"q": "harbour & co", "countries": "1"}))
    assert f'<form method="post" action="{url}storefront/" id="storefront"' in page
    assert re.findall(r'<option value="(\w\w)"', page) == ["fr", "de", "jp", "gb", "us"]
    assert '<option value="gb" selected>United Kingdom</option>' in page
    assert '<input type="hidden" name="q" value="harbour & co" form="storefront">' in page
    assert '<label class="field-label" for="storefront-choice">Country</label>' in page


def test_a_country_is_chosen_and_the_same_words_are_searched_there(as_alice, apple, url):
    answer = as_alice.post(f"{url}storefront/", {"storefront": "jp", "q": "paper moon"})
    assert (answer.status_code, answer["Location"]) == (302, f"{url}?q=paper+moon#search")
    page = body(as_alice.get(answer["Location"]))
    assert "Your organisation looks its songs up in this country: Japan." in page
    assert "country (JP)." in page
    assert "Paper Moon (Tokyo Take)" in page, "it is sold in Japan only"
    assert (chosen(), trail()) == (["jp"], 1)


def test_without_words_the_search_is_led_back_to_empty(as_alice, apple, url):
    assert as_alice.post(f"{url}storefront/", {"storefront": "us"})["Location"] == f"{url}#search"


def test_while_typing_the_words_go_along_with_the_country(as_alice, apple, url):
    part = body(as_alice.get(url, {"q": "harbour"}, headers=PART))
    assert '<input type="hidden" name="q" value="harbour" form="storefront">' in part
    assert "<select" not in part
    assert apple.journal("/v1/storefronts") == []


@pytest.mark.parametrize("wrong", ["xx", "", "Japan"])
def test_a_country_without_a_shop_is_refused_in_words(as_alice, apple, url, wrong):
    answer = as_alice.post(f"{url}storefront/", {"storefront": wrong, "q": "moon"}, follow=True)
    assert answer.redirect_chain == [(f"{url}?q=moon#search", 302)]
    assert f"Apple Music has no storefront “{wrong}”. Nothing was changed." in body(answer)
    assert (chosen(), trail()) == ([], 0)


def test_a_service_that_is_down_changes_nothing_and_says_so(as_alice, apple, url):
    OrganisationStorefront.objects.create(
        organisation=as_alice.get(url).context["song_set"].organisation, storefront="fr"
    )
    apple.fail("503", times=40)
    page = body(as_alice.post(f"{url}storefront/", {"storefront": "jp"}, follow=True))
    assert "Your songs are safe." in page
    page = body(as_alice.get(url, {"countries": "1"}))
    assert "<option" not in page
    assert "country (FR)." in page
    assert "The other countries cannot be shown at the moment." in page
    assert 'countries=1#search">Try again</a>' in page
    assert (chosen(), trail()) == (["fr"], 0)


def test_a_matched_song_needs_no_search_and_asks_nobody(as_alice, apple, three):
    track = three.entries.first().track
    assert "<select" not in body(as_alice.get(f"/sets/{three.pk}/songs/{track.pk}/"))
    assert apple.journal("/v1/") == []


def test_a_viewer_a_stranger_and_a_label_choose_nothing(as_vera, as_charlie, as_rita, apple, url):
    before = chosen(), trail()
    for client, status in ((as_vera, 403), (as_charlie, 404), (as_rita, 404)):
        answer = client.post(f"{url}storefront/", {"storefront": "jp"})
        assert answer.status_code == status
        assert client.get(f"{url}storefront/").status_code == 405
    assert 'id="storefront"' not in body(as_vera.get(url))
    assert (chosen(), trail()) == before == ([], 0)
    assert apple.journal("/v1/") == []


def test_the_page_asks_nobody_and_loads_the_countries_behind_it(as_alice, apple, url):
    apple.fail("slow", times=0, delay_s=60, path="/v1/storefronts")

    page = body(as_alice.get(url))

    assert apple.journal("/v1/storefronts") == [], "a service that hangs holds no page up"
    assert f'hx-get="{url}?countries=1" hx-trigger="load"' in page, (
        "a mark would make the page jump"
    )
    assert f'href="{url}?countries=1#search">Choose another country</a>' in page


def test_a_service_that_hangs_is_given_up_in_the_part_after_the_page(
    as_alice, apple, url, monkeypatch
):
    monkeypatch.setattr(transport, "SHORTEST_S", 0.2)
    apple.fail("slow", times=0, delay_s=60, path="/v1/storefronts")

    part = as_alice.get(url, {"countries": "1"}, headers=PART)

    assert part.status_code == 200
    assert body(part).lstrip().startswith('<div id="storefront-part"')
    assert "Apple Music could not be reached in time." in body(part)
    assert "hx-trigger" not in body(part), "it is not asked again by itself"
    apple.http.delete(f"{apple.url}/_sandbox/faults")


def test_the_part_is_the_form_and_the_next_page_has_it_from_memory(as_alice, apple, url, settings):
    settings.APPLE_MUSIC_CACHE_S = 60
    part = body(as_alice.get(url, {"countries": "1", "q": "moon"}, headers=PART))
    assert '<option value="jp">Japan</option>' in part
    asked = len(apple.journal("/v1/storefronts"))

    page = body(as_alice.get(url))

    assert '<option value="jp">Japan</option>' in page
    assert 'hx-trigger="load"' not in page
    assert len(apple.journal("/v1/storefronts")) == asked == 1


def test_a_viewer_gets_no_countries(as_vera, as_charlie, apple, url):
    assert as_vera.get(url, {"countries": "1"}, headers=PART).status_code == 403
    assert as_charlie.get(url, {"countries": "1"}, headers=PART).status_code == 404
    assert "<option" not in body(as_vera.get(url, {"countries": "1"}))
    assert apple.journal("/v1/storefronts") == []

"""An organisation chooses the country it looks its songs up in, from the list that Apple answers."""

from __future__ import annotations

import pytest

from accounts.domain.actions import WORDS, action_sentence
from accounts.models import AuditEntry
from rights.catalogue.types import CatalogueNotFoundError, CatalogueUnavailableError
from rights.models import OrganisationStorefront
from rights.policies import can_choose_storefront
from rights.selectors.storefronts import storefront_of
from rights.services.storefronts import storefront_choose, storefront_offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def apple(sandbox, settings):
    """The stand-in of Apple Music, asked over HTTP; its answers are remembered."""
    settings.APPLE_MUSIC_URL = sandbox["apple_music"].url
    settings.APPLE_MUSIC_CACHE_S = 60
    settings.APPLE_MUSIC_RATE = 1_000.0
    settings.APPLE_MUSIC_STOREFRONT = "gb"
    return sandbox["apple_music"]


def trail() -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(action="rights.storefront.chosen"))


def test_a_country_is_chosen_and_stands_in_the_trail(apple, cast):
    chosen = storefront_choose(organisation=cast.studio, storefront=" JP ", actor=cast.alice)
    assert (chosen.id, chosen.name) == ("jp", "Japan")
    assert storefront_of(cast.studio) == "jp"
    assert storefront_of(cast.label) == "gb", "nobody else's songs are looked up elsewhere"
    (entry,) = trail()
    assert (entry.actor, entry.organisation) == (cast.alice, cast.studio)
    assert entry.data == {"from": "gb", "to": "jp"}
    sentence = action_sentence(WORDS[entry.action], entry.data)
    assert sentence == "chose the country jp to look songs up in, instead of gb"


def test_a_choice_is_changed_in_place(apple, cast):
    for storefront in ("jp", "fr", "gb"):
        storefront_choose(organisation=cast.studio, storefront=storefront, actor=cast.alice)
    assert OrganisationStorefront.objects.get(organisation=cast.studio).storefront == "gb"
    steps = {(entry.data["from"], entry.data["to"]) for entry in trail()}
    assert steps == {("gb", "jp"), ("jp", "fr"), ("fr", "gb")}


def test_choosing_what_holds_writes_nothing_and_asks_nobody(apple, cast):
    storefront_choose(organisation=cast.studio, storefront="gb", actor=cast.alice)
    assert not OrganisationStorefront.objects.exists()
    assert (trail(), apple.journal("/v1/")) == ([], [])
    for _ in range(2):
        storefront_choose(organisation=cast.studio, storefront="us", actor=cast.alice)
    assert len(trail()) == 1


@pytest.mark.parametrize("wrong", ["", "xx", "Japan", "j\0", "../catalog"])
def test_a_country_without_a_shop_is_refused_and_nothing_changes(apple, cast, wrong):
    storefront_choose(organisation=cast.studio, storefront="fr", actor=cast.alice)
    with pytest.raises(CatalogueNotFoundError) as refusal:
        storefront_choose(organisation=cast.studio, storefront=wrong, actor=cast.alice)
    assert refusal.value.code == "catalogue.storefront_unknown"
    assert "Nothing was changed." in refusal.value.message
    assert (storefront_of(cast.studio), len(trail())) == ("fr", 1)


def test_nothing_is_chosen_while_nobody_can_say_what_there_is(apple, cast, settings):
    settings.APPLE_MUSIC_URL = ""
    with pytest.raises(CatalogueUnavailableError):
        storefront_choose(organisation=cast.studio, storefront="jp", actor=cast.alice)
    assert (storefront_of(cast.studio), trail()) == ("gb", [])


def test_every_country_is_offered_and_the_list_is_asked_for_once(apple, cast):
    for _ in range(2):
        offer = storefront_offer(organisation=cast.studio)
    assert [one.id for one in offer.options] == ["fr", "de", "jp", "gb", "us"]
    assert (offer.current, offer.refusal) == ("gb", "")
    assert len(apple.journal("/v1/storefronts")) == 1


def test_a_country_that_is_no_longer_listed_is_still_the_one_that_holds(apple, cast):
    OrganisationStorefront.objects.create(organisation=cast.studio, storefront="nz")
    offer = storefront_offer(organisation=cast.studio)
    assert (offer.current, offer.options[0].id, offer.options[0].name) == ("nz", "nz", "NZ")
    assert len(offer.options) == 6


def test_a_service_that_is_down_leaves_the_current_one_and_its_sentence(apple, cast):
    OrganisationStorefront.objects.create(organisation=cast.studio, storefront="jp")
    apple.fail("503", times=20)
    offer = storefront_offer(organisation=cast.studio)
    assert [(one.id, one.name) for one in offer.options] == [("jp", "JP")]
    assert "Apple Music" in offer.refusal
    assert len(apple.journal("/v1/storefronts")) == 1, "a page does not wait for a second try"


def test_owners_and_editors_choose_for_their_own_workspace_only(cast):
    def may(person, organisation):
        return can_choose_storefront(person.memberships.get(organisation=cast.studio), organisation)

    assert may(cast.alice, cast.studio)
    assert may(cast.bob, cast.studio)
    assert not may(cast.vera, cast.studio)
    assert not may(cast.alice, cast.label)

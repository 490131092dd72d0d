"""The door of the library: who gets in, and what the first visit shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from tests.cast import Cast


@pytest.mark.parametrize("person", ["alice", "bob", "vera"])
def test_every_member_sees_that_there_are_no_songs_yet(
    client: Client, cast: Cast, person: str
) -> None:
    client.force_login(getattr(cast, person))
    assert "Ten slots, no songs yet" in client.get("/library/").content.decode()


@pytest.mark.django_db
def test_a_visitor_is_sent_to_log_in_and_comes_back(client: Client) -> None:
    response = client.get("/library/")
    assert response.status_code == 302
    assert response["Location"] == "/account/login/?next=/library/"


def test_someone_without_an_organisation_is_sent_to_make_one(client: Client, cast: Cast) -> None:
    client.force_login(cast.sam)
    response = client.get("/library/")
    assert response.status_code == 302
    assert response["Location"].startswith("/organisations/new/")


def test_the_list_itself_takes_no_post(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    assert client.post("/library/").status_code == 405

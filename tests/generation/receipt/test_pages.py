"""``/verify/…``: for everybody, the bytes as they were signed, and nothing beyond the receipt."""

from __future__ import annotations

import json
import uuid

import pytest
from django.urls import reverse

from generation.attribution.verification import verify
from generation.models import Receipt, Song
from generation.services.receipts import receipt_issue
from generation.services.songs import song_delete
from tests.generation.finished import make_finished_song
from tests.generation.receipt.facts import KEY, OTHER_KEY, SEED_KEY

pytestmark = pytest.mark.django_db


@pytest.fixture
def receipt(cast, settings):
    settings.RECEIPT_KEYS = [SEED_KEY]
    song = make_finished_song(cast.studio, "A secret title")
    return receipt_issue(version=song.current)


def page_of(client, number):
    return client.get(f"/verify/{number}")


def test_a_visitor_reads_what_a_receipt_proves(client, receipt):
    response = page_of(client, receipt.pk)
    text = response.content.decode()

    assert response.status_code == 200
    assert "Signed here, unchanged since, and every share adds up." in text
    assert text.count("receipt-success") == 4
    assert "receipt-error" not in text
    assert receipt.version.audio_sha256 in text
    assert KEY.key_id in text
    for source in receipt.version.sources.exclude(isrc=""):
        assert source.isrc in text
    assert "670,000" not in text
    assert "67.00&nbsp;% of it was agreed" in text
    assert ">32, to 1:04<" in text, "the bars end before the sound does: it is not the length"


def test_it_is_found_by_the_number_that_stands_in_the_file_as_well(client, receipt):
    number = json.loads(receipt.body)["version_id"]

    assert page_of(client, number).context["page"].receipt_id == receipt.pk


def test_nothing_is_shown_that_the_receipt_does_not_say(client, receipt, cast):
    text = page_of(client, receipt.pk).content.decode()

    for private in ("A secret title", cast.studio.name, cast.alice.email, cast.alice.name):
        assert private not in text


def test_without_javascript_the_page_names_the_command(client, receipt):
    text = page_of(client, receipt.pk).content.decode()

    assert "sha256sum song.wav" in text
    assert "manage.py verify_receipt receipt.json --audio song.wav" in text
    assert '<form class="receipt-take" data-part="form" hidden>' in text


def test_a_page_costs_one_query_however_long_the_song(client, receipt, django_assert_num_queries):
    with django_assert_num_queries(1):
        page_of(client, receipt.pk)


def test_the_page_stays_in_the_visitors_own_browser(client, receipt):
    response = page_of(client, receipt.pk)

    assert response["Cache-Control"] == "private, max-age=300"
    assert "Cookie" in response["Vary"]


@pytest.mark.parametrize(
    "number",
    ["00000000-0000-4000-8000-000000000000", "1", "..", "%00", "x" * 500, "receipt.json", "KEYS"],
)
def test_an_unknown_number_gets_a_clear_answer(client, db, number):
    response = page_of(client, number)

    assert response.status_code == 404
    assert "We have issued no receipt of this number" in response.content.decode()


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("name", ["receipt-verify", "receipt-file"])
def test_nobody_can_change_a_receipt_here(client, receipt, name, method):
    body = receipt.body
    address = {"number": receipt.pk} if name == "receipt-verify" else {"receipt_id": receipt.pk}
    response = getattr(client, method)(reverse(f"generation:{name}", kwargs=address))

    assert response.status_code == 405
    assert Receipt.objects.get().body == body


def test_the_file_is_the_receipt_byte_for_byte(client, receipt):
    response = client.get(f"/verify/{receipt.pk}.json")

    assert response.content.decode() == receipt.body
    assert verify(response.content, keys={KEY.public}).valid
    assert response["Content-Type"] == "application/json"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "public, max-age=86400, immutable"
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


def test_whoever_has_the_file_is_not_sent_it_again(client, receipt):
    etag = client.get(f"/verify/{receipt.pk}.json")["ETag"]
    again = client.get(f"/verify/{receipt.pk}.json", headers={"If-None-Match": etag})

    assert etag == f'"{receipt.sha256}"'
    assert again.status_code == 304
    assert again.content == b""


def test_an_unknown_file_is_a_short_answer_for_programs(client, db):
    response = client.get(f"/verify/{uuid.uuid4()}.json")

    assert response.status_code == 404
    assert "no receipt" in response.json()["error"]


def test_a_receipt_outlives_its_song(client, receipt, cast):
    song_delete(song=receipt.version.song, actor=cast.alice)

    assert Song.objects.get().deleted_at is not None
    assert page_of(client, receipt.pk).status_code == 200


def test_a_key_that_was_taken_away_is_said_so(client, receipt, settings):
    settings.RECEIPT_KEYS = [OTHER_KEY]
    response = page_of(client, receipt.pk)
    text = response.content.decode()

    assert response.status_code == 200
    assert not response.context["page"].is_genuine
    assert "did not pass every check. Do not rely on it." in text
    assert "The key is not one that this installation publishes" in text
    assert text.count("receipt-error") == 1


def test_the_keys_are_published_for_people_and_programs(client, db, settings):
    settings.RECEIPT_KEYS = [OTHER_KEY, f"public:{KEY.public}"]
    page, file = client.get("/verify/keys"), client.get("/verify/keys.json")

    assert KEY.public in page.content.decode()
    assert [key["signs"] for key in file.json()["keys"]] == [True, False]
    assert file.json()["keys"][1] == {
        "key_id": KEY.key_id,
        "alg": "Ed25519",
        "public_key": KEY.public,
        "signs": False,
    }
    assert file["Access-Control-Allow-Origin"] == "*"
    for response in (page, file):
        assert OTHER_KEY not in response.content.decode()


def test_before_the_first_receipt_there_is_no_key_and_the_page_says_so(
    client, db, settings, tmp_path
):
    settings.RECEIPT_KEYS, settings.VAR_DIR = [], tmp_path

    assert "No key yet" in client.get("/verify/keys").content.decode()
    assert client.get("/verify/keys.json").json() == {"keys": []}

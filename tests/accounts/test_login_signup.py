"""Sign-up with a verified address, and nothing that tells strangers who has an account."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress

from accounts.models import OutgoingMail, User
from tests.accounts.conftest import code_in
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db
SIGNUP, LOGIN, CONFIRM = "/account/signup/", "/account/login/", "/account/confirm-email/"
GOOD = "seven green bicycles"


def test_sign_up_asks_for_the_code_and_then_lets_in(client, deliver_mail):
    page = client.post(SIGNUP, {"email": "New@Example.com", "password1": GOOD})
    assert page.status_code == 302
    assert page.url == CONFIRM
    assert "_auth_user_id" not in client.session

    [mail] = deliver_mail()
    assert mail.to == ["new@example.com"]
    code = code_in(mail.body)
    assert mail.subject == f"{code} is your code for Tenfold"

    page = client.post(CONFIRM, {"code": code})
    assert page.status_code == 302
    user = User.objects.get(email="new@example.com")
    assert client.session["_auth_user_id"] == str(user.pk)
    address = EmailAddress.objects.get(user=user)
    assert (address.verified, address.primary) == (True, True)


def test_wrong_code_says_so_and_three_of_them_end_the_attempt(client, deliver_mail):
    client.post(SIGNUP, {"email": "new@example.com", "password1": GOOD})
    code = code_in(deliver_mail()[0].body)
    for _attempt in range(2):
        page = client.post(CONFIRM, {"code": "WRONGS"})
        assert page.status_code == 422
        assert "That code is not right" in page.content.decode()
    assert client.post(CONFIRM, {"code": "WRONGS"}).url == LOGIN
    assert client.post(CONFIRM, {"code": code}).url == LOGIN  # even the right one is void now
    assert not EmailAddress.objects.get(email="new@example.com").verified
    assert "_auth_user_id" not in client.session


def test_unverified_person_cannot_log_in(client, deliver_mail):
    client.post(SIGNUP, {"email": "new@example.com", "password1": GOOD})
    client.cookies.clear()
    with a_minute_later():
        page = client.post(LOGIN, {"login": "new@example.com", "password": GOOD})
    assert page.url == CONFIRM
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"email": "new@example.com", "password1": "short"}, "at least 12 characters"),
        ({"email": "new@example.com", "password1": "password1234"}, "too common"),
        ({"email": "new@example.com", "password1": ""}, "required"),
        ({"email": "not an address", "password1": GOOD}, "valid email address"),
    ],
)
def test_bad_input_comes_back_with_what_was_typed(client, fields, complaint):
    page = client.post(SIGNUP, fields)
    html = page.content.decode()
    assert page.status_code == 422
    assert complaint in html
    assert f'value="{fields["email"]}"' in html
    assert not User.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_taken_address_looks_like_a_new_one(client, cast, deliver_mail):
    def sign_up(email):
        answer = client.post(SIGNUP, {"email": email, "password1": GOOD})
        page = client.get(CONFIRM)
        client.cookies.clear()
        body = page.content.decode().replace(email, "…")
        return answer.status_code, answer.url, page.status_code, without_tokens(body)

    assert sign_up("alice@example.com") == sign_up("nobody@example.com")
    to_alice, to_nobody = deliver_mail()
    assert to_alice.subject == "You already have an account"
    assert to_alice.to == ["alice@example.com"]
    assert "is your code" in to_nobody.subject
    assert User.objects.get(email="alice@example.com").check_password(PASSWORD)


def test_resend_tells_nothing_either(client, cast, deliver_mail):
    def resend(email):
        client.post(SIGNUP, {"email": email, "password1": GOOD})
        at_once = client.post(CONFIRM, {"action": "resend"})
        with a_minute_later():
            later = client.post(CONFIRM, {"action": "resend"})
            page = client.get(CONFIRM).content.decode().replace(email, "…")
        client.cookies.clear()
        return at_once.status_code, later.status_code, later.url, without_tokens(page)

    assert resend("alice@example.com") == resend("nobody@example.com")
    mails = deliver_mail()
    assert [m.subject for m in mails if m.to == ["alice@example.com"]] == [
        "You already have an account"
    ]
    assert len(mails) == 3  # a newcomer gets the first code and the one asked for later


def test_a_new_code_voids_the_first(client, deliver_mail):
    client.post(SIGNUP, {"email": "new@example.com", "password1": GOOD})
    with a_minute_later():
        client.post(CONFIRM, {"action": "resend"})
        first, second = (code_in(mail.body) for mail in deliver_mail())
        assert "That code is not right" in client.post(CONFIRM, {"code": first}).content.decode()
        assert client.post(CONFIRM, {"code": second}).status_code == 302
    assert EmailAddress.objects.get(email="new@example.com").verified


def test_the_eleventh_sign_up_in_a_minute_is_refused(client, deliver_mail):
    for n in range(10):
        client.post(SIGNUP, {"email": f"n{n}@example.com", "password1": GOOD})
        client.cookies.clear()
    page = client.post(SIGNUP, {"email": "n10@example.com", "password1": GOOD})
    assert page.status_code == 429
    assert "not carried out" in page.content.decode()
    assert User.objects.count() == 10
    assert OutgoingMail.objects.count() == 10


def without_tokens(html: str) -> str:
    """Drop what differs on every answer: CSRF tokens and nonces."""
    html = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", html)
    html = re.sub(r'nonce="[^"]*"', "", html)
    return re.sub(r'"X-CSRFToken": *"\w+"', "", html)


def a_minute_later():
    """Move the clock beyond the half minute between two codes to one address."""
    return time_machine.travel(datetime.now(UTC) + timedelta(minutes=1), tick=True)

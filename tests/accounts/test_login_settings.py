"""Profile, password, address and sessions of somebody who is logged in."""

from __future__ import annotations

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import OutgoingMail
from accounts.selectors.security import session_list
from tests.accounts.conftest import code_in
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db
GOOD = "seven green bicycles"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1"
)
PAGES = ["/settings/profile/", "/settings/security/", "/settings/sessions/"]


def log_in(client, user, **extra):
    """Give the password."""
    answer = client.post("/account/login/", {"login": user.email, "password": PASSWORD}, **extra)
    assert answer.status_code == 302


def answered(client, path, data=None):
    """Post ``path``, answer "is it you?", and return what came of the post."""
    asked = client.post(path, data)
    assert asked.url.startswith("/account/reauthenticate/"), "no question asked"
    return client.post(asked.url, {"password": PASSWORD, "next": path})


@pytest.fixture
def alice(client, cast):
    """Alice, logged in at ``client``."""
    log_in(client, cast.alice)
    return cast.alice


@pytest.mark.parametrize("path", PAGES)
def test_page_needs_a_log_in_and_comes_back_after_it(client, cast, path):
    asked = client.get(path)
    assert asked.url == f"/account/login/?next={path}"
    log_in(client, cast.alice)
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES[1:])
def test_page_that_only_shows_refuses_a_post(client, alice, path):
    assert client.post(path).status_code == 405


def test_pages_of_the_library_lead_to_ours(client, alice):
    assert client.get("/account/2fa/").url == "/settings/security/"
    assert client.get("/account/sessions/").url == "/settings/sessions/"


def test_name_is_saved(client, alice):
    answer = client.post("/settings/profile/", {"name": "  Alice Archer "})
    assert answer.url == "/settings/profile/"
    alice.refresh_from_db()
    assert alice.name == "Alice Archer"


def test_name_that_is_too_long_comes_back_and_changes_nothing(client, alice):
    page = client.post("/settings/profile/", {"name": "x" * 121})
    assert page.status_code == 422
    assert "x" * 121 in page.content.decode()
    alice.refresh_from_db()
    assert alice.name == "Alice"


def test_new_password_ends_other_sessions_and_keeps_this_one(client, alice, deliver_mail):
    elsewhere = Client()
    log_in(elsewhere, alice)
    answer = client.post(
        "/account/password/change/",
        {"oldpassword": PASSWORD, "password1": GOOD, "password2": GOOD},
    )
    assert answer.url == "/settings/security/"
    assert client.get("/settings/security/").status_code == 200
    assert elsewhere.get("/settings/security/").status_code == 302
    alice.refresh_from_db()
    assert alice.check_password(GOOD)
    [mail] = deliver_mail()
    assert mail.subject == "Your password was changed"
    assert "List-Unsubscribe" not in mail.extra_headers


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"oldpassword": "wrong wrong wrong"}, "current password"),
        ({"password2": "another one entirely"}, "same password each time"),
        ({"password1": "alice@example.com", "password2": "alice@example.com"}, "too similar"),
    ],
)
def test_bad_password_change_changes_nothing(client, alice, fields, complaint):
    good = {"oldpassword": PASSWORD, "password1": GOOD, "password2": GOOD}
    page = client.post("/account/password/change/", {**good, **fields})
    assert complaint in page.content.decode()
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)
    assert not OutgoingMail.objects.exists()


def test_address_changes_once_its_code_is_entered_and_the_old_one_hears_of_it(
    client, alice, deliver_mail
):
    elsewhere = Client()
    log_in(elsewhere, alice)
    answered(client, "/account/email/", {"email": "alice@new.example", "action_add": ""})
    [mail] = deliver_mail()
    assert mail.to == ["alice@new.example"]
    alice.refresh_from_db()
    assert alice.email == "alice@example.com"  # not yet

    client.post("/account/confirm-email/", {"code": code_in(mail.body)})
    alice.refresh_from_db()
    assert alice.email == "alice@new.example"
    assert list(EmailAddress.objects.filter(user=alice).values_list("email", "verified")) == [
        ("alice@new.example", True)
    ]
    [notice] = deliver_mail()
    assert notice.to == ["alice@example.com"]
    assert notice.subject == "Your e-mail address was changed"
    assert "alice@new.example" in notice.body
    assert elsewhere.get("/settings/security/").status_code == 302
    assert client.get("/settings/security/").status_code == 200


def test_change_of_address_asks_for_the_password_first(client, alice):
    answer = client.post("/account/email/", {"email": "alice@new.example", "action_add": ""})
    assert answer.url.startswith("/account/reauthenticate/")
    assert not OutgoingMail.objects.exists()


def test_address_of_another_cannot_be_taken_and_is_not_betrayed(client, alice, deliver_mail):
    taken = {"email": "bob@example.com", "action_add": ""}
    free = {"email": "nobody@example.com", "action_add": ""}
    answers = [
        answered(client, "/account/email/", taken),
        client.post("/account/email/", free),
    ]
    assert answers[0].status_code == answers[1].status_code == 302
    assert answers[0].url == answers[1].url
    to_bob = [m for m in deliver_mail() if m.to == ["bob@example.com"]]
    assert [m.subject for m in to_bob] == ["You already have an account"]
    alice.refresh_from_db()
    assert alice.email == "alice@example.com"


def test_sessions_are_listed_with_device_and_place(client, cast):
    log_in(client, cast.alice, headers={"user-agent": FIREFOX})
    log_in(Client(), cast.alice, headers={"user-agent": IPHONE}, REMOTE_ADDR="81.2.69.142")
    log_in(Client(), cast.bob)
    html = client.get("/settings/sessions/", headers={"user-agent": FIREFOX}).content.decode()
    assert html.count("Last used") + html.count("In use now") == 2
    assert html.index("Firefox · Linux") < html.index("this device") < html.index("Safari · iPhone")
    assert "81.2.69.142" in html
    assert "local network" in html


def test_session_ended_from_here_is_really_ended_there(client, alice):
    elsewhere = Client()
    log_in(elsewhere, alice)
    [other] = [row for row in rows(client, alice) if not row.is_current]
    key = elsewhere.session.session_key
    answer = answered(client, f"/settings/sessions/{other.id}/end/")
    assert answer.url == "/settings/sessions/"
    assert elsewhere.get("/settings/security/").status_code == 302
    assert not Session.objects.filter(session_key=key).exists()
    assert [row.is_current for row in rows(client, alice)] == [True]


def test_without_the_password_no_session_ends(client, alice):
    elsewhere = Client()
    log_in(elsewhere, alice)
    [other] = [row for row in rows(client, alice) if not row.is_current]
    asked = client.post(f"/settings/sessions/{other.id}/end/")
    client.post(asked.url, {"password": "wrong wrong wrong"})
    assert elsewhere.get("/settings/security/").status_code == 200


def test_all_others_end_at_once(client, alice):
    others = [Client(), Client()]
    for other in others:
        log_in(other, alice)
    answered(client, "/settings/sessions/end-others/")
    assert [other.get("/settings/security/").status_code for other in others] == [302, 302]
    assert client.get("/settings/security/").status_code == 200


def test_session_of_somebody_else_is_not_found(client, cast):
    bobs = Client()
    log_in(bobs, cast.bob)
    log_in(client, cast.charlie)
    session = UserSession.objects.get(user=cast.bob)
    assert answered(client, f"/settings/sessions/{session.pk}/end/").status_code == 404
    assert bobs.get("/settings/security/").status_code == 200


def test_last_use_is_written_every_five_minutes_not_on_every_request(
    client, alice, django_assert_num_queries
):
    client.get("/settings/profile/")
    before = UserSession.objects.get(user=alice).last_seen_at
    client.get("/settings/profile/")
    assert UserSession.objects.get(user=alice).last_seen_at == before
    with time_machine.travel(before.timestamp() + 301, tick=True):
        client.get("/settings/profile/")
        assert (UserSession.objects.get(user=alice).last_seen_at - before).total_seconds() >= 300


def rows(client, user):
    """Read the list as its page does."""
    return session_list(user=user, current_key=client.session.session_key)

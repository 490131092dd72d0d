"""Log-in with a password, its limits, and the reset of a forgotten one."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts.models import OutgoingMail
from tests.accounts.conftest import link_in
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db
LOGIN, RESET = "/account/login/", "/account/password/reset/"
GOOD = "seven green bicycles"


def log_in(client, user, password=PASSWORD, **extra):
    """Post the log-in form."""
    return client.post(LOGIN, {"login": user.email, "password": password, **extra})


def is_in(client) -> bool:
    """Ask a page that needs a log-in."""
    return client.get("/settings/security/").status_code == 200


def test_right_password_lets_in_and_goes_where_one_wanted(client, cast):
    page = log_in(client, cast.alice, next="/settings/profile/")
    assert page.url == "/settings/profile/"
    assert is_in(client)


def test_address_is_taken_in_any_case(client, cast):
    assert client.post(LOGIN, {"login": "ALICE@example.com", "password": PASSWORD}).url == "/"


def test_next_never_leads_to_another_site(client, cast):
    assert log_in(client, cast.alice, next="https://evil.example/").url == "/"


def test_session_key_changes_with_the_log_in(client, cast):
    client.get(LOGIN)
    client.session["before"] = "1"
    session = client.session
    session["x"] = "y"
    session.save()
    before = session.session_key
    log_in(client, cast.alice)
    assert client.session.session_key != before


def test_session_ends_with_the_browser_unless_asked_otherwise(client, cast):
    log_in(client, cast.alice)
    assert client.session.get_expire_at_browser_close()
    client.logout()
    log_in(client, cast.alice, remember="on")
    assert client.session.get_expiry_age() == 14 * 86_400


@pytest.mark.parametrize("login", ["alice@example.com", "nobody@example.com"])
def test_wrong_password_says_the_same_for_known_and_unknown(client, cast, login):
    page = client.post(LOGIN, {"login": login, "password": "wrong wrong wrong"})
    html = page.content.decode()
    assert page.status_code == 422
    assert "do not belong together" in html
    assert f'value="{login}"' in html
    assert "wrong wrong wrong" not in html
    assert not is_in(client)
    assert not OutgoingMail.objects.exists()


def test_fields_are_labelled_and_fill_themselves(client, db):
    html = client.get(LOGIN).content.decode()
    assert 'autocomplete="username webauthn"' in html
    assert 'autocomplete="current-password"' in html
    assert "E-mail address" in html
    assert "placeholder" not in html.split("<main")[1].split("</main")[0]


def test_sixth_wrong_password_within_five_minutes_is_not_even_tried(client, cast):
    for _attempt in range(5):
        log_in(client, cast.alice, "wrong wrong wrong")
    page = log_in(client, cast.alice)  # the right one
    assert "Too many failed attempts" in page.content.decode()
    assert not is_in(client)
    assert log_in(Client(), cast.bob).status_code == 302  # others are not hit
    assert not UserSession.objects.filter(user=cast.alice).exists()


def test_inactive_person_is_told_and_kept_out(client, cast):
    cast.alice.is_active = False
    cast.alice.save()
    page = client.get(log_in(client, cast.alice).url)
    assert "Account not active" in page.content.decode()
    assert not is_in(client)


def test_log_out_needs_a_click(client, cast):
    log_in(client, cast.alice)
    assert client.get("/account/logout/").status_code == 200
    assert is_in(client)
    assert client.post("/account/logout/").url == "/"
    assert not is_in(client)


def test_reset_sends_a_link_that_works_once_and_ends_every_session(client, cast, deliver_mail):
    elsewhere = Client()
    log_in(elsewhere, cast.alice)
    assert client.post(RESET, {"email": "alice@example.com"}).url == "/account/password/reset/done/"
    [mail] = deliver_mail()
    assert mail.subject == "Reset your password"
    link = link_in(mail.body, "/password/reset/key/")

    form = client.get(link, follow=True)
    answer = client.post(form.redirect_chain[-1][0], {"password1": GOOD, "password2": GOOD})
    assert answer.url == "/account/password/reset/key/done/"
    assert client.get(answer.url).status_code == 200
    assert not is_in(elsewhere)
    assert not UserSession.objects.filter(user=cast.alice).exists()
    assert log_in(Client(), cast.alice).status_code == 422  # the old one is refused
    assert log_in(Client(), cast.alice, GOOD).status_code == 302
    assert [m.subject for m in deliver_mail()] == ["Your password was reset"]

    again = Client().get(link, follow=True)
    assert "no longer works" in again.content.decode()


def test_reset_answers_the_same_for_unknown_addresses(client, cast, deliver_mail):
    known = client.post(RESET, {"email": "alice@example.com"})
    unknown = client.post(RESET, {"email": "nobody@example.com"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    to_alice, to_nobody = deliver_mail()
    assert to_alice.to == ["alice@example.com"]
    assert to_nobody.subject == "No account with this address"
    assert "/password/reset/key/" not in to_nobody.body


def test_fourth_reset_for_one_address_within_a_minute_is_refused(client, cast):
    for _ in range(3):
        client.post(RESET, {"email": "alice@example.com"})
    assert client.post(RESET, {"email": "alice@example.com"}).status_code == 429
    assert OutgoingMail.objects.count() == 3
    assert client.post(RESET, {"email": "bob@example.com"}).status_code == 302


def test_weak_new_password_is_refused_and_the_old_one_stays(client, cast, deliver_mail):
    client.post(RESET, {"email": "alice@example.com"})
    form = client.get(link_in(deliver_mail()[0].body, "/password/reset/key/"), follow=True)
    page = client.post(form.redirect_chain[-1][0], {"password1": "short", "password2": "short"})
    assert "at least 12 characters" in page.content.decode()
    assert log_in(Client(), cast.alice).status_code == 302


def test_mail_of_a_log_in_page_never_names_another_host(client, cast, deliver_mail):
    answer = client.post(RESET, {"email": "alice@example.com"}, HTTP_HOST="evil.example")
    assert answer.status_code == 400
    assert not OutgoingMail.objects.exists()

"""The link that stops a kind of mail: by hand, by one click, back again, and forged."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.core.signing import Signer
from django.test import Client
from django.urls import reverse

from accounts.constants import MAIL_STOP_PURPOSE
from accounts.domain.mail_kinds import ALWAYS, KINDS
from accounts.models import AuditEntry, MailRefusal, OutgoingMail, User
from accounts.services.invitations import invitation_send
from accounts.services.mail_preferences import mail_choice_by_token, mail_stop_url
from tests.accounts.conftest import link_in
from tests.accounts.outbox import send

pytestmark = pytest.mark.django_db

ONE_CLICK = "List-Unsubscribe=One-Click"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def path(cast) -> str:
    """Where Alice stops the mails about copies of her data."""
    return urlsplit(mail_stop_url(user=cast.alice, kind="export")).path


@pytest.fixture
def stranger() -> Client:
    """A browser or mail program without a session, held to the rules of CSRF."""
    return Client(enforce_csrf_checks=True)


def refusals() -> list[tuple[str, str]]:
    return list(MailRefusal.objects.values_list("user__email", "kind").order_by("user", "kind"))


def trail() -> list[tuple[str, dict]]:
    return list(AuditEntry.objects.order_by("id").values_list("action", "data"))


def press(client: Client, path: str, do: str):
    """Press a button of the page, with the secret that the page put into its form."""
    client.get(path)
    secret = client.cookies["csrftoken"].value
    return client.post(path, {"do": do, "csrfmiddlewaretoken": secret})


def forgeries(cast) -> list[str]:
    good = urlsplit(mail_stop_url(user=cast.alice, kind="export")).path.split("/")[2]
    value, signature = good.split("~")
    return [
        "x",
        f"{cast.bob.pk}.export~{signature}",
        f"{cast.alice.pk}.invitation~{signature}",
        f"{value}~{signature[:-1]}",
        good.swapcase(),
        value,
        Signer(salt="accounts.deletion", sep="~").sign(value),
        Signer(salt=MAIL_STOP_PURPOSE, sep="~").sign(f"{cast.alice.pk}.weather"),
        Signer(salt=MAIL_STOP_PURPOSE, sep="~").sign("999999.export"),
    ]


# ---------------------------------------------------------------- by hand


def test_looking_says_what_would_stop_and_what_keeps_coming_and_changes_nothing(stranger, path):
    for _again in range(2):
        page = stranger.get(path)
        assert page.status_code == 200
    text = page.content.decode()
    assert "Stop these mails?" in text
    assert KINDS["export"].title in text
    assert all(line in text for line in ALWAYS)
    assert page["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page["Cache-Control"]
    assert "alice" not in text.lower()
    assert stranger.head(path).status_code == 200
    assert not MailRefusal.objects.exists()
    assert trail() == []


def test_button_stops_the_mails_and_the_page_offers_the_way_back(stranger, path):
    answer = press(stranger, path, "refuse")
    assert (answer.status_code, answer["Location"]) == (302, path)
    assert refusals() == [("alice@example.com", "export")]
    text = stranger.get(path).content.decode()
    assert "These mails are stopped" in text
    assert "Send them again" in text
    assert "Stop these mails?" not in text
    press(stranger, path, "want")
    assert refusals() == []
    assert "Stop these mails?" in stranger.get(path).content.decode()
    assert trail() == [
        ("accounts.mail.refused", {"kind": "export", "by": "link"}),
        ("accounts.mail.wanted", {"kind": "export", "by": "link"}),
    ]
    assert AuditEntry.objects.first().actor == User.objects.get(email="alice@example.com")


def test_pressed_twice_is_pressed_once(stranger, path):
    press(stranger, path, "refuse")
    press(stranger, path, "refuse")
    assert len(refusals()) == len(trail()) == 1
    press(stranger, path, "want")
    press(stranger, path, "want")
    assert (refusals(), len(trail())) == ([], 2)


def test_form_of_another_site_stops_nothing(stranger, path):
    for body in ({}, {"do": "refuse"}, {"do": "want"}):
        assert stranger.post(path, body).status_code == 403
    assert not MailRefusal.objects.exists()
    assert trail() == []


def test_other_methods_are_refused(stranger, path):
    for method in ("put", "patch", "delete"):
        assert getattr(stranger, method)(path).status_code == 405
    assert not MailRefusal.objects.exists()


# ---------------------------------------------------------------- by one click, RFC 8058


def test_one_click_stops_the_mails_without_cookie_or_redirect(stranger, path):
    for _again in range(2):
        answer = stranger.post(path, ONE_CLICK, content_type=FORM)
        assert answer.status_code == 200
    assert "These mails are stopped" in answer.content.decode()
    assert refusals() == [("alice@example.com", "export")]
    assert trail() == [("accounts.mail.refused", {"kind": "export", "by": "one_click"})]


def test_one_click_may_come_as_multipart(stranger, path):
    assert stranger.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert refusals() == [("alice@example.com", "export")]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "List-Unsubscribe=one-click",
        "list-unsubscribe=One-Click",
        "List-Unsubscribe=One-Click&do=want",
        "List-Unsubscribe=One-Click&List-Unsubscribe=One-Click",
        "List-Unsubscribe=",
    ],
)
def test_only_the_exact_body_goes_without_the_secret_of_a_form(stranger, path, body):
    assert stranger.post(path, body, content_type=FORM).status_code == 403
    assert not MailRefusal.objects.exists()
    assert trail() == []


def test_one_click_never_brings_mails_back(stranger, path):
    stranger.post(path, ONE_CLICK, content_type=FORM)
    assert stranger.post(path, f"{ONE_CLICK}&do=want", content_type=FORM).status_code == 403
    assert refusals() == [("alice@example.com", "export")]


# ---------------------------------------------------------------- forged, altered, old


def test_forged_or_altered_link_changes_nothing_and_says_so(cast, client):
    for token in forgeries(cast):
        path = reverse("accounts:mail-stop", args=[token])
        for answer in (
            client.get(path),
            client.post(path, {"do": "refuse"}),
            client.post(path, ONE_CLICK, content_type=FORM),
        ):
            assert answer.status_code == 404, token
            assert "Nothing was changed" in answer.content.decode()
    assert not MailRefusal.objects.exists()
    assert trail() == []


def test_link_of_somebody_who_is_gone_changes_nothing(cast, client, path):
    User.objects.filter(pk=cast.alice.pk).update(is_active=False)
    assert client.post(path, ONE_CLICK, content_type=FORM).status_code == 404
    assert not MailRefusal.objects.exists()


def test_link_outlives_a_change_of_the_secret_key(cast, client, path, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key, made when the old one was a year old"
    assert client.get(path).status_code == 200
    assert mail_choice_by_token(path.split("/")[2]).kind == "export"


def test_whoever_is_logged_in_the_link_is_about_the_person_it_names(cast, client, path):
    client.force_login(cast.charlie)
    press(client, path, "refuse")
    assert refusals() == [("alice@example.com", "export")]


# ---------------------------------------------------------------- what the outbox makes of it


def test_mail_of_a_kind_carries_the_link_in_header_and_text_and_one_about_security_does_not(cast):
    plain, kind = send(), send(kind="export")
    assert plain.headers == {"Auto-Submitted": "auto-generated"}
    assert "/mail/" not in plain.text + plain.html
    url = kind.headers["List-Unsubscribe"].strip("<>")
    assert kind.headers["List-Unsubscribe-Post"] == ONE_CLICK
    assert link_in(kind.text, "/mail/") == url == mail_stop_url(user=cast.alice, kind="export")
    assert f'href="{url}"' in kind.html


def test_link_of_a_delivered_mail_stops_the_next_one(stranger, cast, deliver_mail):
    send(kind="export")
    [mail] = deliver_mail()
    url = mail.message()["List-Unsubscribe"].strip("<>")
    stranger.post(urlsplit(url).path, mail.message()["List-Unsubscribe-Post"], content_type=FORM)
    assert send(kind="export") is None
    assert deliver_mail() == []


def test_refusing_one_kind_leaves_the_others_security_and_other_people(cast, stranger, path):
    press(stranger, path, "refuse")
    before = OutgoingMail.objects.count()
    assert send(kind="export") is None
    assert OutgoingMail.objects.count() == before
    assert send(kind="invitation") is not None
    assert send() is not None
    assert send(to="bob@example.com", kind="export") is not None


def test_refusal_holds_at_every_confirmed_address_of_the_person(cast, stranger, path):
    EmailAddress.objects.create(user=cast.alice, email="second@example.com", verified=True)
    EmailAddress.objects.create(user=cast.alice, email="unproved@example.com", verified=False)
    press(stranger, path, "refuse")
    assert send(to="Alice@Example.com", kind="export") is None
    assert send(to="second@example.com", kind="export") is None
    assert send(to="unproved@example.com", kind="export") is not None


def test_address_without_an_account_gets_the_mail_and_no_link(cast):
    mail = send(to="nobody@example.net", kind="invitation")
    assert "List-Unsubscribe" not in mail.headers
    assert "/mail/" not in mail.text


def test_invitation_to_somebody_who_refuses_them_waits_without_a_mail(cast, client):
    MailRefusal.objects.create(user=cast.charlie, kind="invitation")
    alice = cast.alice.memberships.get()
    invitation_send(actor=alice, email="charlie@example.com", role="viewer")
    assert not OutgoingMail.objects.exists()
    client.force_login(cast.charlie)
    assert (
        "Alice&#x27;s Studio" in client.get(reverse("accounts:organisation-list")).content.decode()
    )


def test_kind_that_nobody_described_is_a_mistake_of_ours(cast):
    with pytest.raises(KeyError):
        send(kind="weather")
    assert not OutgoingMail.objects.exists()

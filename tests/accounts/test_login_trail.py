"""What changes how somebody logs in leaves a trail, without secrets in it."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import allauth
import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts.domain.actions import WORDS
from accounts.models import AuditEntry
from accounts.services.sessions import security_event_record, session_end, sessions_end_others
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db
GOOD = "seven green bicycles"


def actions() -> list[str]:
    """Return what was recorded, oldest first."""
    return list(AuditEntry.objects.order_by("id").values_list("action", flat=True))


@pytest.fixture
def two_sessions(cast):
    """Alice, logged in twice."""
    for _ in range(2):
        Client().post("/account/login/", {"login": "alice@example.com", "password": PASSWORD})
    return list(UserSession.objects.filter(user=cast.alice).order_by("pk"))


def test_new_password_is_recorded_with_who_and_which_sessions_it_ended(client, cast):
    for browser in (client, Client()):
        browser.post("/account/login/", {"login": "alice@example.com", "password": PASSWORD})
    before = len(actions())
    client.post(
        "/account/password/change/",
        {"oldpassword": PASSWORD, "password1": GOOD, "password2": GOOD},
    )
    assert actions()[before:] == [
        "accounts.log_in.password_changed",
        "accounts.log_in.other_sessions_ended",
    ]
    entry = AuditEntry.objects.get(action="accounts.log_in.password_changed")
    assert entry.actor == cast.alice
    assert entry.target_id == str(cast.alice.pk)
    assert entry.organisation is None
    assert entry.data == {}


def test_ending_a_session_is_recorded_once(cast, two_sessions):
    first, _second = two_sessions
    before = len(actions())
    assert session_end(user=cast.alice, session_id=first.pk)
    assert not session_end(user=cast.alice, session_id=first.pk)
    assert actions()[before:] == ["accounts.log_in.session_ended"]


def test_nothing_to_end_is_not_recorded(cast, two_sessions):
    first, second = two_sessions
    session_end(user=cast.alice, session_id=first.pk)
    before = len(actions())
    assert not sessions_end_others(user=cast.alice, keep_key=second.session_key)
    assert actions()[before:] == []
    assert UserSession.objects.filter(pk=second.pk).exists()


def test_event_ends_the_sessions_of_that_person_only(cast, two_sessions):
    Client().post("/account/login/", {"login": "bob@example.com", "password": PASSWORD})
    security_event_record(user=cast.alice, event="totp_activated", keep_session_key=None)
    assert [s.user for s in UserSession.objects.all()] == [cast.bob]


def test_every_event_of_allauth_has_words_for_people():
    source = Path(allauth.__file__).parent
    named = set()
    for app in ("account", "mfa"):
        for path in (source / app).rglob("*.py"):
            calls = path.read_text().split("send_notification_mail(")[1:]
            named |= {m.group(1) for c in calls if (m := re.match(r'\s*"\w+/email/(\w+)"', c))}
    assert len(named) == 10
    assert {f"accounts.log_in.{event}" for event in named} <= WORDS.keys()


def test_wrong_password_is_logged_without_address_and_password(client, cast, caplog):
    with caplog.at_level(logging.INFO):
        client.post(
            "/account/login/", {"login": "alice@example.com", "password": "wrong wrong wrong"}
        )
    assert "login_failed" in caplog.text
    assert "wrong wrong wrong" not in caplog.text
    assert "alice@example.com" not in caplog.text

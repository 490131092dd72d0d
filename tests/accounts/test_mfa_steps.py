"""The second step: authenticator app, recovery codes, and asking again before sensitive changes."""

from __future__ import annotations

import base64
import re
import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts.models import OutgoingMail
from accounts.selectors.security import security_overview, user_has_mfa
from tests.accounts.authenticator import totp
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db
ACTIVATE, CODES = "/account/2fa/totp/activate/", "/account/2fa/recovery-codes/"
STEP = "/account/2fa/authenticate/"


def log_in(client, user):
    """Give the password."""
    return client.post("/account/login/", {"login": user.email, "password": PASSWORD})


def confirm(client, where):
    """Open ``where``, answer "is it you?" with the password, and return the page behind it."""
    asked = client.get(where)
    assert asked.status_code == 302, "no question asked"
    assert asked.url.startswith("/account/reauthenticate/")
    return client.post(asked.url, {"password": PASSWORD, "next": where}, follow=True)


@pytest.fixture
def alice(client, cast):
    """Alice, logged in at ``client``."""
    log_in(client, cast.alice)
    return cast.alice


@pytest.fixture
def secret(client, alice):
    """Alice's authenticator app: it is on, and this is its key."""
    page = confirm(client, ACTIVATE).content.decode()
    key = re.search(r"<code[^>]*>([A-Z2-7]+)</code>", page).group(1)
    answer = client.post(ACTIVATE, {"code": totp(key)})
    assert answer.url == CODES
    return key


def recovery_codes(client) -> list[str]:
    """Read the codes from their page."""
    return re.findall(r"<li>(\d{8})</li>", client.get(CODES).content.decode())


def test_page_shows_a_code_to_scan_that_the_policy_allows(client, alice):
    page = confirm(client, ACTIVATE).content.decode()
    source = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', page).group(1)
    picture = base64.b64decode(source).decode()
    assert 'fill="white"' in picture  # dark pages must not hide the code
    assert "style=" not in picture


def test_wrong_first_code_turns_nothing_on(client, alice):
    page = confirm(client, ACTIVATE).content.decode()
    key = re.search(r"<code[^>]*>([A-Z2-7]+)</code>", page).group(1)
    again = client.post(ACTIVATE, {"code": totp(key, at=0)}).content.decode()
    assert "That code is not right" in again
    assert key in again  # the same key: what was scanned stays good
    assert not user_has_mfa(alice)
    assert not OutgoingMail.objects.exists()


def test_app_makes_recovery_codes_tells_the_owner_and_ends_other_sessions(
    client, alice, deliver_mail, django_capture_on_commit_callbacks
):
    elsewhere = Client()
    log_in(elsewhere, alice)
    page = confirm(client, ACTIVATE).content.decode()
    key = re.search(r"<code[^>]*>([A-Z2-7]+)</code>", page).group(1)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(ACTIVATE, {"code": totp(key)})

    assert user_has_mfa(alice)
    assert len(recovery_codes(client)) == 10
    [mail] = deliver_mail()
    assert mail.subject == "Two-step log-in is on"
    assert "127.0.0.1" in mail.body
    assert elsewhere.get("/settings/security/").status_code == 302
    assert UserSession.objects.filter(user=alice).count() == 1


def test_password_alone_no_longer_lets_in(secret, cast):
    visitor = Client()
    assert log_in(visitor, cast.alice).url.startswith(STEP)
    assert visitor.get("/settings/security/").status_code == 302
    wrong = visitor.post(STEP, {"code": totp(secret, at=0)})
    assert wrong.status_code == 422
    assert "That code is not right" in wrong.content.decode()
    assert visitor.get("/settings/security/").status_code == 302
    assert visitor.post(STEP, {"code": totp(secret, at=time.time() + 30)}).status_code == 302
    assert visitor.get("/settings/security/").status_code == 200


def test_the_same_code_lets_in_once(secret, cast):
    code = totp(secret, at=time.time() + 30)
    first, second = Client(), Client()
    log_in(first, cast.alice)
    log_in(second, cast.alice)
    assert first.post(STEP, {"code": code}).status_code == 302
    assert "That code is not right" in second.post(STEP, {"code": code}).content.decode()
    assert second.get("/settings/security/").status_code == 302


def test_recovery_code_lets_in_once(client, secret, cast):
    code = recovery_codes(client)[0]
    first, second = Client(), Client()
    log_in(first, cast.alice)
    assert first.post(STEP, {"code": code}).status_code == 302
    assert first.get("/settings/security/").status_code == 200
    log_in(second, cast.alice)
    assert "That code is not right" in second.post(STEP, {"code": code}).content.decode()
    assert second.get("/settings/security/").status_code == 302
    assert security_overview(user=cast.alice).recovery_codes_left == 9


def test_guessing_codes_is_cut_off(secret, cast):
    visitor = Client()
    log_in(visitor, cast.alice)
    for guess in range(5):
        visitor.post(STEP, {"code": f"00000{guess}"})
    page = visitor.post(STEP, {"code": totp(secret, at=time.time() + 30)})
    assert "Too many failed attempts" in page.content.decode()
    assert visitor.get("/settings/security/").status_code == 302


def test_recovery_codes_can_be_downloaded_and_made_anew(
    client, secret, deliver_mail, django_capture_on_commit_callbacks
):
    old = recovery_codes(client)
    file = client.get(f"{CODES}download/")
    assert file["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
    assert set(re.findall(r"^\d{8}$", file.content.decode(), re.MULTILINE)) == set(old)
    deliver_mail()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{CODES}generate/")
    new = recovery_codes(client)
    assert len(new) == 10
    assert not set(new) & set(old)
    assert [m.subject for m in deliver_mail()] == ["New recovery codes were made"]


def test_app_can_be_removed_again(client, secret, alice, deliver_mail):
    deliver_mail()
    assert client.get("/account/2fa/totp/deactivate/").status_code == 200
    assert client.post("/account/2fa/totp/deactivate/").status_code == 302
    assert not user_has_mfa(alice)
    assert not Authenticator.objects.filter(user=alice).exists()  # the codes go with it
    assert [m.subject for m in deliver_mail()] == ["The authenticator app was removed"]
    assert log_in(Client(), alice).url == "/"


@pytest.mark.parametrize(
    "where",
    [
        ACTIVATE,
        "/account/2fa/webauthn/add/",
        "/account/2fa/recovery-codes/generate/",
    ],
)
def test_sensitive_page_asks_once_more(client, alice, where):
    asked = client.get(where)
    assert asked.status_code == 302
    assert asked.url.startswith("/account/reauthenticate/?next=")
    wrong = client.post(asked.url, {"password": "wrong wrong wrong"})
    assert "That is not your password" in wrong.content.decode()
    assert client.get(where).status_code == 302


def test_answer_counts_for_five_minutes_only(client, alice):
    assert confirm(client, ACTIVATE).status_code == 200
    assert client.get(ACTIVATE).status_code == 200
    with time_machine.travel(time.time() + 301, tick=True):
        assert client.get(ACTIVATE).status_code == 302


def test_with_an_app_its_code_answers_too(client, secret):
    with time_machine.travel(time.time() + 400, tick=True):
        asked = client.get("/account/2fa/recovery-codes/generate/")
        page = client.get(asked.url).content.decode()
        assert "/account/2fa/reauthenticate/" in page
        answer = client.post(
            "/account/2fa/reauthenticate/",
            {"code": totp(secret), "next": "/account/2fa/recovery-codes/generate/"},
        )
        assert answer.url == "/account/2fa/recovery-codes/generate/"
        assert client.get(answer.url).status_code == 200


def test_recovery_codes_alone_are_no_second_step(cast):
    RecoveryCodes.activate(cast.alice)
    assert not user_has_mfa(cast.alice)
    assert not security_overview(user=cast.alice).has_mfa


def test_stranger_cannot_touch_the_passkey_of_another(client, cast):
    key = Authenticator.objects.create(
        user=cast.alice, type=Authenticator.Type.WEBAUTHN, data={"name": "Key"}
    )
    log_in(client, cast.charlie)
    where = f"/account/2fa/webauthn/keys/{key.pk}/remove/"
    assert confirm(client, where).status_code == 404
    assert client.post(where).status_code == 404
    assert client.post(where.replace("remove", "edit"), {"name": "Mine"}).status_code == 404
    key.refresh_from_db()
    assert key.data == {"name": "Key"}

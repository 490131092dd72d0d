"""Every mail of the product: both forms, one link, no secrets of the page, no mark-up in the text."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import allauth
import pytest
from django.conf import settings
from django.template.loader import get_template

from accounts.services.mail import mail_send

pytestmark = pytest.mark.django_db
FOLDER = Path(settings.BASE_DIR) / "templates" / "mail"
OURS = ("account", "mfa")
NAMES = sorted(
    str(path.relative_to(FOLDER)).removesuffix("-subject.txt")
    for folder in OURS
    for path in (FOLDER / folder).glob("*-subject.txt")
)
CODES = ("account/email_confirmation", "account/email_confirmation_signup")
CONTEXT = {
    "timestamp": datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
    "browser": "Firefox",
    "system": "Linux",
    "ip": "192.0.2.7",
    "code": "K7QX-2M4P",
    "from_email": "old@example.com",
    "to_email": "new@example.com",
    "deleted_email": "old@example.com",
    "password_reset_url": "https://tenfold.example/reset",
    "signup_url": "https://tenfold.example/sign-up",
}


def test_there_are_mails_to_look_at():
    assert len(NAMES) == 15


@pytest.mark.parametrize("name", NAMES)
def test_mail_has_subject_text_and_html_that_agree(name):
    mail = mail_send(template=name, to="alice@example.com", context=CONTEXT)
    assert 10 < len(mail.subject) < 70
    assert "\n" not in mail.subject
    for body in (mail.subject, mail.text, mail.html):
        assert "{{" not in body
        assert "{%" not in body
    assert "<" not in mail.text
    assert "&#x27;" not in mail.text
    links = set(re.findall(r'href="([^"]+)"', mail.html))
    assert len(links) <= 1
    assert links or name in {"account/email_changed", *CODES}
    assert links <= set(re.findall(r"https?://\S+", mail.text))
    assert "http" not in mail.html.replace('href="http', "")  # the link has words, not an address


@pytest.mark.parametrize("name", NAMES)
def test_what_people_typed_is_escaped_in_html_and_plain_in_text(name):
    nasty = {**CONTEXT, "to_email": "<b>x&y@example.com", "browser": "<script>"}
    mail = mail_send(template=name, to="alice@example.com", context=nasty)
    assert "<script>" not in mail.html
    assert "<b>" not in mail.html
    assert "&lt;" not in mail.text
    assert "&amp;" not in mail.text


def test_every_mail_that_allauth_sends_has_our_three_files():
    """Read from its source: a new version that adds a mail fails here, not at a person."""
    source = Path(allauth.__file__).parent
    named = set()
    for app in ("account", "mfa"):
        for path in (source / app).rglob("*.py"):
            named |= set(re.findall(r'"((?:account|mfa)/email/\w+)"', path.read_text()))
    not_offered = {"account/email/login_code", "account/email/password_reset_code"}
    for prefix in sorted(named - not_offered):
        name = prefix.replace("/email/", "/")
        for part in ("-subject.txt", "-body.txt", "-body.html"):
            get_template(f"mail/{name}{part}")
    assert len(named - not_offered) == len(NAMES)

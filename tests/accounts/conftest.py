"""Fixtures of the accounts app: mail through the real outbox, and people who may log in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.core.cache import cache

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.core.mail import EmailMultiAlternatives

    from tests.cast import Cast


@pytest.fixture
def deliver_mail(db: None) -> Callable[[], list[EmailMultiAlternatives]]:
    """Return a function that delivers the outbox as the cluster would, and returns the new mails."""
    from accounts.models import OutgoingMail
    from accounts.tasks.mail import mail_deliver

    def deliver() -> list[EmailMultiAlternatives]:
        before = len(mail.outbox)
        for pk in OutgoingMail.objects.filter(state="pending").order_by("pk").values_list("pk"):
            mail_deliver(mail_id=pk[0])
        return mail.outbox[before:]

    return deliver


@pytest.fixture
def verified(cast: Cast) -> Cast:
    """The cast, with every address confirmed: they can log in."""
    from allauth.account.models import EmailAddress

    from accounts.models import User

    for user in User.objects.all():
        EmailAddress.objects.update_or_create(
            user=user, email=user.email, defaults={"verified": True, "primary": True}
        )
    return cast


@pytest.fixture(autouse=True)
def _no_limits_left_over(request: pytest.FixtureRequest) -> Iterator[None]:
    """Forget the rate limits that a transactional test counted up."""
    yield
    if "transactional_db" in request.fixturenames:
        request.getfixturevalue("transactional_db")
        cache.clear()


def code_in(text: str) -> str:
    """Return the code that stands on a line of its own in a mail."""
    found = re.search(r"^ {4}(\S+)$", text, re.MULTILINE)
    assert found, text
    return found.group(1)


def link_in(text: str, containing: str) -> str:
    """Return the first link of a mail that contains ``containing``."""
    found = next((url for url in re.findall(r"https?://\S+", text) if containing in url), None)
    assert found, text
    return found

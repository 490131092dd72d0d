"""Mail through the real outbox, and what tests read in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.core import mail

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django.core.mail import EmailMultiAlternatives
    from django.test import Client

    from tests.cast import Cast


@pytest.fixture
def studio(cast: Cast) -> UUID:
    """The tenant of Alice, Bob and Vera."""
    return cast.studio.pk


@pytest.fixture
def alice(cast: Cast, client: Client) -> Client:
    """A client logged in as Alice."""
    client.force_login(cast.alice)
    return client


@pytest.fixture
def deliver_mail(db: None) -> Callable[[], list[EmailMultiAlternatives]]:
    """Return a function that delivers the outbox as the cluster would, and returns the new mails."""
    from accounts.models import OutgoingMail
    from accounts.tasks.mail import mail_deliver

    def deliver():
        before = len(mail.outbox)
        for pk in OutgoingMail.objects.filter(state="pending").order_by("pk").values_list("pk"):
            mail_deliver(mail_id=pk[0])
        return mail.outbox[before:]

    return deliver


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

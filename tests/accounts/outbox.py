"""A mail in the outbox, clocks that are moved, and a mail server that refuses."""

from __future__ import annotations

import smtplib

from django.db import connection
from django.db.models.functions import Now

from accounts.models import OutgoingMail
from accounts.services.mail import mail_send


def send(to="alice@example.com", **fields):
    """Put one of the product's real mails into the outbox."""
    context = {"timestamp": None, "browser": "Firefox", "system": "Linux", "ip": "192.0.2.7"}
    return mail_send(template="account/password_changed", to=to, context=context, **fields)


def pretend(mail, **ago):
    """Move columns of the row into the past, by the database's clock."""
    OutgoingMail.objects.filter(pk=mail.pk).update(
        **{column: Now() - span for column, span in ago.items()}
    )
    mail.refresh_from_db()


def wait_s(mail) -> float:
    """Return how long the row is not due yet, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM due_at - statement_timestamp()) "
            "FROM accounts_outgoingmail WHERE id = %s",
            [mail.pk],
        )
        return float(cursor.fetchone()[0])


class Refusing:
    """A mail back-end that fails as a real server does; made by dotted path."""

    error: Exception = smtplib.SMTPServerDisconnected("gone")

    def __init__(self, **_options):
        pass

    def send_messages(self, _messages):
        """Raise what the test wants."""
        raise self.error

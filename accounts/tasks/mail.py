"""Deliver the outbox. Called by the ``mail`` cluster with the id of a row."""

from __future__ import annotations

import smtplib

import structlog
from django.core.mail import EmailMultiAlternatives

from accounts.services import mail as outbox

log = structlog.get_logger(__name__)


def mail_deliver(*, mail_id: int, **_: object) -> None:
    """Send one mail of the outbox if it is due and nobody else is sending it."""
    mail = outbox.mail_claim(mail_id=mail_id)
    if mail is None:
        return
    message = EmailMultiAlternatives(
        mail.subject,
        mail.text,
        to=[mail.to],
        headers={**mail.headers, "Message-ID": mail.message_id},
    )
    message.attach_alternative(mail.html, "text/html")
    try:
        message.send()
    except Exception as error:  # noqa: BLE001 - back-ends raise their own; the row keeps what
        permanent = _is_permanent(error)
        outbox.mail_mark_failed(mail=mail, error=error, is_permanent=permanent)
        log.warning("mail_not_sent", mail_id=mail_id, attempt=mail.attempts, permanent=permanent)
    else:
        outbox.mail_mark_sent(mail=mail)


def mail_sweep(**_: object) -> None:
    """Ring again for what is due; run every minute."""
    outbox.mail_sweep()


def _is_permanent(error: Exception) -> bool:
    """Say whether the server refused for good: 5xx is final, 4xx asks us to come back.

    A log-in that the server refuses is our configuration, not the mail: that is tried again.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _reason in error.recipients.values())
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return False
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500

"""Mail leaves through the outbox.

``mail_send`` writes a row in the caller's transaction and rings for it: a rollback takes the mail
with it, and a mail server that is down delays the mail instead of failing the request. The task
``accounts.tasks.mail.mail_deliver`` claims the row with one conditional UPDATE, so several
doorbells send one mail.

A crash between the mail server's "accepted" and our "sent" sends the mail again: delivery is at
least once. The Message-ID is made with the row and stays, so that receivers drop the second copy.
"""

from __future__ import annotations

from datetime import timedelta
from email.utils import make_msgid, parseaddr
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import F, Q
from django.db.models.functions import Now
from django.template import Context
from django.template.loader import get_template

from accounts.domain.mail_kinds import KINDS
from accounts.models import OutgoingMail
from accounts.services.mail_preferences import mail_is_refused, mail_reader, mail_stop_url
from config.lib.queue import push

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accounts.models import Organisation

TASK = "accounts.tasks.mail.mail_deliver"
# Longer than the mail cluster's time limit of 60 s: a claim never runs out under a live sender.
LEASE = timedelta(minutes=2)
# About a day and a half in all; a mail server that is away longer has lost more than our mails.
BACK_OFF = [timedelta(minutes=m) for m in (1, 2, 5, 15, 30, 60, 120, 240, 480, 960)]
# After this long a doorbell counts as lost.
DOORBELL_LOST = timedelta(minutes=10)
KEPT = timedelta(days=30)
SWEEP_LIMIT = 500
ERROR_LENGTH = 500


def mail_send(
    *,
    template: str,
    to: str,
    context: Mapping[str, Any],
    organisation: Organisation | None = None,
    kind: str = "",
) -> OutgoingMail | None:
    """Put a mail into the outbox, in the caller's transaction, and ring for its delivery.

    ``template`` names the three files ``mail/<template>-subject.txt``, ``-body.txt`` and
    ``-body.html``. They see ``context``, ``site_url`` (no slash at the end) and ``to``; the bodies
    see ``subject`` too.
    ``kind`` is one of ``accounts.domain.mail_kinds``; it stays empty for mails about security,
    which nobody can refuse. A mail of a kind carries the link that stops it (RFC 8058), and is not
    written, the answer being None, when the person at ``to`` has refused its kind. An address
    without an account gets no such link: there is nobody whose choice could be kept.
    """
    if kind and kind not in KINDS:
        raise KeyError(kind)
    reader = mail_reader(to) if kind else None
    if reader is not None and mail_is_refused(user=reader, kind=kind):
        return None
    stop_url = mail_stop_url(user=reader, kind=kind) if reader is not None else ""
    site_url = settings.SITE_URL.rstrip("/")
    values = {"site_url": site_url, "to": to, "stop_url": stop_url, **context}
    values["subject"] = " ".join(_text(f"{template}-subject.txt", values).split())[:255]
    mail = OutgoingMail.objects.create(
        template=template,
        organisation=organisation,
        message_id=make_msgid(domain=parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2]),
        to=to,
        subject=values["subject"],
        text=_text(f"{template}-body.txt", values).strip() + "\n",
        html=get_template(f"mail/{template}-body.html").render(values).strip() + "\n",
        headers=_headers(stop_url),
    )
    push(TASK, to="mail", mail_id=mail.pk)
    return mail


def mail_claim(*, mail_id: int) -> OutgoingMail | None:
    """Take a due mail for this process; None when it is sent, given up, held, or not due yet."""
    taken = OutgoingMail.objects.filter(
        pk=mail_id, state=OutgoingMail.State.PENDING, due_at__lte=Now()
    ).update(due_at=Now() + LEASE, attempts=F("attempts") + 1)
    return OutgoingMail.objects.get(pk=mail_id) if taken else None


def mail_mark_sent(*, mail: OutgoingMail) -> None:
    """Record that the mail server took the mail, and empty its texts."""
    OutgoingMail.objects.filter(pk=mail.pk, state=OutgoingMail.State.PENDING).update(
        state=OutgoingMail.State.SENT, sent_at=Now(), text="", html="", error=""
    )


def mail_mark_failed(*, mail: OutgoingMail, error: Exception, is_permanent: bool) -> None:
    """Record a failed attempt: try again later, or give up when that is of no use.

    Does nothing when another process has claimed the mail since.
    """
    mine = OutgoingMail.objects.filter(
        pk=mail.pk, state=OutgoingMail.State.PENDING, attempts=mail.attempts
    )
    reason = f"{type(error).__name__}: {error}"[:ERROR_LENGTH]
    if is_permanent or mail.attempts > len(BACK_OFF):
        mine.update(state=OutgoingMail.State.FAILED, text="", html="", error=reason)
    else:
        mine.update(due_at=Now() + BACK_OFF[mail.attempts - 1], error=reason)


def mail_sweep() -> int:
    """Ring again for mails that are due, and drop rows older than 30 days; return how many rang.

    Covers a lost doorbell, a back-off that is over and a sender that died. Safe to run at any
    time and by several processes: ringing twice sends once.
    """
    OutgoingMail.objects.exclude(state=OutgoingMail.State.PENDING).filter(
        created_at__lt=Now() - KEPT
    ).delete()
    due = OutgoingMail.objects.filter(
        Q(rung_at__lt=F("due_at")) | Q(rung_at__lt=Now() - DOORBELL_LOST),
        state=OutgoingMail.State.PENDING,
        due_at__lte=Now(),
    )
    ids = list(due.order_by("due_at").values_list("pk", flat=True)[:SWEEP_LIMIT])
    OutgoingMail.objects.filter(pk__in=ids).update(rung_at=Now())
    for mail_id in ids:
        push(TASK, to="mail", mail_id=mail_id)
    return len(ids)


def mail_forget(*, address: str) -> int:
    """Delete every mail to ``address``, waiting ones too; return how many rows went."""
    return OutgoingMail.objects.filter(to__iexact=address).delete()[0]


def _headers(stop_url: str) -> dict[str, str]:
    headers = {"Auto-Submitted": "auto-generated"}  # RFC 3834: no out-of-office replies, please
    if stop_url:
        headers["List-Unsubscribe"] = f"<{stop_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _text(name: str, values: Mapping[str, Any]) -> str:
    """Render a plain text: nothing is escaped in it, whatever its template forgets."""
    template: Any = get_template(f"mail/{name}")
    rendered: str = template.template.render(Context(dict(values), autoescape=False))
    return rendered

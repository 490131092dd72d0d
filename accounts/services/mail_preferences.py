"""Which mails a person gets: refused and wanted again, in the settings or by the link in a mail.

The link names the person and the kind and is signed, nothing more: it never ends, and it does
nothing but this. Whoever holds the mail may use it, as RFC 8058 wants it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse

from accounts.constants import MAIL_STOP_PURPOSE
from accounts.domain.mail_kinds import KINDS
from accounts.models import MailRefusal, User
from accounts.services.audit import audit_record

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass(frozen=True)
class MailChoice:
    """One kind of mail of one person, as a link in a mail names them."""

    user: User
    kind: str


def mail_stop_url(*, user: User, kind: str) -> str:
    """Return the absolute address at which the person refuses mails of this kind."""
    token = _signer().sign(f"{user.pk}.{kind}")
    return settings.SITE_URL.rstrip("/") + reverse("accounts:mail-stop", args=[token])


def mail_choice_by_token(token: str) -> MailChoice | None:
    """Return what a link names; None if it was not made by us, or names nobody or nothing."""
    try:
        user_id, _dot, kind = _signer().unsign(token).partition(".")
    except BadSignature:
        return None
    user = User.objects.filter(pk=user_id, is_active=True).first()
    return MailChoice(user, kind) if user is not None and kind in KINDS else None


def mail_reader(address: str) -> User | None:
    """Return the person who reads at ``address``, or None when it is nobody's with an account."""
    known = EmailAddress.objects.filter(email__iexact=address, verified=True)
    proved = known.select_related("user").first()
    return proved.user if proved else User.objects.filter(email=address.lower()).first()


def mail_is_refused(*, user: User, kind: str) -> bool:
    """Say whether the person does not want mails of this kind."""
    return MailRefusal.objects.filter(user=user, kind=kind).exists()


@transaction.atomic
def mail_kind_refuse(*, user: User, kind: str, by: str) -> bool:
    """Send the person no more mails of this kind; return whether they were sent until now.

    ``by`` says in the trail how: ``settings``, ``link`` or ``one_click``.
    """
    _row, is_new = MailRefusal.objects.get_or_create(user=user, kind=kind)
    if is_new:
        _record("accounts.mail.refused", user, kind, by)
    return is_new


@transaction.atomic
def mail_kind_want(*, user: User, kind: str, by: str) -> bool:
    """Send the person mails of this kind again; return whether they were refused until now."""
    count, _rows = MailRefusal.objects.filter(user=user, kind=kind).delete()
    if count:
        _record("accounts.mail.wanted", user, kind, by)
    return bool(count)


@transaction.atomic
def mail_preferences_set(*, user: User, wanted: Collection[str]) -> int:
    """Make ``wanted`` the kinds of mail that the person gets; return how many changed."""
    changed = 0
    for kind in KINDS:
        change = mail_kind_want if kind in wanted else mail_kind_refuse
        changed += change(user=user, kind=kind, by="settings")
    return changed


def _record(action: str, user: User, kind: str, by: str) -> None:
    audit_record(
        action=action, actor=user, organisation=None, target=user, data={"kind": kind, "by": by}
    )


def _signer() -> Signer:
    # A colon is cut off by some mail programs that find the end of an address by themselves.
    return Signer(salt=MAIL_STOP_PURPOSE, sep="~")

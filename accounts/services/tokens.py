"""API tokens: made, checked, revoked. The token itself is shown once and never stored."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.constants import TOKEN_USE_RESOLUTION, TOKENS_PER_MEMBER
from accounts.models import ApiToken, Membership
from accounts.policies import can_create_token
from accounts.services.audit import audit_record
from accounts.services.mail import mail_send
from config.lib.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from accounts.models import User

PREFIX = "tf_"
SECRET_BYTES = 32  # 256 bits
VISIBLE = len(PREFIX) + 8  # leaves 224 unknown bits
# Scanners of leaked secrets look for exactly this.
PATTERN = re.compile(rf"{PREFIX}[0-9a-f]{{{2 * SECRET_BYTES}}}")


class ApiTokenError(DomainError):
    """A token cannot be made."""


@dataclass(frozen=True)
class NewToken:
    """A token just made, with the one and only copy of what its holder must send."""

    token: ApiToken
    raw: str


def token_digest(raw: str) -> bytes:
    """Return what is stored of a token. A fast hash is right: 256 random bits cannot be guessed."""
    return hashlib.sha256(raw.encode()).digest()


@transaction.atomic
def token_create(
    *,
    membership: Membership,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime | None = None,
) -> NewToken:
    """Make a token for the member.

    Raises
    ------
    ApiTokenError
        ``token.scope`` if the role does not reach that far, ``token.limit`` if there are
        already too many.
    """
    if not can_create_token(membership, scopes):
        raise ApiTokenError(
            "token.scope",
            _("Your role here is to read, so a token of yours can only read. Nothing was made."),
        )
    Membership.objects.select_for_update(no_key=True).get(pk=membership.pk)  # one count at a time
    if ApiToken.objects.usable().filter(membership=membership).count() >= TOKENS_PER_MEMBER:
        raise ApiTokenError(
            "token.limit",
            _(
                "You have %(count)d tokens in use, which is the most. Revoke one that you no longer need."
            )
            % {"count": TOKENS_PER_MEMBER},
        )
    raw = PREFIX + secrets.token_hex(SECRET_BYTES)
    token = ApiToken.objects.create(
        membership=membership,
        name=name,
        prefix=raw[:VISIBLE],
        digest=token_digest(raw),
        scopes=sorted(set(scopes)),
        expires_at=expires_at,
    )
    _record("accounts.token.created", token, membership.user)
    mail_send(
        template="accounts/token_created",
        to=membership.user.email,
        organisation=membership.organisation,
        context={
            "name": name,
            "organisation": membership.organisation.name,
            "url": settings.SITE_URL.rstrip("/") + reverse("accounts:token-list"),
        },
    )
    return NewToken(token=token, raw=raw)


def token_authenticate(raw: str) -> ApiToken | None:
    """Return the usable token behind ``raw``, with its membership, person and organisation.

    Notes the use, at most once a minute. None for everything that does not open the door.
    """
    if not PATTERN.fullmatch(raw):
        return None
    token = (
        ApiToken.objects.usable()
        .select_related("membership__user", "membership__organisation")
        .filter(digest=token_digest(raw))
        .first()
    )
    if token is not None:
        ApiToken.objects.filter(
            Q(last_used_at__isnull=True) | Q(last_used_at__lt=Now() - TOKEN_USE_RESOLUTION),
            pk=token.pk,
        ).update(last_used_at=Now())
    return token


@transaction.atomic
def token_revoke(*, token: ApiToken, actor: User) -> bool:
    """Close the token for good; say whether it was open until now."""
    changed = ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=Now())
    if changed:
        _record("accounts.token.revoked", token, actor)
    return bool(changed)


def _record(action: str, token: ApiToken, actor: User) -> None:
    audit_record(
        action=action,
        actor=actor,
        organisation=token.organisation,
        target=token,
        data={"user": token.membership.user_id, "prefix": token.prefix, "scopes": token.scopes},
    )

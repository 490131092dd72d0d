"""API tokens as their page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.models import ApiToken
from accounts.policies import is_owner

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from accounts.models import Membership
    from accounts.models.token import ApiTokenQuerySet


@dataclass(frozen=True)
class TokenRow:
    """One token, without its secret."""

    id: str
    name: str
    prefix: str
    scope: str
    holder: str
    is_mine: bool
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    is_expired: bool


def tokens_page(membership: Membership) -> list[TokenRow]:
    """Return the tokens that are not revoked: one's own; for owners all of the organisation."""
    now = timezone.now()
    return [
        TokenRow(
            id=str(token.pk),
            name=token.name,
            prefix=token.prefix,
            scope=str(ApiToken.Scope(max(token.scopes)).label),  # "write" includes "read"
            holder=token.user.display_name,
            is_mine=token.membership_id == membership.pk,
            created_at=token.created_at,
            expires_at=token.expires_at,
            last_used_at=token.last_used_at,
            is_expired=token.expires_at is not None and token.expires_at <= now,
        )
        for token in _visible(membership).filter(revoked_at__isnull=True)
    ]


def token_get(membership: Membership, token_id: UUID) -> ApiToken | None:
    """Return a token that the member may see, or None."""
    return _visible(membership).filter(pk=token_id).first()


def _visible(membership: Membership) -> ApiTokenQuerySet:
    rows = ApiToken.objects.select_related("membership__user", "membership__organisation")
    if is_owner(membership):
        return rows.filter(membership__organisation=membership.organisation_id)
    return rows.filter(membership=membership)

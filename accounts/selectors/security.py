"""What the pages about log-in and security show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings

from accounts.domain.devices import device_names, is_local_network
from accounts.domain.places import place_name

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import User

SECOND_STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


@dataclass(frozen=True)
class SecurityOverview:
    """Everything the page "Sign-in & security" says."""

    email: str
    is_email_verified: bool
    has_password: bool
    has_totp: bool
    passkeys: int
    recovery_codes_left: int | None
    sessions: int

    @property
    def has_mfa(self) -> bool:
        """Recovery codes alone are no second step: they belong to one."""
        return self.has_totp or bool(self.passkeys)


@dataclass(frozen=True)
class SessionRow:
    """One session as its owner recognises it."""

    id: int
    browser: str
    system: str
    address: str
    place: str
    is_local: bool
    started_at: dt.datetime
    last_seen_at: dt.datetime
    is_current: bool


def user_has_mfa(user: User) -> bool:
    """Say whether the person has a second step (an authenticator app or a passkey)."""
    return bool(Authenticator.objects.filter(user=user, type__in=SECOND_STEPS).exists())


def security_overview(*, user: User) -> SecurityOverview:
    """Read how the person logs in."""
    factors = list(Authenticator.objects.filter(user=user))
    codes = [f for f in factors if f.type == Authenticator.Type.RECOVERY_CODES]
    return SecurityOverview(
        email=user.email,
        is_email_verified=EmailAddress.objects.filter(
            user=user, email=user.email, verified=True
        ).exists(),
        has_password=user.has_usable_password(),
        has_totp=any(f.type == Authenticator.Type.TOTP for f in factors),
        passkeys=sum(f.type == Authenticator.Type.WEBAUTHN for f in factors),
        recovery_codes_left=len(codes[0].wrap().get_unused_codes()) if codes else None,
        sessions=len(UserSession.objects.purge_and_list(user)),
    )


def session_list(*, user: User, current_key: str | None) -> list[SessionRow]:
    """Read the person's living sessions, the current one first, then the last used."""
    rows = [
        SessionRow(
            id=session.pk,
            browser=device_names(session.user_agent)[0],
            system=device_names(session.user_agent)[1],
            address=session.ip,
            place=place_name(session.ip, database=settings.GEOIP_DATABASE),
            is_local=is_local_network(session.ip),
            started_at=session.created_at,
            last_seen_at=session.last_seen_at,
            is_current=session.session_key == current_key,
        )
        for session in UserSession.objects.purge_and_list(user)
    ]
    return sorted(rows, key=lambda row: (not row.is_current, -row.last_seen_at.timestamp()))

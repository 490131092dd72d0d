"""One of everything that has an address with an argument, so that its page can be visited.

The things are those of ``tests/isolation/cases.py``: an address that has a case there has a page
here, without another word. They belong to Olive, whom no other browser test asks for anything.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.db import transaction
from django.urls import resolve, reverse
from django.utils import timezone

from accounts.constants import DELETION_PURPOSE, INVITATION_PURPOSE
from accounts.models import AccountDeletion, Invitation, Membership, Organisation, User
from accounts.models.deletion import GRACE
from accounts.services.demo import PASSWORD, demo_address
from accounts.services.invitations import invitation_send
from accounts.services.links import link_secret_make
from rights.selectors.catalogue_files import artwork_path
from tests.browser.passkey import registration
from tests.browser.sessions import session_of
from tests.isolation.case import Factory
from tests.isolation.cases import API, CASES

if TYPE_CHECKING:
    from tests.cast import Cast

LONG_NAME = "Olive and the Very Long Organisation Name"
# Mina has a second factor and looks at the pages about it; Stella is staff.
GUARDED, STAFF = "mina", "stella"
VISITORS = ("olive", "alice", "rita", GUARDED, STAFF)


def invitation_link(cast: Cast) -> dict[str, Any]:
    """The link of an invitation that is open."""
    alice = Membership.objects.get(user=cast.alice, organisation=cast.studio)
    row = invitation_send(actor=alice, email="reader@example.net", role="viewer")
    secret = link_secret_make(purpose=INVITATION_PURPOSE)
    Invitation.objects.filter(pk=row.pk).update(digest=secret.digest)
    return {"token": secret.raw}


def deletion_link(cast: Cast) -> dict[str, Any]:
    """The link that keeps the account of somebody who asked to have it deleted."""
    now, secret = timezone.now(), link_secret_make(purpose=DELETION_PURPOSE)
    user = User.objects.create_user("leaving@example.com", name="Lea")
    AccountDeletion.objects.create(
        user=user, digest=secret.digest, requested_at=now, due_at=now + GRACE
    )
    return {"token": secret.raw}


def password_link(cast: Cast) -> dict[str, Any]:
    """The link of a mail for a new password."""
    key = default_token_generator.make_token(cast.alice)
    return {"uidb36": user_pk_to_url_str(cast.alice), "key": key}


def passkey(cast: Cast) -> dict[str, Any]:
    """A passkey of the person with a second factor."""
    user = User.objects.get(email=demo_address(GUARDED))
    data = {"name": "Mina's phone", "credential": registration()}
    row = Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=data)
    return {"pk": row.pk}


def cover(cast: Cast) -> dict[str, Any]:
    """A cover that the site's stand-in of Apple Music draws."""
    template = f"{settings.APPLE_MUSIC_URL}/artwork/910000001/{{w}}x{{h}}bb.png"
    return dict(resolve(artwork_path(template, 64)).kwargs)


# Where the case asks for what is not there, or with a secret that nobody was sent.
REAL: dict[str, Factory] = {
    "accounts:invitation-show": invitation_link,
    "accounts:invitation-refuse": invitation_link,
    "accounts:deletion-show": deletion_link,
    "account_reset_password_from_key": password_link,
    "mfa_edit_webauthn": passkey,
    "mfa_remove_webauthn": passkey,
    "rights:catalogue-file": cover,
}


def things_make(cast: Cast) -> dict[str, str]:
    """Make the things of Alice in ``cast``; return the path of each address, by its name."""
    made: dict[Factory, dict[str, Any]] = {}
    paths = {}
    for case in CASES:
        make = REAL.get(case.name, case.make)
        if make is None or case in API:
            continue
        if make not in made:
            with (
                transaction.atomic()
            ):  # as in a test: what spans several rows is checked at the end
                made[make] = make(cast)
        paths[case.name] = reverse(case.name, kwargs=made[make])
    return paths


def visitors_make(cast: Cast) -> Cast:
    """Save the visitors; return the cast with Olive in Alice's place, Oscar in Bob's."""
    made = {name: _person(name) for name in ("olive", "oscar", GUARDED, STAFF)}
    studio, second, third = (
        Organisation.objects.create(kind=Organisation.Kind.CREATOR, name=name)
        for name in ("Olive's Studio", LONG_NAME, "Minute")
    )
    for name, organisation, role in (
        ("olive", studio, Membership.Role.OWNER),
        ("olive", second, Membership.Role.OWNER),
        ("oscar", studio, Membership.Role.EDITOR),
        (GUARDED, third, Membership.Role.OWNER),
    ):
        Membership.objects.create(user=made[name], organisation=organisation, role=role)
    for name in (GUARDED, STAFF):
        TOTP.activate(made[name], generate_totp_secret())
        RecoveryCodes.activate(made[name])
    User.objects.filter(pk=made[STAFF].pk).update(is_staff=True, is_superuser=True)
    return replace(cast, alice=made["olive"], bob=made["oscar"], studio=studio)


def sessions_make() -> dict[str, str]:
    """Let the visitors in; return the session key of each, by name."""
    return {name: session_of(User.objects.get(email=demo_address(name))) for name in VISITORS}


def _person(name: str) -> User:
    return User.objects.create_user(demo_address(name), PASSWORD, name=name.capitalize())

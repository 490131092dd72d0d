"""Invitations: sent, sent again, withdrawn, accepted, declined."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.constants import (
    INVITATION_LIFE,
    INVITATION_PURPOSE,
    INVITATION_RESEND_PAUSE,
    INVITATIONS_OPEN,
)
from accounts.models import Invitation, Membership
from accounts.policies import can_invite_member
from accounts.selectors.invitations import verified_addresses
from accounts.services.audit import audit_record
from accounts.services.links import link_secret_make
from accounts.services.mail import mail_send
from accounts.services.organisations import organisation_lock
from config.lib.errors import DomainError

if TYPE_CHECKING:
    from uuid import UUID

    from accounts.models import User


class InvitationError(DomainError):
    """The invitation cannot be made, sent or answered as things are now."""


@transaction.atomic
def invitation_send(*, actor: Membership, email: str, role: str) -> Invitation:
    """Invite the address and mail the link.

    Raises
    ------
    InvitationError
        ``invitation.member`` if somebody with this address is a member, ``invitation.open`` if
        the address has an open invitation, ``invitation.limit`` if too many are open,
        ``invitation.forbidden`` if the actor is no owner any more.
    """
    organisation = organisation_lock(actor.organisation)
    _check_owner(actor)
    address = email.lower()
    if organisation.memberships.filter(
        user__emailaddress__email__iexact=address, user__emailaddress__verified=True
    ).exists():
        raise InvitationError(
            "invitation.member", _("%(email)s is a member already.") % {"email": address}
        )
    undecided = Invitation.objects.undecided().filter(organisation=organisation)
    if undecided.filter(email=address).exists():
        raise InvitationError(
            "invitation.open",
            _("%(email)s is invited already. You can send that invitation again.")
            % {"email": address},
        )
    if undecided.count() >= INVITATIONS_OPEN:
        raise InvitationError(
            "invitation.limit",
            _("%(count)d invitations are open, which is the most. Withdraw some first.")
            % {"count": INVITATIONS_OPEN},
        )
    invitation = Invitation(
        organisation=organisation, email=address, role=role, invited_by=actor.user
    )
    return _send(invitation, actor, "accounts.invitation.sent")


@transaction.atomic
def invitation_resend(*, actor: Membership, invitation: Invitation) -> Invitation:
    """Mail a new link and start the days anew; the old link is dead.

    Raises
    ------
    InvitationError
        ``invitation.closed`` if it was answered or withdrawn, ``invitation.pause`` if it was sent
        a moment ago, ``invitation.forbidden`` if the actor is no owner any more.
    """
    organisation_lock(actor.organisation)
    _check_owner(actor)
    fresh = _open(invitation)
    if fresh.sent_at > timezone.now() - INVITATION_RESEND_PAUSE:
        raise InvitationError(
            "invitation.pause",
            _("That invitation went out less than a minute ago. Wait a little, then try again."),
        )
    return _send(fresh, actor, "accounts.invitation.resent")


@transaction.atomic
def invitation_withdraw(*, actor: Membership, invitation: Invitation) -> Invitation:
    """Make the mailed link useless.

    Raises
    ------
    InvitationError
        ``invitation.closed`` or ``invitation.forbidden``, as ``invitation_resend`` does.
    """
    organisation_lock(actor.organisation)
    _check_owner(actor)
    fresh = _open(invitation)
    fresh.withdrawn_at = timezone.now()
    fresh.save(update_fields=["withdrawn_at"])
    _record("accounts.invitation.withdrawn", fresh, actor.user)
    return fresh


@transaction.atomic
def invitation_accept(*, invitation_id: UUID, user: User) -> Membership:
    """Make the person a member; whoever is one already keeps their role.

    Having verified the invited address is the proof, so the list of "invitations for you" works
    as well as the mailed link.

    Raises
    ------
    InvitationError
        ``invitation.closed`` if there is no such invitation for the person's addresses now.
    """
    invitation = _for_person(invitation_id, user)
    membership, _is_new = Membership.objects.get_or_create(
        organisation=invitation.organisation, user=user, defaults={"role": invitation.role}
    )
    Invitation.objects.filter(pk=invitation.pk).update(accepted_at=Now())
    _record("accounts.invitation.accepted", invitation, user)
    return membership


@transaction.atomic
def invitation_decline(*, invitation: Invitation, user: User | None) -> None:
    """Turn the invitation down; the link that was mailed is proof enough.

    Raises
    ------
    InvitationError
        ``invitation.closed`` if it is not open any more.
    """
    organisation_lock(invitation.organisation)
    fresh = _open(invitation)
    Invitation.objects.filter(pk=fresh.pk).update(declined_at=Now())
    _record("accounts.invitation.declined", fresh, user)


def _send(invitation: Invitation, actor: Membership, action: str) -> Invitation:
    secret = link_secret_make(purpose=INVITATION_PURPOSE)
    invitation.digest = secret.digest
    invitation.sent_at = timezone.now()
    invitation.expires_at = invitation.sent_at + INVITATION_LIFE
    invitation.save()
    path = reverse("accounts:invitation-show", args=[secret.raw])
    mail_send(
        template="accounts/invitation",
        to=invitation.email,
        kind="invitation",
        organisation=invitation.organisation,
        context={
            "organisation": invitation.organisation.name,
            "inviter": actor.user.display_name,
            "role": invitation.get_role_display(),
            "days": INVITATION_LIFE // timedelta(days=1),
            "url": settings.SITE_URL.rstrip("/") + path,
        },
    )
    _record(action, invitation, actor.user)
    return invitation


def _record(action: str, invitation: Invitation, actor: User | None) -> None:
    audit_record(
        action=action,
        actor=actor,
        organisation=invitation.organisation,
        target=invitation,
        data={"email": invitation.email, "role": invitation.role},
    )


def _check_owner(actor: Membership) -> None:
    fresh = Membership.objects.filter(pk=actor.pk).first()
    if fresh is None or not can_invite_member(fresh):
        raise InvitationError(
            "invitation.forbidden",
            _("Only owners can invite, and you are not one any more. Nothing was changed."),
        )


def _open(invitation: Invitation) -> Invitation:
    """Read the invitation again, under the lock of its organisation."""
    fresh = Invitation.objects.undecided().filter(pk=invitation.pk)
    found = fresh.select_related("organisation").first()
    if found is None:
        raise _closed()
    return found


def _for_person(invitation_id: UUID, user: User) -> Invitation:
    mine = Invitation.objects.acceptable().filter(
        pk=invitation_id, email__in=verified_addresses(user)
    )
    found = mine.select_related("organisation").first()
    if found is None:
        raise _closed()
    organisation_lock(found.organisation)
    if not mine.exists():  # answered, withdrawn or closed while we waited
        raise _closed()
    return found


def _closed() -> InvitationError:
    return InvitationError(
        "invitation.closed",
        _(
            "This invitation is no longer open: it was answered, withdrawn or has expired. "
            "Nothing was changed. Ask for a new one if you still need it."
        ),
    )

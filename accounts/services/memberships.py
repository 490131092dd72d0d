"""Members: their roles, leaving and being removed. An open organisation keeps an owner."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.policies import can_change_member, can_remove_member
from accounts.services.audit import audit_record
from accounts.services.organisations import organisation_lock
from config.lib.errors import DomainError

OWNER = Membership.Role.OWNER


class MembershipChangeError(DomainError):
    """The change is not possible as things are now."""


@transaction.atomic
def membership_change_role(*, actor: Membership, member: Membership, role: str) -> Membership:
    """Give ``member`` another role; the same role again does nothing.

    Raises
    ------
    MembershipChangeError
        ``membership.last_owner``, ``membership.gone`` or, when the actor is no owner any more,
        ``membership.forbidden``.
    """
    fresh_actor, fresh = _locked(actor, member)
    if not can_change_member(fresh_actor, fresh):
        raise _forbidden()
    if fresh.role == role:
        return fresh
    _keep_an_owner(fresh)
    before, fresh.role = fresh.role, role
    fresh.save(update_fields=["role"])
    audit_record(
        action="accounts.member.role_changed",
        actor=fresh_actor.user,
        organisation=fresh.organisation,
        target=fresh,
        data={"user": fresh.user_id, "from": before, "to": role},
    )
    return fresh


@transaction.atomic
def membership_remove(*, actor: Membership, member: Membership) -> None:
    """End a membership, one's own (leaving) or another's; its tokens die with it.

    Raises
    ------
    MembershipChangeError
        As ``membership_change_role`` does.
    """
    fresh_actor, fresh = _locked(actor, member)
    if not can_remove_member(fresh_actor, fresh):
        raise _forbidden()
    _keep_an_owner(fresh)
    is_leaving = fresh_actor.pk == fresh.pk
    audit_record(
        action="accounts.member.left" if is_leaving else "accounts.member.removed",
        actor=fresh_actor.user,
        organisation=fresh.organisation,
        target=fresh,
        data={"user": fresh.user_id, "role": fresh.role},
    )
    fresh.delete()


def _locked(actor: Membership, member: Membership) -> tuple[Membership, Membership]:
    """Lock the organisation, then read both memberships as they are now."""
    organisation_lock(actor.organisation)
    rows = Membership.objects.select_related("user", "organisation")
    fresh = {m.pk: m for m in rows.filter(pk__in={actor.pk, member.pk})}
    if actor.pk not in fresh or member.pk not in fresh:
        raise MembershipChangeError(
            "membership.gone",
            _("That person is no longer a member. Nothing was changed; load the page again."),
        )
    return fresh[actor.pk], fresh[member.pk]


def _keep_an_owner(member: Membership) -> None:
    others = Membership.objects.filter(organisation=member.organisation_id, role=OWNER)
    if member.role == OWNER and not others.exclude(pk=member.pk).exists():
        raise MembershipChangeError(
            "membership.last_owner",
            _(
                "%(name)s is the only owner of %(organisation)s, and every organisation needs one. "
                "Nothing was changed. Make somebody else an owner first."
            )
            % {"name": member.user.display_name, "organisation": member.organisation.name},
        )


def _forbidden() -> MembershipChangeError:
    return MembershipChangeError(
        "membership.forbidden",
        _("Only owners can do this, and you are not one any more. Nothing was changed."),
    )

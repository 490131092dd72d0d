"""Organisations: made, renamed, closed."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.constants import ORGANISATIONS_PER_PERSON
from accounts.models import ApiToken, Invitation, Membership, Organisation, User
from accounts.services.audit import audit_record
from config.lib.errors import DomainError

CLOSED_NAME = "Closed workspace"


class OrganisationLimitError(DomainError):
    """The person is in as many organisations as one person may be."""


@transaction.atomic
def organisation_create(*, user: User, kind: str, name: str) -> Membership:
    """Make an organisation with the person as its owner and return their membership.

    Raises
    ------
    OrganisationLimitError
        If the person already has too many.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # one count at a time
    if user.memberships.count() >= ORGANISATIONS_PER_PERSON:
        raise OrganisationLimitError(
            "organisation.limit",
            _("You are in %(count)d organisations, which is the most. Leave one first.")
            % {"count": ORGANISATIONS_PER_PERSON},
        )
    organisation = Organisation.objects.create(kind=kind, name=name)
    membership = Membership.objects.create(
        organisation=organisation, user=user, role=Membership.Role.OWNER
    )
    audit_record(
        action="accounts.organisation.created",
        actor=user,
        organisation=organisation,
        target=organisation,
    )
    return membership


@transaction.atomic
def organisation_rename(*, membership: Membership, name: str) -> Organisation:
    """Give the member's organisation a new name; the same name again does nothing."""
    organisation = organisation_lock(membership.organisation)
    if organisation.name != name:
        organisation.name = name
        organisation.save(update_fields=["name"])
        audit_record(
            action="accounts.organisation.renamed",
            actor=membership.user,
            organisation=organisation,
            target=organisation,
        )
    return organisation


@transaction.atomic
def organisation_close(
    *, organisation: Organisation, actor: User | None, keeps_name: bool = False
) -> Organisation:
    """Close an organisation for good: nobody acts for it any more, its rows stay.

    Its name goes, being that of a person who is forgotten, unless ``keeps_name``.

    What it earned, owes and published stays on the books under its id.
    """
    locked = organisation_lock(organisation)
    if locked.closed_at is None:
        locked.name = locked.name if keeps_name else CLOSED_NAME
        locked.closed_at = Now()
        locked.save(update_fields=["name", "closed_at"])
        ApiToken.objects.filter(membership__organisation=locked).delete()
        Invitation.objects.filter(organisation=locked).undecided().update(withdrawn_at=Now())
        audit_record(
            action="accounts.organisation.closed",
            actor=actor,
            organisation=locked,
            target=locked,
        )
    return locked


def organisation_lock(organisation: Organisation) -> Organisation:
    """Lock the row that stands for all memberships and invitations of the organisation.

    The one lock of this app: everything that counts owners, members or invitations takes it
    first, so two such acts of one organisation follow each other and never deadlock.
    """
    return Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)

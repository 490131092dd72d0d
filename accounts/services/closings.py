"""Close an organisation: asked for by an owner, fourteen days of grace, then carried out.

What it earned, owes and published stays under its name, and so does its trail. Its people, tokens
and invitations go, its jobs stop, and the apps above delete what they hold for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, Organisation, OrganisationClosing
from accounts.models.deletion import GRACE
from accounts.policies import can_close_organisation
from accounts.services.audit import audit_record
from accounts.services.mail import mail_send
from accounts.services.organisations import organisation_close, organisation_lock
from accounts.services.personal_data import organisation_data_close
from config.jobs.models import Job
from config.jobs.services import enqueue, job_cancel
from config.lib.errors import DomainError

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from accounts.models import User

KIND = "organisation.close"


class OrganisationClosingError(DomainError):
    """The organisation cannot be closed, or no longer kept, as things are."""


@transaction.atomic
def closing_request(*, actor: Membership) -> OrganisationClosing:
    """Start the days of grace and tell every member.

    Raises
    ------
    OrganisationClosingError
        ``closing.forbidden`` if the actor is no owner any more, ``closing.pending`` if it is asked
        for already.
    """
    owner = _owner(actor)
    if OrganisationClosing.objects.pending().filter(organisation=owner.organisation).exists():
        raise OrganisationClosingError(
            "closing.pending", _("This was asked for already; an owner can still keep it open.")
        )
    now = timezone.now()
    closing = OrganisationClosing.objects.create(
        organisation=owner.organisation, asked_by=owner.user, requested_at=now, due_at=now + GRACE
    )
    _record("accounts.organisation.closing_requested", owner.organisation, owner.user)
    _tell("organisation_closing", owner, due_at=closing.due_at)
    return closing


@transaction.atomic
def closing_cancel(*, actor: Membership) -> bool:
    """Keep the organisation open and tell every member; return whether a closing was pending.

    Raises
    ------
    OrganisationClosingError
        ``closing.forbidden`` if the actor is no owner any more.
    """
    owner = _owner(actor)
    pending = OrganisationClosing.objects.pending().filter(organisation=owner.organisation)
    if not pending.update(cancelled_at=Now()):
        return False
    _record("accounts.organisation.closing_cancelled", owner.organisation, owner.user)
    _tell("organisation_kept", owner)
    return True


@transaction.atomic
def closings_enqueue() -> int:
    """Ask the workers to carry out what is due and return how many; again tomorrow if it fails."""
    due = OrganisationClosing.objects.pending().filter(due_at__lte=Now())
    ids = list(due.values_list("pk", flat=True))
    today = timezone.now().date()
    for pk in ids:
        enqueue(KIND, {"closing_id": str(pk)}, idem=f"{KIND}:{pk}:{today}")
    return len(ids)


@transaction.atomic
def closing_carry_out(*, closing_id: UUID) -> None:
    """Close the organisation, stop its jobs, let the apps above delete, end its memberships.

    Raises
    ------
    OrganisationClosingError
        ``closing.not_due`` if it was cancelled, is done, or has days left.
    """
    organisation = organisation_lock(Organisation.objects.get(closings=closing_id))
    due = OrganisationClosing.objects.pending().filter(pk=closing_id, due_at__lte=Now())
    if not due.exists():
        raise OrganisationClosingError(
            "closing.not_due", _("This closing was cancelled, is done, or has days left.")
        )
    organisation_close(organisation=organisation, actor=None, keeps_name=True)
    for job in Job.objects.filter(tenant=organisation.pk, state__in=Job.LIVE).order_by("pk"):
        job_cancel(job=job)
    organisation_data_close(organisation_id=organisation.pk)
    Membership.objects.filter(organisation=organisation).delete()
    due.update(closed_at=Now())


def _owner(actor: Membership) -> Membership:
    """Lock the organisation and return the membership as it is now, if it still is an owner's."""
    organisation_lock(actor.organisation)
    rows = Membership.objects.select_related("user", "organisation")
    fresh = rows.filter(pk=actor.pk, organisation__closed_at__isnull=True).first()
    if fresh is None or not can_close_organisation(fresh):
        raise OrganisationClosingError(
            "closing.forbidden",
            _("Only owners can do this, and you are not one any more. Nothing was changed."),
        )
    return fresh


def _tell(template: str, owner: Membership, due_at: datetime | None = None) -> None:
    """Mail every member, the owner who did it too: it may have been somebody else at their desk."""
    context = {
        "organisation": owner.organisation.name,
        "who": owner.user.display_name,
        "due_at": due_at,
        "url": settings.SITE_URL.rstrip("/") + reverse("accounts:organisation-list"),
    }
    members = Membership.objects.filter(organisation=owner.organisation).select_related("user")
    for member in members.order_by("pk"):
        mail_send(
            template=f"accounts/{template}",
            to=member.user.email,
            context={**context, "is_owner": can_close_organisation(member)},
            organisation=owner.organisation,
        )


def _record(action: str, organisation: Organisation, actor: User) -> None:
    audit_record(action=action, actor=actor, organisation=organisation, target=organisation)

"""Delete my account: asked for, fourteen days of grace, then pseudonymised.

What the law wants kept (books, statements, payouts, the acts of the trail) stays under a number
that no longer says who it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.constants import DELETION_PURPOSE
from accounts.models import AccountDeletion, Membership, Organisation, User
from accounts.models.deletion import GRACE
from accounts.services.audit import audit_record
from accounts.services.data_exports import data_export_drop
from accounts.services.links import link_secret_digest, link_secret_make
from accounts.services.mail import mail_send
from accounts.services.organisations import organisation_close
from accounts.services.personal_data import personal_data_erase
from config.jobs.services import enqueue
from config.lib.errors import DomainError

if TYPE_CHECKING:
    from uuid import UUID

KIND = "account.erase"


class AccountDeletionError(DomainError):
    """The account cannot be deleted, or no longer kept, as things are."""


@dataclass(frozen=True)
class DeletionEffect:
    """What a deletion would do to the person's organisations."""

    blocked_by: list[Organisation]  # they are the only owner, with others
    closes: list[Organisation]  # they are alone there


def deletion_effect(user: User) -> DeletionEffect:
    """Say which organisations stand in the way and which would be closed."""
    mine = Membership.objects.filter(user=user).values("organisation")
    counted = Organisation.objects.active().annotate(
        people=Count("memberships"),
        other_owners=Count(
            "memberships", filter=Q(memberships__role="owner") & ~Q(memberships__user=user)
        ),
    )
    counted = counted.filter(pk__in=mine)
    return DeletionEffect(
        blocked_by=list(counted.filter(people__gt=1, other_owners=0)),
        closes=list(counted.filter(people=1)),
    )


@transaction.atomic
def account_deletion_request(*, user: User) -> AccountDeletion:
    """Start the days of grace and mail the link that stops it.

    Raises
    ------
    AccountDeletionError
        ``deletion.blocked`` if the person is the last owner of an organisation with others,
        ``deletion.pending`` if it is asked for already.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    _check_not_blocked(user)
    if AccountDeletion.objects.pending().filter(user=user).exists():
        raise AccountDeletionError(
            "deletion.pending", _("You asked for this already; it can still be cancelled.")
        )
    now, secret = timezone.now(), link_secret_make(purpose=DELETION_PURPOSE)
    deletion = AccountDeletion.objects.create(
        user=user, digest=secret.digest, requested_at=now, due_at=now + GRACE
    )
    path = reverse("accounts:deletion-show", args=[secret.raw])
    mail_send(
        template="accounts/deletion_requested",
        to=user.email,
        context={"due_at": deletion.due_at, "url": settings.SITE_URL.rstrip("/") + path},
    )
    audit_record(
        action="accounts.account.deletion_requested", actor=user, organisation=None, target=user
    )
    return deletion


@transaction.atomic
def account_deletion_cancel(*, deletion: AccountDeletion) -> None:
    """Keep the account after all; harmless when it was cancelled already.

    Raises
    ------
    AccountDeletionError
        ``deletion.done`` if it has been carried out.
    """
    fresh = AccountDeletion.objects.select_for_update().get(pk=deletion.pk)
    if fresh.erased_at is not None:
        raise AccountDeletionError("deletion.done", _("This account is already deleted."))
    if fresh.cancelled_at is None:
        fresh.cancelled_at = timezone.now()
        fresh.save(update_fields=["cancelled_at"])
        audit_record(
            action="accounts.account.deletion_cancelled",
            actor=fresh.user,
            organisation=None,
            target=fresh.user,
        )


def deletion_by_token(raw: str) -> AccountDeletion | None:
    """Return the pending deletion behind a mailed link, or None."""
    digest = link_secret_digest(raw, purpose=DELETION_PURPOSE)
    if digest is None:
        return None
    return AccountDeletion.objects.pending().filter(digest=digest).select_related("user").first()


@transaction.atomic
def account_deletions_enqueue() -> int:
    """Ask the workers to carry out what is due and return how many.

    The key holds the day: a deletion that could not be carried out is tried again tomorrow.
    """
    due = AccountDeletion.objects.pending().filter(due_at__lte=Now())
    ids = list(due.values_list("pk", flat=True))
    today = timezone.now().date()
    for pk in ids:
        enqueue(KIND, {"deletion_id": str(pk)}, idem=f"{KIND}:{pk}:{today}")
    return len(ids)


def account_files_drop(*, deletion_id: UUID) -> None:
    """Delete the files of the person; before the rows that name them. Safe to repeat."""
    deletion = AccountDeletion.objects.select_related("user").get(pk=deletion_id)
    _check_due(deletion)
    _check_not_blocked(deletion.user)
    for export in deletion.user.exports.all():
        data_export_drop(export=export)


@transaction.atomic
def account_erase(*, deletion_id: UUID) -> None:
    """Pseudonymise the person everywhere and close the workspaces that were theirs alone.

    Raises
    ------
    AccountDeletionError
        ``deletion.not_due`` if it was cancelled, is done, or has days left; ``deletion.blocked``
        if the person has become the last owner of an organisation with others.
    """
    deletion = AccountDeletion.objects.select_for_update().get(pk=deletion_id)
    user = User.objects.select_for_update().get(pk=deletion.user_id)
    _check_due(deletion)
    _check_not_blocked(user)
    for organisation in deletion_effect(user).closes:
        organisation_close(organisation=organisation, actor=None)
    personal_data_erase(user_id=user.pk)
    with connection.cursor() as cursor:  # the one lawful way to change the trail
        cursor.execute("SELECT accounts_person_scrub(%s)", [user.pk])
    EmailAddress.objects.filter(user=user).delete()
    AccountDeletion.objects.filter(pk=deletion.pk).update(erased_at=Now())
    audit_record(action="accounts.account.erased", actor=None, organisation=None, target=user)


def _check_due(deletion: AccountDeletion) -> None:
    is_pending = AccountDeletion.objects.pending().filter(pk=deletion.pk, due_at__lte=Now())
    if not is_pending.exists():
        raise AccountDeletionError(
            "deletion.not_due", _("This deletion was cancelled, is done, or has days left.")
        )


def _check_not_blocked(user: User) -> None:
    blocked_by = deletion_effect(user).blocked_by
    if blocked_by:
        raise AccountDeletionError(
            "deletion.blocked",
            _(
                "You are the only owner of %(names)s, where others work too. Nothing was deleted. "
                "Make somebody else an owner there, or remove the other members, then try again."
            )
            % {"names": ", ".join(organisation.name for organisation in blocked_by)},
        )

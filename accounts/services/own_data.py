"""What the accounts app itself holds about a person, and how it forgets."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.db.models import Q
from django.utils import timezone

from accounts.models import (
    ApiToken,
    AuditEntry,
    DataExport,
    Invitation,
    MailRefusal,
    Membership,
    OutgoingMail,
    User,
)
from accounts.models.deletion import AccountDeletion
from accounts.services.mail import mail_forget
from accounts.services.sessions import sessions_end_others

if TYPE_CHECKING:
    from django.db.models import QuerySet

ERASED_NAME = "Deleted person"
OUTBOX_PATIENCE = timedelta(days=3)  # longer than the outbox tries to send a mail


def own_data_collect(*, user_id: int) -> dict[str, object]:
    """Return everything of this app about the person; secrets and their hashes are left out."""
    user = User.objects.get(pk=user_id)
    addresses = person_addresses(user)
    return {
        "profile": _rows(
            User.objects.filter(pk=user_id),
            "id email name is_staff is_active joined_at last_login",
        ),
        "email_addresses": _rows(EmailAddress.objects.filter(user=user), "email verified primary"),
        "memberships": _rows(
            Membership.objects.filter(user=user),
            "organisation_id organisation__name organisation__kind role created_at",
        ),
        "invitations": _rows(
            Invitation.objects.filter(Q(email__in=addresses) | Q(invited_by=user)),
            "id organisation__name email role created_at expires_at accepted_at declined_at "
            "withdrawn_at",
        ),
        "api_tokens": _rows(
            ApiToken.objects.filter(membership__user=user),
            "id name prefix scopes created_at expires_at revoked_at last_used_at",
        ),
        "sessions": _rows(
            UserSession.objects.filter(user=user), "created_at last_seen_at ip user_agent"
        ),
        "second_factors": _rows(
            Authenticator.objects.filter(user=user), "type created_at last_used_at"
        ),
        "activity": _rows(
            AuditEntry.objects.filter(actor=user),
            "created_at action organisation_id target_type target_id data request_id",
        ),
        "profile_history": _rows(
            apps.get_model("accounts", "UserEvent").objects.filter(pgh_obj_id=user_id),
            "pgh_created_at pgh_label email name is_staff is_active pgh_context",
        ),
        "mails": _rows(
            OutgoingMail.objects.filter(to__in=addresses), "created_at sent_at to subject state"
        ),
        "refused_mails": _rows(MailRefusal.objects.filter(user=user), "kind refused_at"),
        "data_exports": _rows(
            DataExport.objects.filter(user=user), "requested_at ready_at expires_at size_bytes"
        ),
        "deletions": _rows(
            AccountDeletion.objects.filter(user=user),
            "requested_at due_at cancelled_at erased_at",
        ),
    }


def own_data_erase(*, user_id: int) -> None:
    """Remove or pseudonymise everything of this app about the person, but the trail.

    The trail comes last, by ``accounts_person_scrub``, when these changes are written in it too;
    the confirmed addresses stay until then, because it looks for them.
    """
    user = User.objects.get(pk=user_id)
    addresses, name = person_addresses(user), user.name
    sessions_end_others(user=user, keep_key=None)
    Authenticator.objects.filter(user=user).delete()
    Membership.objects.filter(user=user).delete()  # its tokens die with it
    Invitation.objects.filter(email__in=addresses).delete()
    DataExport.objects.filter(user=user).delete()
    MailRefusal.objects.filter(user=user).delete()
    for address in addresses:
        mail_forget(address=address)
    _forget_mentions({*addresses, name} - {""})
    user.groups.clear()
    user.user_permissions.clear()
    user.email, user.name = erased_address(user_id), ERASED_NAME
    user.is_active = user.is_staff = user.is_superuser = False
    user.last_login = None
    user.set_unusable_password()
    user.save()


def person_addresses(user: User) -> set[str]:
    """Return every address the person has now or ever had, in lower case."""
    history = apps.get_model("accounts", "UserEvent").objects.filter(pgh_obj_id=user.pk)
    known = set(history.values_list("email", flat=True))
    accepted = AuditEntry.objects.filter(actor=user, action="accounts.invitation.accepted")
    known |= {entry.data.get("email", "") for entry in accepted}
    known |= set(EmailAddress.objects.filter(user=user).values_list("email", flat=True))
    return {address.lower() for address in known | {user.email} if address}


def erased_address(user_id: int) -> str:
    """Return what stands in place of an erased address; the SQL of the trail says the same."""
    return f"deleted-{user_id}@deleted.invalid"


def _forget_mentions(strings: set[str]) -> None:
    """Drop what others were mailed about the person, and their name in the admin's log.

    A mail that is still waiting is left alone unless nobody tries to send it any more: its text
    goes when it is sent, its row a month later.
    """
    for text in strings:
        mentions = OutgoingMail.objects.filter(
            Q(subject__icontains=text) | Q(text__icontains=text) | Q(html__icontains=text)
        )
        old = Q(created_at__lt=timezone.now() - OUTBOX_PATIENCE)
        mentions.filter(old | ~Q(state=OutgoingMail.State.PENDING)).delete()
        LogEntry.objects.filter(object_repr__icontains=text).update(object_repr=ERASED_NAME)
        LogEntry.objects.filter(change_message__icontains=text).update(change_message="")


def _rows(rows: QuerySet[Any], fields: str) -> list[dict[str, Any]]:
    return list(rows.values(*fields.split()))

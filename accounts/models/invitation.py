"""Invitations: somebody with this address may join an organisation."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from accounts.models.organisation import Membership, Organisation


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Reusable filters of invitations."""

    def undecided(self) -> InvitationQuerySet:
        """Keep those that were neither accepted, declined nor withdrawn, expired ones too."""
        return self.filter(
            accepted_at__isnull=True, declined_at__isnull=True, withdrawn_at__isnull=True
        )

    def acceptable(self) -> InvitationQuerySet:
        """Keep those that can be accepted now, by the database's clock."""
        return self.undecided().filter(expires_at__gt=Now(), organisation__closed_at__isnull=True)


class Invitation(models.Model):
    """An offer to one address. The mailed token is kept as a hash only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="invitations"
    )
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=20, choices=Membership.Role.choices)
    digest = models.BinaryField(_("SHA-256 of the token"), max_length=32, unique=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"))
    expires_at = models.DateTimeField(_("expires"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    declined_at = models.DateTimeField(_("declined"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "email"],
                condition=models.Q(
                    accepted_at__isnull=True, declined_at__isnull=True, withdrawn_at__isnull=True
                ),
                name="accounts_invitation_one_open_per_address",
            ),
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")),
                name="accounts_invitation_email_is_lower_case",
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("sent_at")),
                name="accounts_invitation_expires_after_sending",
            ),
            models.CheckConstraint(
                # At most one of the three ends.
                condition=models.Q(accepted_at__isnull=True, declined_at__isnull=True)
                | models.Q(accepted_at__isnull=True, withdrawn_at__isnull=True)
                | models.Q(declined_at__isnull=True, withdrawn_at__isnull=True),
                name="accounts_invitation_has_one_end",
            ),
        ]
        indexes = [models.Index(fields=["email"], name="accounts_invitation_email")]

    def __str__(self) -> str:
        return f"{self.email} → {self.organisation}"

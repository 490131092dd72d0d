"""The audit trail in words: who did what, beside the history of rows that triggers write."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """One act. Append-only: a trigger refuses every change that is not the lawful erasure.

    ``data`` holds ids and plain facts, never a name; the one personal string allowed in it is the
    address somebody was invited at, which the erasure knows to remove. The references have no
    constraint: what happened stays true when the row it happened to is gone.
    """

    action = models.CharField(_("action"), max_length=80)
    created_at = models.DateTimeField(_("when"), db_default=Now(), editable=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        verbose_name=_("who"),
    )
    organisation = models.ForeignKey(
        "accounts.Organisation",
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        verbose_name=_("organisation"),
    )
    target_type = models.CharField(_("kind of object"), max_length=80, blank=True)
    target_id = models.CharField(_("object"), max_length=64, blank=True)
    data = models.JSONField(_("details"), default=dict, blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["organisation", "-id"], name="accounts_audit_organisation"),
            models.Index(fields=["actor", "-id"], name="accounts_audit_actor"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(action__regex=r"^[a-z_]+(\.[a-z_]+)+$"),
                name="accounts_auditentry_action_is_dotted",
            )
        ]

    def __str__(self) -> str:
        return f"{self.action} #{self.pk}"

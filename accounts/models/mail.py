"""The outbox: every mail is a row first, so that none is lost and none is sent by a rollback."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class OutgoingMail(models.Model):
    """One mail to one address.

    ``due_at`` is both the lease and the back-off: whoever claims the row moves it ahead, and
    nobody touches the row before it is reached. ``rung_at`` is when the queue was last told, so that
    the sweep does not pile up doorbells while the cluster is behind. The texts are emptied once the mail is sent or
    given up, because they may hold links and codes that open an account.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Given up")

    template = models.CharField(_("template"), max_length=80)
    organisation = models.ForeignKey(
        "accounts.Organisation", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    message_id = models.CharField(_("message id"), max_length=200, unique=True)
    to = models.EmailField(_("to"))
    subject = models.CharField(_("subject"), max_length=255)
    text = models.TextField(_("text"), blank=True)
    html = models.TextField(_("HTML"), blank=True)
    headers = models.JSONField(_("headers"), default=dict, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.PENDING
    )
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    error = models.TextField(_("last error"), blank=True)
    created_at = models.DateTimeField(_("created"), db_default=Now())
    due_at = models.DateTimeField(_("due"), db_default=Now())
    rung_at = models.DateTimeField(_("rung"), db_default=Now())
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mails")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(state="pending"),
                name="accounts_mail_pending_due",
            ),
            models.Index(fields=["created_at"], name="accounts_mail_created"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["pending", "sent", "failed"]),
                name="accounts_mail_state_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state="sent", sent_at__isnull=False)
                | (~models.Q(state="sent") & models.Q(sent_at__isnull=True)),
                name="accounts_mail_sent_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} → {self.to}"

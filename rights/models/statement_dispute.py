"""Disputes of statement lines: opened by the payee, looked into, upheld or rejected, with every step."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from rights.models.micros import MicrosField

PENDING = ("open", "investigating")


class StatementDispute(models.Model):
    """What a payee says is wrong with a line. Upheld, it is an adjustment in the open period.

    ``amount`` is in micro-units of the statement's currency; it stands in the next statement.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        INVESTIGATING = "investigating", _("Being looked into")
        UPHELD = "upheld", _("Upheld")
        REJECTED = "rejected", _("Rejected")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    line = models.ForeignKey(
        "rights.StatementLine", on_delete=models.PROTECT, related_name="disputes"
    )
    state = models.CharField(_("state"), max_length=14, choices=State.choices, default=State.OPEN)
    reason = models.TextField(_("what is wrong"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False,
        related_name="+", verbose_name=_("opened by"),
    )  # fmt: skip
    opened_at = models.DateTimeField(_("opened"), db_default=Now())
    amount = MicrosField(_("amount"), null=True)
    because = models.TextField(_("answer"), blank=True)
    entry = models.OneToOneField(
        "rights.Entry", null=True, on_delete=models.PROTECT, related_name="dispute"
    )

    class Meta:
        verbose_name = _("dispute of a statement")
        verbose_name_plural = _("disputes of statements")
        ordering = ["-opened_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["line"],
                condition=Q(state__in=PENDING),
                name="rights_statementdispute_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(reason="")
                & (
                    Q(state__in=PENDING, amount__isnull=True, entry__isnull=True, because="")
                    | Q(state="rejected", amount__isnull=True, entry__isnull=True) & ~Q(because="")
                    | Q(state="upheld", amount__isnull=False, entry__isnull=False) & ~Q(because="")
                ),
                name="rights_statementdispute_is_decided_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.get_state_display()}"


class DisputeChange(models.Model):
    """One step of a dispute, with its words; only added."""

    dispute = models.ForeignKey(StatementDispute, on_delete=models.PROTECT, related_name="changes")
    to_state = models.CharField(_("became"), max_length=14, choices=StatementDispute.State.choices)
    words = models.TextField(_("words"), blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False,
        related_name="+", verbose_name=_("by"),
    )  # fmt: skip
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("step of a dispute")
        verbose_name_plural = _("steps of disputes")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.dispute_id} {self.to_state}"

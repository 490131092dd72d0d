"""Mails that a person does not want."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class MailRefusal(models.Model):
    """The person gets no mails of this kind. No row means that they do.

    The kind is a key of ``accounts.domain.mail_kinds``, without a constraint: apps add theirs.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_refusals"
    )
    kind = models.CharField(_("kind"), max_length=40)
    refused_at = models.DateTimeField(_("refused"), db_default=Now())

    class Meta:
        verbose_name = _("refused kind of mail")
        verbose_name_plural = _("refused kinds of mail")
        ordering = ["user", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"], name="accounts_mailrefusal_once_per_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.kind}"

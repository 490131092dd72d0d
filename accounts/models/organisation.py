"""Organisations (the tenants) and who acts for them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Organisation(models.Model):
    """A tenant: a creator's workspace, or a rights holder such as a label."""

    class Kind(models.TextChoices):
        CREATOR = "creator", _("Creator workspace")
        RIGHTS_HOLDER = "rights_holder", _("Rights holder")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Membership", related_name="organisations"
    )

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["creator", "rights_holder"]),
                name="accounts_organisation_kind_is_known",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """What one person may do in one organisation."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        EDITOR = "editor", _("Editor")  # in a creator workspace
        ACCOUNTANT = "accountant", _("Accountant")  # at a rights holder
        VIEWER = "viewer", _("Viewer")

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="memberships"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["organisation__name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user"], name="accounts_membership_is_unique"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=["owner", "editor", "accountant", "viewer"]),
                name="accounts_membership_role_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation} · {self.get_role_display()}"

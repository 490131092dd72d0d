"""Organisations (the tenants) and who acts for them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Reusable filters of organisations."""

    def active(self) -> OrganisationQuerySet:
        """Leave out the closed ones."""
        return self.filter(closed_at__isnull=True)


class Organisation(models.Model):
    """A tenant: a creator's workspace, or a rights holder such as a label.

    The kind never changes (a trigger sees to it), because the roles hang on it.
    """

    class Kind(models.TextChoices):
        CREATOR = "creator", _("Creator workspace")
        RIGHTS_HOLDER = "rights_holder", _("Rights holder")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Membership", related_name="organisations"
    )

    objects = OrganisationQuerySet.as_manager()

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
    """What one person may do in one organisation.

    Triggers keep two rules (migrations/sql/0003_rules.sql): the role fits the kind of the
    organisation, and no open organisation loses its last owner.
    """

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

    @classmethod
    def roles_of(cls, kind: str) -> list[tuple[str, str]]:
        """Return the roles that exist in organisations of this kind, as form choices."""
        middle = cls.Role.EDITOR if kind == Organisation.Kind.CREATOR else cls.Role.ACCOUNTANT
        roles = (cls.Role.OWNER, middle, cls.Role.VIEWER)
        return [(role.value, str(role.label)) for role in roles]

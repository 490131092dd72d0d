"""Keys with which programs act for a member."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models.organisation import Organisation
    from accounts.models.user import User


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Reusable filters of tokens."""

    def usable(self) -> ApiTokenQuerySet:
        """Keep the tokens that open the door now, by the database's clock."""
        return self.filter(
            models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=Now()),
            revoked_at__isnull=True,
            membership__user__is_active=True,
            membership__organisation__closed_at__isnull=True,
        )


class ApiToken(models.Model):
    """A key of one membership. Only a hash of it is kept; it is deleted with the membership."""

    class Scope(models.TextChoices):
        READ = "read", _("Read")
        WRITE = "write", _("Read and write")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    membership = models.ForeignKey(
        "accounts.Membership", on_delete=models.CASCADE, related_name="tokens"
    )
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(_("starts with"), max_length=12, editable=False)
    digest = models.BinaryField(_("SHA-256 of the token"), max_length=32, unique=True)
    scopes = ArrayField(
        models.CharField(max_length=20, choices=Scope.choices), verbose_name=_("scopes")
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scopes__contained_by=["read", "write"])
                & models.Q(scopes__len__gte=1),
                name="accounts_apitoken_scopes_are_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def user(self) -> User:
        """The person the token acts as."""
        return self.membership.user

    @property
    def organisation(self) -> Organisation:
        """The organisation the token acts for."""
        return self.membership.organisation

    def allows(self, scope: str) -> bool:
        """Say whether the token has ``scope``; who may write may read."""
        return scope in self.scopes or (
            scope == self.Scope.READ and self.Scope.WRITE in self.scopes
        )

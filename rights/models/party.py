"""Who can own a share or be named as an owner: labels, artists, publishers, distributors."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Party(models.Model):
    """Someone who can own a share or be paid; a customer only when ``organisation`` is set.

    ``normalised_name`` is what two spellings of one name share; it finds the party again.
    """

    class Kind(models.TextChoices):
        LABEL = "label", _("Label")
        ARTIST = "artist", _("Artist")
        PUBLISHER = "publisher", _("Publisher")
        DISTRIBUTOR = "distributor", _("Distributor")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=255)
    normalised_name = models.CharField(_("normalised name"), max_length=255)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    organisation = models.ForeignKey(
        "accounts.Organisation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="parties",
        verbose_name=_("customer"),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "normalised_name"], name="rights_party_is_found_by_its_name"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["label", "artist", "publisher", "distributor"]),
                name="rights_party_kind_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(normalised_name=""), name="rights_party_has_a_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name

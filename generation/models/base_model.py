"""The base model: a frozen snapshot of everything that the 33 % is paid for."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

PPM = 1_000_000


class BaseModel(models.Model):
    """Patterns of the project and units of recordings whose owners let them be trained on.

    Its items come before it is frozen; then nothing changes (triggers see to it), for songs name
    it. ``artefact_key`` is the stored file that an engine loads; ``sha256`` is that file's hash.
    """

    revision = models.CharField(_("revision"), max_length=40, unique=True)
    sha256 = models.CharField(_("hash"), max_length=64, unique=True)
    artefact_key = models.CharField(_("storage key"), max_length=120)
    card = models.JSONField(_("card"))
    frozen_at = models.DateTimeField(_("frozen"), null=True, blank=True)

    class Meta:
        verbose_name = _("base model")
        verbose_name_plural = _("base models")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="generation_base_has_a_hash"
            )
        ]

    def __str__(self) -> str:
        return self.revision


class BaseModelItem(models.Model):
    """One pattern or one recording. ``weight_ppm`` is its part of the pool; all sum to a million.

    ``owner`` is who was known to own it when the model was frozen; empty for the project's own
    patterns and for a recording whose label is unknown.
    """

    class Kind(models.TextChoices):
        PATTERN = "pattern", _("Pattern")
        RECORDING = "recording", _("Recording")

    base_model = models.ForeignKey(BaseModel, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    key = models.CharField(_("key"), max_length=120)
    recording = models.ForeignKey(
        "rights.Recording",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="base_model_items",
    )
    owner = models.ForeignKey(
        "rights.Party",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="base_model_items",
        verbose_name=_("owner"),
    )
    weight_ppm = models.PositiveIntegerField(_("weight, ppm"))
    sha256 = models.CharField(_("hash"), max_length=64)

    class Meta:
        verbose_name = _("item of a base model")
        verbose_name_plural = _("items of base models")
        ordering = ["base_model", "key"]
        constraints = [
            models.UniqueConstraint(
                fields=["base_model", "key"], name="generation_base_item_is_in_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="pattern", recording__isnull=True)
                | Q(kind="recording", recording__isnull=False),
                name="generation_base_item_is_of_one_kind",
            ),
            models.CheckConstraint(
                condition=Q(weight_ppm__lte=PPM), name="generation_base_item_has_a_weight"
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"),
                name="generation_base_item_has_a_hash",
            ),
        ]

    def __str__(self) -> str:
        return self.key

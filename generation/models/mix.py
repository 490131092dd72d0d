"""A mix that somebody made on the song page and wants to find again."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class SavedMix(models.Model):
    """Gains of the stems. ``gains`` maps a stem to ``{"gain_db": -3, "muted": false}``."""

    version = models.ForeignKey(
        "generation.Version", on_delete=models.PROTECT, related_name="mixes"
    )
    name = models.CharField(_("name"), max_length=80)
    gains = models.JSONField(_("gains"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("saved"), db_default=Now())

    class Meta:
        verbose_name = _("saved mix")
        verbose_name_plural = _("saved mixes")
        ordering = ["version", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "name"], name="generation_mix_name_is_taken_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="generation_mix_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

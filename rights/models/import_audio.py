"""An audio file that came with a delivery: kept until it is read, then only its sound is."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rights.models.catalogue_import import ImportRun


class ImportAudio(models.Model):
    """One file: what its tags say, its length and its fingerprint; or why it is of no use.

    ``audio_key`` names the bytes as they came, and is emptied when they have been read: the label
    keeps its masters, we keep what recognises them.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        READ = "read", _("Read")
        REFUSED = "refused", _("Cannot be used")

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="audio")
    name = models.CharField(_("file name"), max_length=255)
    size_bytes = models.PositiveBigIntegerField(_("size in bytes"))
    audio_key = models.CharField(_("storage key"), max_length=120, blank=True)
    state = models.CharField(
        _("state"), max_length=20, choices=State.choices, default=State.WAITING
    )
    refusal = models.TextField(_("why it cannot be used"), blank=True)
    values = models.JSONField(_("what its tags say"), default=dict, blank=True)
    duration_ms = models.PositiveIntegerField(_("duration in ms"), null=True, blank=True)
    landmarks_key = models.CharField(_("landmarks"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("audio file of an import")
        verbose_name_plural = _("audio files of imports")
        ordering = ["run", "name"]
        constraints = [
            models.UniqueConstraint(fields=["run", "name"], name="rights_import_audio_has_a_name"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "read", "refused"]),
                name="rights_import_audio_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state="refused") ^ Q(refusal=""),
                name="rights_import_audio_refusal_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(state="read") ^ Q(landmarks_key=""),
                name="rights_import_audio_read_has_a_sound",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}:{self.name}"

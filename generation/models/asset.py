"""The files of a version: rows, never columns, so that a new kind costs no migration of data."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class VersionAsset(models.Model):
    """One stored file of a version. ``key`` is content-addressed (``config.lib.blobs``)."""

    class Kind(models.TextChoices):
        MASTER_WAV = "master_wav", _("WAV, 24 bit")
        FLAC = "flac", _("FLAC")
        MP3 = "mp3", _("MP3, 320 kbit/s")
        AAC = "aac", _("AAC")
        MIDI = "midi", _("MIDI")
        STEM = "stem", _("Stem")
        STEMS_ZIP = "stems_zip", _("All stems")
        LEAD_SHEET = "lead_sheet", _("Lead sheet")
        MUSICXML = "musicxml", _("MusicXML")
        PEAKS_OVERVIEW = "peaks_overview", _("Waveform, overview")
        PEAKS_ZOOM = "peaks_zoom", _("Waveform, zoomed")
        ARCHIVE = "archive", _("Composition")
        REPORT = "report", _("Report")
        RECEIPT = "receipt", _("Receipt")

    version = models.ForeignKey(
        "generation.Version", on_delete=models.PROTECT, related_name="assets"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=80, blank=True)  # which stem
    key = models.CharField(_("storage key"), max_length=120)
    content_type = models.CharField(_("content type"), max_length=80)
    size_bytes = models.PositiveBigIntegerField(_("size in bytes"))
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("file of a version")
        verbose_name_plural = _("files of versions")
        ordering = ["version", "kind", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "kind", "name"],
                name="generation_asset_is_unique_in_its_version",
            ),
            models.CheckConstraint(
                condition=Q(kind="stem") ^ Q(name=""), name="generation_asset_a_stem_has_a_name"
            ),
            models.CheckConstraint(condition=~Q(key=""), name="generation_asset_is_stored"),
        ]
        indexes = [models.Index(fields=["key"], name="generation_asset_by_key")]

    def __str__(self) -> str:
        return f"{self.version_id} {self.kind} {self.name}".strip()

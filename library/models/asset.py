"""The files of a track: rows, never columns, so that a new kind costs no migration."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Asset(models.Model):
    """One stored file of a track. ``key`` is content-addressed (``config.lib.blobs``)."""

    class Kind(models.TextChoices):
        ORIGINAL = "original", _("Original")
        MASTER = "master", _("FLAC master")
        PLAYBACK = "playback", _("Playback")
        PEAKS_OVERVIEW = "peaks_overview", _("Waveform, overview")
        PEAKS_ZOOM = "peaks_zoom", _("Waveform, zoomed")
        COVER = "cover", _("Cover")
        STEM = "stem", _("Stem")
        MIDI = "midi", _("MIDI")

    track = models.ForeignKey("library.Track", on_delete=models.CASCADE, related_name="assets")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=80, blank=True)  # which stem, which part
    key = models.CharField(_("storage key"), max_length=120)
    content_type = models.CharField(_("content type"), max_length=80)
    size_bytes = models.PositiveBigIntegerField(_("size in bytes"))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("asset")
        verbose_name_plural = _("assets")
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["track", "kind", "name"], name="library_asset_is_unique_in_its_track"
            )
        ]
        indexes = [models.Index(fields=["key"], name="library_asset_by_key")]

    def __str__(self) -> str:
        return f"{self.track_id} {self.kind} {self.name}".strip()

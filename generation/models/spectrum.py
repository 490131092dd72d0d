"""How a source sounds in the long run, where its analysis is one of before it said so itself."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class SourceSpectrum(models.Model):
    """Levels of third-octaves in dB (``library.analysis.long_term``), by audio and revision."""

    audio_sha256 = models.CharField(max_length=64)
    revision = models.CharField(_("revision"), max_length=20)
    levels_db = models.JSONField(_("levels"))

    class Meta:
        verbose_name = _("spectrum of a source")
        verbose_name_plural = _("spectra of sources")
        constraints = [
            models.UniqueConstraint(
                fields=["audio_sha256", "revision"], name="generation_spectrum_is_made_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.audio_sha256[:12]} {self.revision}"

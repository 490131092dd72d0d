"""What was measured in a piece of audio, once for each revision of the measuring."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from pgvector.django import VectorField


class TrackAnalysis(models.Model):
    """The analysis of decoded audio, whoever uploaded it; ``data`` is its JSON form.

    The vectors have the length that their revision gives them; only equal revisions compare.
    """

    audio_sha256 = models.CharField(max_length=64)
    revision = models.CharField(_("revision"), max_length=40)
    data = models.JSONField(_("measured"))
    fingerprint_key = models.CharField(_("fingerprint"), max_length=120, blank=True)
    overall = VectorField(null=True)
    rhythm = VectorField(null=True)
    harmony = VectorField(null=True)
    timbre = VectorField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("analysis")
        verbose_name_plural = _("analyses")
        constraints = [
            models.UniqueConstraint(
                fields=["audio_sha256", "revision"], name="library_analysis_is_made_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.audio_sha256[:12]} {self.revision}"

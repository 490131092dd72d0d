"""What a person says against a measurement: it wins, and the measurement stays beside it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from library.constants import BPM_MAX, BPM_MIN


class TrackCorrection(models.Model):
    """One correction of a track, at most one for each thing that can be corrected.

    The analysis is never written to, so a correction outlives every new measurement and can be
    taken back at any time.
    """

    class What(models.TextChoices):
        TEMPO = "tempo", _("Tempo")
        KEY = "key", _("Key")
        DOWNBEAT = "downbeat", _("Bar lines")

    track = models.ForeignKey("library.Track", on_delete=models.CASCADE, related_name="corrections")
    what = models.CharField(_("what"), max_length=10, choices=What.choices)
    tempo_bpm = models.FloatField(_("tempo"), null=True)
    key_pitch_class = models.PositiveSmallIntegerField(_("tonic, 0 is C"), null=True)
    key_mode = models.CharField(_("mode"), max_length=5, blank=True)
    shift_beats = models.PositiveSmallIntegerField(_("beats later"), null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    made_at = models.DateTimeField(_("made"), db_default=Now())

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        constraints = [
            models.UniqueConstraint(
                fields=["track", "what"], name="library_correction_is_one_for_each_thing"
            ),
            models.CheckConstraint(
                condition=Q(
                    what="tempo",
                    tempo_bpm__isnull=False,
                    tempo_bpm__gte=BPM_MIN,
                    tempo_bpm__lte=BPM_MAX,
                    key_pitch_class=None,
                    shift_beats=None,
                )
                | Q(
                    what="key",
                    key_pitch_class__isnull=False,
                    key_pitch_class__lte=11,
                    key_mode__in=["major", "minor"],
                    tempo_bpm=None,
                    shift_beats=None,
                )
                | Q(
                    what="downbeat",
                    shift_beats__isnull=False,
                    shift_beats__gte=1,
                    shift_beats__lte=12,
                    tempo_bpm=None,
                    key_pitch_class=None,
                ),
                name="library_correction_says_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.track_id} {self.what}"

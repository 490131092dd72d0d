"""The local index: which recordings it knows by ear. Their keys lie in a table without a model.

``rights_fingerprint_posting (key, at, fingerprint)`` holds eight rows per second of music, far too
many for objects; ``rights.services.fingerprints`` writes it and ``rights.selectors.fingerprints``
asks it, both in SQL.
"""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class RecordingFingerprint(models.Model):
    """One sound by which a recording is known: a delivery's file, a song confirmed by a person.

    A recording may have several, for its masters differ. ``landmarks_key`` names the file that
    holds the whole fingerprint, against which what the index proposes is verified.
    """

    class Source(models.TextChoices):
        CONFIRMED = "confirmed", _("Confirmed match")
        LABEL = "label", _("Label delivery")
        BASE = "base", _("Base catalogue")

    # An integer, for it stands in every row of the index.
    id = models.AutoField(primary_key=True)
    recording = models.ForeignKey(
        "rights.Recording", on_delete=models.PROTECT, related_name="fingerprints"
    )
    source = models.CharField(_("known from"), max_length=20, choices=Source.choices)
    revision = models.CharField(_("revision"), max_length=20)
    landmarks_key = models.CharField(_("landmarks"), max_length=120)
    landmark_count = models.PositiveIntegerField(_("landmarks"))
    posting_count = models.PositiveIntegerField(_("keys in the index"))
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("fingerprint")
        verbose_name_plural = _("fingerprints")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["recording", "landmarks_key", "revision"],
                name="rights_fingerprint_is_stored_once",
            ),
            models.CheckConstraint(
                condition=models.Q(source__in=["confirmed", "label", "base"]),
                name="rights_fingerprint_source_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recording_id} ({self.source})"

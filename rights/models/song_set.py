"""Song sets: ten tracks, ordered and weighted, from which a new song is made."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rights.constants import SONGS, WEIGHT_TOTAL_PPM


class SongSet(models.Model):
    """Up to ten tracks. Once frozen nothing of it changes (triggers see to it)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="song_sets"
    )
    name = models.CharField(_("name"), max_length=120)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    frozen_at = models.DateTimeField(_("frozen"), null=True, blank=True)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)

    class Meta:
        verbose_name = _("song set")
        verbose_name_plural = _("song sets")
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(fields=["organisation", "-created_at"], name="rights_song_set_by_date")
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="rights_song_set_has_a_name"),
            models.CheckConstraint(
                condition=Q(frozen_at=None) | Q(deleted_at=None),
                name="rights_song_set_frozen_is_kept",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SongSetEntry(models.Model):
    """One of the ten. Positions run from 1 without gaps and the weights add up to one million.

    ``recording`` is written when the set is frozen: what the track was matched to at that moment.
    """

    song_set = models.ForeignKey(SongSet, on_delete=models.CASCADE, related_name="entries")
    position = models.PositiveSmallIntegerField(_("position"))
    track = models.ForeignKey(
        "library.Track", on_delete=models.PROTECT, related_name="song_set_entries"
    )
    weight_ppm = models.PositiveIntegerField(_("weight, ppm"))
    recording = models.ForeignKey(
        "rights.Recording",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="song_set_entries",
    )

    class Meta:
        verbose_name = _("song of a set")
        verbose_name_plural = _("songs of sets")
        ordering = ["song_set", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["song_set", "position"],
                name="rights_entry_position_is_taken_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(
                fields=["song_set", "track"], name="rights_entry_track_is_in_once"
            ),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=SONGS),
                name="rights_entry_position_is_one_of_ten",
            ),
            models.CheckConstraint(
                condition=Q(weight_ppm__lte=WEIGHT_TOTAL_PPM), name="rights_entry_weight_is_a_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.track_id}"

"""A song made from ten: its versions form a tree, one of them is the present one."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import Organisation


class SongQuerySet(models.QuerySet["Song"]):
    """Filters of songs."""

    def of(self, organisation: Organisation) -> SongQuerySet:
        """Return what the organisation made and has not deleted."""
        return self.filter(organisation=organisation, deleted_at=None)


class Song(models.Model):
    """What was made from one frozen song set. The work hangs on its versions, a job on each.

    ``current`` is the version people hear and publish; it is empty until the first is ready. The
    row is never deleted: receipts and royalties speak of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="songs"
    )
    song_set = models.ForeignKey("rights.SongSet", on_delete=models.PROTECT, related_name="songs")
    title = models.CharField(_("title"), max_length=120)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    current = models.ForeignKey(
        "generation.Version",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("present version"),
    )
    # What makes two requests for a song the same request; chosen by the form.
    idem = models.CharField(_("idempotency key"), max_length=80)
    created_at = models.DateTimeField(_("made"), db_default=Now())
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)

    objects = SongQuerySet.as_manager()

    class Meta:
        verbose_name = _("song")
        verbose_name_plural = _("songs")
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(fields=["organisation", "-created_at"], name="generation_song_by_date"),
            models.Index(
                fields=["deleted_at"],
                condition=Q(deleted_at__isnull=False),
                name="generation_song_to_purge",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="generation_song_has_a_title"),
            models.CheckConstraint(condition=~Q(idem=""), name="generation_song_has_a_key"),
            models.UniqueConstraint(
                fields=["organisation", "idem"], name="generation_song_is_asked_for_once"
            ),
        ]

    def __str__(self) -> str:
        return self.title

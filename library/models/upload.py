"""A file on its way in: how much of it has arrived."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Upload(models.Model):
    """A resumable upload (tus 1.0). ``offset_bytes`` is the truth, not the length of the file.

    The bytes lie in ``settings.UPLOAD_DIR`` under the id; what stands behind the offset after a
    crash is overwritten by the next request.
    """

    class State(models.TextChoices):
        RECEIVING = "receiving", _("Receiving")
        RECEIVED = "received", _("Received")
        ENDED = "ended", _("Ended")  # removed by its owner, or expired

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    filename = models.CharField(_("file name"), max_length=255)
    size_bytes = models.PositiveBigIntegerField(_("size in bytes"))
    offset_bytes = models.PositiveBigIntegerField(_("bytes received"), default=0)
    state = models.CharField(
        _("state"), max_length=20, choices=State.choices, default=State.RECEIVING
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        constraints = [
            models.CheckConstraint(
                condition=Q(offset_bytes__lte=F("size_bytes")),
                name="library_upload_offset_is_within_size",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["receiving", "received", "ended"]),
                name="library_upload_state_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="received") | Q(offset_bytes=F("size_bytes")),
                name="library_upload_received_is_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=Q(state="receiving"),
                name="library_upload_expiry",
            )
        ]

    def __str__(self) -> str:
        return self.filename

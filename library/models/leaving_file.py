"""Stored files that are to go: noted with the change that stops naming them, gone when the note is."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class LeavingFile(models.Model):
    """A promise to remove a file, kept even if the process that gave it is killed (``services.leaving``)."""

    key = models.CharField(_("storage key"), max_length=120, primary_key=True)
    since = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("leaving file")
        verbose_name_plural = _("leaving files")

    def __str__(self) -> str:
        return self.key

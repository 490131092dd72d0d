"""What all processes know together about the services outside: pace, breaker, recent answers."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class OutsideService(models.Model):
    """The pace and the breaker of one service (``rights.domain.pacing``).

    Times are seconds since 1970 by the database's clock, which all workers share.
    """

    name = models.CharField(_("name"), max_length=40, primary_key=True)
    slot_at = models.FloatField(_("next call"), default=0.0)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    openings = models.PositiveIntegerField(_("times opened in a row"), default=0)
    open_until = models.FloatField(_("left alone until"), default=0.0)
    probe_until = models.FloatField(_("probed until"), default=0.0)

    class Meta:
        verbose_name = _("outside service")
        verbose_name_plural = _("outside services")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class OutsideAnswer(models.Model):
    """An answer of an outside service, kept for a while; ``key`` is a hash of the question.

    Text, not JSON: PostgreSQL's JSON refuses characters that a catalogue may well send.
    """

    key = models.CharField(_("key"), max_length=64, primary_key=True)
    answer = models.TextField(_("answer"))
    fetched_at = models.DateTimeField(_("fetched"))
    expires_at = models.DateTimeField(_("good until"), db_index=True)

    class Meta:
        verbose_name = _("answer from outside")
        verbose_name_plural = _("answers from outside")

    def __str__(self) -> str:
        return self.key

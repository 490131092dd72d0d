"""What sources printed of the worth of currencies: only added, for statements say which rate they took."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from rights.domain.exchange import Rate, rate_parse

CURRENCY = "^[A-Z]{3}$"


class ExchangeRate(models.Model):
    """How many ``quote`` one ``base`` was worth on the day ``on``, in the very words of ``source``."""

    source = models.CharField(_("source"), max_length=40)
    on = models.DateField(_("day"))
    base = models.CharField(_("of"), max_length=3)
    quote = models.CharField(_("in"), max_length=3)
    # The decimal text as it was printed: 1.0840 and 1.084 are the same rate, and this keeps which.
    text = models.CharField(_("rate"), max_length=34)
    imported_at = models.DateTimeField(_("imported"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering = ["-on", "source", "base", "quote"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "on", "base", "quote"], name="rights_exchangerate_is_said_once"
            ),
            models.CheckConstraint(
                condition=Q(base__regex=CURRENCY, quote__regex=CURRENCY) & ~Q(base=F("quote")),
                name="rights_exchangerate_is_of_two_currencies",
            ),
            models.CheckConstraint(
                condition=Q(text__regex=r"^[0-9]{1,12}(\.[0-9]{1,20})?$")
                & ~Q(text__regex=r"^[0.]*$"),
                name="rights_exchangerate_is_positive",
            ),
            models.CheckConstraint(
                condition=~Q(source=""), name="rights_exchangerate_has_a_source"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.on}: 1 {self.base} = {self.text} {self.quote}"

    @property
    def rate(self) -> Rate:
        """Return the rate as an exact fraction."""
        return rate_parse(
            self.text, base=self.base, quote=self.quote, source=self.source, on=self.on
        )

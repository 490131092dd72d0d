"""The ledger: accounts, entries, legs, and the periods that are closed.

Rows are only ever added, by ``rights.services.ledger``. What holds for them is written twice: in
sentences there, and in the triggers, keys and privileges of ``migrations/sql/0009_ledger_*.sql``,
which bind whoever connects as the application. Beside these columns the tables have an ``xid``
(the transaction that made the entry) and a ``lock_handle`` (what the application may lock by).
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Concat, Now
from django.utils.translation import gettext_lazy as _

from rights.domain.chart import CHART, KINDS, Account
from rights.domain.postings import KINDS as ENTRY_KINDS
from rights.domain.postings import REVERSAL
from rights.models.micros import MicrosField


def _in_the_chart() -> Q:
    """Return the chart of accounts as a condition on a row."""
    rows = Q()
    for name, role in CHART.items():
        row = Q(role=name, kind=role.kind)
        row &= _exactly("min_balance", role.floor) & _exactly("max_balance", role.ceiling)
        rows |= row & (~Q(subject="") if role.subject else Q(subject=""))
    return rows


def _exactly(column: str, value: int | None) -> Q:
    """A CHECK lets NULL pass: what is to be a number is said not to be NULL."""
    if value is None:
        return Q(**{f"{column}__isnull": True})
    return Q(**{f"{column}__isnull": False, column: value})


class LedgerAccount(models.Model):
    """A book in one currency. Balances are sums of legs; none is stored."""

    role = models.CharField(_("role"), max_length=40)
    kind = models.CharField(_("kind"), max_length=10, choices=[(kind, kind) for kind in KINDS])
    subject = models.CharField(_("of"), max_length=80, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    min_balance = MicrosField(_("never below"), null=True)
    max_balance = MicrosField(_("never above"), null=True)
    code = models.GeneratedField(
        expression=Case(
            When(subject="", then=Concat("role", Value(":"), "currency")),
            default=Concat("role", Value(":"), "subject", Value(":"), "currency"),
        ),
        output_field=models.CharField(_("code"), max_length=130),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("ledger account")
        verbose_name_plural = _("ledger accounts")
        ordering = ["role", "subject", "currency"]
        constraints = [
            models.UniqueConstraint(
                fields=["role", "subject", "currency"], name="rights_ledgeraccount_is_unique"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex="^[A-Z]{3}$"), name="rights_ledgeraccount_currency"
            ),
            models.CheckConstraint(
                condition=Q(subject__regex="^[A-Za-z0-9._-]*$"), name="rights_ledgeraccount_subject"
            ),
            models.CheckConstraint(
                condition=_in_the_chart(), name="rights_ledgeraccount_is_in_the_chart"
            ),
        ]

    def __str__(self) -> str:
        return str(self.code)

    @property
    def key(self) -> Account:
        """Return the natural key."""
        return Account(self.role, self.subject, self.currency)


class Entry(models.Model):
    """One posting: legs that sum to zero in each currency, all made with it or none."""

    idem = models.CharField(_("key"), max_length=200, unique=True)
    idem_hash = models.CharField(_("hash"), max_length=64)
    kind = models.CharField(
        _("kind"), max_length=30, choices=[(kind, kind.replace("_", " ")) for kind in ENTRY_KINDS]
    )
    # When it counts, and when it was written down. Only the first is asked for in balances.
    effective_at = models.DateTimeField(_("effective"))
    posted_at = models.DateTimeField(_("posted"), db_default=Now(), editable=False)
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversed_by"
    )
    n_legs = models.PositiveIntegerField(_("legs"))
    memo = models.CharField(_("what for"), max_length=255, blank=True)
    facts = models.JSONField(_("facts"), default=dict)
    # No constraint: an entry stays when the person is erased.
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        verbose_name=_("posted by"),
    )

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        ordering = ["-id"]
        indexes = [models.Index(fields=["effective_at", "id"], name="rights_entry_by_moment")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=ENTRY_KINDS), name="rights_entry_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind=REVERSAL, reverses__isnull=False)
                | (~Q(kind=REVERSAL) & Q(reverses__isnull=True)),
                name="rights_entry_reversal_says_of_what",
            ),
            models.CheckConstraint(condition=Q(n_legs__gte=2), name="rights_entry_has_two_legs"),
            models.CheckConstraint(
                condition=Q(reverses__isnull=True) | Q(reverses__lt=F("id")),
                name="rights_entry_reverses_an_earlier_one",
            ),
            models.CheckConstraint(
                condition=Q(idem_hash__regex="^[0-9a-f]{64}$") & ~Q(idem=""),
                name="rights_entry_key_and_hash",
            ),
            # A slip of the pen in the year; clocks of two machines never differ by a day.
            models.CheckConstraint(
                condition=Q(effective_at__lte=F("posted_at") + timedelta(days=1)),
                name="rights_entry_is_not_of_the_future",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class Leg(models.Model):
    """One signed amount on one account: a credit is positive, a debit negative."""

    # That both exist, and the currency is the account's, is checked once for all legs that come
    # together (rights_leg_is_sealed); a foreign key would look leg by leg.
    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, related_name="legs", db_constraint=False, db_index=False
    )
    account = models.ForeignKey(
        LedgerAccount,
        on_delete=models.PROTECT,
        related_name="legs",
        db_constraint=False,
        db_index=False,
    )
    currency = models.CharField(_("currency"), max_length=3)
    amount = MicrosField(_("amount"))
    facts = models.JSONField(_("facts"), null=True)

    class Meta:
        verbose_name = _("leg")
        verbose_name_plural = _("legs")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["entry"], name="rights_leg_by_entry"),
            models.Index(fields=["account", "id"], name="rights_leg_by_account"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="rights_leg_moves_something")
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class PeriodLock(models.Model):
    """Everything before ``ends_at`` is closed: no entry takes effect there any more."""

    ends_at = models.DateTimeField(_("closed before"), unique=True)
    locked_at = models.DateTimeField(_("locked"), db_default=Now(), editable=False)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        verbose_name=_("locked by"),
    )
    reason = models.CharField(_("why"), max_length=255)

    class Meta:
        verbose_name = _("locked period")
        verbose_name_plural = _("locked periods")
        ordering = ["-ends_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__lte=F("locked_at")), name="rights_periodlock_is_over"
            )
        ]

    def __str__(self) -> str:
        return f"before {self.ends_at:%Y-%m-%d}"

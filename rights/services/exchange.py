"""Exchange rates: taken in as a source printed them, and found for a day.

The same table twice changes nothing. Another figure for a day that is known is refused by name:
a source that corrects itself is a decision of a person, not of an import.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction

from accounts.services.audit import audit_record
from rights.domain.exchange import (
    OLDEST_DAYS,
    Rate,
    RateMissingError,
    RateTable,
    rate_parse,
    table_of,
)
from rights.domain.rate_tables import BASE, SOURCE, Tables
from rights.exceptions import RatesRefusedError
from rights.models import ExchangeRate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from accounts.models import User

_ADD = """
INSERT INTO rights_exchangerate (source, base, "on", quote, text)
SELECT %s, %s, printed.* FROM unnest(%s::date[], %s::text[], %s::text[]) AS printed
    ON CONFLICT (source, "on", base, quote) DO NOTHING
"""


@dataclass(frozen=True)
class RatesTaken:
    """What came of an import: how many figures are new, how many were known, and which days."""

    added: int
    known: int
    first: date
    last: date
    unknown: Sequence[str]


def rate_find(*, base: str, quote: str, on: date) -> Rate:
    """Return what one ``base`` was worth in ``quote``: by the newest table on ``on`` or just before.

    One source, one day: never a rate of another table where the newest lacks the currency.

    Raises
    ------
    RateMissingError
        If no table of the days before ``on`` is here, or the newest lacks one of the currencies.
    RateError
        If both currencies are the same.
    """
    days = ExchangeRate.objects.filter(
        source=SOURCE, base=BASE, on__lte=on, on__gte=on - timedelta(days=OLDEST_DAYS)
    )
    newest = days.order_by("-on").values_list("on", flat=True).first()
    wanted = [code for code in (base, quote) if code != BASE]
    rows = days.filter(on=newest, quote__in=wanted) if newest is not None else []
    quotes = {row.quote: row.rate for row in rows}
    tables = [RateTable(SOURCE, newest, BASE, quotes)] if newest is not None else []
    try:
        return table_of(tables, source=SOURCE, on=on).rate(base, quote)
    except RateMissingError as missing:
        msg = f"{missing}. Import the table of that day (manage.py rates_import), then ask again."
        raise RateMissingError(msg) from None


@transaction.atomic
def rates_import(*, tables: Tables, actor: User | None, name: str) -> RatesTaken:
    """Keep the figures of ``tables`` that are new; ``name`` says where they came from.

    Raises
    ------
    RatesRefusedError
        If a figure differs from the one that is known for its day and currency; none is kept.
    """
    rates = tables.rates
    first, last = rates[0].on, rates[-1].on
    with connection.cursor() as cursor:
        # Whoever imports the same day at the same moment is waited for here, and then compared.
        cursor.execute(
            _ADD,
            [
                SOURCE,
                BASE,
                [r.on for r in rates],
                [r.quote for r in rates],
                [r.text for r in rates],
            ],
        )
        added = cursor.rowcount
    kept = {
        (row.on, row.quote): row
        for row in ExchangeRate.objects.filter(
            source=SOURCE, base=BASE, on__gte=first, on__lte=last
        ).iterator(chunk_size=20_000)
    }
    for one in rates:
        row = kept[one.on, one.quote]
        said = rate_parse(one.text, base=BASE, quote=one.quote, source=SOURCE, on=one.on)
        if row.text != one.text and row.rate != said:
            raise RatesRefusedError(
                "rights.rates.contradicted",
                f"{name} says {one.text} for {one.quote} of {one.on}; the table that was imported "
                f"before says {row.text}. Nothing of this file was kept. Amounts may have been "
                f"converted at the rate that is known; ask {SOURCE} which of the two is right.",
            )
    if added:
        audit_record(
            action="rights.rates.imported",
            actor=actor,
            organisation=None,
            data={
                "name": name[:200],
                "rates": added,
                "from": first.isoformat(),
                "to": last.isoformat(),
            },
        )
    return RatesTaken(added, len(rates) - added, first, last, tables.unknown)

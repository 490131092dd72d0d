"""Every afternoon: fetch the exchange rates, so that statements of a month find those of its days."""

from __future__ import annotations

import structlog
from django.conf import settings

from rights.connectors.ecb import RatesUnreachableError, rates_download
from rights.domain.rate_tables import RateTableError, tables_read
from rights.exceptions import RatesRefusedError
from rights.services.exchange import rates_import

log = structlog.get_logger(__name__)


def rates_fetch(**_ignored: object) -> None:
    """Import the last ninety days; what fails is an error in the log and is made up for tomorrow."""
    if not settings.ECB_URL:
        return
    try:
        content = rates_download(settings.ECB_URL)
        taken = rates_import(tables=tables_read(content), actor=None, name="eurofxref-hist-90d.xml")
    except (RatesUnreachableError, RateTableError, RatesRefusedError) as error:
        log.error("exchange_rates_not_fetched", why=str(error))  # noqa: TRY400 - no fault of ours
        return
    log.info("exchange_rates_fetched", added=taken.added, last=taken.last.isoformat())

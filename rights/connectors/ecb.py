"""The European Central Bank's reference rates over HTTP: one file with the last ninety days."""

from __future__ import annotations

import time

import httpx

from rights.domain.rate_tables import LARGEST_BYTES

PATH = "/stats/eurofxref/eurofxref-hist-90d.xml"
"""Ninety days, so that a week without a connection leaves no gap."""
TIMEOUT = httpx.Timeout(20.0, connect=5.0)
ATTEMPTS = 3
PATIENCE_MS = 1_000


class RatesUnreachableError(Exception):
    """The bank did not answer, or not with a file; nothing was imported."""


def rates_download(url: str, *, patience_ms: int = PATIENCE_MS) -> bytes:
    """Return the file behind the base address ``url``; try again, ``patience_ms`` later and longer.

    No proxy of the environment and no redirect is followed.

    Raises
    ------
    RatesUnreachableError
        If no attempt brought a file of a table's size.
    """
    why = ""
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(patience_ms * 2 ** (attempt - 1) / 1_000)
        try:
            with (
                httpx.Client(timeout=TIMEOUT, trust_env=False) as http,
                http.stream("GET", url.rstrip("/") + PATH) as response,
            ):
                if response.status_code == 200:
                    return _read(response)
                why = f"it answered {response.status_code}"
        except httpx.HTTPError as error:
            why = f"it did not answer ({type(error).__name__})"
    msg = f"The exchange rates could not be fetched: {why}. Those that are known are safe."
    raise RatesUnreachableError(msg)


def _read(response: httpx.Response) -> bytes:
    body = bytearray()
    for block in response.iter_bytes():
        body += block
        if len(body) > LARGEST_BYTES:
            msg = f"The exchange rates have more than {LARGEST_BYTES >> 20} MB: that is no table."
            raise RatesUnreachableError(msg)
    return bytes(body)

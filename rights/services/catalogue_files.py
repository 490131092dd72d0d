"""Covers and previews, fetched for a page at the moment it shows them. Nothing is kept here."""

from __future__ import annotations

import atexit
import os
from functools import lru_cache
from typing import TYPE_CHECKING

import httpx
from django.conf import settings

from config.partners import is_stand_in
from rights.catalogue.files import fetch_file
from rights.domain.pacing import GatePolicy
from rights.services.outside import SharedGate

if TYPE_CHECKING:
    from rights.catalogue.files import CatalogueFile, Kind

# Its own gate: the files come from other machines than the answers, and have no known limit.
POLICY = GatePolicy(rate_per_s=50, burst=100)


def catalogue_file_fetch(*, kind: Kind, url: str) -> CatalogueFile:
    """Return the cover or preview at ``url``.

    Raises
    ------
    FileRefusedError, FileUnavailableError
        See :mod:`rights.catalogue.files`.
    """
    base = str(settings.APPLE_MUSIC_URL)
    stand_in = base if base and is_stand_in(base, host=settings.SANDBOX_HOST) else ""
    return fetch_file(
        url,
        kind,
        http=_connections(os.getpid(), bool(stand_in)),
        gate=SharedGate("apple_files", POLICY),
        stand_in=stand_in,
    )


@lru_cache(maxsize=2)
def _connections(pid: int, stand_in: bool) -> httpx.Client:
    """Return the connections of this process; no token, no cookie, no referrer goes out."""
    client = httpx.Client(trust_env=not stand_in, headers={"User-Agent": "Tenfold/1"})
    # A fork that ends closes nothing: the connections are still its parent's.
    atexit.register(lambda: client.close() if os.getpid() == pid else None)
    return client

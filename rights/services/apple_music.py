"""Apple Music as the settings describe it, with the gate and the memory that all processes share."""

from __future__ import annotations

import atexit
import os
from functools import lru_cache
from typing import TYPE_CHECKING

import httpx
from django.conf import settings

from config.partners import is_stand_in
from rights.catalogue.client import AppleMusicClient
from rights.catalogue.ports import SystemClock
from rights.catalogue.tokens import DeveloperTokens
from rights.catalogue.transport import TIMEOUT, Transport
from rights.domain.pacing import GatePolicy
from rights.services.outside import SharedGate, SharedMemory

if TYPE_CHECKING:
    from rights.catalogue.types import AppleMusic

NAME = "apple_music"
# A job waits for its turn; a person who types does not.
JOB_PATIENCE_S = 60.0
PAGE_PATIENCE_S = 5.0


def apple_music(*, patience_s: float = JOB_PATIENCE_S) -> AppleMusic:
    """Return a client that gives up ``patience_s`` after each question. Not inside a transaction."""
    url = str(settings.APPLE_MUSIC_URL)
    clock = SystemClock()
    stand_in = bool(url) and is_stand_in(url, host=settings.SANDBOX_HOST)
    transport = Transport(
        http=_connections(os.getpid(), stand_in),
        base_url=url,
        tokens=_tokens(
            os.getpid(),
            settings.APPLE_MUSIC_TEAM_ID,
            settings.APPLE_MUSIC_KEY_ID,
            settings.APPLE_MUSIC_KEY,
        ),
        gate=SharedGate(NAME, GatePolicy(rate_per_s=settings.APPLE_MUSIC_RATE)),
        clock=clock,
        patience_s=patience_s,
    )
    return AppleMusicClient(
        transport=transport,
        memory=SharedMemory(),
        scope=f"{NAME}:{url}",
        ttl_s=float(settings.APPLE_MUSIC_CACHE_S),
    )


# Kept per process: connections and tokens are not carried over a fork.
@lru_cache(maxsize=2)
def _connections(pid: int, stand_in: bool) -> httpx.Client:
    """Return the connections of this process; no redirect is followed with our token."""
    client = httpx.Client(
        timeout=TIMEOUT,
        follow_redirects=False,
        trust_env=not stand_in,
        headers={"Accept": "application/json", "User-Agent": "Tenfold/1"},
    )
    # A fork that ends closes nothing: the connections are still its parent's.
    atexit.register(lambda: client.close() if os.getpid() == pid else None)
    return client


@lru_cache(maxsize=2)
def _tokens(pid: int, team_id: str, key_id: str, private_key: str) -> DeveloperTokens:
    """Return the tokens of this process."""
    return DeveloperTokens(
        team_id=team_id, key_id=key_id, private_key=private_key, clock=SystemClock()
    )

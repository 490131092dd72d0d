"""A client of Apple Music with a clock turned by hand, on the real stand-in."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx
import pytest

from rights.catalogue.client import AppleMusicClient
from rights.catalogue.tokens import DeveloperTokens
from rights.catalogue.transport import Transport
from rights.domain.pacing import GatePolicy
from tests.rights.catalogue.own import OwnGate, OwnMemory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sandbox import StandInClient


@dataclass
class HandClock:
    """Time stands still until somebody sleeps or turns it."""

    at: float
    naps: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.at += seconds


class WholeJitter(random.Random):
    """The longest back-off that chance may choose."""

    def uniform(self, a: float, b: float) -> float:
        return b


@dataclass
class Bench:
    """A client and everything that it stands on."""

    apple: StandInClient
    clock: HandClock
    gate: OwnGate
    memory: OwnMemory
    http: httpx.Client
    policy: GatePolicy
    key: str = ""

    def client(self, *, patience_s: float = 60, url: str | None = None) -> AppleMusicClient:
        tokens = DeveloperTokens(
            team_id="TEAM567890", key_id="ABCDE12345", private_key=self.key, clock=self.clock
        )
        transport = Transport(
            http=self.http,
            base_url=self.apple.url if url is None else url,
            tokens=tokens,
            gate=self.gate,
            clock=self.clock,
            patience_s=patience_s,
            jitter=WholeJitter(),
        )
        return AppleMusicClient(transport, self.memory, scope="test", ttl_s=86_400)

    def calls(self) -> list[str]:
        """Return the questions that reached the stand-in."""
        return [f"{one['path']}?{one['query']}" for one in self.apple.journal("/v1/")]

    def register(self, *songs: dict) -> list[dict]:
        answer = self.apple.http.put(f"{self.apple.url}/sandbox/songs", json={"songs": list(songs)})
        assert answer.status_code == 200, answer.text
        return answer.json()["songs"]


@pytest.fixture
def bench(sandbox, hand_clock) -> Iterator[Bench]:
    clock, policy = hand_clock, GatePolicy(rate_per_s=10, burst=10)
    # Plain HTTP: reading all certificates of the system takes longer than most tests.
    with httpx.Client(timeout=0.5, trust_env=False, verify=False) as http:  # noqa: S501
        yield Bench(
            sandbox["apple_music"], clock, OwnGate(policy, clock), OwnMemory(clock), http, policy
        )


@pytest.fixture
def hand_clock() -> HandClock:
    """A clock that begins an hour ago: the stand-in refuses tokens from the future."""
    import time

    return HandClock(at=time.time() - 3600)

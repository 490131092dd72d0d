"""A stand-in of Shazam that knows a few invented songs, and a recogniser that speaks to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pytest

from rights.domain.pacing import GatePolicy, GateState, enter, failed, paused, succeeded
from rights.recognition.shazam import ShazamPlace, ShazamRecogniser
from rights.recognition.shazam_client import whole_signature
from tests.rights.recognition.sounds import song

if TYPE_CHECKING:
    from tests.sandbox import StandInClient


@dataclass
class HandClock:
    """Time that moves only when somebody sleeps or turns it."""

    at: float = 1_000.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


@dataclass
class OwnGate:
    """The rules of rights.domain.pacing on the hand's clock, for one process."""

    clock: HandClock
    policy: GatePolicy = field(default_factory=lambda: GatePolicy(rate_per_s=5 / 60, burst=3))
    state: GateState = field(default_factory=GateState)

    def enter(self, *, longest_wait_s):
        self.state, admission = enter(
            self.state, self.policy, now=self.clock.at, longest_wait_s=longest_wait_s
        )
        return admission

    def succeeded(self):
        self.state = succeeded(self.state)

    def failed(self):
        self.state = failed(self.state, self.policy, now=self.clock.at)

    def paused(self, seconds):
        self.state = paused(self.state, now=self.clock.at, seconds=seconds)


class OwnMemory(dict[str, Any]):
    """Answers of one test; their time to live is noted."""

    def __init__(self) -> None:
        super().__init__()
        self.ttls: list[float] = []

    def recall(self, keys):
        return {key: self[key] for key in keys if key in self}

    def remember(self, answers, *, ttl_s):
        self.update(answers)
        self.ttls.append(ttl_s)


@lru_cache(maxsize=16)
def signature_of(seed: int) -> str:
    return whole_signature(*song(seed))


@dataclass
class Shelf:
    """The songs of Shazam's stand-in."""

    stand_in: StandInClient

    def register(self, seed: int, **fields: Any) -> None:
        entry = {
            "title": f"Song {seed}",
            "artist": "The Inventors",
            "isrc": f"ZZINV26{seed:05d}",
            "apple_music_id": f"9{seed:05d}",
            "album_id": f"8{seed:05d}",
            "album": "Numbers",
            "label": "Invented Records",
            "released": "2026",
            "signature": signature_of(seed),
        }
        answer = self.stand_in.http.put(
            f"{self.stand_in.url}/sandbox/signatures", json={"songs": [entry | fields]}
        )
        assert answer.status_code == 200, answer.text

    def asked(self) -> list[dict[str, Any]]:
        """Return the questions so far."""
        return self.stand_in.journal("/discovery/v5/")


@pytest.fixture
def shelf(sandbox):
    return Shelf(sandbox["shazam"])


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def gate(clock):
    return OwnGate(clock)


@pytest.fixture
def memory():
    return OwnMemory()


@pytest.fixture
def shazam(shelf, clock, gate, memory):
    place = ShazamPlace(shelf.stand_in.url)
    return ShazamRecogniser(place, gate=gate, memory=memory, clock=clock)

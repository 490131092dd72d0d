"""The stand-in of Stripe as tests use it: its desk, and the product's settings pointed at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.sandbox import StandInClient

SECRET = "whsec_tests"


@dataclass(frozen=True)
class Desk:
    """What happens at Stripe outside its API."""

    stand_in: StandInClient

    def act(self, what: str, **fields: Any) -> Any:
        """Do something at the desk: ``act("topup", amount=100, currency="eur")``."""
        answer = self.stand_in.http.post(f"{self.stand_in.url}/sandbox/stripe/{what}", json=fields)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def show(self, what: str) -> Any:
        """Return the books: ``show("transfers")``."""
        answer = self.stand_in.http.get(f"{self.stand_in.url}/sandbox/stripe/{what}")
        assert answer.status_code == 200, answer.text
        return answer.json()[what]

    def fail(self, mode: str, **fields: Any) -> None:
        """Let a call fail, as ``StandInClient.fail`` does; silence is short."""
        self.stand_in.fail(mode, delay_s=0.05, **fields)

    def calls(self, method: str, path: str) -> list[dict[str, Any]]:
        """Return the calls to exactly this path."""
        return [
            call
            for call in self.stand_in.journal(path)
            if (call["method"], call["path"]) == (method, path)
        ]

    def events(self, kind: str) -> list[dict[str, Any]]:
        """Return the events of a type, oldest first, each with its ``body`` as it is sent."""
        return [event for event in self.show("events") if event["type"] == kind]


def pointed(settings: Any, stand_in: StandInClient, *, retries: int = 0) -> Desk:
    """Point the product's settings at the stand-in; our own layer repeats, unless told otherwise."""
    settings.STRIPE_URL = stand_in.url
    settings.STRIPE_SECRET_KEY = "sk_test_tenfold"
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    settings.STRIPE_RETRIES = retries
    settings.STRIPE_TIMEOUT_S = 5.0
    return Desk(stand_in)

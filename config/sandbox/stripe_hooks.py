"""Signed messages, sent for real over HTTP: at once, or when the desk says so."""

from __future__ import annotations

import hashlib
import hmac
import os
import queue
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WAIT_S = 10
# Real Stripe tries for three days.
AGAIN_AFTER_S: Sequence[float] = (0.5, 2, 8, 30, 120)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where messages go and what they are signed with; without an address none go."""

    url: str = ""
    secret: str = ""
    is_held: bool = False


def endpoint_of_environment() -> Endpoint:
    """Return the endpoint that whoever started this named."""
    names = ("SANDBOX_STRIPE_WEBHOOK_URL", "SANDBOX_STRIPE_WEBHOOK_SECRET")
    url, secret = (os.environ.get(name, "") for name in names)
    return Endpoint(url, secret)


def signature(body: bytes, *, secret: str, at: int) -> str:
    """Return the header ``Stripe-Signature`` of a body."""
    code = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={code}"


def post(body: bytes, *, url: str, secret: str, skew_s: int = 0) -> int:
    """Send one message; return the status of the answer, 0 for none."""
    header = signature(body, secret=secret, at=int(time.time()) + skew_s)
    request = urllib.request.Request(  # noqa: S310 - the desk's own address
        url,
        data=body,
        method="POST",
        headers={"Content-Type": "application/json", "Stripe-Signature": header},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=WAIT_S) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


class Messenger:
    """Sends in the order in which things happened, from a thread of its own; tries again."""

    def __init__(self) -> None:
        self.endpoint = endpoint_of_environment()
        self._waiting: queue.SimpleQueue[tuple[bytes, Endpoint]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def forget(self) -> None:
        """Go back to the endpoint of the start."""
        self.endpoint = endpoint_of_environment()

    def send(self, body: bytes) -> None:
        """Put a message on its way, unless there is nobody or the desk holds them."""
        if not self.endpoint.url or self.endpoint.is_held:
            return
        self._waiting.put((body, self.endpoint))
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            body, endpoint = self._waiting.get()
            for pause in (*AGAIN_AFTER_S, None):
                if 200 <= post(body, url=endpoint.url, secret=endpoint.secret) < 300:
                    break
                if pause is None or self.endpoint != endpoint:
                    break
                time.sleep(pause)

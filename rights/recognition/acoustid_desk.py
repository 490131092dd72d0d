"""One question to AcoustID or MusicBrainz over HTTP: at the shared pace, tried twice at most."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rights.recognition.ports import Clock, Gate

ATTEMPTS = 2
AGAIN_S = 1.0
LIMITED_S, DOWN_S = 30.0, 120.0
"""How long to leave a service alone that says nothing of it: asked too often, or in trouble."""
LONGEST_PAUSE_S = 3_600.0
LARGEST_BYTES = 4 << 20
TOO_OFTEN = 14
INVALID_KEY = 4
"""Codes of AcoustID's own errors."""


class DeskRefusedError(Exception):
    """No answer. ``code``: limited, broken, down, timeout, unreadable, key or refused."""

    def __init__(self, service: str, code: str, retry_after_s: float, detail: str) -> None:
        super().__init__(f"{service}: {code}: {detail}")
        self.service, self.code = service, code
        self.retry_after_s, self.detail = retry_after_s, detail


@dataclass(frozen=True)
class Desk:
    """Where one of the two services is spoken to, and when. Answers are JSON objects."""

    service: str
    http: httpx.Client
    base_url: str
    gate: Gate
    clock: Clock
    longest_wait_s: float

    def ask(
        self, method: str, path: str, content: Mapping[str, str], *, absent: bool = False
    ) -> dict[str, Any]:
        """Return the answer; with ``absent``, "there is no such thing" is an empty one.

        Raises
        ------
        DeskRefusedError
            Whatever the service or the network did instead of answering.
        """
        for attempt in range(1, ATTEMPTS + 1):
            self._take_turn()
            try:
                return self._attempt(method, path, content, absent)
            except DeskRefusedError as refusal:
                if refusal.code not in ("down", "timeout") or attempt == ATTEMPTS:
                    raise
                self.clock.sleep(AGAIN_S)
        raise AssertionError("the last attempt returns or raises")

    def _take_turn(self) -> None:
        admission = self.gate.enter(longest_wait_s=self.longest_wait_s)
        if not admission.allowed:
            code = "broken" if admission.broken else "limited"
            raise DeskRefusedError(self.service, code, admission.retry_after_s, "not asked")
        if admission.wait_s:
            self.clock.sleep(admission.wait_s)

    def _attempt(
        self, method: str, path: str, content: Mapping[str, str], absent: bool
    ) -> dict[str, Any]:
        """Ask once, and tell the gate how it went."""
        sent: dict[str, Any] = {"data" if method == "POST" else "params": dict(content)}
        try:
            with self.http.stream(method, self.base_url.rstrip("/") + path, **sent) as response:
                body = _read(response)
        except httpx.TimeoutException as error:
            raise self._failed("timeout", DOWN_S, type(error).__name__) from None
        except httpx.HTTPError as error:
            raise self._failed("down", DOWN_S, type(error).__name__) from None
        status, answer = response.status_code, _object(body)
        wait_s = _seconds(response.headers.get("retry-after", ""))
        number = _error_number(answer)
        if status == 429 or number == TOO_OFTEN or (status == 503 and self._is_throttled(answer)):
            self.gate.paused(wait_s or LIMITED_S)
            raise DeskRefusedError(self.service, "limited", wait_s or LIMITED_S, f"status {status}")
        if status >= 500:
            raise self._failed("down", wait_s or DOWN_S, f"status {status}")
        if status in (301, 404) and absent:
            self.gate.succeeded()
            return {}
        if not 200 <= status < 300:
            self.gate.succeeded()  # it answers; it does not like the question
            code = "key" if number == INVALID_KEY or status in (401, 403) else "refused"
            raise DeskRefusedError(self.service, code, DOWN_S, f"status {status}, error {number}")
        if answer is None:
            raise self._failed("unreadable", DOWN_S, f"status {status}, not a JSON object")
        self.gate.succeeded()
        return answer

    def _failed(self, code: str, retry_after_s: float, detail: str) -> DeskRefusedError:
        self.gate.failed()
        return DeskRefusedError(self.service, code, retry_after_s, detail)

    @staticmethod
    def _is_throttled(answer: dict[str, Any] | None) -> bool:
        """MusicBrainz says "too often" with 503, and in words."""
        return "rate limit" in str((answer or {}).get("error", "")).lower()


def _read(response: httpx.Response) -> bytes | None:
    body = bytearray()
    for block in response.iter_bytes():
        body += block
        if len(body) > LARGEST_BYTES:
            return None
    return bytes(body)


def _object(body: bytes | None) -> dict[str, Any] | None:
    try:
        content = json.loads(body or b"")
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _error_number(answer: dict[str, Any] | None) -> int:
    error = (answer or {}).get("error")
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, int) else 0


def _seconds(header: str) -> float:
    text = header.strip()
    is_number = text.isascii() and text.isdecimal()
    return min(float(text[:9]), LONGEST_PAUSE_S) if is_number else 0.0

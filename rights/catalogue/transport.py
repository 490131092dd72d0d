"""One question to Apple Music over HTTP: at the shared pace, tried again with patience.

Every failure ends as one of the errors of :mod:`rights.catalogue.types`; neither the token nor the
body of an answer gets into an error or a log.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import httpx
import structlog

from rights.catalogue import refusals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rights.catalogue.ports import Clock, Gate
    from rights.catalogue.tokens import DeveloperTokens
    from rights.catalogue.types import CatalogueError

logger = structlog.get_logger(__name__)

LARGEST_BYTES = 16 << 20
TIMEOUT = httpx.Timeout(10.0, connect=5.0)
# An answer is worth so long a wait even to who has no patience left.
SHORTEST_S = 2.0
# Exponential back-off with full jitter (Brooker, "Exponential backoff and jitter", AWS, 2015).
ATTEMPTS = 4
BACKOFF_S = 0.5
LONGEST_BACKOFF_S = 8.0
# What a service without a Retry-After probably needs.
BUSY_S = 5.0
DOWN_S = 30.0


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt failed; ``retry_after_s`` is what the service asked for, 0 if it said nothing."""

    error: CatalogueError
    again: bool = False
    retry_after_s: float = 0.0


class Transport:
    """Asks, and only asks: every call is a GET, so each may be repeated."""

    def __init__(
        self,
        *,
        http: httpx.Client,
        base_url: str,
        tokens: DeveloperTokens,
        gate: Gate,
        clock: Clock,
        patience_s: float,
        jitter: random.Random | None = None,
    ) -> None:
        self._http, self._base_url, self._tokens = http, base_url.rstrip("/"), tokens
        self._gate, self._clock, self._patience_s = gate, clock, patience_s
        self._jitter = jitter or random.SystemRandom()

    def get(self, path: str, params: Mapping[str, str], *, storefront: str = "") -> dict[str, Any]:
        """Return the JSON object behind ``path``; give up when ``patience_s`` would be over.

        Raises
        ------
        CatalogueError
            Any of its kinds; never anything else for what the service or the network did.
        """
        if not self._base_url:
            raise refusals.off()
        deadline = self._clock.now() + self._patience_s
        attempt = 0
        while True:
            self._take_turn(deadline)
            outcome = self._attempt(path, params, storefront, deadline)
            if not isinstance(outcome, Failure):
                return outcome
            attempt += 1
            backoff = self._jitter.uniform(0, min(LONGEST_BACKOFF_S, BACKOFF_S * 2**attempt))
            wait = max(backoff, outcome.retry_after_s)
            left = deadline - self._clock.now()
            if not outcome.again or attempt >= ATTEMPTS or wait > left:
                raise outcome.error
            logger.info(
                "catalogue_retry", path=path, code=outcome.error.code, attempt=attempt, wait_s=wait
            )
            self._clock.sleep(wait)

    def _take_turn(self, deadline: float) -> None:
        """Wait for our turn, or say when to come again."""
        admission = self._gate.enter(longest_wait_s=max(0.0, deadline - self._clock.now()))
        if not admission.allowed:
            refuse = refusals.broken if admission.broken else refusals.busy
            raise refuse(admission.retry_after_s)
        if admission.wait_s:
            self._clock.sleep(admission.wait_s)

    def _attempt(
        self, path: str, params: Mapping[str, str], storefront: str, deadline: float
    ) -> dict[str, Any] | Failure:
        """Ask once, and tell the gate how it went."""
        limit = _within(self._http.timeout, deadline - self._clock.now())
        headers = {"Authorization": f"Bearer {self._tokens.token()}"}
        try:
            with self._http.stream(
                "GET",
                self._base_url + path,
                params=dict(params),
                headers=headers,
                timeout=limit,
            ) as response:
                body = _read(response)
        except httpx.HTTPError:
            self._gate.failed()
            return Failure(refusals.silent(DOWN_S), again=True)
        return self._judge(response, body, storefront)

    def _judge(
        self, response: httpx.Response, body: bytes | None, storefront: str
    ) -> dict[str, Any] | Failure:
        status = response.status_code
        asked_s = retry_after(response.headers.get("retry-after", ""), now=self._clock.now())
        if status == 429:
            self._gate.paused(asked_s or BUSY_S)
            return Failure(refusals.busy(asked_s or BUSY_S), True, asked_s)
        if status >= 500:
            self._gate.failed()
            return Failure(refusals.down(asked_s or DOWN_S), True, asked_s)
        if status != 200:
            self._gate.succeeded()  # it answers; it just does not like the question
            if status == 401:
                self._tokens.forget()
            return Failure(_refusal(status, body, storefront))
        content = _content(body)
        if content is None:
            self._gate.failed()
            return Failure(refusals.garbled(DOWN_S), again=True)
        self._gate.succeeded()
        return content


def _within(own: httpx.Timeout, left_s: float) -> httpx.Timeout:
    """Return the client's own time limits, cut to what is left of the caller's patience."""
    most = max(SHORTEST_S, left_s)
    read, connect, write, pool = (
        min(most, limit) if limit is not None else most
        for limit in (own.read, own.connect, own.write, own.pool)
    )
    return httpx.Timeout(connect=connect, read=read, write=write, pool=pool)


def retry_after(header: str, *, now: float) -> float:
    """Return the seconds that ``Retry-After`` asks for (RFC 9110, 10.2.3), 0 when it says nothing."""
    text = header.strip()
    if text.isascii() and text.isdecimal():
        return float(min(int(text[:9]), 86_400))
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(0.0, at.timestamp() - now), 86_400.0)


def _refusal(status: int, body: bytes | None, storefront: str) -> CatalogueError:
    if status == 401:
        return refusals.key_refused()
    if status == 403:
        return refusals.forbidden()
    if status == 404:
        if storefront and b"storefront" in (body or b"").lower():
            return refusals.no_storefront(storefront)
        return refusals.not_found(storefront)
    return refusals.refused(status)


def _read(response: httpx.Response) -> bytes | None:
    """Return the body, or None when it is larger than any answer of the catalogue."""
    body = bytearray()
    for block in response.iter_bytes():
        body += block
        if len(body) > LARGEST_BYTES:
            return None
    return bytes(body)


def _content(body: bytes | None) -> dict[str, Any] | None:
    """Return the JSON object, or None when the answer is something else."""
    if body is None:
        return None
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None

"""One question to Shazam over HTTP, through shazamio with a client of our own.

shazamio has no setting for the host and would try 20 times for up to 702 seconds; the injected
client rewrites the address and tries twice. An event loop serves one question: the caller waits
for its turn, which it learns from the database, outside of any loop.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import logging
import wave
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp
import numpy as np
import numpy.typing as npt
import soxr
from aiohttp_retry import ExponentialRetry
from shazamio import Shazam
from shazamio.client import HTTPClient
from shazamio.exceptions import FailedDecodeJson, RateLimited
from yarl import URL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shazamio_core import Signature

    from rights.recognition.types import Pcm

# It tells of every object that it makes.
logging.getLogger("shazamio_core").setLevel(logging.WARNING)

RATE_HZ = 16_000
WINDOW_S = 12
MARGIN_S = 0.1
ATTEMPTS = 2
RETRY_AFTER_S, LONGEST_RETRY_S = 1.0, 4.0
TRANSIENT = frozenset({500, 502, 503, 504})
TIMEOUT_S = 10.0
LIMITED_S = 60.0
"""How long to leave it alone when it is asked too often and does not say how long."""
DOWN_S = 120.0


class ShazamRefusedError(Exception):
    """No answer. ``code``: limited, broken, down, timeout or unreadable."""

    def __init__(self, code: str, retry_after_s: float, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.retry_after_s, self.detail = code, retry_after_s, detail


@dataclass(frozen=True)
class Window:
    """Twelve seconds of a sound as a signature: all that ever leaves this machine."""

    start_s: float
    signature: Signature

    @property
    def digest(self) -> str:
        """Of the peaks, the same for the same twelve seconds."""
        return hashlib.sha256(self.signature.signature.uri.encode()).hexdigest()


class LocatedClient(HTTPClient):
    """shazamio's client, sent to ``base_url``, with few retries and a time limit."""

    def __init__(self, base_url: str) -> None:
        # 429 is not tried again: the gate lets nobody ask for a while.
        super().__init__(
            ExponentialRetry(
                attempts=ATTEMPTS,
                start_timeout=RETRY_AFTER_S,
                max_timeout=LONGEST_RETRY_S,
                statuses=set(TRANSIENT),
                retry_all_server_errors=False,
            )
        )
        self._base = URL(base_url)
        self.status = 0
        self.retry_after_s = 0.0
        self.trace_config.on_request_end.append(self._note)

    async def _note(
        self, _session: aiohttp.ClientSession, _context: Any, end: aiohttp.TraceRequestEndParams
    ) -> None:
        self.status = end.response.status
        stated = end.response.headers.get("Retry-After", "")
        self.retry_after_s = float(stated) if stated.isdecimal() else 0.0

    async def request(self, method: str, url: str, **kwargs: Any) -> list[Any] | dict[str, Any]:
        """Ask at our address what shazamio asks at its own."""
        here = self._base.join(URL(url).relative())
        limit = aiohttp.ClientTimeout(total=TIMEOUT_S)
        return await super().request(method, str(here), timeout=limit, **kwargs)


def longest_s() -> float:
    """Return the seconds after which a question has ended in every case."""
    policy = LocatedClient("http://localhost").retry_options
    waits = sum(policy.get_timeout(attempt) for attempt in range(1, policy.attempts))
    return policy.attempts * TIMEOUT_S + waits


def signatures(pcm: Pcm, starts_s: Sequence[float]) -> Iterator[Window]:
    """Yield the windows of a sound that begin at ``starts_s``, each heard when it is asked for.

    shazamio's own decoder only ever sees the WAV files that are written here.
    """

    async def compute(part: npt.NDArray[np.float32]) -> Signature:
        core = Shazam(segment_duration_seconds=WINDOW_S).core_recognizer
        return await core.recognize_bytes(wav_of(part))

    for at in starts_s:
        yield Window(at, asyncio.run(compute(_window(pcm, at))))


def _window(pcm: Pcm, start_s: float) -> npt.NDArray[np.float32]:
    """Return twelve seconds at 16 kHz, as if the whole sound had been resampled, but for rounding.

    From a whole second on, where samples of both rates fall together, and a little more than is
    wanted, so that the filter's ends lie outside.
    """
    first_s = max(0, int(start_s - MARGIN_S))
    samples, rate_hz = pcm(first_s, start_s + WINDOW_S + MARGIN_S)
    wave_16k = soxr.resample(samples, rate_hz, RATE_HZ)
    skipped = round(start_s * RATE_HZ) - first_s * RATE_HZ
    return np.asarray(wave_16k[skipped:][: WINDOW_S * RATE_HZ])


def whole_signature(samples: npt.NDArray[np.float32], rate_hz: int) -> str:
    """Return the signature of a whole sound as a data URI; only the stand-in is told it."""
    wave_16k = soxr.resample(samples, rate_hz, RATE_HZ)

    async def compute() -> str:
        seconds = len(wave_16k) // RATE_HZ + 1
        core = Shazam().core_recognizer
        core.segment_duration_seconds = seconds
        return str((await core.recognize_bytes(wav_of(wave_16k))).signature.uri)

    return asyncio.run(compute())


def wav_of(samples: npt.NDArray[np.float32]) -> bytes:
    """Return mono samples at 16 kHz as a WAV file."""
    tape = io.BytesIO()
    with wave.open(tape, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes((np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes())
    return tape.getvalue()


def ask(window: Window, *, base_url: str, country: str, language: str) -> dict[str, Any]:
    """Return Shazam's answer about one window.

    Raises
    ------
    ShazamRefusedError
        Whatever the service or the network did instead of answering.
    """
    return asyncio.run(_ask(window, base_url, country, language))


async def _ask(window: Window, base_url: str, country: str, language: str) -> dict[str, Any]:
    client = LocatedClient(base_url)
    async with client:
        shazam = Shazam(language=language, endpoint_country=country, http_client=client)
        answer: Any
        try:
            answer = await shazam.send_recognize_request_v2(window.signature)
        except RateLimited:
            wait_s = client.retry_after_s or LIMITED_S
            raise ShazamRefusedError("limited", wait_s, "status 429") from None
        except TimeoutError:
            raise ShazamRefusedError("timeout", DOWN_S, f"nothing for {TIMEOUT_S:.0f} s") from None
        except (FailedDecodeJson, ValueError):
            code = "down" if client.status in TRANSIENT else "unreadable"
            wait_s = client.retry_after_s or DOWN_S
            raise ShazamRefusedError(code, wait_s, f"status {client.status}") from None
        except aiohttp.ClientError as error:
            raise ShazamRefusedError("down", DOWN_S, type(error).__name__) from None
    if not isinstance(answer, dict) or not isinstance(answer.get("matches"), list):
        raise ShazamRefusedError("unreadable", DOWN_S, "no list of matches")
    return answer

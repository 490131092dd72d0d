"""The switch that makes a stand-in fail as the real service would on a bad day."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass, replace
from typing import Any, get_type_hints

from config.sandbox.messages import Reply, Request

# What a client must survive, and whether the act happened all the same.
MODES = {
    "slow": "answers rightly, after delay_s",
    "429": "refuses before acting, with Retry-After: retry_after_s",
    "401": "refuses the key before acting",
    "403": "refuses this to the key before acting",
    "404": "says that there is no such thing",
    "500": "fails before acting",
    "503": "is closed before acting, with Retry-After: retry_after_s",
    "timeout_before_acting": "does nothing, says nothing for delay_s and closes the connection",
    "timeout_after_acting": "acts, then says nothing for delay_s and closes the connection",
    "malformed": "acts, then answers 200 with half of the body",
    "html": "acts, then answers 200 with a page for people, as a proxy between may",
    "empty": "acts, then answers 204 without a body",
    "shape": "acts, then answers 200 with JSON of a shape that nobody expects",
}
# What a service answers before it does anything.
REFUSALS = frozenset({"401", "403", "404", "429", "500", "503"})
SILENT = frozenset({"timeout_before_acting", "timeout_after_acting"})
SPOILED = frozenset({"malformed", "html", "empty", "shape"})
WITH_RETRY_AFTER = frozenset({"429", "503"})
PAGE = b"<!doctype html><title>Maintenance</title><p>We will be back soon.</p>"
LONGEST_DELAY_S = 300.0


@dataclass(frozen=True, slots=True)
class Fault:
    """Fail the next ``times`` calls that match; an empty ``path`` or ``method`` matches all.

    ``path`` is the beginning of a path. ``times`` 0 means until it is switched off.
    """

    mode: str
    times: int = 1
    path: str = ""
    method: str = ""
    delay_s: float = 1.0
    retry_after_s: int = 1

    @classmethod
    def from_json(cls, content: object) -> Fault:
        """Read a fault as a test sends it.

        Raises
        ------
        ValueError
            With a message for whoever wrote the test.
        """
        if not isinstance(content, dict):
            msg = "send one JSON object"
            raise ValueError(msg)  # noqa: TRY004 - one family of errors for the caller
        kinds: dict[str, Any] = get_type_hints(cls)
        for name, value in content.items():
            if name not in kinds:
                msg = f"unknown field {name!r}; known: {', '.join(kinds)}"
                raise ValueError(msg)
            accepted = (int, float) if kinds[name] is float else kinds[name]
            if not isinstance(value, accepted) or isinstance(value, bool):
                msg = f"{name} is a {kinds[name].__name__}, not {value!r}"
                raise ValueError(msg)  # noqa: TRY004
        if content.get("mode") not in MODES:
            msg = f"unknown mode {content.get('mode')!r}; known: {', '.join(MODES)}"
            raise ValueError(msg)
        fault = cls(**content)
        if fault.times < 0 or fault.retry_after_s < 0 or not 0 <= fault.delay_s <= LONGEST_DELAY_S:
            msg = f"times and retry_after_s from 0, delay_s from 0 to {LONGEST_DELAY_S:.0f}"
            raise ValueError(msg)
        return fault

    def matches(self, request: Request) -> bool:
        """Say whether this call is to fail."""
        return request.path.startswith(self.path) and self.method in {"", request.method}

    @property
    def acts(self) -> bool:
        """Say whether the service does what it was asked before it fails."""
        return self.mode not in REFUSALS and self.mode != "timeout_before_acting"

    def as_json(self) -> dict[str, Any]:
        """Return the fields as they were sent."""
        return asdict(self)


class Faults:
    """The faults that are switched on, first in, first out; safe for many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []
        self._released = threading.Event()

    def add(self, fault: Fault) -> None:
        """Switch ``fault`` on, behind those already on."""
        with self._lock:
            self._waiting.append(fault)

    def waiting(self) -> list[Fault]:
        """Return what is still switched on, with the times that are left."""
        with self._lock:
            return list(self._waiting)

    def take(self, request: Request) -> Fault | None:
        """Return the first fault that hits this call, and count it down."""
        with self._lock:
            for place, fault in enumerate(self._waiting):
                if fault.matches(request):
                    if fault.times == 1:
                        del self._waiting[place]
                    elif fault.times > 1:
                        self._waiting[place] = replace(fault, times=fault.times - 1)
                    return fault
        return None

    def clear(self) -> None:
        """Switch everything off and let go of the calls that are being held."""
        with self._lock:
            self._waiting.clear()
            self._released.set()
            self._released = threading.Event()

    def hold(self, seconds: float) -> None:
        """Wait ``seconds``, or until :meth:`clear`."""
        with self._lock:
            released = self._released
        released.wait(seconds)


def spoil(reply: Reply, mode: str) -> Reply:
    """Return ``reply`` as "malformed" sends it: 200, and the body breaks off in the middle.

    As "html" sends it, the body is a page instead; as "empty" there is none, and the status is 204;
    as "shape" it is JSON, but says nothing that was asked.
    """
    if mode == "empty":
        return Reply(204)
    if mode == "shape":
        return Reply(200, b'{"answer": [42]}', {"Content-Type": "application/json"})
    if mode == "html":
        return Reply(200, PAGE, {"Content-Type": "text/html; charset=utf-8"})
    body = reply.body if len(reply.body) > 1 else b'{"data'
    return Reply(200, body[: max(1, len(body) // 2)], reply.headers)

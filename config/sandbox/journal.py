"""What a stand-in was asked and what it did, for tests to read back."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from config.sandbox.messages import Request

LENGTH = 10_000
BODY_LENGTH = 64 << 10
SECRET_HEADERS = frozenset({"authorization", "cookie", "music-user-token", "x-signature"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One call: ``acted`` says whether the service did it, ``answered`` whether anyone heard."""

    number: int
    at: str
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: str
    fault: str
    acted: bool
    answered: bool
    status: int

    def as_json(self) -> dict[str, Any]:
        """Return the fields."""
        return asdict(self)


class Journal:
    """The last 10,000 calls, oldest first; safe for many threads.

    ``era`` changes whenever everything is forgotten: a call that was held meanwhile belongs to the
    era it came in and is not noted any more.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque(maxlen=LENGTH)
        self._count = 0
        self.era = 0

    def note(
        self, request: Request, *, era: int, fault: str, acted: bool, answered: bool, status: int
    ) -> None:
        """Append a call that came in ``era``. Secrets are not kept, only that they were sent."""
        headers = {
            name: "[present]" if name in SECRET_HEADERS else value
            for name, value in request.headers.items()
        }
        with self._lock:
            if era != self.era:
                return
            self._count += 1
            entry = Entry(
                number=self._count,
                at=datetime.now(UTC).isoformat(),
                method=request.method,
                path=request.path,
                query=request.query_string,
                headers=headers,
                body=request.body[:BODY_LENGTH].decode("utf-8", "replace"),
                fault=fault,
                acted=acted,
                answered=answered,
                status=status,
            )
            self._entries.append(entry)

    def entries(self, *, path: str = "", after: int = 0) -> list[Entry]:
        """Return the calls whose path begins with ``path``, after the one numbered ``after``."""
        with self._lock:
            return [e for e in self._entries if e.number > after and e.path.startswith(path)]

    def clear(self) -> None:
        """Forget all; counting starts again at 1."""
        with self._lock:
            self._entries.clear()
            self._count = 0
            self.era += 1

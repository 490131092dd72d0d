"""What every stand-in has: its own answers and errors, and the common switches around them."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from config.sandbox.faults import SILENT, SPOILED, WITH_RETRY_AFTER, Fault, Faults, spoil
from config.sandbox.journal import Journal
from config.sandbox.messages import Reply, Request

if TYPE_CHECKING:
    from typing import Final

NOT_BUILT: Final = "This stand-in does not answer this call yet."
REFUSAL_WORDS: Final = {
    "401": "The key is not known.",
    "403": "The key does not allow this.",
    "404": "There is no such thing.",
    "429": "Too many requests.",
    "500": "The service is in trouble.",
    "503": "The service is closed for maintenance.",
}


class Service(ABC):
    """One stand-in. ``answer`` runs under ``lock``: one call changes the state at a time."""

    name: ClassVar[str]

    def __init__(self) -> None:
        self.faults = Faults()
        self.journal = Journal()
        self.lock = threading.RLock()

    @abstractmethod
    def answer(self, request: Request) -> Reply:
        """Do what the real service would do, and return its answer."""

    @abstractmethod
    def error(self, status: int, message: str) -> Reply:
        """Return an error in the real service's own format."""

    def forget(self) -> None:  # noqa: B027 - not every service has a state
        """Go back to the state of a fresh start. A service with a state of its own overrides it."""

    def reset(self) -> None:
        """Forget state, journal and faults, and let go of calls that are being held."""
        with self.lock:
            self.forget()
            self.journal.clear()
        self.release()

    def release(self) -> None:
        """Switch the faults off and let go of calls that are being held; what is stored stays."""
        self.faults.clear()

    def handle(self, request: Request) -> Reply | None:
        """Answer one call under the fault that hits it; None means: close without an answer."""
        era = self.journal.era
        fault = self.faults.take(request)
        if fault is not None and not fault.acts:
            reply: Reply | None = None if fault.mode in SILENT else self._refusal(fault)
            acted = False
        else:
            if fault is not None and fault.mode == "slow":
                self.faults.hold(fault.delay_s)
            with self.lock:
                reply = self.answer(request)
            acted = reply.status < 400
        if fault is not None and fault.mode in SPOILED and reply is not None:
            reply = spoil(reply, fault.mode)
        if fault is not None and fault.mode in SILENT:
            reply = None
        self.journal.note(
            request,
            era=era,
            fault=fault.mode if fault else "",
            acted=acted,
            answered=reply is not None,
            status=reply.status if reply else 0,
        )
        if fault is not None and reply is None:
            self.faults.hold(fault.delay_s)
        return reply

    def _refusal(self, fault: Fault) -> Reply:
        reply = self.error(int(fault.mode), REFUSAL_WORDS[fault.mode])
        if fault.mode not in WITH_RETRY_AFTER:
            return reply
        retry = {"Retry-After": str(fault.retry_after_s)}
        return Reply(reply.status, reply.body, {**reply.headers, **retry})

"""The switches of a stand-in under ``/_sandbox/``: health, faults, journal, reset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.sandbox.faults import MODES, Fault
from config.sandbox.messages import Reply, Request, json_reply

if TYPE_CHECKING:
    from config.sandbox.service import Service

PREFIX = "/_sandbox/"


def control(service: Service, request: Request) -> Reply:
    """Answer a call to the switches; it is neither failed nor written into the journal."""
    what = request.path.removeprefix(PREFIX).rstrip("/")
    match request.method, what:
        case "GET", "health":
            return json_reply(200, {"service": service.name, "ok": True})
        case "POST", "reset":
            service.reset()
            return Reply(204)
        case "GET", "faults":
            waiting = [fault.as_json() for fault in service.faults.waiting()]
            return json_reply(200, {"faults": waiting, "modes": MODES})
        case "POST", "faults":
            return _switch_on(service, request)
        case "DELETE", "faults":
            service.faults.clear()
            return Reply(204)
        case "GET", "journal":
            return _journal(service, request)
        case "DELETE", "journal":
            service.journal.clear()
            return Reply(204)
    known = what in {"health", "reset", "faults", "journal"}
    return json_reply(405 if known else 404, {"error": f"no {request.method} of {request.path}"})


def _switch_on(service: Service, request: Request) -> Reply:
    try:
        fault = Fault.from_json(request.json())
    except ValueError as error:
        return json_reply(400, {"error": str(error)})
    service.faults.add(fault)
    return json_reply(201, fault.as_json())


def _journal(service: Service, request: Request) -> Reply:
    after = request.query.get("after", "0")
    if not after.isdecimal():
        return json_reply(400, {"error": "after is the number of an entry"})
    entries = service.journal.entries(path=request.query.get("path", ""), after=int(after))
    return json_reply(200, {"entries": [entry.as_json() for entry in entries]})

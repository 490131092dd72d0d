"""``/sandbox/stripe/…``: what happens at Stripe outside the API, for tests and development.

Top-ups, what an account or its bank does, the clock, failures to come, and messages sent again.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from config.sandbox.messages import Reply, Request, json_reply
from config.sandbox.stripe_hooks import Endpoint, post
from config.sandbox.stripe_wire import RefusedError, account_object, event_body, number, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from config.sandbox.stripe_books import Books

PATH = "/sandbox/stripe/"


def desk(books: Books, request: Request) -> Reply:
    """Answer a call to the desk: POST does something, GET shows the books.

    Raises
    ------
    RefusedError
        If what is asked for makes no sense.
    """
    what = request.path.removeprefix(PATH)
    if request.method == "GET" and what in SHOWN:
        return json_reply(200, {what: SHOWN[what](books)})
    if request.method != "POST" or what not in ACTS:
        raise RefusedError(404, "", f"no {request.method} of {request.path}")
    try:
        fields = request.json()
    except ValueError as error:
        raise RefusedError(400, "", "send JSON") from error
    return json_reply(200, ACTS[what](books, fields))


def _topup(books: Books, fields: dict[str, Any]) -> Any:
    """Our bank sends ``amount`` units of ``currency``; with ``fails`` they do not arrive."""
    currency = text(fields, "currency", most=3).lower()
    return books.topup_make(
        units=number(fields, "amount"), currency=currency, fails=bool(fields.get("fails"))
    )


def _account(books: Books, fields: dict[str, Any]) -> Any:
    """An account becomes ``status`` (active, restricted …), lacks ``due``, or is ``closed``."""
    account = books.find("accounts", text(fields, "account"))
    changes = {name: fields[name] for name in ("status", "due", "closed") if name in fields}
    books.account_set(account, **changes)
    return account_object(account)


def _payout(books: Books, fields: dict[str, Any]) -> Any:
    """An account's money goes to its bank, or with ``fails`` comes back."""
    account = books.find("accounts", text(fields, "account"))
    return books.payout_make(
        account, units=number(fields, "amount"), currency=text(fields, "currency", most=3).lower(),
        fails=bool(fields.get("fails")),
    )  # fmt: skip


def _bank(books: Books, fields: dict[str, Any]) -> Any:
    """A payee gives a new bank account."""
    account = books.find("accounts", text(fields, "account"))
    account["bank"] = True
    changed = {"id": books.new_id("ba"), "object": "bank_account"}
    books.happened("account.external_account.updated", changed, account=account["id"])
    return account_object(account)


def _clock(books: Books, fields: dict[str, Any]) -> Any:
    """Time passes: ``forward_s``."""
    books.state["offset_s"] += number(fields, "forward_s")
    return {"offset_s": books.state["offset_s"]}


def _script(books: Books, fields: dict[str, Any]) -> Any:
    """The next call to ``path`` fails with ``status`` and ``code``, kept by its key; ``acts``: after acting."""
    told = {
        "path": str(fields.get("path", "/v1/transfers")),
        "status": number(fields, "status"),
        "code": str(fields.get("code", "")),
        "acts": bool(fields.get("acts")),
    }
    books.state["script"].append(told)
    return told


def _webhook(books: Books, fields: dict[str, Any]) -> Any:
    """Send messages to ``url``, signed with ``secret``; ``held`` ones wait for ``deliver``."""
    endpoint = Endpoint(
        str(fields.get("url", "")), str(fields.get("secret", "")), bool(fields.get("held"))
    )
    books.messenger.endpoint = endpoint
    return {"url": endpoint.url, "held": endpoint.is_held}


def _deliver(books: Books, fields: dict[str, Any]) -> Any:
    """Send one event now, ``times`` over, signed ``skew_s`` off, or with another ``secret``."""
    endpoint = books.messenger.endpoint
    found = [event for event in books.state["events"] if event["id"] == fields.get("event")]
    if not found or not endpoint.url:
        raise RefusedError(404, "resource_missing", "no such event, or nowhere to send it")
    secret = str(fields.get("secret") or endpoint.secret)
    statuses = []
    for _ in range(int(fields.get("times", 1))):
        status = post(
            event_body(found[0]), url=endpoint.url, secret=secret,
            skew_s=int(fields.get("skew_s", 0)),
        )  # fmt: skip
        statuses.append(status)
    return {"statuses": statuses, "at": time.time()}


ACTS: dict[str, Callable[[Books, dict[str, Any]], Any]] = {
    "topup": _topup,
    "account": _account,
    "payout": _payout,
    "bank": _bank,
    "clock": _clock,
    "script": _script,
    "webhook": _webhook,
    "deliver": _deliver,
}
SHOWN: dict[str, Callable[[Books], Any]] = {
    "transfers": lambda books: list(books.state["transfers"].values()),
    "reversals": lambda books: list(books.state["reversals"].values()),
    "accounts": lambda books: list(books.state["accounts"].values()),
    "balance": lambda books: books.state["balance"],
    "events": lambda books: [
        {**event, "body": event_body(event).decode()} for event in books.state["events"]
    ],
}

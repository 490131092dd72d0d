"""Stand-in for Stripe: v2 accounts with their onboarding page, v1 transfers, top-ups, messages.

Wire format by Stripe's documentation and its published fixtures. An answer is kept for 24 hours by
its idempotency key, refusals and failures too, and given again; the same key with another body is an
``idempotency_error``. Messages are signed and sent for real (``stripe_hooks``). The desk at
``/sandbox/stripe/`` does what happens outside the API: top-ups, banks, the passing of time.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from config.sandbox import stripe_desk, stripe_pages
from config.sandbox.messages import Reply, Request, json_reply
from config.sandbox.service import NOT_BUILT, Service
from config.sandbox.stripe_books import KEY_LASTS_S, Books
from config.sandbox.stripe_wire import (
    RefusedError,
    account_object,
    error_reply,
    fields_of,
    moment,
    number,
    page,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Callable

CODES = {429: "rate_limit"}
AUTHORISED = re.compile(r"Bearer (sk|rk)_[A-Za-z0-9_]{4,}")
ONE = r"([A-Za-z0-9_]{1,80})"


class Stripe(Service):
    """Keeps books, answers from them, and tells of every change."""

    name = "stripe"

    def __init__(self) -> None:
        super().__init__()
        self.books = Books()

    def forget(self) -> None:
        """Forget accounts, money, keys and what happened."""
        self.books.forget()

    def answer(self, request: Request) -> Reply:
        """Serve pages and the desk to anybody; else check the key, then answer once for each key."""
        try:
            if request.path.startswith(stripe_desk.PATH):
                return stripe_desk.desk(self.books, request)
            if request.path.startswith(stripe_pages.PATHS):
                return stripe_pages.page_answer(self.books, request)
            if not AUTHORISED.fullmatch(request.headers.get("authorization", "")):
                return self.error(401, "Invalid API Key provided")
            key = request.headers.get("idempotency-key", "")
            if request.method == "POST" and key:
                return self._once(key, request)
            return self._act(request)
        except RefusedError as refusal:
            return _refusal(refusal)
        finally:
            if request.method != "GET":
                self.books.save()

    def error(self, status: int, message: str) -> Reply:
        """Return Stripe's envelope."""
        return error_reply(status, message, code=CODES.get(status, ""))

    def _once(self, key: str, request: Request) -> Reply:
        """Give the first answer of a key again."""
        keys, now = self.books.state["keys"], self.books.now()
        asked = hashlib.sha256(request.path.encode() + b"\0" + request.body).hexdigest()
        known = keys.get(key)
        if known is not None and now - known["at"] < KEY_LASTS_S:
            if known["asked"] != asked:
                raise RefusedError(
                    400, "", "Keys for idempotent requests can only be used with the same parameters "
                    "they were first used with.", kind="idempotency_error",
                )  # fmt: skip
            return json_reply(
                known["status"], known["body"], headers={"Idempotent-Replayed": "true"}
            )
        try:
            reply = self._scripted(request) or self._act(request)
        except RefusedError as refusal:
            reply = _refusal(refusal)
        if reply.status not in (401, 501):
            body = json.loads(reply.body)
            keys[key] = {"asked": asked, "status": reply.status, "body": body, "at": now}
        return reply

    def _scripted(self, request: Request) -> Reply | None:
        """Return the failure that the desk wants for this call; it may come after acting."""
        script = self.books.state["script"]
        if not script or not request.path.startswith(script[0]["path"]):
            return None
        told = script.pop(0)
        if told["acts"]:
            self._act(request)
        return error_reply(told["status"], "Scripted.", code=told["code"])

    def _act(self, request: Request) -> Reply:
        for method, pattern, act in ROUTES:
            found = re.fullmatch(pattern, request.path)
            if found and method == request.method:
                body = act(self.books, fields_of(request), *found.groups(), url=_base(request))
                return json_reply(200, body, headers={"Request-Id": "req_sandbox"})
        return self.error(501, NOT_BUILT)


def _refusal(refusal: RefusedError) -> Reply:
    return error_reply(refusal.status, refusal.message, code=refusal.code, kind=refusal.kind)


def _base(request: Request) -> str:
    return f"http://{request.headers.get('host', '127.0.0.1')}"


# ---------------------------------------------------------------- the calls


def _account_open(books: Books, fields: dict[str, Any], *, url: str) -> dict[str, Any]:
    country = text(fields.get("identity") or {}, "country", most=2)
    wanted = fields.get("configuration") or {}
    if "recipient" not in wanted:
        raise RefusedError(400, "parameter_missing", "This stand-in opens recipient accounts only.")
    account = books.account_open(
        country=country,
        email=text(fields, "contact_email"),
        name=text(fields, "display_name"),
        metadata=fields.get("metadata"),
    )
    return account_object(account)


def _account(books: Books, fields: dict[str, Any], one: str, *, url: str) -> dict[str, Any]:
    return account_object(books.find("accounts", one))


def _link(books: Books, fields: dict[str, Any], *, url: str) -> dict[str, Any]:
    use = fields.get("use_case") or {}
    kind = str(use.get("type", ""))
    pages = use.get(kind) or {}
    if kind not in {"account_onboarding", "account_update"}:
        raise RefusedError(400, "parameter_missing", "Missing required param: use_case[type].")
    account = books.find("accounts", text(fields, "account"))
    link = books.link_open(
        account=account["id"],
        return_url=text(pages, "return_url"),
        refresh_url=text(pages, "refresh_url"),
    )
    return {
        "object": "v2.core.account_link",
        "account": account["id"],
        "created": moment(books.now()),
        "expires_at": moment(link["expires"]),
        "livemode": False,
        "url": f"{url}{stripe_pages.ONBOARDING}{link['id']}",
        "use_case": use,
    }


def _transfer_make(books: Books, fields: dict[str, Any], *, url: str) -> dict[str, Any]:
    return books.transfer_make(
        units=number(fields, "amount"),
        currency=text(fields, "currency", most=3),
        destination=text(fields, "destination"),
        group=str(fields.get("transfer_group", "")),
        metadata=fields.get("metadata"),
    )


def _transfers(books: Books, fields: dict[str, Any], *, url: str) -> dict[str, Any]:
    group = fields.get("transfer_group")
    rows = list(books.state["transfers"].values())
    found = [one for one in rows if group in (None, one["transfer_group"])]
    return page(found, fields, "/v1/transfers")


def _transfer(books: Books, fields: dict[str, Any], one: str, *, url: str) -> dict[str, Any]:
    return books.find("transfers", one)


def _reverse(books: Books, fields: dict[str, Any], one: str, *, url: str) -> dict[str, Any]:
    transfer = books.find("transfers", one)
    left = transfer["amount"] - transfer["amount_reversed"]
    return books.transfer_reverse(
        transfer, number(fields, "amount") if "amount" in fields else left
    )


def _balance(books: Books, fields: dict[str, Any], *, url: str) -> dict[str, Any]:
    available = [
        {"amount": units, "currency": currency, "source_types": {"card": units}}
        for currency, units in sorted(books.state["balance"].items())
    ]
    return {"object": "balance", "available": available, "pending": [], "livemode": False}


def _topups(books: Books, fields: dict[str, Any], *, url: str) -> dict[str, Any]:
    return page(list(books.state["topups"].values()), fields, "/v1/topups")


def _topup(books: Books, fields: dict[str, Any], one: str, *, url: str) -> dict[str, Any]:
    return books.find("topups", one)


def _payout(books: Books, fields: dict[str, Any], one: str, *, url: str) -> dict[str, Any]:
    return books.find("payouts", one)


ROUTES: tuple[tuple[str, str, Callable[..., dict[str, Any]]], ...] = (
    ("POST", "/v2/core/accounts", _account_open),
    ("GET", f"/v2/core/accounts/{ONE}", _account),
    ("POST", "/v2/core/account_links", _link),
    ("POST", "/v1/transfers", _transfer_make),
    ("GET", "/v1/transfers", _transfers),
    ("GET", f"/v1/transfers/{ONE}", _transfer),
    ("POST", f"/v1/transfers/{ONE}/reversals", _reverse),
    ("GET", "/v1/balance", _balance),
    ("GET", "/v1/topups", _topups),
    ("GET", f"/v1/topups/{ONE}", _topup),
    ("GET", f"/v1/payouts/{ONE}", _payout),
)

"""Pages of the stand-in for people: the onboarding that a payee completes, and a till for top-ups."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from config.sandbox.messages import Reply, Request
from config.sandbox.stripe_wire import RefusedError, number, text

if TYPE_CHECKING:
    from config.sandbox.stripe_books import Books

ONBOARDING, TILL = "/onboarding/", "/till"
PATHS = (ONBOARDING, TILL)
HEAD = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
    '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><h1>{title}</h1>'
    "<p>This is a stand-in for Stripe. No money moves and nothing you enter is kept.</p>"
)


def page_answer(books: Books, request: Request) -> Reply:
    """Answer the call of a browser.

    Raises
    ------
    RefusedError
        If there is no such page.
    """
    if request.path == TILL:
        return _till(books, request)
    name, _slash, rest = request.path.removeprefix(ONBOARDING).partition("/")
    link = books.find("links", name)
    if rest == "done" and request.method == "POST":
        return _finish(books, link, request)
    if rest or request.method != "GET":
        raise RefusedError(404, "", f"no {request.method} of {request.path}")
    # Good once, for a short time; after that the platform makes a new one.
    if link["is_used"] or books.now() > link["expires"]:
        return _go(link["refresh_url"])
    link["is_used"] = True
    account = books.find("accounts", link["account"])
    due = "".join(f"<li>{escape(one)}</li>" for one in account["due"]) or "<li>nothing</li>"
    body = (
        HEAD.format(title="Receive payouts")
        + f"<p>{escape(account['name'])}, {escape(account['country'].upper())}. Still missing:</p>"
        f"<ul>{due}</ul>"
        f'<form method="post" action="{ONBOARDING}{name}/done">'
        '<p><label>Account number <input name="bank" value="GB82 WEST 1234 5698 7654 32"></label></p>'
        '<p><button name="act" value="submit">Agree and submit</button> '
        '<button name="act" value="later">Finish later</button></p></form>'
    )
    return _page(body)


def _finish(books: Books, link: dict[str, str], request: Request) -> Reply:
    """Take what was entered, or nothing, and send the person back."""
    fields = dict(parse_qsl(request.body.decode("utf-8", "replace")))
    account = books.find("accounts", link["account"])
    if fields.get("act") == "submit" and not account["closed"]:
        books.account_set(account, status="active", due=[])
    return _go(link["return_url"])


def _till(books: Books, request: Request) -> Reply:
    """Show the balance and take a top-up."""
    if request.method == "POST":
        fields = dict(parse_qsl(request.body.decode("utf-8", "replace")))
        books.topup_make(
            units=number(fields, "amount"), currency=text(fields, "currency", most=3).lower()
        )
        return _go(TILL)
    rows = "".join(
        f"<li>{units} {escape(currency.upper())} (in the smallest coin)</li>"
        for currency, units in sorted(books.state["balance"].items())
    )
    body = (
        HEAD.format(title="Balance")
        + f"<ul>{rows or '<li>empty</li>'}</ul>"
        + f'<form method="post" action="{TILL}"><p><label>Amount in the smallest coin '
        '<input name="amount" value="1000000"></label> '
        '<label>Currency <input name="currency" value="eur" size="3"></label> '
        "<button>Top up</button></p></form>"
    )
    return _page(body)


def _page(body: str) -> Reply:
    return Reply(200, body.encode(), {"Content-Type": "text/html; charset=utf-8"})


def _go(url: str) -> Reply:
    return Reply(303, b"", {"Location": url})

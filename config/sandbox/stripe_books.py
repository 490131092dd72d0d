"""What the stand-in of Stripe knows: balances, accounts, transfers, what happened, keys, its clock.

Kept in a file, so that accounts outlive a restart as they do at Stripe. Balances are in units by
currency in lower case.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.sandbox.stripe_hooks import Messenger
from config.sandbox.stripe_wire import RefusedError, account_object, event_body

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY_LASTS_S = 24 * 3600
LINK_LASTS_S = 300
KEPT_EVENTS = 10_000
DUE = ("identity.business_details", "defaults.responsibilities.tos", "external_account")
ROOT = Path(__file__).resolve().parent.parent.parent


def _empty() -> dict[str, Any]:
    tables = ("accounts", "links", "transfers", "reversals", "topups", "payouts", "keys")
    return {"seq": 0, "offset_s": 0, "balance": {}, "events": [], "script": []} | {
        name: {} for name in tables
    }


class Books:
    """The state. Only ever touched under the lock of the service."""

    def __init__(self) -> None:
        self._path = (
            Path(os.environ.get("VAR_DIR") or ROOT / "var").resolve() / "sandbox/stripe.json"
        )
        self.state = self._read()
        self.messenger = Messenger()

    def _read(self) -> dict[str, Any]:
        try:
            kept: dict[str, Any] = json.loads(self._path.read_text())
            return _empty() | kept
        except (OSError, ValueError):
            return _empty()

    def save(self) -> None:
        """Write everything down."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps(self.state))
        fresh.replace(self._path)

    def forget(self) -> None:
        """Begin anew."""
        self.state = _empty()
        self.messenger.forget()
        self._path.unlink(missing_ok=True)

    def now(self) -> float:
        """Return the time by this stand-in's clock, which the desk sets forward."""
        return float(time.time() + self.state["offset_s"])

    def new_id(self, prefix: str) -> str:
        """Return an id that was never given; numbers of a new beginning are others."""
        self.state["seq"] += 1
        return f"{prefix}_sandbox{int(time.time() * 1000) % 10**9:09d}{self.state['seq']:06d}"

    def find(self, table: str, one: str) -> dict[str, Any]:
        """Return a row.

        Raises
        ------
        RefusedError
            If there is none.
        """
        row: dict[str, Any] | None = self.state[table].get(one)
        if row is None:
            raise RefusedError(404, "resource_missing", f"No such {table.rstrip('s')}: '{one}'")
        return row

    def happened(
        self, kind: str, row: Mapping[str, Any], *, account: str = "", thin: bool = False
    ) -> None:
        """Note an event and send it."""
        event = {
            "id": self.new_id("evt"), "type": kind, "created": int(self.now()),
            "object": json.loads(json.dumps(row)), "account": account, "thin": thin,
        }  # fmt: skip
        self.state["events"] = [*self.state["events"], event][-KEPT_EVENTS:]
        self.messenger.send(event_body(event))

    # ------------------------------------------------------------ accounts

    def account_open(self, *, country: str, email: str, name: str, metadata: Any) -> dict[str, Any]:
        """Open an account that lacks everything yet."""
        account = {
            "id": self.new_id("acct"), "country": country, "email": email, "name": name,
            "metadata": dict(metadata or {}), "status": "restricted", "due": list(DUE),
            "closed": False, "balance": {}, "bank": True, "created": int(self.now()),
        }  # fmt: skip
        self.state["accounts"][account["id"]] = account
        return account

    def account_set(self, account: dict[str, Any], **changes: Any) -> None:
        """Change an account, and say so as Stripe does: thin, and as a snapshot for v1."""
        account |= changes
        shown = account_object(account)
        base = "v2.core.account[configuration.recipient].capability_status_updated"
        kind = "v2.core.account.closed" if changes.get("closed") else base
        self.happened(kind, shown, account=account["id"], thin=True)
        if changes.get("closed"):
            application = {"id": "ca_sandbox", "object": "application"}
            self.happened("account.application.deauthorized", application, account=account["id"])

    def link_open(self, *, account: str, return_url: str, refresh_url: str) -> dict[str, Any]:
        """Make a link, good once, for five minutes."""
        link = {
            "id": self.new_id("link"), "account": account, "return_url": return_url,
            "refresh_url": refresh_url, "expires": self.now() + LINK_LASTS_S, "is_used": False,
        }  # fmt: skip
        self.state["links"][link["id"]] = link
        return link

    # ------------------------------------------------------------ money

    def transfer_make(
        self, *, units: int, currency: str, destination: str, group: str, metadata: Any
    ) -> dict[str, Any]:
        """Move money from our balance to an account.

        Raises
        ------
        RefusedError
            If the account cannot take it, or there is too little.
        """
        account = self.state["accounts"].get(destination)
        if account is None or account["closed"]:
            raise RefusedError(400, "resource_missing", f"No such destination: '{destination}'")
        if account["status"] != "active":
            raise RefusedError(
                400, "insufficient_capabilities_for_transfer",
                "Your destination account needs to have at least one of the following capabilities "
                "enabled: transfers",
            )  # fmt: skip
        self._take(self.state["balance"], currency, units, "Insufficient available balance")
        account["balance"][currency] = account["balance"].get(currency, 0) + units
        made = {
            "id": self.new_id("tr"), "object": "transfer", "amount": units, "amount_reversed": 0,
            "balance_transaction": self.new_id("txn"), "created": int(self.now()),
            "currency": currency, "description": None, "destination": destination,
            "destination_payment": self.new_id("py"), "livemode": False,
            "metadata": dict(metadata or {}), "reversed": False,
            "reversals": {"object": "list", "data": [], "has_more": False, "url": ""},
            "source_transaction": None, "source_type": "card", "transfer_group": group or None,
        }  # fmt: skip
        self.state["transfers"][made["id"]] = made
        self.happened("transfer.created", made)
        return made

    def transfer_reverse(self, transfer: dict[str, Any], units: int) -> dict[str, Any]:
        """Take money back from what is left in the account.

        Raises
        ------
        RefusedError
            If that is more than is left, there or of the transfer.
        """
        if units > transfer["amount"] - transfer["amount_reversed"]:
            raise RefusedError(400, "amount_too_large", "More than is left of the transfer")
        currency = transfer["currency"]
        account = self.find("accounts", transfer["destination"])
        self._take(account["balance"], currency, units, "Insufficient funds in the account")
        balance = self.state["balance"]
        balance[currency] = balance.get(currency, 0) + units
        transfer["amount_reversed"] += units
        transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
        made = {
            "id": self.new_id("trr"), "object": "transfer_reversal", "amount": units,
            "created": int(self.now()), "currency": currency, "transfer": transfer["id"],
            "metadata": {},
        }  # fmt: skip
        self.state["reversals"][made["id"]] = made
        self.happened("transfer.reversed", transfer)
        return made

    def topup_make(self, *, units: int, currency: str, fails: bool = False) -> dict[str, Any]:
        """Put money into our balance, as from our bank."""
        made = {
            "id": self.new_id("tu"), "object": "topup", "amount": units, "currency": currency,
            "created": int(self.now()), "status": "failed" if fails else "succeeded",
            "livemode": False, "metadata": {},
        }  # fmt: skip
        self.state["topups"][made["id"]] = made
        if not fails:
            balance = self.state["balance"]
            balance[currency] = balance.get(currency, 0) + units
        self.happened(f"topup.{made['status']}", made)
        return made

    def payout_make(
        self, account: dict[str, Any], *, units: int, currency: str, fails: bool
    ) -> dict[str, Any]:
        """Let an account's money go to its bank, or come back from there."""
        if not fails:
            self._take(account["balance"], currency, units, "Insufficient funds in the account")
        made = {
            "id": self.new_id("po"), "object": "payout", "amount": units, "currency": currency,
            "created": int(self.now()), "status": "failed" if fails else "paid",
            "failure_code": "account_closed" if fails else None, "livemode": False,
            "account": account["id"],
        }  # fmt: skip
        self.state["payouts"][made["id"]] = made
        account["bank"] = not fails
        self.happened(f"payout.{made['status']}", made, account=account["id"])
        return made

    @staticmethod
    def _take(balance: dict[str, int], currency: str, units: int, words: str) -> None:
        if balance.get(currency, 0) < units:
            raise RefusedError(400, "balance_insufficient", words)
        balance[currency] -= units

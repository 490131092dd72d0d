"""Messages of Stripe: verified on the raw body, then read for what happened to what. Loads no SDK.

Scheme (https://docs.stripe.com/webhooks#verify-manually): the header ``t=<seconds>,v1=<hex>,…`` holds
HMAC-SHA256 of ``<t>.<body>``. Several secrets may be good at once, while one is being changed. A v1
event carries a snapshot of the object; a v2 event is thin and only names it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Collection
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from accounts.billing.ports import Event, EventUnreadableError, SignatureInvalidError

if TYPE_CHECKING:
    from typing import Final

TOLERANCE_S: Final = 300
LONGEST_NAME: Final = 80
LONGEST_TYPE: Final = 120


def event_parse(*, body: bytes, signature: str, secrets: Collection[str], now: datetime) -> Event:
    """Verify a message and say what it is about.

    Raises
    ------
    SignatureInvalidError
        If no secret of ours signed it, or it was signed more than five minutes ago or ahead.
    EventUnreadableError
        If what was signed is no event.
    """
    signature_check(body=body, signature=signature, secrets=secrets, now=now)
    try:
        content = json.loads(body)
        return _event(content)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise EventUnreadableError(
            "billing.event_unreadable", "The message is signed, but is no event."
        ) from error


def signature_check(
    *, body: bytes, signature: str, secrets: Collection[str], now: datetime
) -> None:
    """Refuse a body that was not signed lately with one of the secrets."""
    moment, given = _header(signature)
    signed = f"{moment}.".encode() + body
    good = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    if not any(hmac.compare_digest(one, other) for one in good for other in given):
        raise SignatureInvalidError("billing.signature", "The signature is not ours.")
    if abs(now.timestamp() - moment) > TOLERANCE_S:
        raise SignatureInvalidError("billing.signature_old", "The signature is too old.")


def _header(signature: str) -> tuple[int, list[str]]:
    parts = [part.partition("=") for part in signature.split(",")]
    moments = [value for name, _, value in parts if name.strip() == "t"]
    given = [value for name, _, value in parts if name.strip() == "v1" and value.isascii()]
    if len(moments) != 1 or not moments[0].isascii() or not moments[0].isdecimal() or not given:
        raise SignatureInvalidError("billing.signature", "There is no signature.")
    return int(moments[0][:15]), given


def _event(content: Any) -> Event:
    thin = content["object"] == "v2.core.event"
    about = content.get("related_object") or {} if thin else content["data"]["object"]
    created = content["created"]
    event = Event(
        id=_name(content["id"]),
        type=_name(content["type"], LONGEST_TYPE),
        object_id=_name(about.get("id") or ""),
        account_id=_name((content.get("context") if thin else content.get("account")) or ""),
        happened_at=datetime.fromisoformat(created)
        if thin
        else datetime.fromtimestamp(created, UTC),
    )
    if not event.id or not event.type or event.happened_at.tzinfo is None:
        raise ValueError(event)
    return event


def _name(value: object, longest: int = LONGEST_NAME) -> str:
    if not isinstance(value, str) or len(value) > longest or "\0" in value:
        raise ValueError(value)
    return value

"""Messages of Stripe: only what is signed and fresh is read; our check agrees with the SDK's own."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from accounts.billing.events import event_parse, signature_check
from accounts.billing.ports import EventUnreadableError, SignatureInvalidError

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SECRET, OTHER = "whsec_one", "whsec_other"
SNAPSHOT = {
    "id": "evt_1",
    "object": "event",
    "type": "transfer.created",
    "created": 1_795_262_400,
    "account": "acct_1",
    "data": {"object": {"id": "tr_1", "object": "transfer", "amount": 1}},
}
THIN = {
    "id": "evt_2",
    "object": "v2.core.event",
    "type": "v2.core.account[configuration.recipient].capability_status_updated",
    "created": "2026-11-21T12:00:00.000Z",
    "context": "acct_1",
    "related_object": {"id": "acct_1", "type": "v2.core.account", "url": "/v2/…"},
}


def signed(body: bytes, *, secret=SECRET, at=NOW):
    moment = int(at.timestamp())
    code = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256)
    return f"t={moment},v1={code.hexdigest()}"


def parse(content, *, header=None, secrets=(SECRET,), now=NOW):
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return event_parse(
        body=body,
        signature=header if header is not None else signed(body),
        secrets=secrets,
        now=now,
    )


def test_a_snapshot_and_a_thin_event_say_what_happened_to_what():
    event = parse(SNAPSHOT)
    assert (event.id, event.type, event.object_id) == ("evt_1", "transfer.created", "tr_1")
    assert (event.account_id, event.happened_at) == (
        "acct_1",
        datetime(2026, 11, 21, 12, tzinfo=UTC),
    )
    thin = parse(THIN)
    assert (thin.id, thin.object_id, thin.account_id) == ("evt_2", "acct_1", "acct_1")
    assert thin.happened_at == NOW


def test_either_secret_is_believed_while_one_is_changed():
    body = json.dumps(SNAPSHOT).encode()
    assert parse(body, header=signed(body, secret=OTHER), secrets=(SECRET, OTHER)).id == "evt_1"
    with pytest.raises(SignatureInvalidError):
        parse(body, header=signed(body, secret=OTHER))
    with pytest.raises(SignatureInvalidError):
        parse(body, secrets=())


@pytest.mark.parametrize(
    ("late_s", "is_good"), [(0, True), (300, True), (301, False), (-301, False)]
)
def test_what_was_signed_over_five_minutes_ago_is_refused(late_s, is_good):
    body = json.dumps(SNAPSHOT).encode()
    now = NOW + timedelta(seconds=late_s)
    if is_good:
        assert parse(body, header=signed(body), now=now).id == "evt_1"
        return
    with pytest.raises(SignatureInvalidError) as refused:
        parse(body, header=signed(body), now=now)
    assert refused.value.code == "billing.signature_old"


@pytest.mark.parametrize(
    "header",
    ["", "v1=aa", "t=1", "t=1,v1=", "t=x,v1=aa", "t=1,t=2,v1=aa", "t=٣,v1=aa", "t=1,v0=aa",
     "t=-1,v1=aa", "t=1,v1=é", "," * 9000],
)  # fmt: skip
def test_a_header_that_is_none_is_refused_without_a_crash(header):
    with pytest.raises(SignatureInvalidError):
        parse(SNAPSHOT, header=header)


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"null", b'"x"', b"{", b"\xff", {}, {**SNAPSHOT, "id": ""}, {**SNAPSHOT, "id": 5},
     {**SNAPSHOT, "type": "x" * 121}, {**SNAPSHOT, "data": None}, {**SNAPSHOT, "created": "now"},
     {**SNAPSHOT, "created": 10**30}, {**THIN, "created": "2026-11-21T12:00:00"},
     {**SNAPSHOT, "data": {"object": {"id": "a\0b"}}}, {**THIN, "created": 5}],
)  # fmt: skip
def test_what_is_signed_and_no_event_is_unreadable(content):
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    with pytest.raises(EventUnreadableError):
        parse(body)


@given(st.text(max_size=60), st.integers(0, 2**34), st.sampled_from(["good", "cut", "other"]))
def test_our_check_and_the_sdks_agree(body, moment, how):
    header = stripe.WebhookSignature.generate_signature_header(body, SECRET, moment)
    header = {"good": header, "cut": header[:-1], "other": header.replace("v1=", "v0=")}[how]

    def sdk():
        return stripe.WebhookSignature.verify_header(body, header, SECRET)

    def ours():
        signature_check(
            body=body.encode(), signature=header, secrets=[SECRET],
            now=datetime.fromtimestamp(moment, UTC),
        )  # fmt: skip

    if how == "good":
        assert sdk()
        ours()
        return
    with pytest.raises(stripe.SignatureVerificationError):
        sdk()
    with pytest.raises(SignatureInvalidError):
        ours()

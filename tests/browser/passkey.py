"""A passkey as a telephone would have registered it, well-formed to the last byte."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

HOST = "localhost"


def registration() -> dict[str, Any]:
    """Return what a browser sends when a passkey is made, in WebAuthn's JSON."""
    public_key = ES256.from_cryptography_key(
        ec.generate_private_key(ec.SECP256R1()).public_key()  # type: ignore[no-untyped-call]
    )
    data = AuthenticatorData.create(
        sha256(HOST.encode()),
        AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT,
        1,
        AttestedCredentialData.create(Aaguid.NONE, b"the phone's own name", public_key),
    )
    client = CollectedClientData.create(
        CollectedClientData.TYPE.CREATE, b"challenge", f"http://{HOST}"
    )
    name = websafe_encode(data.credential_data.credential_id)  # type: ignore[union-attr]
    return {
        "id": name,
        "rawId": name,
        "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(client),
            "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
        },
        "clientExtensionResults": {},
    }

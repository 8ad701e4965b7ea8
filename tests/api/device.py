"""A device that makes passkeys and signs by them, in software: W3C Web Authentication sections 6.3 and 6.5."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Device:
    """Has one key pair; whatever a test wants to go wrong is an attribute."""

    origin: str
    host: str
    key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    credential_id: bytes = field(default_factory=lambda: os.urandom(16))
    flags: int = PRESENT | VERIFIED
    count: int = 0
    holder: bytes | None = None
    cross_origin: bool = False

    def make(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer ``navigator.credentials.create``."""
        self.holder = base64url_to_bytes(options["user"]["id"])
        name = self.credential_id
        attested = bytes(16) + len(name).to_bytes(2) + name + encode_cbor(self._public())
        told = self._told(ATTESTED) + attested
        statement = {"fmt": "none", "attStmt": {}, "authData": told}
        return self._answer(
            {
                "clientDataJSON": self._said("webauthn.create", options["challenge"]),
                "attestationObject": encode_cbor(statement),
            }
        )

    def sign(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer ``navigator.credentials.get``."""
        self.count += 1
        said = self._said("webauthn.get", options["challenge"])
        told = self._told(0)
        signed = told + hashlib.sha256(said).digest()
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            signature = self.key.sign(signed, ec.ECDSA(SHA256()))
        else:
            signature = self.key.sign(signed)
        answer = {"clientDataJSON": said, "authenticatorData": told, "signature": signature}
        if self.holder is not None:
            answer["userHandle"] = self.holder
        return self._answer(answer)

    def _told(self, more: int) -> bytes:
        host = hashlib.sha256(self.host.encode()).digest()
        return host + bytes([self.flags | more]) + self.count.to_bytes(4)

    def _said(self, kind: str, challenge: str) -> bytes:
        return json.dumps(
            {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": self.cross_origin}
        ).encode()

    def _public(self) -> dict[int, Any]:
        """The public key as COSE (RFC 9053)."""
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            point = self.key.public_key().public_numbers()
            return {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)}
        return {1: 1, 3: -8, -1: 6, -2: self.key.public_key().public_bytes_raw()}

    def _answer(self, response: dict[str, bytes]) -> dict[str, Any]:
        name = bytes_to_base64url(self.credential_id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {key: bytes_to_base64url(value) for key, value in response.items()},
        }

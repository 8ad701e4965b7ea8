"""How a webhook shows that it is ours: Standard Webhooks 1.0.0, symmetric signatures."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

SECRET_BYTES: Final = 32
"""The specification wants 24 to 64."""
PREFIX: Final = "whsec_"


def secret_text(secret: bytes) -> str:
    """Write a secret as it is shown, once."""
    return PREFIX + base64.b64encode(secret).decode("ascii")


def signed_headers(
    secrets: Sequence[bytes], message: str, sent_at: datetime, body: bytes
) -> Mapping[str, str]:
    """The headers of a webhook, signed with each of the secrets: two while one is taking the other's place.

    Args:
        message: the same on every try, so that a receiver knows what it has had.
        sent_at: that of this try.
    """
    timestamp = str(int(sent_at.timestamp()))
    signed = f"{message}.{timestamp}.".encode() + body
    signatures = [
        "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode("ascii")
        for secret in secrets
    ]
    return {
        "webhook-id": message,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
    }

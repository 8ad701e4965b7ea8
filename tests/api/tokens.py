"""Clients and their tokens, for tests."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from httpx2 import Response
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey
from starlette.testclient import TestClient
from tests.api.world import Parties

ED25519 = OKPKey.generate_key("Ed25519", private=True)
ISSUER = "http://localhost:8000"
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

_numbers = itertools.count()

AnyKey = OKPKey | ECKey | RSAKey


def public(key: OKPKey | ECKey | RSAKey) -> dict[str, Any]:
    """The public part of a key, without a name."""
    members = key.as_dict(private=False)
    return {name: value for name, value in members.items() if name != "kid"}


def register(client: TestClient, parties: Parties, name: str, **wanted: Any) -> Any:
    """Register a client of a party."""
    made = client.post(
        f"/v1/organisations/{parties.ids[name]}/clients",
        json={"name": "program", **wanted},
        headers=parties.headers(name),
    )
    assert made.status_code == 201, made.text
    return made.json()


def claims_of(client: str, now: datetime, **changed: Any) -> dict[str, Any]:
    """What a good assertion says; a change to None takes a claim away."""
    good = {
        "iss": client,
        "sub": client,
        "aud": ISSUER,
        "exp": int(now.timestamp()) + 60,
        "jti": f"jti-{next(_numbers)}",
    }
    return {name: value for name, value in {**good, **changed}.items() if value is not None}


def assertion(
    client: str,
    now: datetime,
    *,
    key: AnyKey = ED25519,
    alg: str = "Ed25519",
    header: Mapping[str, Any] | None = None,
    **changed: Any,
) -> str:
    """A signed assertion, good but for what is changed."""
    return jwt.encode(
        {"alg": alg, **(header or {})}, claims_of(client, now, **changed), key, algorithms=[alg]
    )


def token_for(client: TestClient, signed: str, **more: str) -> Response:
    """Ask for a token with an assertion."""
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": JWT_BEARER,
        "client_assertion": signed,
        **more,
    }
    return client.post("/oauth/token", data=form)


def asked_with_secret(client: TestClient, name: str, secret: str, **more: str) -> Response:
    """Ask for a token with a secret."""
    credentials = base64.b64encode(f"{name}:{secret}".encode()).decode()
    form = {"grant_type": "client_credentials", **more}
    return client.post("/oauth/token", data=form, headers={"Authorization": f"Basic {credentials}"})

"""Clients and tokens, as they come and as they leave."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from rbc_assess.api.validation import Wire
from rbc_assess.api.wire_parties import FreeObject, Name, ScopeName
from rbc_assess.workflows.client_keys import MOST_KEYS

PublicKeys = list[FreeObject]


class NewClient(Wire):
    """A program to register, by its public keys; in the sandbox a secret will do instead."""

    name: Name
    scopes: list[ScopeName] | None = Field(
        default=None,
        max_length=50,
        description="Default: all that its organisation may have, but for those over credentials.",
    )
    keys: PublicKeys = Field(
        default_factory=list,
        max_length=MOST_KEYS,
        description="Public JWKs: EC P-256 (ES256), RSA (PS256), OKP Ed25519. Never a private key.",
    )
    secret: bool = Field(default=False, description="Sandbox only: a secret for `client_secret_basic`.")
    livemode: bool | None = Field(default=None, description="Default: the mode of the caller.")


class NewClientKeys(Wire):
    """The keys that take the place of those there are. For an overlap, send the old one with the new one."""

    keys: PublicKeys = Field(default_factory=list, max_length=MOST_KEYS)
    secret: bool = Field(default=False, description="Sandbox only: a fresh secret, once.")


class ClientDocument(Wire):
    """A program of an organisation."""

    id: str = Field(examples=["cli_0199a4c2-7b1e-7c3d-8f00-3a5b6c7d8e9f"])
    organisation: str
    name: str
    scopes: list[str]
    livemode: bool
    keys: PublicKeys = Field(
        description="Public keys; `kid` is the thumbprint (RFC 7638) where none was given."
    )
    has_secret: bool
    created_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None = Field(description="When it last got a token.")


class IssuedClient(ClientDocument):
    """A client; ``secret`` is shown now and never again: a retry answers without it."""

    secret: str | None = Field(default=None, description="Sandbox only, once.")


class ClientList(Wire):
    """The clients of an organisation, oldest first."""

    items: list[ClientDocument]
    next_cursor: None = None


class TokenRequest(Wire):
    """What is sent as a form."""

    grant_type: Literal["client_credentials"]
    client_assertion_type: str | None = Field(
        default=None, description="`urn:ietf:params:oauth:client-assertion-type:jwt-bearer`"
    )
    client_assertion: str | None = Field(
        default=None,
        description="A JWT signed by a key of the client (RFC 7523): `iss` = `sub` = the client's id, `aud` exactly "
        "the issuer, `exp` at most 5 minutes away, a new `jti` each time.",
    )
    client_id: str | None = Field(default=None, description="Not needed; if sent, that of the assertion.")
    scope: str | None = Field(
        default=None, description="Scopes with spaces between; default: all of the client."
    )


class TokenDocument(Wire):
    """An access token (RFC 6749 section 5.1); use it as `Authorization: Bearer …`."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int = Field(description="Seconds.")
    scope: str


class TokenProblem(Wire):
    """No token (RFC 6749 section 5.2)."""

    error: Literal[
        "invalid_request", "invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope"
    ]
    error_description: str | None = None


class ServerMetadata(Wire):
    """The authorization server's metadata (RFC 8414)."""

    issuer: str
    token_endpoint: str
    grant_types_supported: list[str]
    response_types_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    token_endpoint_auth_signing_alg_values_supported: list[str]
    scopes_supported: list[str]
    service_documentation: str

"""OAuth 2.0 for programs: a token for client credentials, and where to ask for it.

The errors of ``/oauth/token`` are those of RFC 6749, for the libraries that speak to it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Annotated, Final
from urllib.parse import unquote_plus

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from rbc_assess.api import examples
from rbc_assess.api.answers import answer
from rbc_assess.api.callers import Open, refuse_if_stale
from rbc_assess.api.form_body import FormBody, SentForm
from rbc_assess.api.scopes import headers, request_id_of
from rbc_assess.api.wire_clients import ServerMetadata, TokenDocument, TokenProblem, TokenRequest
from rbc_assess.identity import Scope
from rbc_assess.workflows.client_keys import ALGORITHMS
from rbc_assess.workflows.grant_token import SECONDS, Proof, TokenRefused, grant_token, named_client

router = APIRouter(tags=["government", "lender", "enterprise"])

JWT_BEARER: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
NEVER_KEPT: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_CHALLENGE: Final = {"WWW-Authenticate": 'Basic realm="rbc-assess", charset="UTF-8"'}


@router.post(
    "/oauth/token",
    operation_id="getToken",
    summary="An access token for a client",
    response_model=TokenDocument,
    responses={
        400: {"model": TokenProblem, "description": "The request is not one that can be granted."},
        401: {"model": TokenProblem, "description": "The client is not known, or its proof is not taken."},
    },
)
def get_token(
    request: Request,
    desk: Open,
    sent: Annotated[SentForm, Depends(FormBody(TokenRequest, examples.TOKEN_REQUESTS))],
) -> Response:
    """OAuth 2.0 client credentials: by `private_key_jwt`, in the sandbox also by `client_secret_basic`.

    The token holds for ten minutes. Send it as an API key is sent; it may do what the client's scopes allow.
    """
    refuse_if_stale(request.scope)
    try:
        desk.rates.count_address(request.scope)
        fields = read_fields(sent)
        proof = read_proof(fields, headers(request.scope, b"authorization"))
        desk.rates.count_client(request.scope, named_client(proof))
        given = grant_token(
            desk.store,
            desk.peppers,
            proof,
            fields.get("scope"),
            desk.issuer,
            desk.clock(),
            request_id=request_id_of(request.scope),
        )
    except TokenRefused as refused:
        return _refusal(refused)
    document = {
        "access_token": given.text,
        "token_type": "Bearer",
        "expires_in": SECONDS,
        "scope": " ".join(sorted(given.scopes)),
    }
    return answer(document, 200, NEVER_KEPT)


@router.get(
    "/.well-known/oauth-authorization-server",
    operation_id="getServerMetadata",
    summary="Where and how clients get tokens",
    response_model=ServerMetadata,
)
async def read_metadata(desk: Open) -> Response:
    """RFC 8414. The issuer is this installation's public address, whatever address it was asked at."""
    document = {
        "issuer": desk.issuer,
        "token_endpoint": f"{desk.issuer}/oauth/token",
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_basic"],
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "scopes_supported": sorted(scope.value for scope in Scope),
        "service_documentation": f"{desk.issuer}/docs",
    }
    return answer(document, 200, {"Cache-Control": "public, max-age=300"})


def read_fields(sent: SentForm) -> Mapping[str, str]:
    """Read what was sent, which asks for client credentials.

    Raises:
        TokenRefused: it is no form, has a field twice, or asks for something else.
    """
    fields = sent.read()
    if fields is None:
        raise TokenRefused(
            "invalid_request", "send a form (application/x-www-form-urlencoded), each field once"
        )
    kind = fields.get("grant_type")
    if kind != "client_credentials":
        code = "invalid_request" if kind is None else "unsupported_grant_type"
        raise TokenRefused(code, "`grant_type` is `client_credentials`")
    return fields


def read_proof(fields: Mapping[str, str], authorization: list[str]) -> Proof:
    """Read by what the sender says that it is a client: exactly one way (RFC 6749 section 2.3).

    Raises:
        TokenRefused: there is none, more than one, or one that is not offered.
    """
    if "client_secret" in fields:
        raise TokenRefused("invalid_request", "a secret goes into the Authorization header, never the form")
    if "client_assertion" in fields or "client_assertion_type" in fields:
        if authorization:
            raise TokenRefused("invalid_request", "show who you are in one way, not two")
        if fields.get("client_assertion_type") != JWT_BEARER or "client_assertion" not in fields:
            raise TokenRefused(
                "invalid_request", f"`client_assertion` comes with `client_assertion_type` {JWT_BEARER}"
            )
        return Proof(fields["client_assertion"], fields.get("client_id"), None)
    if len(authorization) != 1:
        raise TokenRefused("invalid_client", "send a `client_assertion` (private_key_jwt)")
    client, secret = _read_basic(authorization[0])
    if fields.get("client_id", client) != client:
        raise TokenRefused("invalid_client", "`client_id` is not the client of the Authorization header")
    return Proof(None, client, secret)


def _read_basic(value: str) -> tuple[str, str]:
    """RFC 6749 section 2.3.1: id and secret are form-encoded before they are put into a Basic header."""
    scheme, _, credentials = value.partition(" ")
    if scheme.lower() != "basic":
        raise TokenRefused("invalid_client")
    try:
        client, colon, secret = base64.b64decode(credentials.strip(), validate=True).decode().partition(":")
        client, secret = unquote_plus(client, errors="strict"), unquote_plus(secret, errors="strict")
    except (binascii.Error, ValueError):
        raise TokenRefused("invalid_client") from None
    if not colon:
        raise TokenRefused("invalid_client")
    return client, secret


def _refusal(refused: TokenRefused) -> Response:
    document = {"error": refused.code}
    if refused.advice is not None:
        document["error_description"] = refused.advice
    if refused.code == "invalid_client":
        return answer(document, 401, {**NEVER_KEPT, **_CHALLENGE})
    return answer(document, 400, NEVER_KEPT)

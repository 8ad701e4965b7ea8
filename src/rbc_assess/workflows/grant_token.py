"""A client shows who it is and gets an access token (RFC 6749 section 4.4)."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from rbc_assess.identity import Peppers, is_id
from rbc_assess.storage import audit, tokens
from rbc_assess.storage.engine import Store
from rbc_assess.storage.tokens import KnownClient
from rbc_assess.workflows.client_assertion import Assertion, AssertionRefused, check_assertion, client_of

SECONDS: Final = int(tokens.TOKEN_LIFE.total_seconds())


class TokenRefused(Exception):
    """No token. ``code`` is one of RFC 6749 section 5.2; ``advice`` is for the client's author, in English."""

    def __init__(self, code: str, advice: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.advice = advice


class Proof(NamedTuple):
    """By what a program says that it is a client: an assertion, or its id and secret."""

    assertion: str | None
    client: str | None
    secret: str | None


class GivenToken(NamedTuple):
    """A token, shown this once, and what it is for."""

    text: str
    scopes: frozenset[str]


def grant_token(
    store: Store,
    peppers: Peppers,
    proof: Proof,
    scope: str | None,
    issuer: str,
    now: datetime,
    *,
    request_id: str | None = None,
) -> GivenToken:
    """Give a token to a client that proves who it is; by default with all its scopes.

    Signatures are checked between two transactions, so that strangers cost nobody a lock.

    Raises:
        TokenRefused: it is not known, its proof is wrong or was used before, or it may not have that scope.
    """
    named = named_client(proof)
    for _ in range(2):
        with store.read() as connection:
            known = tokens.find_known_client(connection, named)
        if known is None:
            raise TokenRefused("invalid_client")
        assertion = _proved(known, proof, peppers, issuer, now)
        scopes = _read_scope(known, scope)
        rehashed = None
        if proof.secret is not None and known.pepper_id != peppers.current:
            rehashed = (peppers.mac_secret(known.id, proof.secret), peppers.current)
        with store.write() as connection:
            audit.act(connection, audit.Actor(known.organisation, known.id, request_id, known.livemode), now)
            # What was read may have changed by now; then it is read once more.
            if not tokens.use_client(connection, known, now, rehashed=rehashed):
                continue
            if assertion is not None and not tokens.spend_assertion(
                connection, known, assertion.jti, assertion.expires_at
            ):
                raise TokenRefused("invalid_client", "this assertion was used before (`jti`)")
            token = tokens.issue_token(connection, known, peppers, now, scopes)
        return GivenToken(token.text, scopes)
    raise TokenRefused("invalid_client")


def named_client(proof: Proof) -> str:
    """Tell, unproved, which client asks.

    Raises:
        TokenRefused: nothing names one.
    """
    if proof.assertion is not None:
        try:
            named = client_of(proof.assertion)
        except AssertionRefused:
            raise TokenRefused("invalid_client") from None
        if proof.client not in {None, named}:
            raise TokenRefused("invalid_client", "`client_id` is not the client of the assertion")
        return named
    if proof.client is None or not is_id("cli", proof.client):
        raise TokenRefused("invalid_client")
    return proof.client


def _proved(
    known: KnownClient, proof: Proof, peppers: Peppers, issuer: str, now: datetime
) -> Assertion | None:
    if proof.assertion is not None:
        try:
            return check_assertion(proof.assertion, known.id, known.keys, issuer, now)
        except AssertionRefused as refused:
            raise TokenRefused("invalid_client", refused.advice) from None
    if (
        known.livemode
        or proof.secret is None
        or known.mac is None
        or known.pepper_id is None
        or not peppers.accepts_secret(known.id, proof.secret, known.mac, known.pepper_id)
    ):
        raise TokenRefused("invalid_client")
    return None


def _read_scope(known: KnownClient, scope: str | None) -> frozenset[str]:
    if scope is None:
        return known.scopes
    wanted = frozenset(scope.split(" ")) - {""}
    if not wanted or wanted - known.scopes:
        raise TokenRefused("invalid_scope", "this client has not all of these scopes")
    return wanted

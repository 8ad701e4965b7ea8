"""The assertion by which a program shows that it is a client: a JWT signed with its key (RFC 7523). No I/O."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from joserfc import jws
from joserfc.errors import JoseError

from rbc_assess.identity import is_id
from rbc_assess.workflows.client_keys import ALGORITHM_OF, import_public

LONGEST: Final = 8192
"""Characters."""
LONGEST_AHEAD: Final = timedelta(minutes=5)
"""How far away the end of an assertion may be."""
CLOCKS_DIFFER: Final = timedelta(seconds=60)
"""How far in our future an assertion may say that it was made or begins: the client's clock is not ours."""
LONGEST_JTI: Final = 255

_TYPES: Final = frozenset({"jwt", "application/jwt", "client-authentication+jwt"})


class AssertionRefused(Exception):
    """An assertion is not taken. ``advice`` says why where the signature has shown that its client wrote it."""

    def __init__(self, advice: str | None = None) -> None:
        super().__init__(advice or "the assertion is not that of a client")
        self.advice = advice


class Assertion(NamedTuple):
    """What an assertion leaves to remember: its id, until its end."""

    jti: str
    expires_at: datetime


def client_of(assertion: str) -> str:
    """Read, unchecked, which client an assertion says it is from: only to know whose keys to check it with.

    Raises:
        AssertionRefused: it has not the form.
    """
    parts = assertion.split(".")
    if len(assertion) > LONGEST or len(parts) != 3 or not assertion.isascii():
        raise AssertionRefused
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        raise AssertionRefused from None
    client = claims.get("sub") if isinstance(claims, dict) else None
    if not isinstance(client, str) or not is_id("cli", client):
        raise AssertionRefused
    return client


def check_assertion(
    assertion: str, client: str, keys: Sequence[Mapping[str, str]], issuer: str, now: datetime
) -> Assertion:
    """Make sure that ``client`` signed an assertion for us, just now.

    Raises:
        AssertionRefused: it did not; or it is not for us, too long-lived, or over.
    """
    claims = _signed_claims(assertion, keys)
    if claims.get("iss") != client or claims.get("sub") != client:
        raise AssertionRefused("`iss` and `sub` are both the id of the client")
    if claims.get("aud") != issuer:
        raise AssertionRefused("`aud` is exactly the issuer, as one string")
    expires_at = _moment(claims, "exp")
    if expires_at is None:
        raise AssertionRefused("`exp` is needed, as a number of seconds")
    if expires_at <= now:
        raise AssertionRefused("the assertion has run out (`exp`)")
    if expires_at > now + LONGEST_AHEAD:
        raise AssertionRefused("`exp` is at most 5 minutes away")
    for name in ("nbf", "iat"):
        begins = _moment(claims, name)
        if name in claims and (begins is None or begins > now + CLOCKS_DIFFER):
            raise AssertionRefused(f"`{name}` is not in the future")
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= LONGEST_JTI:
        raise AssertionRefused(f"`jti` is needed, a text of 1 to {LONGEST_JTI} characters")
    return Assertion(jti, expires_at)


def _signed_claims(assertion: str, keys: Sequence[Mapping[str, str]]) -> Mapping[str, object]:
    """The claims, once one of the client's keys has proved the signature."""
    try:
        unproved = jws.extract_compact(assertion.encode("ascii"))
    except (JoseError, ValueError, RecursionError):
        raise AssertionRefused from None
    header = unproved.headers()
    kind = header.get("typ", "JWT")
    if not isinstance(kind, str) or kind.lower() not in _TYPES or "crit" in header or "b64" in header:
        raise AssertionRefused
    # A `kid` names one of this client's keys; keys that the header brings along are not looked at.
    fitting = [
        key
        for key in keys
        if header.get("alg") == ALGORITHM_OF[key["kty"]] and header.get("kid", key["kid"]) == key["kid"]
    ]
    for key in fitting:
        try:
            proved = jws.deserialize_compact(
                assertion.encode("ascii"), import_public(key), algorithms=[ALGORITHM_OF[key["kty"]]]
            )
            claims = json.loads(proved.payload)
        except (JoseError, ValueError, RecursionError):
            continue
        if isinstance(claims, dict):
            return claims
    raise AssertionRefused


def _moment(claims: Mapping[str, object], name: str) -> datetime | None:
    """A NumericDate (RFC 7519 section 2), None where there is none that can be read."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None

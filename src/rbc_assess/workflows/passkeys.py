"""Passkeys (W3C Web Authentication): added by a person who is signed in, and signed in by.

A device proves that it holds a key and has made sure of its holder (user verification). Which passkeys there are for
an address is asked of nobody: the device offers what it has for this host.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import webauthn
from cryptography.exceptions import UnsupportedAlgorithm
from sqlalchemy import Connection
from webauthn.helpers import (
    base64url_to_bytes,
    options_to_json_dict,
    parse_attestation_object,
    parse_client_data_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from rbc_assess.errors import InvalidInput, Problem, SignInAgain, SignInRefused
from rbc_assess.identity import Peppers
from rbc_assess.storage import passkeys, people
from rbc_assess.storage.engine import Store
from rbc_assess.storage.passkeys import Passkey
from rbc_assess.storage.sessions import Session
from rbc_assess.workflows.post import Mail
from rbc_assess.workflows.sign_in import Browser, SignedIn, come_in

FRESH: Final = timedelta(minutes=15)
"""How long after a sign-in a person may add and remove passkeys: a session that was left open must not suffice."""

_ATTESTATIONS: Final = frozenset({"none", "packed"})
"""Who made a device is not asked. The other formats would be read for nothing."""
NAME: Final = "rbc-assess"
"""What a device calls this service."""
_SIGN_IN, _REGISTRATION = "sign-in", "registration"
_MILLISECONDS: Final = int(passkeys.CHALLENGE_LIFE.total_seconds() * 1000)

Credential = Mapping[str, Any]
"""What a browser gives for a device's answer: ``PublicKeyCredential.toJSON()``."""


class House(NamedTuple):
    """Where people come in: what a device calls it, and what a browser does."""

    host: str
    origin: str


def house_of(public_url: str, origin: str) -> House:
    """The house at a public address."""
    return House(urlsplit(public_url).hostname or "", origin)


# --- adding one --------------------------------------------------------------------------------------------


def ask_to_add(
    connection: Connection, session: Session, peppers: Peppers, house: House, now: datetime
) -> dict[str, Any]:
    """What a browser hands to the device that is to make a passkey.

    Raises:
        SignInAgain: the session is older than a quarter of an hour.
    """
    require_fresh(session, now)
    challenge = secrets.token_bytes(32)
    known = passkeys.list_passkeys(connection, session.person)
    passkeys.ask_challenge(connection, challenge, _REGISTRATION, session.id, peppers, now)
    options = webauthn.generate_registration_options(
        rp_id=house.host,
        rp_name=NAME,
        user_name=people.address_of(connection, session.person),
        user_id=session.person.encode(),
        challenge=challenge,
        timeout=_MILLISECONDS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one.credential) for one in known],
    )
    return options_to_json_dict(options)


def add(
    connection: Connection,
    session: Session,
    peppers: Peppers,
    house: House,
    credential: Credential,
    name: str,
    now: datetime,
) -> Passkey:
    """Keep the passkey that a device has made.

    Raises:
        SignInAgain: the session is older than a quarter of an hour.
        InvalidInput: it answers no challenge of this session, or does not prove what it should.
        Conflict: it is known already, or there are ten.
    """
    require_fresh(session, now)
    challenge, made = read_made(credential, house)
    if not passkeys.take_challenge(connection, challenge, _REGISTRATION, session.id, peppers, now):
        raise _not_proved()
    return passkeys.add_passkey(
        connection,
        session.person,
        now,
        name=name,
        credential=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        backed_up=made.credential_backed_up,
    )


def notice(address: str, language: str) -> Mail:
    """The mail that tells a person of a passkey that was added: if it was somebody else, the person hears of it."""
    return Mail(address, *_ADDED[language])


def require_fresh(session: Session, now: datetime) -> None:
    """Stop whoever has not shown lately who it is.

    Raises:
        SignInAgain: the session is older than a quarter of an hour.
    """
    if session.created_at <= now - FRESH:
        raise SignInAgain


# --- signing in --------------------------------------------------------------------------------------------


def ask_to_sign_in(store: Store, peppers: Peppers, house: House, mark: str, now: datetime) -> dict[str, Any]:
    """What a browser hands to a device; the answer leads in from the browser that holds ``mark`` alone."""
    challenge = secrets.token_bytes(32)
    with store.write() as connection:
        passkeys.ask_challenge(connection, challenge, _SIGN_IN, mark, peppers, now)
    options = webauthn.generate_authentication_options(
        rp_id=house.host,
        challenge=challenge,
        timeout=_MILLISECONDS,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def sign_in(
    store: Store, peppers: Peppers, house: House, credential: Credential, browser: Browser, now: datetime
) -> SignedIn:
    """Let in whoever holds a passkey.

    Signatures are checked between two transactions, so that strangers cost nobody a lock.

    Raises:
        SignInRefused: it is unknown, answers no challenge of this browser, or does not prove what it should.
    """
    with store.read() as connection:
        passkey = passkeys.find_passkey(connection, name_of(credential))
    if passkey is None or browser.mark is None:
        raise SignInRefused
    challenge, count = read_shown(credential, passkey, house)
    with store.write() as connection:
        if not passkeys.take_challenge(connection, challenge, _SIGN_IN, browser.mark, peppers, now):
            raise SignInRefused
        if not passkeys.use_passkey(connection, passkey, count, now):
            raise SignInRefused
        return come_in(connection, passkey.person, "passkey", peppers, browser, now)


# --- what a browser gives ----------------------------------------------------------------------------------


def read_made(credential: Credential, house: House) -> tuple[bytes, VerifiedRegistration]:
    """Read what a device has made: the challenge that it answers, and the key. Reads no database.

    Raises:
        InvalidInput: it does not prove what it should.
    """
    try:
        challenge = _challenge_in(credential)
        if parse_attestation_object(_bytes_in(credential, "attestationObject")).fmt not in _ATTESTATIONS:
            raise _not_proved()
        made = webauthn.verify_registration_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=house.host,
            expected_origin=house.origin,
            require_user_verification=True,
        )
    except _UNPROVED:
        raise _not_proved() from None
    return challenge, made


def name_of(credential: Credential) -> bytes:
    """Read which passkey a device names.

    Raises:
        SignInRefused: it names none.
    """
    try:
        return base64url_to_bytes(credential["rawId"])
    except _UNPROVED:
        raise SignInRefused from None


def read_shown(credential: Credential, passkey: Passkey, house: House) -> tuple[bytes, int]:
    """Read what a device has signed: the challenge that it answers, and its count. Reads no database.

    Raises:
        SignInRefused: it does not prove that this passkey signed it.
    """
    try:
        challenge = _challenge_in(credential)
        shown = webauthn.verify_authentication_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=house.host,
            expected_origin=house.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
        holder = credential["response"].get("userHandle")
        if holder is not None and base64url_to_bytes(holder) != passkey.person.encode():
            raise SignInRefused
    except _UNPROVED:
        raise SignInRefused from None
    return challenge, shown.new_sign_count


def _challenge_in(credential: Credential) -> bytes:
    said = parse_client_data_json(_bytes_in(credential, "clientDataJSON"))
    if said.cross_origin:
        raise ValueError
    return said.challenge


def _bytes_in(credential: Credential, name: str) -> bytes:
    return base64url_to_bytes(credential["response"][name])


def _not_proved() -> InvalidInput:
    return InvalidInput([Problem("/credential", "not-proved", _NOT_PROVED)])


_UNPROVED: Final = (
    *(WebAuthnException, UnsupportedAlgorithm, ValueError, TypeError, LookupError, AttributeError),
    *(ArithmeticError, RecursionError, AssertionError),
)
"""What a library says of an answer that is not of the form, or not true."""
_NOT_PROVED: Final = {
    "en": "This is no answer of a device to a challenge of this session. Ask for the options again.",
    "ja": "このセッションの要求に対する端末の応答ではありません。もう一度やり直してください。",
}
_ADDED: Final = {
    "en": (
        "A passkey was added",
        "A passkey was added to your sign-in. If that was not you, sign in, remove it and end your other sessions.\n",
    ),
    "ja": (
        "パスキー追加のお知らせ",
        (
            "ログイン用のパスキーが追加されました。お心当たりがない場合は、ログインしてそのパスキーを削除し、"
            "ほかのセッションを終了してください。\n"
        ),
    ),
}

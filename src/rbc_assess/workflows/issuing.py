"""Who may make a scheme: the one organisation that holds its issuer's code, such as ``jp-27``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from rbc_assess.core.document import Tree
from rbc_assess.errors import Conflict, InvalidInput, NotTheIssuer, Problem
from rbc_assess.identity import Caller
from rbc_assess.storage import issuers, schemes
from rbc_assess.storage.events import record_event

_CODE: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?", re.ASCII)


ISSUER_KINDS: Final = frozenset({"local_government", "national_government", "lender"})
"""Kinds of organisation that make schemes."""
_NO_ISSUER: Final = {
    "en": "Only governments and lenders issue schemes.",
    "ja": "制度の実施主体になれるのは、自治体、国の機関、金融機関だけです。",
}
_FORM: Final = {
    "en": "Write it in lower case letters, digits and hyphens, such as jp-27.",
    "ja": "小文字の英字、数字、ハイフンで、jp-27 のように書いてください。",
}
_TAKEN: Final = {
    "en": "Another organisation is this issuer already.",
    "ja": "この実施主体は、すでに別の組織として登録されています。",
}


def is_issuer_code(text: str) -> bool:
    """Tell whether ``text`` has the form of an issuer's code: lower case letters, digits and hyphens."""
    return _CODE.fullmatch(text) is not None


def name_issuer(
    connection: Connection, organisation: str, kind: str, code: str, now: datetime, *, livemode: bool
) -> None:
    """Make an organisation the issuer of this code, as its operator says, before it has drafted anything.

    Raises:
        InvalidInput: the code has not the form, or such organisations make no schemes.
        Conflict: another organisation is this issuer, or this one is another.
    """
    if kind not in ISSUER_KINDS:
        raise InvalidInput([Problem("/issuer", "no-issuer", _NO_ISSUER)])
    if not is_issuer_code(code):
        raise InvalidInput([Problem("/issuer", "wrong-form", _FORM)])
    if not issuers.hold_issuer(connection, organisation, code, now, livemode=livemode):
        raise Conflict(code="issuer-taken", en=_TAKEN["en"], ja=_TAKEN["ja"])


def settle_issuer(
    connection: Connection, caller: Caller, tree: Mapping[str, Tree], now: datetime
) -> str | None:
    """Make sure that the issuer written in a text is the caller, and give the code that the caller holds.

    An organisation that holds no code yet takes the one that its first text names, if it is of the kind that the
    text says and nobody else holds it. A text that names no issuer yet settles nothing.

    Raises:
        NotTheIssuer: the text names another issuer, one of another kind, or one that is held by somebody else.
    """
    held = issuers.issuer_of(connection, caller.organisation, livemode=caller.livemode)
    written = tree.get("issuer")
    code, kind = (written.get("id"), written.get("kind")) if isinstance(written, Mapping) else (None, None)
    if isinstance(kind, str) and kind != caller.kind:
        raise NotTheIssuer(
            en=f"The text says that its issuer is a {kind}, and your organisation is a {caller.kind}.",
            ja=f"実施主体の種別が {kind} と書かれていますが、ご利用の組織は {caller.kind} です。",
        )
    if not isinstance(code, str) or not is_issuer_code(code):
        return held
    if held is not None and held != code:
        raise NotTheIssuer(
            en=f"Your organisation is the issuer “{held}”; a text with another issuer is not yours.",
            ja=f"ご利用の組織は実施主体「{held}」です。別の実施主体の制度は作成できません。",
        )
    if held is None and isinstance(kind, str):
        if not issuers.hold_issuer(connection, caller.organisation, code, now, livemode=caller.livemode):
            raise NotTheIssuer(
                en="Another organisation is this issuer. If that is wrong, ask the operator.",
                ja="この実施主体は別の組織として登録されています。誤りの場合は運営者にお問い合わせください。",
            )
        return code
    return held


def require_issuer_of(connection: Connection, caller: Caller, scheme: str, code: str | None) -> None:
    """Stop a caller, who holds this issuer's code, where versions of the scheme are another issuer's.

    Raises:
        NotTheIssuer: they are.
    """
    versions = schemes.versions_of(connection, scheme, livemode=caller.livemode)
    if any(version.issuer != code for version in versions):
        raise NotTheIssuer


def retire(
    connection: Connection, caller: Caller, scheme: str, number: int, now: datetime
) -> schemes.SchemeVersion:
    """Take a version out of use for new decisions; it stays readable, and so does what was decided by it.

    Doing it again changes nothing.

    Raises:
        NotFound: there is no such version.
        NotTheIssuer: it is another issuer's.
    """
    version = schemes.find_version(connection, scheme, number, livemode=caller.livemode)
    held = issuers.issuer_of(connection, caller.organisation, livemode=caller.livemode)
    if held != version.issuer:
        raise NotTheIssuer
    mode = schemes.mode_of(livemode=caller.livemode)
    if schemes.retire_for(connection, version, caller.credential, now, mode):
        record_event(
            connection,
            type="scheme.retired",
            organisation=caller.organisation,
            object_id=scheme,
            livemode=caller.livemode,
            now=now,
            version=number,
        )
    return schemes.find_version(connection, scheme, number, livemode=caller.livemode)

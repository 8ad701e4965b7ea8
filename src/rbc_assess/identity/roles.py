"""What a person may do for an organisation: few roles, each a set of scopes. No I/O."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from rbc_assess.identity.ids import is_id
from rbc_assess.identity.scopes import FOR_CREDENTIALS, Scope, scopes_of

ROLES: Final = ("owner", "member", "officer", "author", "approver", "auditor")
"""Every role that a person can have."""

ROLE_MEANINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "owner": {
        "en": "Everything that the organisation may do; invites people, and says who may do what.",
        "ja": "組織に認められたすべての操作。担当者の招待と役割の変更も行う。",
    },
    "member": {
        "en": "Daily work: fills in, corrects and submits. Agreeing to be looked at is the owner's.",
        "ja": "日々の作業(回答の入力、修正、提出)。開示への同意は管理者だけが行う。",
    },
    "officer": {
        "en": "Decides about enterprises that have agreed to it.",
        "ja": "同意した企業についての判定を行う。",
    },
    "author": {
        "en": "Drafts, checks and rehearses schemes.",
        "ja": "制度を下書きし、点検し、試算する。",
    },
    "approver": {
        "en": "Reads drafts, and approves those that another person has written.",
        "ja": "下書きを読み、別の担当者が作ったものを承認する。",
    },
    "auditor": {
        "en": "Reads what the organisation may read, and changes nothing.",
        "ja": "組織が閲覧できるものを読む。変更はできない。",
    },
}
"""What each role is for."""

_RECIPIENTS = ("owner", "officer", "author", "approver", "auditor")
_OTHERS = ("owner", "member", "auditor")
_WRITES: Final[Mapping[str, frozenset[Scope]]] = {
    "member": frozenset({Scope.ENTERPRISES_WRITE, Scope.ASSESSMENTS_WRITE}),
    "officer": frozenset({Scope.DECISIONS_WRITE}),
    "author": frozenset({Scope.SCHEMES_WRITE}),
    "approver": frozenset({Scope.SCHEMES_APPROVE}),
    "auditor": frozenset(),
}
"""What a role may change. A new scope that changes something is the owner's alone until it is written here."""

_ADDRESS = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}"
)
LONGEST_ADDRESS: Final = 254


def roles_of(kind: str) -> tuple[str, ...]:
    """The roles that people of such an organisation can have."""
    return _RECIPIENTS if Scope.DECISIONS_WRITE in scopes_of(kind) else _OTHERS


def scopes_of_role(kind: str, role: str) -> frozenset[Scope]:
    """The scopes of a person with this role in such an organisation; none for a role that is not for it."""
    whole = scopes_of(kind)
    if role not in roles_of(kind):
        return frozenset()
    if role == "owner":
        return whole
    reads = frozenset(scope for scope in whole if scope.endswith(":read"))
    if role != "auditor":
        reads -= FOR_CREDENTIALS
    return reads | (_WRITES[role] & whole)


def is_person(credential: str) -> bool:
    """Tell whether a caller's credential is a person of its organisation, not a key or a client."""
    return is_id("mem", credential)


def read_address(text: str) -> str | None:
    """Read an e-mail address as it is compared: lower case, no space round it. None if it is not one.

    The plain form of RFC 5321 in ASCII: no quotes, no comments, a domain with a dot.
    """
    address = text.strip().lower()
    fits = len(address) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(address) and ".." not in address
    return address if fits else None

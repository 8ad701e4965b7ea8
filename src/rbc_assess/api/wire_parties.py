"""Enterprises, organisations and keys, as they come and as they leave."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from rbc_assess.api.validation import Wire
from rbc_assess.identity import Scope

_UNSEEN: Final = frozenset({"Cf", "Zs"})
"""Categories of characters that leave no mark on their own: joiners, direction marks, spaces."""
_BREAKING: Final = frozenset({"Cc", "Zl", "Zp"})
_OVERRIDES: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Turn the text round them about (Unicode bidirectional algorithm, UAX 9), also in whatever page shows a name."""


def _on_one_line(name: str) -> str:
    """Let a name pass that people can see, on one line, that reads as it is written."""
    kinds = {unicodedata.category(character) for character in name}
    if kinds & _BREAKING or _OVERRIDES & set(name) or (name and kinds <= _UNSEEN):
        raise PydanticCustomError("wrong-form", "a name that can be read is due here")
    return name


on_one_line: Final = AfterValidator(_on_one_line)
"""Text that people can read, on one line."""

ScopeName = Annotated[str, Field(json_schema_extra={"enum": [scope.value for scope in Scope]})]
"""As it is sent; whoever sends another is told which its organisation may have."""
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    on_one_line,
]
Label = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100), on_one_line]
"""As a name, but it may be empty."""
FreeObject = dict[str, Any]
"""An object that core reads, not pydantic: a tree of ``strict_json``."""

_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})")


def read_moment(value: object) -> datetime:
    """Read an RFC 3339 time; UTC comes out."""
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        try:
            return datetime.fromisoformat(value.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise PydanticCustomError("not-a-time", "a time is due here")


Moment = Annotated[datetime, BeforeValidator(read_moment)]
"""An RFC 3339 time; UTC inside."""


class ErasureDocument(Wire):
    """That an enterprise was erased. Until `final_at` backups of its key may exist; from then on nobody can undo it."""

    id: str
    enterprise: str
    erased_at: datetime
    final_at: datetime


class NewEnterprise(Wire):
    """A firm to act for."""

    name: Name
    corporate_number: str | None = Field(default=None, description="法人番号, 13 digits; checked.")
    profile: FreeObject = Field(default_factory=dict, description="See `EnterpriseDocument`.")


class EnterpriseChange(Wire):
    """What to change. In `profile`, a field replaces the one of its name and `null` makes it unknown."""

    name: Name | None = None
    corporate_number: str | None = Field(default=None, description="`null` takes it away.")
    profile: FreeObject | None = None


class EnterpriseDocument(Wire):
    """What a firm says of itself; unknown profile fields are absent."""

    id: str = Field(examples=["ent_0199a4c2-7b1e-7c3d-8f00-3a5b6c7d8e9f"])
    name: str
    corporate_number: str | None
    profile: FreeObject = Field(examples=[{"country": "JP", "region": "JP-27", "workers_total": 24}])
    livemode: bool = Field(description="False in the sandbox.")
    created_at: datetime
    updated_at: datetime


class EnterpriseList(Wire):
    """A page of enterprises, newest first."""

    items: list[EnterpriseDocument]
    next_cursor: str | None


OrganisationKind = Literal[
    "enterprise",
    "local_government",
    "national_government",
    "lender",
    "workers_organisation",
    "intermediary",
    "operator",
]


class NewOrganisation(Wire):
    """A party. One of kind `enterprise` acts for itself."""

    kind: OrganisationKind
    name: Name
    issuer: str | None = Field(
        default=None,
        max_length=64,
        description="For governments and lenders: the issuer that it is. Default: what its first draft says.",
    )


class OrganisationDocument(Wire):
    """A party."""

    id: str = Field(examples=["org_0199a4c2-7b1e-7c3d-8f00-3a5b6c7d8e9f"])
    kind: OrganisationKind
    name: str
    livemode: bool = Field(description="False in the sandbox.")
    created_at: datetime
    issuer: str | None = Field(description="The issuer of schemes that it is, if any.", examples=["jp-27"])


class OrganisationList(Wire):
    """A page of organisations, oldest first."""

    items: list[OrganisationDocument]
    next_cursor: str | None


class NewKey(Wire):
    """A key to issue: by default with every scope of its kind, for one year, in the caller's mode."""

    label: Label = ""
    scopes: list[ScopeName] | None = Field(default=None, max_length=50)
    expires_at: Moment | None = Field(default=None, description="At most two years from now.")
    livemode: bool | None = None


class KeyRotation(Wire):
    """How long the old key goes on beside the new one."""

    overlap_hours: int = Field(default=24, ge=0, le=720)


class KeyDocument(Wire):
    """What is known of a key: everything but the key itself."""

    id: str
    organisation: str
    scopes: list[str]
    livemode: bool
    label: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


class IssuedKey(KeyDocument):
    """A new key. ``key`` is shown now and never again: a retry answers without it."""

    key: str | None = Field(default=None, description="The key itself, once.")


class KeyList(Wire):
    """The keys of an organisation, oldest first."""

    items: list[KeyDocument]
    next_cursor: None = None

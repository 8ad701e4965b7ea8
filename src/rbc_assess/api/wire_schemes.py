"""Schemes, as they leave."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from rbc_assess.api.problem_model import ProblemEntry
from rbc_assess.api.validation import Wire

SchemeStatus = Literal["published", "retired"]
IssuerKind = Literal["local_government", "national_government", "lender"]
SchemeKind = Literal["support_scheme", "procurement_points", "loan_policy"]


class SchemeVersionLine(Wire):
    """One version; ``url`` is its address for good."""

    version: int
    status: SchemeStatus
    sha256: str = Field(
        description="The fingerprint: SHA-256 of what `url` answers as RFC 8785 text, numbers as decimal strings."
    )
    from_: date = Field(alias="from", description="First day on which it decides.")
    until: date | None = Field(description="Last day, if one is set.")
    published_at: datetime
    retired_at: datetime | None = Field(description="Since when nothing new is decided by it.")
    url: str = Field(examples=["/v1/schemes/jp-27-rbc-upgrade/versions/3"])


class IssuerLine(Wire):
    """Who makes the rules."""

    kind: IssuerKind
    id: str = Field(examples=["jp-27"])
    name: str


class EffectiveDays(Wire):
    """Both days inclusive."""

    from_: date = Field(alias="from")
    until: date | None


class ApplicationDays(Wire):
    """Both days inclusive."""

    open: date
    close: date


class SchemeLine(Wire):
    """A scheme under its current version."""

    id: str
    version: int = Field(description="In force today, else the highest that is not retired.")
    status: SchemeStatus
    title: str
    summary: str
    kind: SchemeKind
    issuer: IssuerLine
    effective: EffectiveDays
    applications: ApplicationDays | None
    state: Literal["not_open", "open", "closed"] = Field(description="Whether applications are taken today.")
    sha256: str
    url: str
    versions: list[SchemeVersionLine]


class SchemeList(Wire):
    """A page of schemes, by id."""

    items: list[SchemeLine]
    next_cursor: str | None


class SchemeChangeLine(Wire):
    """One difference between two versions."""

    kind: str = Field(examples=["parameter-value-changed"])
    pointer: str = Field(description="Into the newer version; into the older one for what was removed.")
    subject: str = Field(description="Id of what it is about; empty where that is the whole scheme.")
    decides: bool = Field(description="An outcome, points, terms or a flag may be another because of it.")
    detail: str = Field(description="A sentence in the language of `Content-Language`.")


class SchemeDiff(Wire):
    """What changed between two versions; what decides comes first."""

    scheme: str
    from_: SchemeVersionLine = Field(alias="from")
    to: SchemeVersionLine
    decides: bool
    changes: list[SchemeChangeLine]


# --- for issuers ---------------------------------------------------------------------------------------------


class SchemeFinding(Wire):
    """One thing said of a draft's text."""

    pointer: str = Field(description="JSON Pointer into the text, as a URI fragment.")
    line: int | None = Field(description="From 1; null where a JSON text does not tell.")
    column: int | None
    severity: Literal["error", "warning"]
    code: str = Field(description="Stable, whatever the language.", examples=["requirement-never-false"])
    detail: str = Field(description="A sentence in the language of `Content-Language`.")


class SchemeDraftDocument(Wire):
    """A draft as it was sent, and what is wrong with it."""

    scheme: str
    issuer: str | None = Field(description="The issuer that your organisation is; null while it is none.")
    revision: int
    version: int | None = Field(description="The number that it says; null while the text has not its form.")
    media_type: Literal["application/yaml", "application/json"]
    text: str
    drafted_by: str = Field(description="Id of the key that changed it last; another one must approve.")
    created_at: datetime
    updated_at: datetime
    problems: list[SchemeFinding]


class CaseDifferenceWire(Wire):
    """What a case expects, and what the rules give."""

    key: str = Field(examples=["expect"])
    expected: str | list[str]
    got: str | list[str]


class SchemeCaseWire(Wire):
    """A case of a draft, decided by its rules."""

    pointer: str
    name: str
    as_of: date
    expect: str
    outcome: str | None = Field(description="Null where it could not be decided; `problems` say why.")
    because: list[str]
    passed: bool
    differences: list[CaseDifferenceWire]
    problems: list[ProblemEntry]


class SchemeChecks(Wire):
    """What keeps a draft from being published, and its cases. An `error` does, a `warning` does not."""

    scheme: str
    revision: int
    version: int | None
    publishable: bool = Field(description="A second person may approve it.")
    findings: list[SchemeFinding]
    cases: list[SchemeCaseWire]


class PublishedVersion(SchemeVersionLine):
    """A version as its issuer sees it: also through which keys it came about."""

    scheme: str
    drafted_by: str | None
    approved_by: str | None
    retired_by: str | None

"""The problem document as the contract describes it; ``problems`` writes it."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from rbc_assess.api.validation import Wire
from rbc_assess.api.wire_scorecard import IdentityWire


class ProblemEntry(Wire):
    """One thing to put right."""

    pointer: str = Field(
        description="JSON Pointer into the body, as a URI fragment.", examples=["#/answers/flb-02"]
    )
    parameter: str | None = Field(
        default=None, description="The query parameter or header, where it is not the body."
    )
    code: str = Field(description="Stable, whatever the language.", examples=["unknown-option"])
    detail: str = Field(description="A sentence in the language of `Content-Language`.")
    line: int | None = Field(default=None, description="Where it stands in a text that was sent; from 1.")
    column: int | None = Field(default=None, description="In characters, from 1.")


class ChangedAnswer(Wire):
    """An answer that somebody changed in the meantime, and the revision that changed it."""

    question: str
    revision: int


class ProblemDocument(Wire):
    """A fault (RFC 9457). It never repeats an answer or a secret. More members may come; ignore unknown ones."""

    model_config = ConfigDict(frozen=True, extra="allow", strict=True)

    type: str = Field(description="Root-relative URI of a page that explains it, or a registered type.")
    title: str
    status: int
    detail: str
    instance: str | None = Field(default=None, description="The path that was asked.")
    errors: list[ProblemEntry] | None = Field(
        default=None, max_length=200, description="What to put right; the first 200."
    )
    errors_total: int | None = Field(default=None, description="How many there are in all.")
    revision: int | None = Field(default=None, description="Of a stale draft: its revision now.")
    changed: list[ChangedAnswer] | None = Field(
        default=None, description="Of a stale draft: what changed since the revision you named."
    )
    questionnaire: IdentityWire | None = Field(
        default=None, description="Of a stale draft: the edition that it is under now."
    )
    checks: dict[str, bool] | None = Field(default=None, description="Of `/readyz`: what is missing.")
    request_id: str = Field(description="The same as the header `X-Request-Id`; tell the operator.")

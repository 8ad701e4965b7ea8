"""Evidence, as it comes and as it leaves."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from rbc_assess.api.validation import Wire
from rbc_assess.core.document import Day


class NewEvidence(Wire):
    """What is said of a file, in fields of the form beside it."""

    question: Annotated[str, Field(max_length=100, description="The question that it goes with.")]
    kind: Annotated[
        str,
        Field(
            max_length=64,
            description="A kind of evidence that the questionnaire or its criteria name.",
            examples=["risk_assessment"],
        ),
    ]
    dated: Annotated[Day, Field(description="The day that the paper speaks of.", examples=["2026-10-01"])]


class EvidenceForm(NewEvidence):
    """A form with a file. One field for each member, in any order."""

    file: Annotated[
        str,
        Field(
            description="At most 10 MiB: PDF, PNG, JPEG, HEIC, XLSX, DOCX, CSV or plain text.",
            json_schema_extra={"contentMediaType": "application/octet-stream"},
        ),
    ]


class EvidenceDocument(Wire):
    """A piece of evidence. What was removed keeps its id, fingerprint and times; its name and content are gone."""

    id: str = Field(examples=["evd_0199a4c2-7b1e-7c3d-8f00-3a5b6c7d8e9f"])
    assessment: str
    enterprise: str
    question: str
    kind: str
    name: str | None
    type: str = Field(description="Media type, told by the content.")
    size: int = Field(description="Bytes.")
    sha256: str = Field(description="Of the content as it was sent.")
    dated: date
    valid_until: date
    expired: bool = Field(
        description="Out of date today: it does not raise the assurance of a new submission."
    )
    state: Literal["unchecked", "accepted", "disputed"] = Field(description="What somebody else says of it.")
    reason: str | None
    checked_by: str | None = Field(description="The organisation that did.")
    checked_at: datetime | None
    scan: Literal["unscanned", "clean", "infected"] = Field(description="What a virus scanner says of it.")
    uploaded_by: str
    uploaded_at: datetime
    removed_at: datetime | None
    hint: str = Field(description="What must not be in such papers.")


class EvidenceCheck(Wire):
    """What you say of a piece of evidence."""

    state: Literal["accepted", "disputed", "unchecked"] = Field(
        description="`unchecked` takes back what was said."
    )
    reason: Annotated[str | None, Field(max_length=1000, description="Needed for a dispute.")] = None


class EvidenceList(Wire):
    """A page of pieces, newest first."""

    items: list[EvidenceDocument]
    next_cursor: str | None

"""Lists of published documents, as they leave."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from rbc_assess.api.validation import Wire


class EditionLine(Wire):
    """One edition; ``url`` is its address for good."""

    edition: str = Field(examples=["1.0.0"])
    status: Literal["published", "retired"]
    sha256: str = Field(
        description="The fingerprint: SHA-256 of what `url` answers as RFC 8785 text, numbers as decimal strings."
    )
    from_: date | None = Field(alias="from", description="First day of use.")
    until: date | None = Field(description="Last day of use, if one is set.")
    url: str = Field(examples=["/v1/questionnaires/quick-check/editions/1.0.0"])


class CriteriaLine(Wire):
    """A criteria document and its editions."""

    id: str
    title: str
    current: str | None = Field(description="The edition in force today.")
    languages: list[str]
    editions: list[EditionLine]


class SupplementedWire(Wire):
    """What a supplement is asked with."""

    questionnaire: str
    editions: str = Field(examples=[">=1,<2"])


class QuestionnaireLine(CriteriaLine):
    """A questionnaire and its editions."""

    purpose: str | None
    minutes: int | None = Field(description="About how long answering takes.")
    criteria: str | None = Field(examples=["rbc-criteria@1.0.0"])
    questions: int
    audience: Literal["enterprise", "workers"] = Field(
        description="Who answers; what workers are asked is no assessment and has no score."
    )
    supplements: list[SupplementedWire] = Field(
        description="Not empty: it is asked with one of these, of the firms of some sectors, never alone."
    )


class QuestionnaireList(Wire):
    """A page of questionnaires."""

    items: list[QuestionnaireLine]
    next_cursor: str | None


class CriteriaList(Wire):
    """A page of criteria documents."""

    items: list[CriteriaLine]
    next_cursor: str | None

"""Statistics, as they leave."""

from __future__ import annotations

from pydantic import Field

from rbc_assess.api.validation import Wire

Count = int | None
"""None: 1 to 9, or a count that would tell of such a one."""


class OutcomeCounts(Wire):
    """Enterprises by what was decided of them last."""

    eligible: Count
    conditional: Count
    needs_information: Count
    not_eligible: Count


class GroupCounts(Wire):
    """One group of enterprises; a group that may not be told of is not listed."""

    group: str = Field(
        description="A tier, a section of ISIC, a region of ISO 3166-2, or `unknown`.", examples=["T1"]
    )
    enterprises: Count
    outcomes: OutcomeCounts


class Grouped(Wire):
    """The same by each of three traits, as the submissions that were decided on had them."""

    tier: list[GroupCounts]
    sector: list[GroupCounts]
    region: list[GroupCounts]


class HiddenGroups(Wire):
    """How many groups are not listed."""

    tier: int
    sector: int
    region: int


class SchemeStatistics(Wire):
    """The enterprises that the caller has decided about by one scheme."""

    scheme: str
    enterprises: Count
    outcomes: OutcomeCounts
    by: Grouped
    hidden_groups: HiddenGroups


class StatisticsDocument(Wire):
    """Statistics of the caller's own decisions, by scheme."""

    counts_hidden_below: int = Field(examples=[10])
    items: list[SchemeStatistics]

"""A scheme: the rules by which a town, a ministry or a bank looks at an assessment (format ``rbc-scheme/1``)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from rbc_assess.core.conditions import Part, Path, Required
from rbc_assess.core.document import Code, Effective, Published, Slug, Status, Text, fault
from rbc_assess.core.scheme_accepts import Accepts
from rbc_assess.core.scheme_frame import (
    Applications,
    ApplicationState,
    DecisionRules,
    Input,
    InputName,
    Issuer,
    LegalBasis,
    Parameter,
)
from rbc_assess.core.scheme_rules import (
    OUTCOMES,
    Case,
    CaseFact,
    Clause,
    FactState,
    Outcome,
    PointsRange,
    PointsRules,
    Requirement,
    ReviewFlag,
    Term,
)

__all__ = [
    "CLUSTERS",
    "OUTCOMES",
    "Accepts",
    "ApplicationState",
    "Case",
    "CaseFact",
    "Clause",
    "FactState",
    "Outcome",
    "Parameter",
    "PointsRange",
    "Purpose",
    "Requirement",
    "ReviewFlag",
    "Scheme",
    "Term",
    "conditions_in",
]

CLUSTERS: Final = frozenset(
    {"outcome", "requirements", "critical", "band", "scores", "answers", "evidence", "profile"}
)
"""What a firm's consent may open to a recipient. ``outcome`` is what every recipient sees."""


def _read_version(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 1_000_000:
        raise fault(
            "bad-version",
            "a version is a whole number from 1 on, without quotes",
            "版は1以上の整数を、引用符なしで書いてください。",
        )
    return str(value)


Version: TypeAlias = Annotated[
    str,
    BeforeValidator(_read_version),
    PlainSerializer(int, return_type=int),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 1_000_000}),
]


class Scheme(Published):
    """A version of a scheme; its ``edition`` is the version as a text."""

    format: Literal["rbc-scheme/1"]
    id: Slug
    edition: Version = Field(alias="version")
    status: Status
    kind: Literal["support_scheme", "procurement_points", "loan_policy"]
    issuer: Issuer
    title: Text
    summary: Text
    legal_basis: tuple[LegalBasis, ...]
    effective: Effective
    applications: Applications | None = None
    accepts: tuple[Accepts, ...]
    parameters: dict[Code, Parameter] = Field(default_factory=dict)
    inputs: dict[InputName, Input] = Field(default_factory=dict)
    requirements: tuple[Requirement, ...]
    points: PointsRules | None = None
    terms: tuple[Term, ...] = ()
    review: tuple[ReviewFlag, ...] = ()
    decision: DecisionRules
    discloses: tuple[str, ...]
    cases: tuple[Case, ...] = ()

    @property
    def version(self) -> int:
        return int(self.edition)

    @cached_property
    def legal_basis_by_id(self) -> Mapping[str, LegalBasis]:
        return {basis.id: basis for basis in self.legal_basis}

    @cached_property
    def requirements_by_id(self) -> Mapping[str, Requirement]:
        return {requirement.id: requirement for requirement in self.requirements}

    def fits(self, questionnaire: str, edition: str, age_days: int | None = None) -> bool:
        """Whether an assessment under this edition, so many days old on ``as_of``, is accepted."""
        return any(entry.fits(questionnaire, edition, age_days) for entry in self.accepts)

    def application_state(self, day: date) -> ApplicationState:
        """Whether applications are taken on that day; a scheme that says nothing always takes them."""
        return "open" if self.applications is None else self.applications.state_on(day)

    def parameters_on(self, day: date) -> dict[str, tuple[date, Required]]:
        """The value of each parameter that has one on that day, and the day it is from."""
        resolved: dict[str, tuple[date, Required]] = {}
        for name, parameter in self.parameters.items():
            since = parameter.since(day)
            if since is not None:
                resolved[name] = since, parameter.values[since]
        return resolved

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """Every part of the rules that may come into force or go out of it."""
        groups = () if self.points is None else self.points.groups
        return (*self.requirements, *groups, *self.terms, *self.review)


Purpose: TypeAlias = Literal["requirement", "points", "terms", "review"]


def conditions_in(scheme: Scheme) -> tuple[tuple[Path, Purpose, Part], ...]:
    """Every condition of a scheme with its path as written and where it stands."""
    groups = () if scheme.points is None else scheme.points.groups
    return (
        *(
            (("requirements", place, "when"), "requirement", one.when)
            for place, one in enumerate(scheme.requirements)
        ),
        *(
            (("points", "groups", place, "first_of", number, "when"), "points", entry.when)
            for place, group in enumerate(groups)
            for number, entry in enumerate(group.first_of)
        ),
        *((("terms", place, "when"), "terms", one.when) for place, one in enumerate(scheme.terms)),
        *((("review", place, "when"), "review", one.when) for place, one in enumerate(scheme.review)),
    )

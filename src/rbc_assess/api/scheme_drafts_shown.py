"""Drafts of schemes, their checks and what became of them, as they leave: for the issuer alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rbc_assess.api.problems import problem_entry
from rbc_assess.api.schemes_shown import version_line
from rbc_assess.core.scheme_cases import CaseOutcome
from rbc_assess.documents.scheme_text import ReadScheme
from rbc_assess.errors import PlacedProblem
from rbc_assess.storage.scheme_drafts import SchemeDraft
from rbc_assess.storage.schemes import SchemeVersion
from rbc_assess.workflows.publish import CheckedDraft

Written = dict[str, Any]


def draft_tag(draft: SchemeDraft) -> str:
    """The strong entity tag of a draft: its revision, and when it was begun, since numbers start anew."""
    return f'"{draft.revision}-{int(draft.created_at.timestamp() * 1_000_000):x}"'


def draft_document(draft: SchemeDraft, read: ReadScheme, issuer: str | None, language: str) -> Written:
    """A draft as it was sent, and what is wrong with it."""
    return {
        "scheme": draft.scheme_id,
        "issuer": issuer,
        "revision": draft.revision,
        "version": None if read.scheme is None else read.scheme.version,
        "media_type": f"application/{draft.media}",
        "text": draft.text,
        "drafted_by": draft.drafted_by,
        "created_at": draft.created_at,
        "updated_at": draft.updated_at,
        "problems": _findings(read.source.placed(read.findings), language),
    }


def checks_document(checked: CheckedDraft, language: str) -> Written:
    """Everything that the gate says of a draft, and its cases with what came of them."""
    problems, scheme = checked.problems, checked.read.scheme
    return {
        "scheme": checked.draft.scheme_id,
        "revision": checked.draft.revision,
        "version": None if scheme is None else scheme.version,
        "publishable": scheme is not None and not any(one.severity == "error" for one in problems),
        "findings": _findings(problems, language),
        "cases": [_case(place, one, language) for place, one in enumerate(checked.outcomes)],
    }


def version_document(version: SchemeVersion) -> Written:
    """A version that was published or retired, as its issuer sees it."""
    return {
        "scheme": version.scheme_id,
        **version_line(version),
        "drafted_by": version.drafted_by,
        "approved_by": version.approved_by,
        "retired_by": version.retired_by,
    }


def _findings(problems: Iterable[PlacedProblem], language: str) -> list[Written]:
    return [
        {
            **problem_entry(one, language),
            "line": one.line,
            "column": one.column,
            "severity": one.severity,
        }
        for one in problems
    ]


def _case(place: int, outcome: CaseOutcome, language: str) -> Written:
    decision = outcome.decision
    return {
        "pointer": f"#/cases/{place}",
        "name": outcome.case.name,
        "as_of": outcome.case.as_of,
        "expect": outcome.case.expect,
        "outcome": None if decision is None else decision.outcome,
        "because": [] if decision is None else list(decision.because),
        "passed": outcome.passed,
        "differences": [
            {"key": one.key, "expected": one.expected, "got": one.got} for one in outcome.differences
        ],
        "problems": [problem_entry(problem, language) for problem in outcome.problems],
    }

"""Stored records as they leave: canonical text holds exact figures as strings, the wire has JSON numbers."""

from __future__ import annotations

import json
from typing import Any, Final

from rbc_assess.core.document import Identity
from rbc_assess.storage.assessments import Assessment
from rbc_assess.storage.submissions import Submission, SubmissionLine

AMOUNTS: Final = ("capital", "annual_sales")

Written = dict[str, Any]


def profile_on_the_wire(stored: str) -> Written:
    """A stored profile; amounts of money as JSON numbers."""
    profile: Written = json.loads(stored)
    return {**profile, **{name: _number(profile[name]) for name in AMOUNTS if name in profile}}


def scorecard_on_the_wire(stored: str) -> Written:
    """A stored scorecard with its figures, points and weights as JSON numbers."""
    card: Written = json.loads(stored)
    _write(card["overall"], "score")
    _write(card["coverage"], "unknown_rate", "not_applicable_rate")
    for scored in (*card["themes"], *card["criteria"]):
        _write(scored, "score")
    for line in card["trace"]:
        _write(line, "score", "weight", "theme_weight")
        for entry in line["questions"]:
            _write(entry, "points", "weight")
            for band in entry.get("bands", ()):
                _write(band, "from")
    return card


def submission_document(submission: Submission, scorecard: object = None) -> Written:
    """A submission; ``scorecard`` if it is at hand in its wire form already."""
    return {
        "id": submission.id,
        "assessment": submission.assessment,
        "enterprise": submission.enterprise,
        "questionnaire": identity_document(submission.questionnaire),
        "submitted_at": submission.submitted_at,
        "withdrawn_at": submission.withdrawn_at,
        "profile": profile_on_the_wire(submission.profile),
        "scorecard": scorecard_on_the_wire(submission.scorecard) if scorecard is None else scorecard,
    }


def submission_line(line: SubmissionLine) -> Written:
    """A submission as a list shows it."""
    return {
        "id": line.id,
        "assessment": line.assessment,
        "enterprise": line.enterprise,
        "questionnaire": identity_document(line.questionnaire),
        "as_of": line.as_of,
        "submitted_at": line.submitted_at,
        "withdrawn_at": line.withdrawn_at,
        "overall": {
            "score": None if line.overall_tenths is None else line.overall_tenths / 10,
            "band": line.band,
        },
    }


def assessment_document(assessment: Assessment) -> Written:
    """A draft without its answers."""
    return {
        "id": assessment.id,
        "enterprise": assessment.enterprise,
        "questionnaire": identity_document(assessment.questionnaire),
        "revision": assessment.revision,
        "state": assessment.state,
        "submission": assessment.submission,
        "created_at": assessment.created_at,
        "updated_at": assessment.updated_at,
    }


def identity_document(identity: Identity) -> Written:
    """Which text exactly."""
    return identity._asdict()


def _write(holder: Written, *names: str) -> None:
    for name in names:
        if holder[name] is not None:
            holder[name] = _number(holder[name])


def _number(text: str) -> int | float:
    # Figures end in .0 where they are whole, points and weights do not: 100.0 and 100 are one JSON number.
    return float(text) if "." in str(text) else int(text)

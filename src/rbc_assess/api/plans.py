"""The next steps of a submission, worked out anew from its record: nothing about them is stored."""

from __future__ import annotations

from rbc_assess.api.answers import wire_figure
from rbc_assess.core.answers import read_stored_sheet
from rbc_assess.core.jurisdiction import Jurisdiction
from rbc_assess.core.plan import next_steps, plan_document
from rbc_assess.core.profile import read_profile
from rbc_assess.core.scoring import score_sheet
from rbc_assess.storage.json_text import read_raw_json
from rbc_assess.storage.submissions import Submission
from rbc_assess.workflows.recall import Standing


def plan_of(standing: Standing, submission: Submission, language: str) -> dict[str, object]:
    """Order the next steps of a submission, in a reader's language."""
    questionnaire, criteria, country = standing
    answers = read_raw_json(submission.answers)
    assert isinstance(answers, dict)
    sheet = read_stored_sheet(questionnaire, answers)
    profile = read_profile(read_raw_json(submission.profile)).profile
    scorecard = score_sheet(questionnaire, criteria, profile, sheet, submission.as_of, country).scorecard
    steps = next_steps(questionnaire, criteria, scorecard, sheet)
    law = Jurisdiction(country, submission.as_of, profile.region)
    return {
        "submission": submission.id,
        "language": language,
        "steps": plan_document(steps, questionnaire, criteria, language, law, figure=wire_figure),
    }

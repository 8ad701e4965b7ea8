"""Review of what an example firm expects: every name must be one that the scorecard can have."""

from __future__ import annotations

from rbc_assess.core.criteria import Criteria
from rbc_assess.core.example import Expectation, ExpectedCritical
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.review_findings import Finding, Path, Review


def review_expectation(
    expect: Expectation, questionnaire: Questionnaire, criteria: Criteria
) -> list[Finding]:
    """Find every theme, criterion and band that neither the questionnaire nor its yardstick has."""
    review = Review()
    rules = questionnaire.scoring
    bands = {band.id for band in (*rules.bands, rules.corrective_band, rules.unconfirmed_band) if band}
    if expect.overall.band is not None and expect.overall.band not in bands:
        review.unknown(("expect", "overall", "band"), "unknown-band", expect.overall.band, bands)
    for name in expect.themes:
        if name not in criteria.themes_by_id:
            path: Path = ("expect", "themes", name)
            review.unknown(path, "unknown-theme", name, criteria.themes_by_id, about_key=True)
    for name in expect.criteria:
        if name not in criteria.by_id:
            path = ("expect", "criteria", name)
            review.unknown(path, "unknown-criterion", name, criteria.by_id, about_key=True)
    for state in ExpectedCritical.model_fields:
        for place, name in enumerate(getattr(expect.critical, state)):
            if name not in criteria.by_id:
                path = ("expect", "critical", state, place)
                review.unknown(path, "unknown-criterion", name, criteria.by_id)
    return review.findings

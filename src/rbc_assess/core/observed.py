"""The facts that a scorecard gives to conditions, with unknown and not applicable kept apart."""

from __future__ import annotations

from rbc_assess.core.facts import NOT_APPLICABLE, FactValue
from rbc_assess.core.figures import figure_decimal
from rbc_assess.core.scorecard import Scorecard


def observed_facts(scorecard: Scorecard) -> dict[str, FactValue]:
    """Name the facts of a scorecard; what is unknown is left out.

    ``score.*`` are published figures: a criterion that the edition does not cover is unknown, any other figure
    that is None does not apply. ``state.*``: unknown, not covered and stateless criteria are unknown.
    """
    facts: dict[str, FactValue] = {"score.overall": _figure(scorecard.overall.score)}
    covered_themes = {entry.theme for entry in scorecard.criteria if entry.state != "not_covered"}
    for theme in scorecard.themes:
        if theme.id in covered_themes:
            facts[f"score.theme.{theme.id}"] = _figure(theme.score)
    for entry in scorecard.criteria:
        if entry.state != "not_covered":
            facts[f"score.criterion.{entry.id}"] = _figure(entry.score)
        if entry.state == "not_applicable":
            facts[f"state.{entry.id}"] = NOT_APPLICABLE
        elif entry.state in {"met", "remediated", "not_met"}:
            facts[f"state.{entry.id}"] = str(entry.state)
    for state, names in scorecard.critical._asdict().items():
        facts[f"critical.{state}"] = len(names)
    coverage = scorecard.coverage
    if coverage.unknown_rate is not None and coverage.not_applicable_rate is not None:
        facts["coverage.unknown_rate"] = figure_decimal(coverage.unknown_rate)
        facts["coverage.not_applicable_rate"] = figure_decimal(coverage.not_applicable_rate)
    facts["assessment.questionnaire"] = scorecard.questionnaire.id
    facts["assessment.edition"] = scorecard.questionnaire.edition
    if scorecard.assurance is not None:
        facts["assessment.assurance"] = scorecard.assurance
    if scorecard.overall.band is not None:
        facts["assessment.band"] = scorecard.overall.band
    return facts


def _figure(figure: int | None) -> FactValue:
    return NOT_APPLICABLE if figure is None else figure_decimal(figure)


def facts_document(facts: dict[str, FactValue]) -> dict[str, object]:
    """Facts as plain JSON: decimals as text, what does not apply as ``{"state": "not_applicable"}``."""
    return {name: _plain(value) for name, value in facts.items()}


def _plain(value: FactValue) -> object:
    if value is NOT_APPLICABLE:
        return {"state": "not_applicable"}
    if isinstance(value, frozenset | tuple):
        return sorted(value)
    return value if isinstance(value, bool | int | str) else str(value)

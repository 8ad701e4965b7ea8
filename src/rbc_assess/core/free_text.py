"""What of a sheet is free text, and the sheet without it: the choices, numbers and days alone."""

from __future__ import annotations

from rbc_assess.core.questionnaire import Questionnaire, TextQuestion
from rbc_assess.core.sheet import Answer, AnswerSheet


def coded_document(questionnaire: Questionnaire, sheet: AnswerSheet) -> dict[str, object] | None:
    """A sheet as ``sheet_document`` writes it, but without texts, reasons, notes and what a plan says.

    Returns:
        None where nothing of it is free text, so that the whole of it may be kept open.
    """
    texts = {one.id for one in questionnaire.questions if isinstance(one, TextQuestion)}
    if not any(_is_worded(name, answer, texts) for name, answer in sheet.items()):
        return None
    coded = {name: _coded(name, answer, texts) for name, answer in sheet.items()}
    return {name: kept for name, kept in coded.items() if kept is not None}


def _is_worded(name: str, answer: Answer, texts: set[str]) -> bool:
    return (
        answer.note is not None
        or answer.reason is not None
        or answer.plan is not None
        or (name in texts and answer.value is not None)
    )


def _coded(name: str, answer: Answer, texts: set[str]) -> object:
    value = None if name in texts else answer.value
    kept = Answer(value, answer.state, evidence=answer.evidence).document()
    if answer.plan is None:
        return kept
    whole = kept if isinstance(kept, dict) else {} if kept is None else {"value": kept}
    return {**whole, "plan": {"by": answer.plan.by.isoformat()}}

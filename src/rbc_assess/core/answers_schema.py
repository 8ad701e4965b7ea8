"""JSON Schema (draft 2020-12) of an answer sheet, made from the questionnaire it answers.

What the schema refuses, ``read_answers`` refuses; the other way round only the number of decimals is left out,
because ``multipleOf`` on binary doubles is a trap, and limits that hang on the law of a country.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from rbc_assess.core.answers import LONGEST_TEXT, MOST_EVIDENCE
from rbc_assess.core.figures import shortest_decimal
from rbc_assess.core.questionnaire import (
    DateQuestion,
    MultipleQuestion,
    NumberQuestion,
    Question,
    Questionnaire,
    TextQuestion,
)

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, object]

_DAY: Final[Schema] = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_SHORT_TEXT: Final[Schema] = {"type": ["string", "null"], "maxLength": LONGEST_TEXT}
_WRITTEN_TEXT: Final[Schema] = {"type": "string", "maxLength": LONGEST_TEXT, "pattern": r"\S"}

_SHARED: Final[Schema] = {
    "note": _SHORT_TEXT,
    "reason": _SHORT_TEXT,
    "given_reason": _WRITTEN_TEXT,
    "evidence": {
        "type": ["array", "null"],
        "maxItems": MOST_EVIDENCE,
        "items": {"type": "string", "pattern": "^evd_[0-9A-Za-z_.-]{1,60}$"},
    },
    "plan": {
        "type": ["object", "null"],
        "properties": {"action": _WRITTEN_TEXT, "by": _DAY},
        "required": ["action", "by"],
        "additionalProperties": False,
    },
}


def answers_schema(questionnaire: Questionnaire, language: str = "en") -> Schema:
    """Describe the ``answers`` object of a questionnaire; titles are the questions in ``language``."""
    return {
        "$schema": DIALECT,
        "title": questionnaire.title.in_language(language).text,
        "description": f"Answers to {questionnaire.reference}",
        "type": "object",
        "properties": {
            question.id: _answer(questionnaire, question, language) for question in questionnaire.questions
        },
        "additionalProperties": False,
        "$defs": _SHARED,
    }


def _answer(questionnaire: Questionnaire, question: Question, language: str) -> Schema:
    """A bare value, a value with what belongs to it, a state in its place, or null for not answered."""
    value = _value(questionnaire, question)
    beside: Schema = {name: {"$ref": f"#/$defs/{name}"} for name in ("reason", "note", "evidence")}
    with_value: Schema = {
        "type": "object",
        "properties": {"value": value, "state": {"type": "null"}, **beside, "plan": {"$ref": "#/$defs/plan"}},
        "required": ["value"],
        "additionalProperties": False,
    }
    nothing: Schema = {"value": {"type": "null"}, "plan": {"type": "null"}}
    states = [
        {
            "type": "object",
            "properties": {"state": {"const": state}, **nothing, **beside, **_reason(state)},
            "required": ["state", *_reason(state)],
            "additionalProperties": False,
        }
        for state in question.allow
    ]
    return {
        "title": question.text.in_language(language).text,
        "anyOf": [value, with_value, *states, {"type": "null"}],
    }


def _reason(state: str) -> Schema:
    return {"reason": {"$ref": "#/$defs/given_reason"}} if state == "not_applicable" else {}


def _value(questionnaire: Questionnaire, question: Question) -> Schema:
    if isinstance(question, NumberQuestion):
        limits = (("minimum", question.min), ("maximum", question.max))
        bounds = {key: _number(limit) for key, limit in limits if isinstance(limit, Decimal)}
        return {"type": "number" if question.decimals else "integer", **bounds}
    if isinstance(question, TextQuestion):
        return {"type": "string", "maxLength": question.max_length, "pattern": r"\S"}
    if isinstance(question, DateQuestion):
        return _DAY
    options = [option.id for option in questionnaire.options_of(question)]
    if isinstance(question, MultipleQuestion):
        return {"type": "array", "items": {"enum": options}, "uniqueItems": True}
    return {"enum": options}


def _number(limit: Decimal) -> int | float:
    """A limit as a JSON number; a whole one stays whole."""
    text = shortest_decimal(limit)
    return float(text) if "." in text else int(text)

"""Pydantic's findings in our own codes and sentences: a place and a rule, never the value that broke it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from rbc_assess.core.document import Tree
from rbc_assess.errors import InvalidInput, Problem


class Wire(BaseModel):
    """Base of request and response bodies: frozen, strict about types, and an unknown member is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class ParameterProblem(NamedTuple):
    """One thing wrong with a query parameter or a header."""

    name: str
    code: str
    text: Mapping[str, str]


_SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "missing": ("This is needed.", "この項目は必須です。"),
    "unknown-member": ("There is no such member here.", "この項目はありません。"),
    "not-a-text": ("A text is due here.", "文字列で書いてください。"),
    "not-a-number": ("A number is due here.", "数値で書いてください。"),
    "not-a-whole-number": ("A whole number is due here.", "整数で書いてください。"),
    "not-true-or-false": ("Write true or false.", "true か false で書いてください。"),
    "not-an-object": ("An object is due here.", "オブジェクトで書いてください。"),
    "not-a-list": ("A list is due here.", "配列で書いてください。"),
    "not-a-date": ("A date such as 2026-04-01 is due here.", "日付を 2026-04-01 のように書いてください。"),
    "not-a-time": (
        "A time such as 2026-04-01T09:00:00Z is due here.",
        "日時を 2026-04-01T09:00:00Z のように書いてください。",
    ),
    "too-short": ("This is too short.", "短すぎます。"),
    "too-long": ("This is too long.", "長すぎます。"),
    "out-of-range": ("This is out of range.", "範囲外の値です。"),
    "not-a-public-address": (
        "A plain https address on the public internet is due here: a name or an address in its usual form, no user.",
        "インターネットに公開されたhttpsのアドレスを、通常の書き方で指定してください(ユーザー名は書けません)。",
    ),
    "wrong-form": ("This is not of the form that is due here.", "決められた形式で書いてください。"),
    "unknown-choice": ("This is not one of the choices.", "選択肢にありません。"),
    "invalid": ("This cannot be accepted.", "この値は受け付けられません。"),
}

_CODE_OF_TYPE: Final[Mapping[str, str]] = {
    "missing": "missing",
    "extra_forbidden": "unknown-member",
    "string_type": "not-a-text",
    "int_type": "not-a-whole-number",
    "int_parsing": "not-a-whole-number",
    "int_from_float": "not-a-whole-number",
    "decimal_type": "not-a-number",
    "float_type": "not-a-number",
    "bool_type": "not-true-or-false",
    "bool_parsing": "not-true-or-false",
    "model_type": "not-an-object",
    "model_attributes_type": "not-an-object",
    "dict_type": "not-an-object",
    "list_type": "not-a-list",
    "tuple_type": "not-a-list",
    "date_type": "not-a-date",
    "date_parsing": "not-a-date",
    "date_from_datetime_parsing": "not-a-date",
    "string_too_short": "too-short",
    "too_short": "too-short",
    "string_too_long": "too-long",
    "too_long": "too-long",
    "greater_than": "out-of-range",
    "greater_than_equal": "out-of-range",
    "less_than": "out-of-range",
    "less_than_equal": "out-of-range",
    "string_pattern_mismatch": "wrong-form",
    "literal_error": "unknown-choice",
    "enum": "unknown-choice",
}

MANY_MEMBERS: Final = 200
"""No body has as many members of its own."""

SomeWire = TypeVar("SomeWire", bound=BaseModel)


def sentence(code: str) -> Mapping[str, str]:
    """The sentence of a code, per language."""
    en, ja = _SENTENCES[code]
    return {"en": en, "ja": ja}


def read_wire(model: type[SomeWire], tree: Tree) -> SomeWire:
    """Read a parsed body as ``model``.

    Raises:
        InvalidInput: with every problem, each at its place.
    """
    if isinstance(tree, dict) and len(tree) > MANY_MEMBERS and issubclass(model, Wire):
        # Cheaper than a model's own errors by far, and nothing else about such a body is worth telling.
        known = {field.alias or name for name, field in model.model_fields.items()}
        text = sentence("unknown-member")
        raise InvalidInput(
            [Problem(pointer_of((name,)), "unknown-member", text) for name in tree if name not in known]
        )
    try:
        return model.model_validate(tree)
    except ValidationError as refused:
        found = refused.errors(include_url=False, include_context=True, include_input=False)
        raise InvalidInput([_problem(error) for error in found]) from None


def problems_of_parameters(found: Sequence[Any]) -> list[ParameterProblem | Problem]:
    """Say FastAPI's findings about path, query and header parameters."""
    return [_parameter_problem(error) for error in found]


def _problem(error: Mapping[str, Any]) -> Problem:
    code, text = _said(error)
    return Problem(pointer_of(error["loc"]), code, text)


def _parameter_problem(error: Mapping[str, Any]) -> ParameterProblem | Problem:
    code, text = _said(error)
    where, *names = error["loc"]
    if where == "body" or not names:
        return Problem(pointer_of(names), code, text)
    return ParameterProblem(str(names[0]), code, text)


def _said(error: Mapping[str, Any]) -> tuple[str, Mapping[str, str]]:
    found = str(error["type"])
    code = found if found in _SENTENCES else _CODE_OF_TYPE.get(found, "invalid")
    return code, sentence(code)


def pointer_of(location: Sequence[int | str]) -> str:
    """Write keys and places as a JSON Pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)

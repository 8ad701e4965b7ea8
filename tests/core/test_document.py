from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError
from tests.core.tiny import points, question, questionnaire_tree

from rbc_assess.core.document import (
    Day,
    Edition,
    OptionId,
    Text,
    Weight,
    canonical_text,
    exact_text,
    fingerprint,
    lasting_part,
    read_exact_text,
    read_semver,
)
from rbc_assess.core.questionnaire import Questionnaire


def test_canonical_text_is_rfc_8785_with_numbers_as_shortest_decimal_strings() -> None:
    tree: dict[str, Any] = {"b": Decimal("1.20"), "a": [60, True, None, "é"], "€": "\u0007"}
    assert canonical_text(tree) == '{"a":["60",true,null,"é"],"b":"1.2","€":"\\u0007"}'


def test_a_quoted_decimal_and_a_number_mean_the_same() -> None:
    assert fingerprint({"weight": "1.2"}) == fingerprint({"weight": Decimal("1.20")})
    assert fingerprint({"min": 60}) == fingerprint({"min": "60"})


def test_a_fingerprint_can_be_worked_out_with_any_json_library() -> None:
    tree: dict[str, Any] = {"format": "x/1", "id": "a", "n": 3, "list": ["z", "y"]}
    by_hand = json.dumps({"format": "x/1", "id": "a", "list": ["z", "y"], "n": "3"}, separators=(",", ":"))
    assert fingerprint(tree) == hashlib.sha256(by_hand.encode()).hexdigest()


def test_status_and_until_are_no_part_of_the_fingerprint_and_all_else_is() -> None:
    tree = questionnaire_tree([question("q1", options=points(0, 100))])
    retired = {**tree, "status": "retired", "effective": {"from": "2026-04-01", "until": "2027-03-31"}}
    assert fingerprint(retired) == fingerprint(tree)
    assert fingerprint({**tree, "effective": {"from": "2026-04-02"}}) != fingerprint(tree)
    assert fingerprint({**tree, "minutes": 3}) != fingerprint(tree)


def test_defaults_are_no_part_of_the_fingerprint() -> None:
    without = questionnaire_tree([question("q1", options=points(0, 100))])
    said = questionnaire_tree([question("q1", options=points(0, 100), required=True)])
    assert fingerprint(without) != fingerprint(said)


def test_a_document_read_from_a_tree_knows_its_reference() -> None:
    tree = questionnaire_tree([question("q1", options=points(0, 100))])
    document = Questionnaire.read(tree)
    assert document.identity.sha256 == fingerprint(tree)
    assert document.reference == f"tiny@1.0.0#{fingerprint(tree)[:12]}"


@pytest.mark.parametrize("word", ["yes", "No", "on", "OFF", "y", "n", "null"])
def test_an_option_id_that_other_readers_take_for_a_boolean_is_refused(word: str) -> None:
    with pytest.raises(ValidationError, match="boolean"):
        TypeAdapter(OptionId).validate_python(word)


@pytest.mark.parametrize("edition", ["1.0", "1", "v1.0.0", "01.0.0", "1.0.0-rc1", ""])
def test_an_edition_is_three_numbers(edition: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Edition).validate_python(edition)
    with pytest.raises(ValueError, match="semantic version"):
        read_semver(edition)


@pytest.mark.parametrize("weight", [0, -1, Decimal("0.0001"), "a", True, Decimal("NaN"), 1001])
def test_an_impossible_weight_is_refused(weight: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Weight).validate_python(weight)


@pytest.mark.parametrize("day", [20260401, "2026-4-1", "2026-02-30", "2026-04-01T00:00:00", 1.5])
def test_a_day_is_never_reinterpreted_from_a_number_or_time(day: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Day).validate_python(day)


def test_a_missing_text_falls_back_visibly() -> None:
    text = Text({"en": "Wage", "ja": "賃金"})
    assert text.in_language("ja-simple") == ("賃金", "ja")
    assert text.in_language("vi") == ("Wage", "en")


def test_exact_text_reads_back_to_the_same_tree_and_the_same_fingerprint() -> None:
    tree: dict[str, Any] = {
        "b": Decimal("1.250"),
        "a": [60, "60", True, None, 'é\u2028"', {"x": -3}],
        "1": {},
    }
    text = exact_text(tree)
    assert text == '{"1":{},"a":[60,"60",true,null,"é\u2028\\"",{"x":-3}],"b":1.25}'
    assert read_exact_text(text) == tree
    assert fingerprint({**tree, "id": "x"}) == fingerprint(read_exact_text(exact_text({**tree, "id": "x"})))  # type: ignore[arg-type]


def test_a_stored_document_reads_back_to_the_same_document() -> None:
    asked = question(
        "q1", options=points(0, "33.5"), visible_if={"fact": "profile.workers_total", "at_least": 10}
    )
    tree = questionnaire_tree([asked], {"minimum_themes": 1}, minutes=15)
    stored: Any = read_exact_text(exact_text(lasting_part(tree)))
    again = Questionnaire.read({**stored, "status": "published"})
    assert again == Questionnaire.read(tree)
    assert again.identity.sha256 == fingerprint(tree)

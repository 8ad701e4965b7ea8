"""What the quick check alone promises."""

from __future__ import annotations

from tests.content import independent, shipped

QUICK = shipped.QUESTIONNAIRES["quick-check@1.0.0"]
VIETNAMESE = shipped.TRANSLATIONS["quick-check/1.0.0.vi.yaml"]


def test_every_scored_question_uses_the_maturity_scale_without_condition() -> None:
    scored = shipped.bearing(QUICK, "points")
    assert len(scored) == 9
    assert {question["scale"] for question in scored} == {"maturity"}
    assert not any("visible_if" in question for question in scored)


def test_it_can_be_answered_in_a_quarter_of_an_hour() -> None:
    assert QUICK["minutes"] == 15
    required = [question for question in shipped.questions(QUICK) if question.get("required", True)]
    assert len(required) <= 24


def test_the_vietnamese_texts_cover_all_that_a_critical_question_shows() -> None:
    wanted = set()
    for question in shipped.questions(QUICK):
        if question.get("criterion") in shipped.CRITICAL and "scale" in question:
            wanted.add(f"questions.{question['id']}.text")
            wanted |= {
                f"scales.{question['scale']}.{option['id']}.label"
                for option in QUICK["scales"][question["scale"]]
            }
    assert len(wanted) > 48
    assert wanted <= set(VIETNAMESE["texts"])


def test_clean_critical_answers_alone_earn_nothing() -> None:
    """Respecting basic rights opens the gate, but no points can be had by it."""
    answers = {}
    for question in shipped.bearing(QUICK, "state"):
        options = independent.outcomes(question, QUICK)
        answers[question["id"]] = next(one["id"] for one in options if one["state"] == "met")
    profile = {
        "country": "JP",
        "workers_total": 12,
        "has_migrant_workers": True,
        "has_under_18": True,
        "has_suppliers": True,
    }
    found = independent.figures(QUICK, shipped.CRITERIA, profile, answers)
    assert found["critical"] == {"not_met": [], "unknown": [], "remediated": []}
    assert found["overall"] == {"score": 0, "band": "starting"}
    assert len(answers) == 12

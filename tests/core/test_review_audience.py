"""Mistakes in what workers are asked, in what attaches a supplement, and in references of questions."""

from __future__ import annotations

from typing import Any

import pytest
from tests.core.review_cases import Case, there
from tests.core.sample import CRITERIA, GONE, QUESTIONNAIRE, Path, Tree, all_changed, at, changed
from tests.core.test_review import places
from tests.core.tiny import question, questionnaire_tree, text

from rbc_assess.core.criteria import Criteria
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.review import review_coverage, review_criteria, review_questionnaire

AGREE = [
    {"id": "agree", "favourable": True, "label": text("I agree")},
    {"id": "disagree", "favourable": False, "label": text("I disagree")},
    {"id": "rather_not", "label": text("I would rather not say")},
]
VOICE: Tree = {
    **questionnaire_tree(
        [question("free", "A-2", scale="agree"), question("safe", "B-1", scale="agree")],
        audience="workers",
        scales={"agree": AGREE},
    )
}
del VOICE["scoring"]
FREE: Path = ("sections", 0, "questions", 0)
SECTORS = {"fact": "profile.sector", "one_of": ["13", "14"]}
SUPPLEMENTS = [{"questionnaire": "tiny", "editions": ">=1,<2"}]

VOICE_CASES: list[Case] = [
    (
        "points on one",
        [(("scales", "agree", 0, "points"), 100)],
        [(("scales", "agree", place), "points-on-some") for place in (1, 2)],
    ),
    (
        "points on all",
        [(("scales", "agree", place, "points"), 100) for place in range(3)],
        [
            ((*FREE, "scale"), "critical-with-points"),
            (FREE, "voice-counted"),
            (("sections", 0, "questions", 1), "voice-counted"),
        ],
    ),
    there("scoring", ("scoring",), {"weights": {"themes": {"A": 2}}}, "voice-scoring"),
    there("profile", ("profile",), ["sector"], "voice-profile"),
    (
        "a free text",
        [(FREE, question("free", "A-2", kind="text"))],
        [((*FREE, "kind"), "voice-kind")],
    ),
    ("about nothing", [((*FREE, "criterion"), GONE)], [(FREE, "voice-without-criterion")]),
    there("must be answered", (*FREE, "allow"), [], "voice-not-declinable"),
    there("hidden", (*FREE, "visible_if"), {"fact": "profile.has_under_18", "equals": True}, "voice-hidden"),
    (
        "only one side",
        [(("scales", "agree", 1, "favourable"), True)],
        [(("sections", 0, "questions", place), "voice-one-sided") for place in (0, 1)],
    ),
    ("supplements", [(("supplements",), SUPPLEMENTS)], [(("supplements",), "voice-supplements"),
                                                        (("supplements",), "attach-missing")]),
    ("draft", [(("status",), "draft")], []),
]  # fmt: skip

CASES: list[Case] = [
    there("favourable", ("scales", "maturity", 0, "favourable"), True, "favourable-elsewhere"),
    (
        "favourable among own options",
        [((*at("about"), "options", 0, "favourable"), True)],
        [(at("about", "options", 0, "favourable"), "favourable-elsewhere")],
    ),
    there("attached to nothing", ("attach",), SECTORS, "attach-to-nothing"),
    (
        "a code that is not listed",
        [(at("words", "references"), ["C030"])],
        [(at("words", "references", 0), "unknown-reference")],
    ),
    (
        "a code of VSME that is not listed",
        [(at("words", "vsme"), ["VSME-B9"])],
        [(at("words", "vsme", 0), "unknown-reference")],
    ),
    (
        "a code twice",
        [(at("words", "references"), ["C029", "C029"])],
        [(at("words", "references", 1), "repeated-entry")],
    ),
    ("a code that is listed", [(at("words", "references"), ["C029"])], []),
]


def found(tree: Tree) -> list[str]:
    findings = review_questionnaire(Questionnaire.read(tree), Criteria.read(CRITERIA))
    assert all("{" not in sentence for one in findings for sentence in one.text.values())
    return sorted(map(repr, places(findings)))


@pytest.mark.parametrize(
    ("changes", "expected"), [one[1:] for one in VOICE_CASES], ids=[one[0] for one in VOICE_CASES]
)
def test_mistakes_in_what_workers_are_asked(changes: list[tuple[Path, Any]], expected: list[Any]) -> None:
    wanted = set(map(repr, expected))
    assert wanted <= set(found(all_changed(VOICE, changes)))
    if "points" not in repr(changes):
        assert set(found(all_changed(VOICE, changes))) == wanted


@pytest.mark.parametrize(("changes", "expected"), [one[1:] for one in CASES], ids=[one[0] for one in CASES])
def test_mistakes_elsewhere(changes: list[tuple[Path, Any]], expected: list[Any]) -> None:
    assert found(all_changed(QUESTIONNAIRE, changes)) == sorted(map(repr, expected))


def test_what_workers_are_asked_is_without_fault() -> None:
    assert found(VOICE) == []


# --- supplements -------------------------------------------------------------------------------------------

SUPPLEMENT: Tree = {
    key: value
    for key, value in changed(QUESTIONNAIRE, ("id",), "textiles").items()
    if key not in {"scoring", "minutes", "purpose"}
} | {"supplements": SUPPLEMENTS, "attach": SECTORS, "profile": []}


def test_a_supplement_says_for_whom_it_is_and_leaves_scoring_to_others() -> None:
    for change, code in (
        ((("attach",), GONE), "attach-missing"),
        ((("attach",), {"fact": "profile.workers_total", "at_least": 1}), "fact-not-allowed"),
        ((("attach",), {"fact": "profile.sector", "one_of": ["XX"]}), "code-not-in-list"),
        ((("scoring",), {"minimum_themes": 2}), "supplement-scoring"),
        ((("migrate",), {"old": {"action": "drop", "reason": text("Gone")}}), "supplement-migrate"),
    ):
        findings = review_questionnaire(
            Questionnaire.read(all_changed(SUPPLEMENT, [change])), Criteria.read(CRITERIA)
        )
        assert code in {one.code for one in findings}


# --- references --------------------------------------------------------------------------------------------


def test_a_reference_has_a_year_and_is_named_or_part_of_a_framework() -> None:
    bare = changed(CRITERIA, ("references", 0), {"id": "C029", "title": text("x")})
    assert places(review_criteria(Criteria.read(bare))) == [(("references", 0), "reference-without-year")]
    listed = {"id": "VSME-B9", "title": text("x"), "year": 2025}
    criteria = changed(CRITERIA, ("references",), [*CRITERIA["references"], listed])
    assert places(review_coverage(Criteria.read(criteria), [])) == [(("references", 1), "unused-reference")]
    asking = Questionnaire.read(changed(QUESTIONNAIRE, at("words", "vsme"), ["VSME-B9"]))
    assert places(review_coverage(Criteria.read(criteria), [asking])) == []
    framed = changed(criteria, ("references", 1, "framework"), "vsme")
    assert places(review_coverage(Criteria.read(framed), [])) == []


CODES = {code for case in (*VOICE_CASES, *CASES) for _, code in case[2]} | {
    *("attach-missing", "supplement-scoring", "supplement-migrate", "reference-without-year"),
    *("supplement-sector-not-asked", "unused-reference", "part-of-such"),
}
"""Every sentence about who answers that is reached here, or in ``tests/documents/test_supplements.py``."""

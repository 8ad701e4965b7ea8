"""What every shipped questionnaire and the criteria promise their readers, looked up in the plain files."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from typing import Any

import pytest
from tests.content import independent, shipped

EVERY = pytest.mark.parametrize(
    "questionnaire", shipped.QUESTIONNAIRES.values(), ids=list(shipped.QUESTIONNAIRES)
)
FOR_FIRMS = pytest.mark.parametrize(
    "questionnaire",
    [one for one in shipped.QUESTIONNAIRES.values() if one not in shipped.VOICES],
    ids=[name for name, one in shipped.QUESTIONNAIRES.items() if one not in shipped.VOICES],
)
EVERY_WHOLE = pytest.mark.parametrize("questionnaire", shipped.WHOLES.values(), ids=list(shipped.WHOLES))
EVERY_DOCUMENT = pytest.mark.parametrize(
    "document",
    [*shipped.YARDSTICKS.values(), *shipped.QUESTIONNAIRES.values(), *shipped.COUNTRIES.values()],
    ids=[*shipped.YARDSTICKS, *shipped.QUESTIONNAIRES, *shipped.COUNTRIES],
)
KATAKANA_CHAIN = re.compile(r"[ァ-ヺー]{10,}")
"""A chain of borrowed words that one must take apart to read."""


# --- the yardstick -----------------------------------------------------------------------------------------


def test_thirteen_themes_and_forty_eight_criteria() -> None:
    assert len(shipped.CRITERIA["themes"]) == 13
    assert len(shipped.BY_ID) == len(shipped.CRITERIA["criteria"]) == 48
    themes = {theme["id"] for theme in shipped.CRITERIA["themes"]}
    assert {criterion["theme"] for criterion in shipped.CRITERIA["criteria"]} == themes


def test_exactly_the_twelve_criteria_are_critical() -> None:
    assert {name for name, criterion in shipped.BY_ID.items() if criterion["critical"]} == shipped.CRITICAL


@pytest.mark.parametrize("criteria", shipped.YARDSTICKS.values(), ids=list(shipped.YARDSTICKS))
def test_every_reference_is_listed_once_with_title_and_year_and_used(criteria: Any) -> None:
    """Used, or part of a framework that is listed whole, to be compared with."""
    listed = [reference["id"] for reference in criteria["references"]]
    used = {code for criterion in criteria["criteria"] for code in criterion["references"]}
    whole = {one["id"] for one in criteria["references"] if "framework" in one}
    assert len(listed) == len(set(listed))
    assert used <= set(listed) <= used | whole
    for reference in criteria["references"]:
        assert set(reference["title"]) == {"en", "ja"}, reference["id"]
        assert 1900 <= reference["year"] <= 2026, reference["id"]
        assert "url" not in reference, "a link is given only once somebody has opened it"


@EVERY
def test_every_code_of_a_question_is_a_reference_with_title_and_year(questionnaire: Any) -> None:
    listed = {one["id"] for one in shipped.YARDSTICKS[questionnaire["criteria"]]["references"]}
    for question in shipped.questions(questionnaire):
        assert set(question.get("vsme", [])) | set(question.get("references", [])) <= listed, question["id"]


@EVERY
def test_every_paper_has_a_name_for_people(questionnaire: Any) -> None:
    titles = {one["id"]: one["title"] for one in shipped.CRITERIA["evidence_types"]}
    for question in shipped.questions(questionnaire):
        for paper in question.get("evidence", []):
            assert set(titles[paper]) == {"en", "ja"}, f"{question['id']}: {paper}"


def test_a_basic_right_holds_for_every_size_and_hangs_on_no_ratification() -> None:
    """What decides whether a critical criterion applies: that people work there, and which people."""
    for name in shipped.CRITICAL:
        named = set(re.findall(r"'fact': '([^']+)'", repr(shipped.BY_ID[name]["applies"])))
        assert named <= {"profile.workers_total", "profile.has_migrant_workers", "profile.has_under_18"}, name
        sizes = re.findall(r"'profile.workers_total', '(\w+)': (\d+)", repr(shipped.BY_ID[name]["applies"]))
        assert sizes == [("at_least", "1")], name


DECIDING = (
    *("visible_if", "applies", "attach", "weight", "weights", "bands", "allow", "required"),
    *("active_from", "deprecated_from", "duty_from", "profile"),
)
"""Whatever of a document decides who is asked, from when, and what an answer counts."""


@EVERY_DOCUMENT
def test_no_condition_and_no_weight_knows_of_ratification(document: Any) -> None:
    """Neither by name, nor by way of a parameter whose title speaks of it or of a convention."""
    ratified = re.compile(r"ratif|convention|批准|条約", re.IGNORECASE)

    def keys(part: Any) -> list[str]:
        if isinstance(part, dict):
            return [*map(str, part), *(name for inner in part.values() for name in keys(inner))]
        return [name for inner in part for name in keys(inner)] if isinstance(part, list) else []

    deciding = independent.parts_named(document, DECIDING)
    assert not ratified.search(repr(deciding))
    assert not [name for name in keys(document) if "ratif" in name.lower()]
    for name in independent.parts_named(deciding, ("param",)):
        for country in shipped.COUNTRIES.values():
            assert not ratified.search(repr(country["parameters"].get(name, {}).get("title"))), name


@pytest.mark.parametrize("size", [1, 9, 10, 49, 50, 300, 301, 1000])
@pytest.mark.parametrize("questionnaire", shipped.ASKED.values(), ids=list(shipped.ASKED))
def test_the_twelve_basic_rights_are_asked_about_at_every_size(questionnaire: Any, size: int) -> None:
    profile = {"country": "JP", "region": "JP-13", "workers_total": size, "employees_total": size}
    profile |= {"employees_largest_site": size, "has_migrant_workers": True, "has_under_18": True}
    found = shipped.asked(profile, {}, reference=f"{questionnaire['id']}@{questionnaire['edition']}")
    gates = {one["id"] for one in shipped.bearing(questionnaire, "state")}
    rights = {
        name
        for one in shipped.questions(questionnaire)
        if one["id"] in gates & set(found)
        for name in independent.shares(one)
    }
    assert rights >= shipped.CRITICAL


# --- questions on basic rights -----------------------------------------------------------------------------


@EVERY_WHOLE
def test_a_critical_criterion_has_a_question_that_gates_and_earns_nothing(questionnaire: Any) -> None:
    covered = {name for question in shipped.questions(questionnaire) for name in independent.shares(question)}
    gates = [
        question
        for question in shipped.bearing(questionnaire, "state")
        if shipped.CRITICAL & set(independent.shares(question))
    ]
    gated = {name for question in gates for name in independent.shares(question)}
    assert covered & shipped.CRITICAL == gated & shipped.CRITICAL
    for question in gates:
        options = independent.outcomes(question, questionnaire)
        assert {option["state"] for option in options} == {"met", "remediated", "not_met"}, question["id"]
        assert "visible_if" not in question, question["id"]
        assert question.get("required", True), question["id"]
    for question in shipped.questions(questionnaire):
        if shipped.CRITICAL & set(independent.shares(question)):
            assert "not_applicable" not in question.get("allow", []), question["id"]
            options = independent.outcomes(question, questionnaire)
            assert not any("points" in option for option in options), question["id"]


@EVERY_WHOLE
def test_disclosed_and_put_right_counts_like_never(questionnaire: Any) -> None:
    """And is never worse than "don't know" or "not put right"; all for a firm to which everything applies."""
    profile = {
        "country": "JP",
        "region": "JP-13",
        "workers_total": 60,
        "provides_housing": True,
        "has_migrant_workers": True,
        "has_under_18": True,
        "has_suppliers": True,
    }
    law = independent.in_force(shipped.COUNTRIES["JP"], date(2026, 11, 22), "JP-13")
    questionnaire = independent.under_law(questionnaire, law)
    order = [
        questionnaire["scoring"].get(key, {}).get("id") for key in ("corrective_band", "unconfirmed_band")
    ]
    order += [band["id"] for band in questionnaire["scoring"].get("bands", [])]
    best = independent.best_answers(questionnaire)
    gates = [
        question
        for question in shipped.bearing(questionnaire, "state")
        if shipped.CRITICAL & set(independent.shares(question))
    ]
    for question in gates:
        found = {}
        options = independent.outcomes(question, questionnaire)
        for option in options:
            answers = {**best, question["id"]: option["id"]}
            found[option["state"]] = independent.figures(questionnaire, shipped.CRITERIA, profile, answers)
        answers = {**best, question["id"]: {"state": "unknown"}}
        unknown = independent.figures(questionnaire, shipped.CRITERIA, profile, answers)["overall"]
        met, remedied, open_ = (found[state]["overall"] for state in ("met", "remediated", "not_met"))
        assert remedied == met, question["id"]
        assert found["remediated"]["themes"] == found["met"]["themes"], question["id"]
        ranks = [order.index(one["band"]) for one in (remedied, unknown, open_)]
        assert ranks[0] > ranks[1] > ranks[2], question["id"]


# --- conditions --------------------------------------------------------------------------------------------


@EVERY_WHOLE
def test_the_profile_asks_for_what_decides_which_criteria_apply(questionnaire: Any) -> None:
    covered = {name for question in shipped.questions(questionnaire) for name in independent.shares(question)}
    needed = {
        name
        for criterion in covered
        for name in re.findall(r"'profile\.(\w+)'", repr(shipped.BY_ID[criterion].get("applies")))
    }
    assert needed <= set(questionnaire["profile"])


@EVERY_WHOLE
def test_a_scored_question_hangs_on_no_scored_answer(questionnaire: Any) -> None:
    counted = {question["id"] for question in shipped.bearing(questionnaire, "points")}
    counted |= {question["id"] for question in shipped.bearing(questionnaire, "state")}
    for question in shipped.questions(questionnaire):
        if question["id"] in counted:
            named = re.findall(r"'answer\.([\w-]+)'", repr(question.get("visible_if")))
            assert not set(named) & counted, question["id"]


# --- words -------------------------------------------------------------------------------------------------


@FOR_FIRMS
def test_every_question_says_what_is_meant_and_why_and_gives_an_example(questionnaire: Any) -> None:
    for question in shipped.questions(questionnaire):
        for field in ("text", "help", "why", "example"):
            assert set(question[field]) == {"en", "ja"}, f"{question['id']}.{field}"
        if independent.shares(question) and question["kind"] != "text":
            assert question["evidence"], f"{question['id']}: which paper shows it?"


@EVERY_DOCUMENT
def test_every_text_is_there_in_both_source_languages_and_in_plain_words(document: Any) -> None:
    for path, text in shipped.texts(document):
        assert {"en", "ja"} <= set(text), path
        assert all(text.values()), path
        for word in ("下請", "サプライヤー", "合格", "認証されました"):
            assert word not in text["ja"], path
        for word in ("staff member", "compliant with the ilo", "certified"):
            assert word not in text["en"].lower(), path


@FOR_FIRMS
def test_japanese_is_short_and_ends_as_it_should(questionnaire: Any) -> None:
    for question in shipped.questions(questionnaire):
        asked = question["text"]["ja"]
        assert re.search(r"(ますか|ですか|ましたか|でしたか|ください|ません?か)。$", asked), question["id"]
        for field in ("text", "help", "why", "example"):
            for sentence in shipped.sentences(question[field]["ja"]):
                assert len(sentence) <= 60, f"{question['id']}.{field}: {sentence}"
                assert not KATAKANA_CHAIN.search(sentence), f"{question['id']}.{field}: {sentence}"
            assert "労働者" not in question[field]["ja"], f"{question['id']}.{field}"


@EVERY
def test_answers_are_whole_sentences(questionnaire: Any) -> None:
    for question in shipped.questions(questionnaire):
        for option in independent.outcomes(question, questionnaire):
            if "label" not in option:
                continue
            label, name = option["label"], f"{question['id']}.{option['id']}"
            assert label["en"].endswith("."), name
            assert label["en"].count(" ") >= 2, name
            assert label["ja"].endswith("。"), name
            assert not label["ja"].startswith(("はい", "いいえ")), name
            assert all(len(sentence) <= 60 for sentence in shipped.sentences(label["ja"])), name


@EVERY_WHOLE
def test_points_and_bands_are_those_of_the_scales(questionnaire: Any) -> None:
    """Maturity 0, 33, 67, 100; elsewhere the best answer earns 100 and the worst nothing."""
    if "maturity" in questionnaire.get("scales", {}):
        assert [option["points"] for option in questionnaire["scales"]["maturity"]] == [0, 33, 67, 100]
    for question in shipped.bearing(questionnaire, "points"):
        points = [independent.exact(one["points"]) for one in independent.outcomes(question, questionnaire)]
        reached = sum(points) if question["kind"] == "multiple" else max(points)
        assert reached == 100, question["id"]
        assert question["kind"] == "multiple" or min(points) == 0, question["id"]


@FOR_FIRMS
def test_a_number_says_its_unit_and_its_limits(questionnaire: Any) -> None:
    for question in shipped.questions(questionnaire):
        if question["kind"] == "number":
            assert {"unit", "min", "max", "decimals"} <= set(question), question["id"]


# --- translations ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("translation", shipped.TRANSLATIONS.values(), ids=list(shipped.TRANSLATIONS))
def test_translated_texts_are_those_of_the_present_english_ones(translation: Any) -> None:
    english = {}
    for path, text in shipped.texts(shipped.QUESTIONNAIRES[translation["document"]]):
        english[re.sub(r"^sections\.[^.]+\.questions\.", "questions.", path)] = text["en"]
    for path, entry in translation["texts"].items():
        assert path in english, f"{path} is no text of the questionnaire"
        assert isinstance(entry["source"], str), f"{path}: quote the source"
        assert entry["source"] == hashlib.sha256(english[path].encode()).hexdigest()[:8], f"{path} is stale"

"""The document of a decision, what a reader may see of it, and how it is said."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from random import Random
from typing import Any, Final

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.scheme_sample import AS_OF, ELIGIBLE, accepted, leaf, requirement, scheme, with_facts
from tests.core.tiny import text

from rbc_assess.core.eligibility import decide
from rbc_assess.core.eligibility_document import Plain, decision_document
from rbc_assess.core.eligibility_facts import read_facts
from rbc_assess.core.eligibility_projection import BASIC_RIGHTS, project
from rbc_assess.core.eligibility_words import DecisionWords, decision_sentences
from rbc_assess.core.facts import NOT_APPLICABLE, UNKNOWN, FactValue
from rbc_assess.core.scheme import CLUSTERS, Scheme

DEFAULT: Final = frozenset({"outcome", "requirements", "band"})


def document_of(of: Scheme, facts: Mapping[str, FactValue]) -> dict[str, Plain]:
    known = accepted(of)
    return decision_document(decide(of, facts, AS_OF, known.suppliers), known.vocabulary, known.critical)


def said(of: Scheme, document: Mapping[str, Plain], language: str = "en") -> DecisionWords:
    return decision_sentences(document, of, accepted(of).vocabulary, language)


# --- the document ------------------------------------------------------------------------------------------


def test_a_document_tells_every_requirement_with_every_leaf() -> None:
    document: Any = document_of(scheme(), with_facts({"score.overall": Decimal("59.9")}))
    assert (document["outcome"], document["because"], document["missing"]) == (
        "not_eligible",
        ["overall"],
        [],
    )
    assert [one["id"] for one in document["requirements"]] == ["rights", "known", "overall", "tax", "contact"]
    assert document["requirements"][2] == {
        "id": "overall",
        "truth": False,
        "otherwise": "refuse",
        "legal_basis": "rule-12",
        "leaves": [
            {
                "fact": "score.overall", "operator": "at_least", "required": "60", "param": "min_overall",
                "observed": "59.9", "margin": "-0.1", "truth": False,
            },
        ],
        "decisive": [0],
        "due": None,
    }  # fmt: skip
    assert document["parameters"] == {"min_overall": {"value": "60", "from": "2026-04-01"}}
    assert document["points"] is None
    assert document["facts"]["score.overall"] == {
        "value": "59.9",
        "source": "scorecard",
        "clusters": ["scores"],
    }
    assert document["facts"]["input.no_tax_arrears"] == {"value": True, "source": "caller", "clusters": []}


def test_a_document_is_canonical_and_the_same_for_the_same_numbers() -> None:
    one = document_of(
        scheme(), with_facts({"score.overall": Decimal("75.50"), "critical.not_met": Decimal("0.0")})
    )
    other = document_of(scheme(), with_facts({"score.overall": Decimal("75.5"), "critical.not_met": 0}))
    assert rfc8785.dumps(one) == rfc8785.dumps(other)
    assert json.loads(rfc8785.dumps(one)) == one


@pytest.mark.parametrize(
    "facts",
    [{}, {"score.overall": NOT_APPLICABLE}, {"profile.certifications": frozenset({"sa8000", "kurumin"})}],
)
def test_a_decision_can_be_made_again_from_its_own_facts(facts: dict[str, FactValue]) -> None:
    """The facts in the document, read with the vocabulary of its documents, give the same bytes."""
    of = scheme()
    document: Any = document_of(of, with_facts(facts))
    values = {name: one["value"] for name, one in document["facts"].items()}
    inputs = {
        name.removeprefix("input."): value for name, value in values.items() if name.startswith("input.")
    }
    others = {name: value for name, value in values.items() if not name.startswith("input.")}
    reading = read_facts(others, accepted(of).vocabulary, inputs)
    assert reading.problems == ()
    assert rfc8785.dumps(document_of(of, reading.facts)) == rfc8785.dumps(document)


def test_points_terms_and_dues_are_told() -> None:
    facts = with_facts({"score.criterion.REM-01": Decimal("0.0"), "profile.certifications": UNKNOWN})
    document: Any = document_of(scheme(), facts)
    assert document["points"] == {
        "at_least": "2", "at_most": "4", "cap": "5",
        "groups": [{"id": "overall", "points": "2"}, {"id": "certified", "at_least": "0", "at_most": "2"}],
        "missing": [{"fact": "profile.certifications", "why": "unknown", "questions": []}],
    }  # fmt: skip
    assert document["terms"] == {"given": ["silver"], "give": {"margin_bp": "-5"}, "missing": []}
    assert document["requirements"][4]["due"] == "2026-08-30"
    assert (document["valid_until"], document["scheme_state"]) == ("2026-08-30", "open")


# --- the projection ----------------------------------------------------------------------------------------


def leaves_of(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for one in document["requirements"] or ():
        yield from one.get("leaves", ())


def test_without_requirements_only_the_outcome_is_seen() -> None:
    document = document_of(scheme(), with_facts({"score.overall": Decimal("59.9")}))
    shown = project(document, scheme(), {"outcome"})
    assert shown["outcome"] == "not_eligible"
    assert [key for key, part in shown.items() if part is None and document[key] is not None] == [
        "because", "missing", "requirements", "review", "parameters",
    ]  # fmt: skip
    assert shown["facts"] == {"input.no_tax_arrears": {"value": True, "source": "caller", "clusters": []}}


def test_observed_and_margin_go_with_the_cluster() -> None:
    document = document_of(scheme(), with_facts({"score.overall": Decimal("59.9")}))
    for clusters, seen in ((DEFAULT, None), (DEFAULT | {"scores"}, "59.9")):
        shown: Any = project(document, scheme(), clusters)
        overall = next(one for one in leaves_of(shown) if one["fact"] == "score.overall")
        assert overall["observed"] == seen
        assert (overall["margin"] is None) == (seen is None)
        assert (overall["required"], overall["truth"]) == ("60", False)


RIGHTS: Final = [
    requirement("flb", leaf("state.FLB-02", "one_of", ["met", "remediated"], "pass")),
    requirement("chl", {"any": [
        leaf("state.CHL-01", "equals", "met", "pass"), leaf("state.CHL-01", "equals", "remediated", "pass"),
    ]}),
    requirement("plan", {"any": [leaf("critical.not_met", "at_most", 0), leaf("plan.FLB-02.days", "at_most", 90)]}),
    requirement("overall", leaf("score.overall", "at_least", 60, "fail")),
]  # fmt: skip
SETTLED: Final[dict[str, FactValue]] = {
    "state.FLB-02": "met", "state.CHL-01": "met", "critical.not_met": 0, "score.overall": Decimal("77.7"),
    "assessment.assurance": "reviewed",
}  # fmt: skip


def rights_scheme() -> Scheme:
    return scheme(requirements=RIGHTS, points=None, terms=None, parameters=None, inputs=None)


@pytest.mark.parametrize("clusters", [DEFAULT, DEFAULT | {"scores", "answers", "evidence", "profile"}])
def test_met_and_remediated_look_alike(clusters: frozenset[str]) -> None:
    of = rights_scheme()
    one = project(document_of(of, SETTLED), of, clusters)
    other = project(
        document_of(of, {**SETTLED, "state.FLB-02": "remediated", "state.CHL-01": "remediated"}), of, clusters
    )
    assert rfc8785.dumps(one) == rfc8785.dumps(other)
    assert said(of, one) == said(of, other)


def test_an_open_item_on_basic_rights_does_not_say_which_or_how_many() -> None:
    of = rights_scheme()
    worlds: list[dict[str, FactValue]] = [
        {"state.FLB-02": "not_met", "critical.not_met": 1},
        {"state.CHL-01": "not_met", "critical.not_met": 1},
        {"state.FLB-02": "not_met", "state.CHL-01": "not_met", "critical.not_met": 2},
        {"state.FLB-02": "not_met", "critical.not_met": 1, "plan.FLB-02.days": 12},
    ]
    shown = [project(document_of(of, {**SETTLED, **facts}), of, DEFAULT) for facts in worlds]
    assert all(one == shown[0] for one in shown)
    requirements: Any = shown[0]["requirements"]
    assert requirements[-1] == {"id": BASIC_RIGHTS, "open": True, "due": None}
    assert shown[0]["because"] == [BASIC_RIGHTS]
    assert "There is an open item on basic rights." in said(of, shown[0]).lines
    assert "基本的な権利について、未解決の項目があります。" in said(of, shown[0], "ja").lines


def test_an_unknown_right_among_refusals_is_not_told_from_an_open_one() -> None:
    of = rights_scheme()
    low: dict[str, FactValue] = {**SETTLED, "score.overall": Decimal("10.0")}
    unknown = project(document_of(of, {**low, "state.FLB-02": UNKNOWN}), of, DEFAULT)
    open_ = project(document_of(of, {**low, "state.FLB-02": "not_met"}), of, DEFAULT)
    assert unknown == open_


def test_with_critical_everything_about_rights_is_seen() -> None:
    of = rights_scheme()
    document = document_of(of, {**SETTLED, "state.FLB-02": "remediated"})
    shown: Any = project(document, of, DEFAULT | {"critical"})
    assert [one["observed"] for one in leaves_of(shown)][:1] == ["remediated"]
    assert {one["id"] for one in shown["requirements"]} == {"flb", "chl", "plan", "overall"}
    full = project(document, of, CLUSTERS)
    assert full == document


def test_flags_and_groups_on_rights_are_left_out() -> None:
    right, some = leaf("state.FLB-02", "equals", "met", "pass"), leaf("score.overall", "at_least", 1, "fail")
    of = scheme(
        points={"cap": 5, "groups": [
            {"id": "right", "first_of": [{"when": right, "points": 2}]},
            {"id": "other", "first_of": [
                {"when": leaf("critical.unknown", "at_most", 9), "points": 1}, {"when": some, "points": 1},
            ]},
            {"id": "score", "first_of": [{"when": some, "points": 1}]},
        ]},
        review=[{"id": "right", "label": text("Right"), "when": right},
                {"id": "score", "label": text("Score"), "when": some}],
    )  # fmt: skip
    document = document_of(of, with_facts({"state.FLB-02": "met"}))
    for clusters, seen in ((DEFAULT, ["score"]), (DEFAULT | {"critical"}, ["right", "other", "score"])):
        shown: Any = project(document, of, clusters)
        assert [one["id"] for one in shown["points"]["groups"]] == seen
        assert shown["review"] == [name for name in seen if name != "other"]
        assert shown["points"]["points"] == "4"


def test_which_questions_are_open_is_seen_with_answers_and_rights_only() -> None:
    of = scheme()
    document = document_of(of, with_facts({"score.overall": UNKNOWN}))
    for clusters, seen in (
        (DEFAULT, []),
        (DEFAULT | {"answers"}, []),
        (DEFAULT | {"answers", "critical"}, ["rem-01", "osh-01"]),
    ):
        shown: Any = project(document, of, clusters)
        assert [one["questions"] for one in shown["missing"]] == [seen]


def test_missing_facts_about_rights_are_one_item() -> None:
    of = rights_scheme()
    shown: Any = project(document_of(of, {"score.overall": Decimal("77.7")}), of, DEFAULT)
    assert shown["missing"] == [{"fact": BASIC_RIGHTS, "why": "unknown", "questions": []}]
    assert said(of, shown).lines.count("There is an open item on basic rights.") == 1


FACTS: Final[Mapping[str, tuple[FactValue, ...]]] = {
    "score.overall": (Decimal("83.7"), Decimal("13.9")),
    "score.criterion.REM-01": (Decimal("91.3"), Decimal("17.1")),
    "answer.hours": (Decimal("47.3"), Decimal("11.9")),
    "answer.steps": (frozenset({"c"}), frozenset({"b"})),
    "profile.region": ("JP-45", "JP-46"),
    "profile.workers_total": (8431, 7211),
    "evidence.REM-01.age_days": (923, 811),
    "plan.FLB-02.days": (637, 511),
    "state.FLB-02": ("remediated", "not_met"),
    "critical.remediated": (5, 6),
    "answer.flb-02": ("remediated", "not_met"),
    "assessment.band": ("embedded", "practising"),
}
"""Values that stand in no condition, label or date, so that any trace of them is a leak."""


def nosy() -> Scheme:
    """A scheme that looks at everything, in requirements, points, terms and flags."""
    numbers = [name for name in FACTS if isinstance(FACTS[name][0], int | Decimal)]
    asked = [leaf(name, "at_least", 50, "unknown") for name in numbers]
    asked += [
        leaf("answer.steps", "includes_any", ["a"], "unknown"),
        leaf("profile.region", "one_of", ["JP-27"]),
        leaf("state.FLB-02", "one_of", ["met"], "unknown"),
        leaf("answer.flb-02", "equals", "met", "unknown"),
        leaf("assessment.band", "equals", "basic"),
    ]
    return scheme(
        requirements=[requirement(f"r{place}", one, otherwise="condition", cure_within_days=3 + place)
                      for place, one in enumerate(asked)],
        points={"cap": 1, "groups": [{"id": "g", "first_of": [{"when": one, "points": 1} for one in asked]}]},
        terms=[{"id": "t", "when": asked[0], "give": {"bp": 1}}],
        review=[{"id": f"f{place}", "label": text("Flag"), "when": one} for place, one in enumerate(asked)],
        parameters=None, inputs=None,
    )  # fmt: skip


NOSY: Final = nosy()


@given(st.integers(0, 2**32), st.frozensets(st.sampled_from(sorted(CLUSTERS))))
@settings(max_examples=40, deadline=None)
def test_no_value_of_an_ungranted_cluster_is_seen_or_said(seed: int, clusters: frozenset[str]) -> None:
    dice = Random(seed)
    facts = {name: dice.choice(values) for name, values in FACTS.items() if dice.random() < 0.9}
    document: Any = document_of(NOSY, facts)
    shown: Any = project(document, NOSY, clusters)
    words = [line for language in ("en", "ja") for line in said(NOSY, shown, language).lines]
    everything = json.dumps(shown, ensure_ascii=False) + "\n".join(words).replace(",", "")
    for name, value in facts.items():
        needed = set(document["facts"][name]["clusters"])
        if needed <= clusters:
            continue
        assert name not in shown["facts"]
        assert not [one for one in leaves_of(shown) if one["fact"] == name and one["observed"] is not None]
        if isinstance(value, int | Decimal) and value > 10:
            assert str(value) not in everything
    if "critical" not in clusters:
        for word in ("remediated", "not_met", "FLB-02", "flb-02", "CHL-01"):
            assert word not in everything


def test_every_value_would_be_seen_with_everything_granted() -> None:
    """The property above would notice: with all clusters the same values do appear."""
    facts = {name: values[0] for name, values in FACTS.items()}
    shown = json.dumps(project(document_of(NOSY, facts), NOSY, CLUSTERS))
    assert all(str(value) in shown for value in facts.values() if isinstance(value, int | Decimal | str))


# --- the words ---------------------------------------------------------------------------------------------


NEEDED: Final = "What is needed: The overall score is at least 60 points. "


def test_a_refusal_is_explained_with_what_can_be_done() -> None:
    of = scheme()
    document = document_of(of, with_facts({"score.overall": Decimal("59.9")}))
    words = said(of, document)
    overall = next(one for one in words.requirements if one.id == "overall")
    assert overall.lines == (
        "Not met: Requirement overall",
        NEEDED + "What was found: 59.9 points, which misses it by 0.1 points.",
        "What you can do: Remedy of overall",
        "Legal basis: Rule 12, article 4",
    )
    assert any("a person can review it" in line and "Labour policy office" in line for line in words.closing)
    japanese = said(of, document, "ja")
    assert (
        "必要なこと：総合点が60点以上であること。現在の値は59.9点で、0.1点の差があります。" in japanese.lines
    )
    assert any("見直しを求めることもできます" in line and "06-0000-0000" in line for line in japanese.closing)


def test_what_is_missing_is_said_with_the_question_and_the_day() -> None:
    of = scheme()
    document = document_of(of, with_facts({"score.overall": UNKNOWN, "input.no_tax_arrears": UNKNOWN}))
    words = said(of, document)
    assert words.missing[0].startswith("Still missing: the overall score. It is asked in: “Question rem-01?”")
    assert words.missing[1] == "Still missing: “No tax arrears”. The office that checks must say it."
    assert "Please supply what is missing by 2026-07-01." in words.lines
    assert [one.remedy for one in words.requirements] == [None] * 5  # nothing is known to be wrong
    assert "不足している情報を2026年7月1日までに提出してください。" in said(of, document, "ja").lines


NEEDED_OF_EITHER = "What is needed: At least one of the following holds:"


def test_of_several_ways_the_nearest_is_said_and_under_none_the_opposite() -> None:
    """Not every decisive leaf: of an alternative not each is needed, and where a firm is it cannot change."""
    region = leaf("profile.region", "one_of", ["JP-27", "JP-28"])
    score, arrears = (
        leaf("score.overall", "at_least", 80, "fail"),
        leaf("input.no_tax_arrears", "equals", True),
    )
    either = {"any": [{"all": [region, leaf("score.overall", "at_least", 70, "fail")]}, score, arrears]}
    neither = {"none": [leaf("score.overall", "less_than", {"param": "min_overall"}, "fail")]}
    of = scheme(requirements=[requirement("either", either), requirement("neither", neither)])
    document = document_of(
        of,
        with_facts(
            {"profile.region": "JP-13", "input.no_tax_arrears": False, "score.overall": Decimal("59.9")}
        ),
    )
    assert [one.found for one in said(of, document).requirements] == [
        (
            "One of the following is enough.",
            NEEDED.replace("60", "80") + "What was found: 59.9 points, which misses it by 20.1 points.",
            "What is needed: “No tax arrears” is true. This was found not to be so.",
        ),
        (NEEDED + "What was found: 59.9 points, which misses it by 0.1 points.",),
    ]
    assert said(of, document, "ja").requirements[1].found == (
        "必要なこと：総合点が60点以上であること。現在の値は59.9点で、0.1点の差があります。",
    )


def test_of_several_ways_that_are_still_open_the_whole_rule_is_said() -> None:
    region = leaf("profile.region", "one_of", ["JP-27", "JP-28"])
    of = scheme(
        requirements=[requirement("either", {"any": [region, leaf("input.no_tax_arrears", "equals", True)]})]
    )
    unknown = document_of(of, with_facts({"profile.region": UNKNOWN, "input.no_tax_arrears": False}))
    assert said(of, unknown).requirements[0].found == (
        f"{NEEDED_OF_EITHER} (a) the region is Osaka or Hyogo; or (b) “No tax arrears” is true.",
        "Not known yet: the region.",
    )
    closed = document_of(of, with_facts({"profile.region": "JP-13", "input.no_tax_arrears": False}))
    hidden = project(closed, of, {"outcome", "requirements"})
    assert said(of, hidden).requirements[0].found == (
        "What is needed: “No tax arrears” is true. This was found not to be so.",
    )


def test_what_decided_is_said_first() -> None:
    of = scheme()
    facts = with_facts(
        {"input.no_tax_arrears": False, "critical.unknown": UNKNOWN, "score.criterion.REM-01": 0}
    )
    words = said(of, document_of(of, facts))
    assert [one.id for one in words.requirements] == ["tax", "contact", "known", "rights", "overall"]


def test_conditions_points_terms_and_flags_are_said() -> None:
    of = scheme(
        decision={
            "valid_days": 90,
            "contact": {"name": text("Office")},
            "objection": text("You may object"),
        }
    )
    facts = with_facts({"score.criterion.REM-01": Decimal(0), "assessment.assurance": "self_declared"})
    lines = said(of, document_of(of, facts)).lines
    for line in (
        "By when: 2026-08-30", "Points: 4 (at most 5).", "margin_bp: -5", "This holds until 2026-08-30.",
        "A person should look at this: Nobody has looked at the answers", "You may object",
    ):  # fmt: skip
        assert line in lines


@pytest.mark.parametrize("language", ["en", "ja", "ja-simple"])
@pytest.mark.parametrize("facts", [ELIGIBLE, {}, {"critical.not_met": 1}])
def test_every_requirement_has_its_words_in_every_language(
    facts: dict[str, FactValue], language: str
) -> None:
    words = said(scheme(), document_of(scheme(), facts), language)
    assert [one.id for one in words.requirements] == ["rights", "known", "overall", "tax", "contact"]
    assert all(one.verdict and one.label and one.basis for one in words.requirements)

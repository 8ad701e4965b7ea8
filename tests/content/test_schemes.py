"""What every shipped scheme promises, whichever there are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final, NamedTuple

import pytest
from tests.content import independent, independent_rules
from tests.content.independent_rules import Rules
from tests.content.shipped_schemes import QUESTIONNAIRES, SCHEMES, YARDSTICKS, Shipped

from rbc_assess.core.eligibility import decide
from rbc_assess.core.scheme_cases import run_cases
from rbc_assess.core.scheme_gate import gate

EVERY = pytest.mark.parametrize("shipped", SCHEMES, ids=lambda one: one.name)


def test_the_schemes_say_all_fifteen_shapes() -> None:
    """Each scheme names its shapes at the head of its file; a set of real programmes says them all."""
    named = {
        shape
        for shipped in SCHEMES
        for line in shipped.path.read_text(encoding="utf-8").split("\nformat:")[0].splitlines()
        if re.match(r"# Rule shapes?: ", line)
        for shape in re.findall(r"\bR\d+\b", line)
    }
    assert named == {f"R{number}" for number in range(1, 16)}
    assert {one.scheme.kind for one in SCHEMES} == {"support_scheme", "procurement_points", "loan_policy"}
    issuers = {one.scheme.issuer.kind for one in SCHEMES}
    assert issuers == {"local_government", "national_government", "lender"}


@EVERY
def test_a_scheme_lies_where_its_id_and_version_say(shipped: Shipped) -> None:
    assert (shipped.path.parent.name, shipped.path.stem) == (shipped.scheme.id, shipped.scheme.edition)


@EVERY
def test_the_gate_finds_nothing_at_all(shipped: Shipped) -> None:
    """No error and no warning: every outcome and requirement has its case, every threshold decides something."""
    found = gate(shipped.scheme, QUESTIONNAIRES, YARDSTICKS)
    assert [(one.code, one.path, one.text["en"]) for one in found] == []


# --- a missing fact ----------------------------------------------------------------------------------------


@EVERY
def test_a_missing_fact_never_grants_and_never_refuses(shipped: Shipped) -> None:
    eligible = [
        one for one in run_cases(shipped.scheme, shipped.accepted.vocabulary) if one.case.expect == "eligible"
    ]
    assert eligible
    waited_for: set[str] = set()
    for outcome in eligible:
        for name in outcome.facts:
            facts = {one: value for one, value in outcome.facts.items() if one != name}
            decision = decide(shipped.scheme, facts, outcome.case.as_of)
            assert decision.outcome in ("eligible", "needs_information"), (outcome.case.name, name)
            if decision.outcome == "needs_information":
                assert name in {one.fact for one in decision.missing}, (outcome.case.name, name)
                waited_for.add(name)
            else:
                assert decision.missing == ()
    assert waited_for


@EVERY
def test_a_firm_without_any_assessment_is_asked_for_one(shipped: Shipped) -> None:
    for day in {case.as_of for case in shipped.scheme.cases}:
        decision = decide(shipped.scheme, {}, day)
        assert decision.outcome == "needs_information"
        assert set(decision.because) == {one.id for one in decision.requirements}


# --- thresholds --------------------------------------------------------------------------------------------


class Threshold(NamedTuple):
    """A number that a requirement asks for on the day of a case, the last value that passes and the next."""

    requirement: str
    fact: str
    inside: Fraction
    outside: Fraction


WHOLE: Final = re.compile(r"(critical|plan|evidence|certification|assessment\.age_days|profile)\b")
"""Facts that are counted in heads, days or pieces; all other numbers are published to one tenth."""


def leaves(condition: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "fact" in condition:
        yield condition
        return
    [inner] = condition.values()
    for part in inner["of"] if isinstance(inner, dict) else inner:
        yield from leaves(part)


def thresholds(rules: Rules) -> Iterator[Threshold]:
    for requirement in rules.scheme["requirements"]:
        if not rules.in_force(requirement):
            continue
        for leaf in leaves(requirement["when"]):
            [operator] = set(leaf) - {"fact", "when_not_applicable"}
            wanted = rules.wanted(leaf[operator])
            if not isinstance(wanted, Fraction):
                continue
            step = Fraction(1) if WHOLE.match(leaf["fact"]) else Fraction(1, 10)
            inside, outside = {
                "at_least": (wanted, wanted - step), "at_most": (wanted, wanted + step),
                "more_than": (wanted + step, wanted), "less_than": (wanted - step, wanted),
            }[operator]  # fmt: skip
            yield Threshold(requirement["id"], leaf["fact"], inside, outside)


@EVERY
def test_every_threshold_is_shown_by_cases_at_it_and_one_step_beside_it(shipped: Shipped) -> None:
    """A case with exactly the threshold and one a tenth (or one day, one head) beside it, and the two differ."""
    tree = independent.load(shipped.path)
    wanted: dict[Threshold, set[str]] = {}
    for case in tree["cases"]:
        rules, facts = Rules(tree, case["as_of"]), independent_rules.facts_of(case)
        whens = {one["id"]: one["when"] for one in tree["requirements"]}
        for threshold in thresholds(rules):
            shown = wanted.setdefault(threshold, set())
            sides = {"inside": threshold.inside, "outside": threshold.outside}
            truths = {
                side: rules.truth(whens[threshold.requirement], {**facts, threshold.fact: value})
                for side, value in sides.items()
            }
            if truths["inside"] is truths["outside"]:
                continue  # something else decides in this case
            shown |= {side for side, value in sides.items() if facts.get(threshold.fact) == value}
    assert {one: shown for one, shown in wanted.items() if shown != {"inside", "outside"}} == {}


# --- the texts ---------------------------------------------------------------------------------------------


def texts(part: Any, path: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    if isinstance(part, dict) and "en" in part:
        yield path, part
    elif isinstance(part, dict):
        for key, inner in part.items():
            yield from texts(inner, f"{path}.{key}")
    elif isinstance(part, list):
        for place, inner in enumerate(part):
            name = inner.get("id", place) if isinstance(inner, dict) else place
            yield from texts(inner, f"{path}.{name}")


@EVERY
def test_every_text_is_in_plain_english_and_japanese(shipped: Shipped) -> None:
    for path, text in texts(independent.load(shipped.path)):
        assert set(text) == {"en", "ja"}, path
        for word in ("下請", "サプライヤー", "合格", "労働者", "スタッフ"):
            assert word not in text["ja"], path
        for word in ("staff member", "certified", "compliant", "pass the", "fail the"):
            assert word not in text["en"].lower(), path
        for sentence in re.findall(r"[^。]+。?", text["ja"]):
            assert len(sentence) <= 60, (path, sentence)
            assert "認証" not in sentence or sentence.endswith("ありません。"), path


@EVERY
def test_what_a_firm_is_told_to_do_is_said_politely_and_in_steps(shipped: Shipped) -> None:
    for requirement in shipped.scheme.requirements:
        assert requirement.remedy is not None
        english, japanese = (requirement.remedy.in_language(tag).text for tag in ("en", "ja"))
        assert english.endswith("."), requirement.id
        assert english.count(". ") >= 1, requirement.id
        assert japanese.count("。") >= 2, requirement.id
        assert "ください" in japanese or "できます" in japanese, requirement.id
        for sentence in re.findall(r"[^。]+。", japanese):
            assert re.search(r"(ます|です|ません|ください|ました|でした)。$", sentence), sentence
        label = requirement.label.in_language("ja").text
        assert label.endswith("こと"), requirement.id


@EVERY
def test_every_invented_thing_is_marked_as_an_example(shipped: Shipped) -> None:
    scheme = shipped.scheme
    marked = [scheme.issuer.name, scheme.title, scheme.summary, scheme.decision.contact.name]
    marked += [basis.title for basis in scheme.legal_basis]
    marked += [one.label for one in scheme.parameters.values() if one.label is not None]
    marked += [one.label for one in scheme.terms if one.label is not None]
    marked += (
        [] if scheme.points is None else [one.label for one in scheme.points.groups if one.label is not None]
    )
    assert scheme.decision.objection is not None
    marked.append(scheme.decision.objection)
    for text in marked:
        assert "xample" in text.root["en"], text
        assert re.search("例|見本", text.root["ja"]), text
    assert all(one.label is not None for one in scheme.parameters.values())
    assert all(one.label is not None for one in scheme.terms)
    head = shipped.path.read_text(encoding="utf-8")
    assert head.startswith("# EXAMPLE. ")
    assert "certifies nothing" in head.split("\nformat:")[0].replace("\n# ", " ")


@EVERY
def test_nothing_leads_to_a_real_office(shipped: Shipped) -> None:
    contact = shipped.scheme.decision.contact
    assert (contact.url, contact.email, contact.phone) == (None, None, None)
    assert all(basis.url is None for basis in shipped.scheme.legal_basis)
    text = shipped.path.read_text(encoding="utf-8")
    assert "http" not in text
    assert "@" not in text
    assert not re.search(r"\b0\d{1,4}-\d{1,4}-\d{3,4}\b", text)
    assert not re.search(r"(令和|平成)\d+年", text)


@EVERY
def test_a_decision_can_be_asked_about_and_objected_to(shipped: Shipped) -> None:
    decision = shipped.scheme.decision
    assert decision.valid_days or decision.valid_until
    assert decision.respond_within_days
    assert decision.objection is not None
    assert "outcome" in shipped.scheme.discloses
    assert not {"answers", "scores", "critical"} & set(shipped.scheme.discloses)

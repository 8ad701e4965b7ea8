"""Every mistake that an author can make in a scheme, each found in its place, and nothing else with it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import pytest
from tests.core.sample import GONE, Appended, Path, Tree, all_changed, changed
from tests.core.scheme_sample import QUESTIONNAIRE, documents, leaf, requirement, scheme_tree
from tests.core.tiny import points, question, text

from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.review_findings import Finding
from rbc_assess.core.scheme import Scheme
from rbc_assess.core.scheme_review import review_scheme
from rbc_assess.core.scheme_sentences import SCHEME_SENTENCES, SCHEME_WARNINGS

BASE: Final = scheme_tree(
    cases=[{"name": "one", "as_of": "2026-06-01", "facts": {"score.overall": Decimal("59.9")},
            "expect": "not_eligible", "because": ["overall"]}],
)  # fmt: skip
REGION = requirement("region", leaf("profile.region", "one_of", ["JP-27"]))

CASES: Final[list[tuple[str, Path, list[tuple[Path, Any]]]]] = [
    ("missing-text", ("title", "ja"), [(("title", "ja"), GONE)]),
    ("duplicate-id", ("requirements", 1, "id"), [(("requirements", 1, "id"), "rights")]),
    ("duplicate-id", ("points", "groups", 1, "id"), [(("points", "groups", 1, "id"), "overall")]),
    ("duplicate-id", ("terms", 1, "id"), [(("terms", 1, "id"), "gold")]),
    ("repeated-entry", ("discloses", 3), [(("discloses",), Appended("band"))]),
    ("unknown-cluster", ("discloses", 0), [(("discloses", 0), "outcomes")]),
    ("area-unknown", ("issuer", "id"), [(("issuer", "id"), "osaka"), (("requirements",), Appended(REGION))]),
    ("area-unknown", ("issuer", "id"), [(("issuer", "id"), "jp-99"), (("requirements",), Appended(REGION))]),
    ("unknown-area", ("issuer", "area", 0), [(("issuer", "area"), ["JP-99"])]),
    ("region-outside-area", ("requirements", 5, "when", "one_of", 1),
     [(("requirements",), Appended(requirement("region", leaf("profile.region", "one_of", ["JP-27", "JP-28"]))))]),
    ("unknown-legal-basis", ("requirements", 0, "legal_basis"), [(("requirements", 0, "legal_basis"), "rule-21")]),
    ("unknown-legal-basis", ("parameters", "min_overall", "legal_basis"),
     [(("parameters", "min_overall", "legal_basis"), "rule-21")]),
    ("unused-legal-basis", ("legal_basis", 1),
     [(("legal_basis",), Appended({"id": "rule-13", "title": text("Rule 13")}))]),
    ("grace-without-drafts", ("effective", "grace_days"), [(("effective", "grace_days"), 5)]),
    ("never-in-force", ("review", 0, "effective"), [(("review", 0, "effective"), {"from": "2027-04-01"})]),
    ("closed-before-open", ("applications", "close"), [(("applications", "close"), "2026-04-30")]),
    ("applications-outside", ("applications",), [(("applications", "close"), "2027-04-30")]),
    ("nothing-accepted", ("accepts",), [(("accepts",), [])]),
    ("no-accepted-edition", ("accepts", 0, "editions"), [(("accepts", 0, "editions"), ">=2")]),
    ("unknown-questionnaire", ("accepts", 0, "questionnaire"), [(("accepts", 0, "questionnaire"), "quik")]),
    ("no-value-at-start", ("parameters", "min_overall", "values"),
     [(("parameters", "min_overall", "values", "2026-04-01"), GONE)]),
    ("values-of-mixed-kinds", ("parameters", "min_overall", "values"),
     [(("parameters", "min_overall", "values", "2026-10-01"), "62")]),
    ("value-never-used", ("parameters", "min_overall", "values", "2027-04-01"),
     [(("parameters", "min_overall", "values", "2027-04-01"), 65)]),
    ("unused-parameter", ("parameters", "other"), [(("parameters", "other"), {"values": {"2026-04-01": 1}})]),
    ("unit-differs", ("requirements", 2, "when", "at_least", "param"),
     [(("parameters", "min_overall", "unit"), "days")]),
    ("unused-input", ("inputs", "other"), [(("inputs", "other"), {"type": "boolean", "label": text("Other")})]),
    ("input-codes-missing", ("inputs", "kind", "codes"),
     [(("inputs", "kind"), {"type": "code", "label": text("Kind")}),
      (("review", 0, "when"), leaf("input.kind", "equals", "a"))]),
    ("input-codes-needless", ("inputs", "no_tax_arrears", "codes"),
     [(("inputs", "no_tax_arrears", "codes"), {"a": text("A")})]),
    ("no-requirements", ("requirements",), [(("requirements",), [])]),
    ("remedy-missing", ("requirements", 0, "remedy"), [(("requirements", 0, "remedy"), GONE)]),
    ("cure-missing", ("requirements", 4, "cure_within_days"), [(("requirements", 4, "cure_within_days"), GONE)]),
    ("cure-without-condition", ("requirements", 0, "cure_within_days"), [(("requirements", 0, "cure_within_days"), 9)]),
    ("empty-group", ("points", "groups", 0), [(("points", "groups", 0, "first_of"), [])]),
    ("cap-below-zero", ("points", "cap"), [(("points", "cap"), -1)]),
    ("cap-never-reached", ("points", "cap"), [(("points", "cap"), 7)]),
    ("add-needs-numbers", ("terms", 1, "give", "rate"),
     [(("terms", 0, "add"), True), (("terms", 0, "give"), {"rate": 1}), (("terms", 1, "give"), {"rate": "low"})]),
    ("nothing-given", ("terms", 0, "give"), [(("terms", 0, "give"), {})]),
    ("threshold-out-of-range", ("requirements", 4, "when", "at_least"),
     [(("requirements", 4, "when", "at_least"), 670)]),
    ("threshold-out-of-range", ("requirements", 4, "when", "at_least"),
     [(("requirements", 4, "when", "at_least"), 0)]),
    ("threshold-out-of-range", ("requirements", 2, "when", "at_least", "param"),
     [(("parameters", "min_overall", "values", "2026-10-01"), 620)]),
    ("remediated-refused", ("requirements", 5, "when", "equals"),
     [(("requirements",), Appended(requirement("met", leaf("state.FLB-02", "equals", "met", "pass"))))]),
    ("fact-not-supplied", ("requirements", 5, "when", "fact"),
     [(("requirements",), Appended(requirement("sup", leaf("score.criterion.SUP-01", "at_least", 50, "fail"))))]),
    ("two-validities", ("decision", "valid_until"),
     [(("decision", "valid_until"), {"month_day": "03-31", "years": 1})]),
    ("case-outside-effective", ("cases", 0, "as_of"), [(("cases", 0, "as_of"), "2026-03-31")]),
    ("unknown-requirement", ("cases", 0, "because", 0), [(("cases", 0, "because"), ["overal"])]),
    ("unknown-term", ("cases", 0, "terms", 0), [(("cases", 0, "terms"), ["bronze"])]),
    ("unknown-review", ("cases", 0, "review", 0), [(("cases", 0, "review"), ["x"])]),
    ("unknown-missing-fact", ("cases", 0, "missing", 0), [(("cases", 0, "missing"), ["score.overal"])]),
    # what the facts of a case can be (eligibility_facts)
    ("unknown-fact", ("cases", 0, "facts", "score.total"), [(("cases", 0, "facts", "score.total"), 1)]),
    ("wrong-fact-value", ("cases", 0, "facts", "score.overall"), [(("cases", 0, "facts", "score.overall"), "high")]),
    ("not-a-published-figure", ("cases", 0, "facts", "score.overall"),
     [(("cases", 0, "facts", "score.overall"), Decimal("59.95"))]),
    ("unknown-input", ("cases", 0, "inputs", "other"), [(("cases", 0, "inputs"), {"other": True})]),
    ("input-among-facts", ("cases", 0, "facts", "input.no_tax_arrears"),
     [(("cases", 0, "facts", "input.no_tax_arrears"), True)]),
    ("never-not-applicable", ("cases", 0, "facts", "critical.not_met"),
     [(("cases", 0, "facts", "critical.not_met"), {"state": "not_applicable"})]),
    # conditions, with the purpose of the place (condition_checks)
    ("unknown-fact", ("requirements", 0, "when", "fact"), [(("requirements", 0, "when", "fact"), "critical.notmet")]),
    ("protected-trait", ("terms", 0, "when", "fact"),
     [(("terms", 0, "when"), leaf("profile.has_migrant_workers", "equals", False))]),
    ("protected-trait", ("points", "groups", 1, "first_of", 0, "when", "fact"),
     [(("points", "groups", 1, "first_of", 0, "when"), leaf("voice.respondents", "at_least", 10))]),
    ("protected-trait", ("requirements", 0, "when", "fact"),
     [(("requirements", 0, "when"), leaf("profile.has_migrant_workers", "equals", False))]),
    ("when-not-applicable-missing", ("requirements", 2, "when", "fact"),
     [(("requirements", 2, "when", "when_not_applicable"), GONE)]),
    ("pass-on-overall", ("requirements", 2, "when", "when_not_applicable"),
     [(("requirements", 2, "when", "when_not_applicable"), "pass")]),
    ("state-never-given", ("requirements", 5, "when", "fact"),
     [(("requirements",), Appended(requirement("s", leaf("state.REM-01", "equals", "not_met", "pass"))))]),
    ("unknown-parameter", ("requirements", 2, "when", "at_least", "param"),
     [(("requirements", 2, "when", "at_least", "param"), "minimum"), (("parameters",), {})]),
    ("parameter-type", ("requirements", 2, "when", "at_least", "param"),
     [(("parameters", "min_overall", "values"), {"2026-04-01": "60"})]),
    ("code-not-in-list", ("requirements", 5, "when", "one_of", 0),
     [(("requirements",), Appended(requirement("tier", leaf("profile.tier", "one_of", ["T9"]))))]),
]  # fmt: skip


def reviewed(tree: Tree, *questionnaires: Questionnaire) -> list[Finding]:
    questionnaire, criteria = documents()
    return review_scheme(Scheme.read(tree), questionnaires or [questionnaire], [criteria])


def test_the_sample_has_no_mistakes() -> None:
    assert reviewed(BASE) == []


@pytest.mark.parametrize(
    ("code", "path", "changes"), CASES, ids=[f"{code}-{path[0]}" for code, path, _ in CASES]
)
def test_every_mistake_is_found_in_its_place(code: str, path: Path, changes: list[tuple[Path, Any]]) -> None:
    found = [one for one in reviewed(all_changed(BASE, changes)) if one.code == code]
    assert [one.path for one in found] == [path]
    assert found[0].severity == ("warning" if code in SCHEME_WARNINGS | {"repeated-entry"} else "error")
    assert found[0].text["en"]
    assert found[0].text["ja"]


AT_THE_GATE: Final = {
    "outcome-without-case",
    "requirement-never-false",
    "case-differs",
    "threshold-undecided",
}
WITH_TWO_QUESTIONNAIRES: Final = {"fact-not-always-supplied"}


def test_every_sentence_is_reached() -> None:
    assert set(SCHEME_SENTENCES) - {code for code, _, _ in CASES} == AT_THE_GATE | WITH_TWO_QUESTIONNAIRES


def test_many_mistakes_are_told_at_once() -> None:
    changes = [change for code, _, several in CASES[:4] for change in several]
    codes = {one.code for one in reviewed(all_changed(BASE, changes))}
    assert {"missing-text", "duplicate-id"} <= codes


def test_a_fact_that_only_some_accepted_questionnaires_supply() -> None:
    both = changed(BASE, ("accepts",), Appended({"questionnaire": "other", "editions": ">=1"}))
    tree = changed(QUESTIONNAIRE, ("id",), "other")
    questions = [one for one in tree["sections"][0]["questions"] if one["id"] != "rem-01"]
    other = Questionnaire.read(changed(tree, ("sections", 0, "questions"), questions))
    found = reviewed(both, documents()[0], other)
    assert [(one.code, one.path, one.severity) for one in found] == [
        ("fact-not-always-supplied", ("requirements", 4, "when", "fact"), "warning")
    ]
    assert "other@1.0.0" in found[0].text["en"]


def test_without_critical_questions_no_gate_is_ever_closed() -> None:
    """A count of 0 open breaches says nothing where nobody asks."""
    mild = Questionnaire.read(
        changed(
            QUESTIONNAIRE,
            ("sections", 0, "questions"),
            [question(name.lower(), name, options=points(0, 100)) for name in ("OSH-01", "REM-01")],
        )
    )
    found = {(one.code, one.path[1]) for one in reviewed(BASE, mild)}
    assert ("fact-not-supplied", 0) in found


def test_likely_slips_stop_no_scheme_from_being_read() -> None:
    """What the gate asks of a publication, or what only looks odd, is a warning of the review."""
    odd = (
        ("area-unknown", [(("issuer", "id"), "osaka"), (("requirements",), Appended(REGION))]),
        ("remedy-missing", [(("requirements", 0, "remedy"), GONE)]),
        ("threshold-out-of-range", [(("requirements", 4, "when", "at_least"), 670)]),
        ("fact-not-supplied", [
            (("requirements",), Appended(requirement("sup", leaf("score.criterion.SUP-01", "at_least", 50, "fail")))),
        ]),
        ("input-codes-missing", [
            (("inputs", "kind"), {"type": "code", "label": text("Kind")}),
            (("review", 0, "when"), leaf("input.kind", "equals", "a")),
        ]),
    )  # fmt: skip
    for code, changes in odd:
        tree = BASE
        for path, value in changes:
            tree = changed(tree, path, value)
        assert [(one.code, one.severity) for one in reviewed(tree)] == [(code, "warning")]


def test_an_issuer_without_a_known_area_may_name_no_region() -> None:
    assert reviewed(changed(BASE, ("issuer", "id"), "osaka")) == []


def test_a_city_may_name_its_own_region() -> None:
    assert reviewed(changed(BASE, ("requirements",), Appended(REGION))) == []

"""Mistakes in criteria and country documents, and the list of everything that a review can say."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.core.review_cases import CASES, ON_SCORE, Case, Found, there
from tests.core.sample import CRITERIA, QUESTIONNAIRE, Appended, Path, Tree, all_changed, changed
from tests.core.test_review import places
from tests.core.test_review_audience import CODES as AUDIENCE_CODES
from tests.core.test_review_law import CODES
from tests.core.tiny import text

from rbc_assess.core.country import Country
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.review import review_country, review_coverage, review_criteria
from rbc_assess.core.review_sentences import SENTENCES

CRITERIA_CASES: list[Case] = [
    there("unknown theme", ("criteria", 0, "theme"), "AA", "unknown-theme"),
    (
        "unknown reference",
        [(("criteria", 2, "references"), ["C030"])],
        [(("criteria", 2, "references", 0), "unknown-reference")],
    ),
    (
        "reference twice",
        [(("criteria", 0, "references"), ["C029", "C029"])],
        [(("criteria", 0, "references", 1), "repeated-entry")],
    ),
    (
        "paper twice",
        [(("evidence_types",), [{"id": "policy", "title": text("Policy")}] * 2)],
        [(("evidence_types", 1, "id"), "duplicate-id")],
    ),
    (
        "paper that is not listed",
        [
            (("evidence_types",), [{"id": "policy", "title": text("Policy")}]),
            (("criteria", 0, "evidence"), ["policy", "polcy"]),
        ],
        [(("criteria", 0, "evidence", 1), "unknown-evidence")],
    ),
    (
        "theme id twice",
        [(("themes",), Appended({"id": "A", "title": text("A")}))],
        [(("themes", 2, "id"), "duplicate-id")],
    ),
    there("criterion id twice", ("criteria", 2, "id"), "A-1", "duplicate-id"),
    (
        "reference id twice",
        [(("references",), Appended({"id": "C029", "title": text("x"), "year": 1930}))],
        [(("references", 1, "id"), "duplicate-id")],
    ),
    (
        "theme without criteria",
        [(("themes",), Appended({"id": "C", "title": text("C")}))],
        [(("themes", 2), "empty-theme")],
    ),
    (
        "guidance lacks en",
        [(("criteria", 2, "guidance"), {"ja": "始めましょう。"})],
        [(("criteria", 2, "guidance", "en"), "missing-text")],
    ),
    (
        "applies by an answer",
        [(("criteria", 0, "applies"), {"any": [ON_SCORE]})],
        [(("criteria", 0, "applies", "any", 0, "fact"), "unknown-fact")],
    ),
    (
        "critical by tier",
        [(("criteria", 1, "applies"), {"fact": "profile.tier", "one_of": ["T3", "T4"]})],
        [(("criteria", 1, "applies", "fact"), "critical-hangs-on-size")],
    ),
    (
        "critical from ten workers",
        [(("criteria", 1, "applies", "at_least"), 10)],
        [(("criteria", 1, "applies", "fact"), "critical-hangs-on-size")],
    ),
]


@pytest.mark.parametrize(
    ("changes", "expected"), [case[1:] for case in CRITERIA_CASES], ids=[case[0] for case in CRITERIA_CASES]
)
def test_each_mistake_in_criteria(changes: list[tuple[Path, Any]], expected: list[Found]) -> None:
    assert places(review_criteria(Criteria.read(all_changed(CRITERIA, changes)))) == expected


def test_criteria_that_nobody_asks_about() -> None:
    criteria = Criteria.read(
        changed(CRITERIA, ("criteria",), Appended({"id": "B-2", "theme": "B", "title": text("B-2")}))
    )
    findings = review_coverage(criteria, [Questionnaire.read(QUESTIONNAIRE)])
    assert places(findings) == [(("criteria", 3, "id"), "unasked-criterion")]
    assert findings[0].severity == "warning"
    assert review_coverage(Criteria.read(CRITERIA), [Questionnaire.read(QUESTIONNAIRE)]) == []


# --- countries ---------------------------------------------------------------------------------------------


def dated(day: str, value: Any) -> Tree:
    return {"from": day, "value": value, "source": "law", "as_of": "2026-11-22", "verified": True}


def size_row(name: str, sectors: list[str], **small: Any) -> Tree:
    return {
        "id": name,
        "title": text(name),
        "sectors": sectors,
        "small_and_medium": {"capital": 100, "employees": 100},
        "small": {"employees": 5, **small},
    }


COUNTRY: Tree = {
    "format": "rbc-country/1",
    "id": "JP",
    "edition": "2026.11",
    "status": "published",
    "title": text("Japan"),
    "time_zone": "Asia/Tokyo",
    "size_classes": {
        "source": "law",
        "rows": [size_row("wholesale", ["46"]), size_row("trade", ["G"]), size_row("others", [])],
    },
    "risk": {
        "source": "law",
        "as_of": "2026-11-22",
        "verified": False,
        "otherwise": "low",
        "sectors": {"C": "medium", "13": "high"},
    },
    "parameters": {
        "wage": {
            "title": text("Wage"),
            "unit": "yen",
            "values": [dated("2024-10-01", 1055), dated("2025-10-01", Decimal("1121.5"))],
        }
    },
}
VALUES: Path = ("parameters", "wage", "values")
ROWS: Path = ("size_classes", "rows")

COUNTRY_CASES: list[Case] = [
    there("no values", VALUES, [], "no-values"),
    there("same day twice", (*VALUES, 1, "from"), "2024-10-01", "same-day-twice"),
    there("newest first", (*VALUES, 1, "from"), "2023-10-01", "days-not-ascending"),
    there("another kind", (*VALUES, 1, "value"), True, "values-differ-in-kind"),
    there("row twice", (*ROWS, 1, "id"), "wholesale", "duplicate-id"),
    (
        "unknown sector",
        [((*ROWS, 0, "sectors"), ["46", "00"])],
        [((*ROWS, 0, "sectors", 1), "unknown-sector")],
    ),
    ("row behind a wider one", [((*ROWS, 0, "sectors"), ["G"])], [((*ROWS, 1), "row-never-reached")]),
    ("row behind the rest", [((*ROWS, 1, "sectors"), [])], [((*ROWS, 2), "row-never-reached")]),
    there("small above medium", (*ROWS, 0, "small", "employees"), 101, "small-above-medium"),
    (
        "a measure twice in a way",
        [(("size_classes", "enough"), [["employees", "employees"]])],
        [(("size_classes", "enough", 0, 1), "repeated-entry")],
    ),
    (
        "ways without limits",
        [(("size_classes", "enough"), [["employees", "annual_sales"], ["capital"]])],
        [((*ROWS, place, "small"), "ceiling-never-reached") for place in range(3)],
    ),
    (
        "small above medium by capital",
        [((*ROWS, 0, "small"), {"employees": 5, "capital": 101})],
        [((*ROWS, 0, "small", "capital"), "small-above-medium")],
    ),
    there("negative capital", (*ROWS, 0, "small_and_medium", "capital"), -1, "below-zero"),
    ("title lacks ja", [(("title",), {"en": "Japan"})], [(("title", "ja"), "missing-text")]),
    (
        "risk of no sector",
        [(("risk", "sectors", "99X"), "high")],
        [(("risk", "sectors", "99X"), "unknown-sector")],
    ),
    there("a risk that holds anyway", ("risk", "sectors", "13"), "medium", "risk-says-nothing"),
]


@pytest.mark.parametrize(
    ("changes", "expected"), [case[1:] for case in COUNTRY_CASES], ids=[case[0] for case in COUNTRY_CASES]
)
def test_each_mistake_in_a_country(changes: list[tuple[Path, Any]], expected: list[Found]) -> None:
    assert places(review_country(Country.read(COUNTRY))) == []
    assert places(review_country(Country.read(all_changed(COUNTRY, changes)))) == expected


def test_every_sentence_is_reached_or_named_elsewhere() -> None:
    """A sentence that no case reaches is dead or untested."""
    reached = {code for case in CASES for _, code in case[2]}
    reached |= {expected[0][1] for _, _, expected in [*CRITERIA_CASES, *COUNTRY_CASES]}
    reached |= CODES | AUDIENCE_CODES
    reached |= {"unasked-criterion", "unknown-band"}  # see tests/documents/test_loading.py
    assert {code.partition(".")[0] for code in SENTENCES} - reached == set()

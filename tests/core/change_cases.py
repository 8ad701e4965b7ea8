"""Changes between two editions: what is changed, and what has to be said of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.core.sample import CRITERIA, GONE, QUESTIONNAIRE, Appended, Path, at, options
from tests.core.tiny import points, question, text

Case = tuple[str, list[tuple[Path, Any]], set[str]]
"""A name, the changes, and the kinds that are found."""

QUESTIONS: Path = ("sections", 0, "questions")
ASKED: list[Any] = QUESTIONNAIRE["sections"][0]["questions"]
MATURITY: list[Any] = QUESTIONNAIRE["scales"]["maturity"]
GATE: list[Any] = QUESTIONNAIRE["scales"]["gate"]
LABEL = {"en": "Other words", "ja": "別の文です。"}

CASES: list[Case] = [
    ("title", [(("title", "en"), "The tiny one")], {"title-changed"}),
    ("purpose gone", [(("purpose",), GONE)], {"title-changed"}),
    ("closing added", [(("closing",), LABEL)], {"title-changed"}),
    ("minutes", [(("minutes",), 12)], {"title-changed"}),
    ("answered by workers", [(("audience",), "workers")], {"audience-changed"}),
    ("made a supplement", [(("supplements",), [{"questionnaire": "base", "editions": ">=1"}])], {"attach-changed"}),
    ("attached", [(("attach",), {"fact": "profile.sector", "one_of": ["13"]})], {"attach-changed"}),
    ("speaks for the firm", [(("scales", "maturity", 1, "favourable"), True)], {"favourable-changed"}),
    ("reference of a question", [(at("words", "references"), ["C029"])], {"evidence-changed"}),
    ("first day", [(("effective", "from"), "2027-04-01")], {"effective-changed"}),
    ("rules for drafts", [(("migrate",), {"old": {"action": "drop"}})], {"migration-changed"}),
    ("section title", [(("sections", 0, "title", "ja"), "唯一")], {"section-text-changed"}),
    (
        "section added",
        [(("sections",), Appended({"id": "more", "title": text("More"), "questions": []}))],
        {"section-added"},
    ),
    ("section renamed", [(("sections", 0, "id"), "all")], {"section-added", "section-removed", "question-moved"}),
    (
        "last question moved",
        [
            (("sections",), Appended({"id": "more", "title": text("More"), "questions": [ASKED[-1]]})),
            ((*QUESTIONS, len(ASKED) - 1), GONE),
        ],
        {"section-added", "question-moved"},
    ),
    ("text of a scored question", [(at("scored", "text"), LABEL)], {"text-changed"}),
    ("help gone", [(at("scored", "help"), GONE)], {"text-changed"}),
    ("text of a question that earns nothing", [(at("words", "text"), LABEL)], {"text-changed"}),
    ("label with points", [(("scales", "maturity", 1, "label"), LABEL)], {"label-changed"}),
    ("evidence", [(at("right", "evidence"), ["statement"])], {"evidence-changed"}),
    (
        "scale renamed",
        [(("scales",), {"ripeness": MATURITY, "gate": GATE}), (at("scored", "scale"), "ripeness")],
        {"rewritten"},
    ),
    ("default written out", [(at("hours", "weight"), 1)], {"rewritten"}),
    # from here on still compatible
    (
        "optional question added",
        [(QUESTIONS, Appended(question("note", None, kind="text", required=False)))],
        {"optional-question-added"},
    ),
    ("text that carries states", [(at("right", "text"), LABEL)], {"state-text-changed"}),
    ("help added where states are", [(at("right", "help"), LABEL)], {"state-text-changed"}),
    ("label with a state", [(("scales", "gate", 0, "label"), LABEL)], {"state-label-changed"}),
    ("option added", [(at("about", "options"), Appended(*options("middle")))], {"option-added"}),
    ("options in another order", [(("scales", "maturity"), MATURITY[::-1])], {"options-reordered"}),
    ("questions in another order", [(QUESTIONS, [*ASKED[1:2], *ASKED[:1], *ASKED[2:]])], {"questions-reordered"}),
    ("wider number", [(at("days", "max"), 366)], {"limits-widened"}),
    ("more decimals", [(at("hours", "decimals"), 2)], {"limits-widened"}),
    ("longer text", [(at("words", "max_length"), 900)], {"limits-widened"}),
    ("profile field no longer needed", [(("profile",), ["workers_total"])], {"profile-field-removed"}),
    ("band renamed", [(("scoring", "bands", 1, "label"), LABEL)], {"band-label-changed"}),
    ("corrective band renamed", [(("scoring", "corrective_band", "label"), LABEL)], {"band-label-changed"}),
    # from here on drafts or figures are touched
    ("another document", [(("id",), "other")], {"another-document"}),
    ("question removed", [((*QUESTIONS, 7), GONE)], {"question-removed"}),
    ("question under another id", [(at("words", "id"), "remark")], {"question-removed", "optional-question-added"}),
    ("question of another kind", [(at("since"), question("since", None, kind="text", required=False))],
     {"question-retyped", "visibility-changed"}),
    ("required question added", [(QUESTIONS, Appended(question("note", None, kind="text")))], {"question-added"}),
    ("scored question added", [(QUESTIONS, Appended(question("new", scale="maturity")))], {"question-added"}),
    ("another criterion", [(at("hours", "criterion"), "A-1")], {"criterion-changed"}),
    ("another share", [(at("hours", "criterion"), GONE), (at("hours", "criteria"), {"B-1": 2, "A-1": 1})],
     {"criterion-changed"}),
    ("question made required", [(at("words", "required"), True)], {"now-required"}),
    ("not applicable allowed", [(at("scored", "allow"), ["unknown", "not_applicable"])], {"allow-changed"}),
    ("weight of a question", [(at("hours", "weight"), 2)], {"weight-changed"}),
    ("visibility added", [(at("words", "visible_if"), {"fact": "profile.has_suppliers", "equals": True})],
     {"visibility-changed"}),
    ("visibility changed", [(at("steps", "visible_if", "equals"), "small")], {"visibility-changed"}),
    ("true is not 1", [(at("since", "visible_if", "all", 1, "equals"), 1)], {"visibility-changed"}),
    ("asked from a day on", [(at("words", "active_from"), "2026-10-01")], {"days-changed"}),
    ("asked until a day", [(at("words", "deprecated_from"), {"param": "law_ends"})], {"days-changed"}),
    ("a duty from a day on", [(at("words", "duty_from"), "2026-10-01")], {"text-changed"}),
    ("a limit that the law gives", [(at("hours", "max"), {"param": "ot_month_max"})],
     {"limits-narrowed", "limits-widened"}),
    ("a band that the law gives", [(at("hours", "bands", 1, "from"), {"param": "ot_month_max"})],
     {"number-bands-changed"}),
    ("option removed", [(("scales", "maturity", 1), GONE)], {"option-removed"}),
    ("scored option added", [(("scales", "maturity"), Appended({**points(9)[0], "id": "o9"}))],
     {"counted-option-added"}),
    ("points", [(("scales", "maturity", 1, "points"), 49)], {"points-changed"}),
    ("points taken away", [(("scales", "maturity", place, "points"), GONE) for place in range(3)], {"points-changed"}),
    ("state", [(("scales", "gate", 1, "state"), "met")], {"state-changed"}),
    ("band of a number", [(at("hours", "bands", 1, "from"), 21)], {"number-bands-changed"}),
    ("unit", [(at("hours", "unit"), "minutes")], {"unit-changed"}),
    ("unit in words", [(at("days", "unit", "en"), "weeks")], {"unit-changed"}),
    ("narrower number", [(at("days", "max"), 30)], {"limits-narrowed"}),
    ("moved range", [(at("days", "min"), 2), (at("days", "max"), 32)], {"limits-narrowed", "limits-widened"}),
    ("fewer decimals", [(at("hours", "decimals"), 0)], {"limits-narrowed"}),
    ("shorter text", [(at("words", "max_length"), 400)], {"limits-narrowed"}),
    ("profile field needed", [(("profile",), Appended("sector"))], {"profile-field-added"}),
    ("weight of a theme", [(("scoring", "weights", "themes", "B"), "1.5")], {"theme-weight-changed"}),
    ("weight of a criterion gone", [(("scoring", "weights", "criteria", "B-1"), GONE)], {"criterion-weight-changed"}),
    ("minimum of themes", [(("scoring", "minimum_themes"), 1)], {"minimum-themes-changed"}),
    ("band added", [(("scoring", "bands"), Appended({"id": "top", "from": 95, "label": text("Top")}))], {"band-added"}),
    ("band removed", [(("scoring", "bands", 3), GONE)], {"band-removed"}),
    ("band moved", [(("scoring", "bands", 3, "from"), 85)], {"band-moved"}),
    ("unconfirmed band replaced", [(("scoring", "unconfirmed_band", "id"), "open")], {"band-added", "band-removed"}),
    ("other criteria", [(("criteria",), "other-criteria@1.0.0")], {"criteria-replaced"}),
]  # fmt: skip

NO_LONGER_REQUIRED: Case = (
    "question made optional",
    [(at("days", "required"), True)],
    {"no-longer-required"},
)
"""Read backwards: from the changed tree to the sample."""

CRITERIA_CASES: list[Case] = [
    ("title", [(("title", "en"), "Others")], {"title-changed"}),
    ("another document", [(("id",), "others")], {"another-document"}),
    ("first day", [(("effective",), {"from": "2027-04-01"})], {"effective-changed"}),
    ("title of a criterion", [(("criteria", 1, "title"), LABEL)], {"criterion-text-changed"}),
    ("guidance", [(("criteria", 2, "guidance"), GONE)], {"criterion-text-changed"}),
    ("references", [(("criteria", 0, "references"), GONE)], {"criterion-references-changed"}),
    (
        "papers listed",
        [(("evidence_types",), [{"id": "policy", "title": LABEL}])],
        {"evidence-types-changed"},
    ),
    ("reference year", [(("references", 0, "year"), 1931)], {"references-changed"}),
    ("title of a theme", [(("themes", 0, "title"), LABEL)], {"theme-text-changed"}),
    ("default written out", [(("criteria", 0, "critical"), False)], set()),
    (
        "criterion added",
        [(("criteria",), Appended({"id": "B-2", "theme": "B", "title": LABEL}))],
        {"criterion-added"},
    ),
    ("effort", [(("criteria", 0, "effort"), 3)], {"criterion-advice-changed"}),
    ("theme added", [(("themes",), Appended({"id": "C", "title": LABEL}))], {"theme-added"}),
    ("order", [(("criteria",), CRITERIA["criteria"][::-1])], {"criteria-reordered"}),
    ("themes in another order", [(("themes",), CRITERIA["themes"][::-1])], {"criteria-reordered"}),
    (
        "critical criterion added",
        [(("criteria",), Appended({"id": "B-2", "theme": "B", "title": LABEL, "critical": True}))],
        {"critical-criterion-added"},
    ),
    ("criterion removed", [(("criteria", 2), GONE)], {"criterion-removed"}),
    ("criterion regrouped", [(("criteria", 2, "theme"), "A")], {"criterion-regrouped"}),
    ("made critical", [(("criteria", 2, "critical"), True)], {"critical-changed"}),
    ("scope", [(("criteria", 1, "applies", "at_least"), Decimal(2))], {"applies-changed"}),
    ("scope gone", [(("criteria", 1, "applies"), GONE)], {"applies-changed"}),
    ("counts from a day on", [(("criteria", 1, "active_from"), "2026-10-01")], {"applies-changed"}),
    (
        "theme removed",
        [(("themes", 1), GONE), (("criteria", 2, "theme"), "A")],
        {"theme-removed", "criterion-regrouped"},
    ),
]

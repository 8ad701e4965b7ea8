"""Mistakes an author can make in a questionnaire: what is changed, and what has to be found where."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.core.sample import GONE, Appended, Path, Tree, at, options
from tests.core.tiny import points, question, text

Found = tuple[Path, str]
LATER = {"fact": "answer.since", "at_least": "2020-01-01"}
ON_SCORE = {"fact": "answer.scored", "equals": "o1"}
ON_SINCE = {
    "any": [
        {"fact": "profile.has_suppliers", "equals": True},
        {"fact": "answer.since", "at_least": "2020-01-01"},
    ]
}
SCALE_STEPS = {"criterion": "B-1", "id": "more", "kind": "single", "text": text("More?"), "scale": "steps"}


def section(name: str, *questions: str) -> Tree:
    asked = [question(one, None, kind="text", required=False) for one in questions]
    return {"id": name, "title": text("Section"), "questions": asked}


Case = tuple[str, list[tuple[Path, Any]], list[Found]]


def there(name: str, path: Path, value: Any, code: str) -> Case:
    """The mistake is found where it was made."""
    return name, [(path, value)], [(path, code)]


CASES: list[Case] = [
    there("reserved id", ("id",), "schemes", "reserved-id"),
    (
        "text lacks ja",
        [((*at("right"), "text"), {"en": "Right?"})],
        [(at("right", "text", "ja"), "missing-text")],
    ),
    there("text is blank", ("title", "en"), " ", "missing-text"),
    (
        "section twice",
        [(("sections",), Appended(section("only", "z")))],
        [(("sections", 1, "id"), "duplicate-id")],
    ),
    (
        "question twice, across sections",
        [(("sections",), Appended(section("other", "words")))],
        [(("sections", 1, "questions", 0, "id"), "duplicate-id")],
    ),
    (
        "section without questions",
        [(("sections",), Appended(section("other")))],
        [(("sections", 1), "empty-section")],
    ),
    there("criteria not named", ("criteria",), GONE, "no-criteria-document"),
    (
        "unknown profile field",
        [(("profile",), Appended("worker_total"))],
        [(("profile", 2), "unknown-profile-field")],
    ),
    (
        "profile field twice",
        [(("profile",), Appended("has_suppliers"))],
        [(("profile", 2), "repeated-entry")],
    ),
    there("scope hangs on an unlisted field", ("profile",), ["has_suppliers"], "profile-field-not-listed"),
    (
        "size class hangs on three fields",
        [(at("days", "visible_if"), {"fact": "profile.size_class", "equals": "small"})],
        [(("profile",), "profile-field-not-listed")] * 3,
    ),
    # criteria and scales
    (
        "unknown criterion",
        [(at("scored", "criterion"), "A-9")],
        [
            (at("scored", "criterion"), "unknown-criterion"),
            (("scoring", "minimum_themes"), "too-many-themes-needed"),
        ],
    ),
    (
        "unknown criterion among shares",
        [(at("scored", "criterion"), GONE), (at("scored", "criteria"), {"A-1": 1, "X-1": 2})],
        [(at("scored", "criteria", "X-1"), "unknown-criterion")],
    ),
    there("criterion and criteria", at("scored", "criteria"), {"A-1": 1}, "criterion-and-criteria"),
    ("no criterion", [(at("hours", "criterion"), GONE)], [(at("hours"), "criterion-due")]),
    (
        "unknown scale",
        [(at("right", "scale"), "gates")],
        [
            (("scales", "gate"), "unused-scale"),
            (at("right", "scale"), "unknown-scale"),
            (at("right", "criterion"), "critical-without-state"),
        ],
    ),
    there("unused scale", ("scales", "spare"), points(0, 100), "unused-scale"),
    there("scale and options", at("about", "scale"), "maturity", "scale-and-options"),
    ("neither scale nor options", [(at("steps", "options"), GONE)], [(at("steps"), "no-options")]),
    # options
    there("one option", at("about", "options"), options("large"), "too-few-options"),
    there("no option", at("steps", "options"), [], "no-options"),
    (
        "option twice",
        [(at("about", "options"), options("large", "large"))],
        [(at("about", "options", 1, "id"), "duplicate-id")],
    ),
    (
        "points on some",
        [(("scales", "maturity", 1, "points"), GONE)],
        [(("scales", "maturity", 1), "points-on-some")],
    ),
    ("states on some", [(("scales", "gate", 2, "state"), GONE)], [(("scales", "gate", 2), "states-on-some")]),
    there("points above 100", ("scales", "maturity", 1, "points"), 101, "points-out-of-range"),
    there("points below 0", ("scales", "maturity", 1, "points"), -1, "points-out-of-range"),
    there("points of several below -100", at("steps", "options", 2, "points"), -101, "points-out-of-range"),
    there("points too fine", ("scales", "maturity", 1, "points"), Decimal("0.0005"), "too-many-decimals"),
    (
        "scale below 0 for one choice",
        [
            (("scales", "steps"), points(0, -20)),
            (at("steps", "options"), GONE),
            (at("steps", "scale"), "steps"),
            (("sections", 0, "questions"), Appended(SCALE_STEPS)),
        ],
        [(("scales", "steps"), "scale-needs-differ")],
    ),
    (
        "bare label",
        [(at("about", "options", 0, "label"), {"en": "Yes.", "ja": "はい"})],
        [
            (at("about", "options", 0, "label", "en"), "bare-label"),
            (at("about", "options", 0, "label", "ja"), "bare-label"),
        ],
    ),
    # numbers
    there("limits crossed", at("days", "min"), 32, "limits-crossed"),
    there("first band above min", at("hours", "bands", 0, "from"), 1, "first-band-above-min"),
    there("bands do not ascend", at("hours", "bands", 1, "from"), 0, "bands-not-ascending"),
    there("band above max", at("hours", "bands", 1, "from"), 101, "band-above-max"),
    (
        "band never reached",
        [(at("hours", "min"), 30)],
        [(at("hours", "bands", 0, "from"), "band-never-reached")],
    ),
    (
        "band finer than answers",
        [(at("hours", "decimals"), GONE)],
        [(at("hours", "bands", 1, "from"), "finer-than-answers")],
    ),
    there("limit too fine", at("hours", "max"), Decimal("99.9999"), "too-many-decimals"),
    (
        "points on some bands",
        [(at("hours", "bands", 1, "points"), GONE)],
        [(at("hours", "bands", 1), "points-on-some")],
    ),
    # required, weight
    there("scored but optional", at("hours", "required"), False, "optional-but-counted"),
    there("state-bearing but optional", at("right", "required"), False, "optional-but-counted"),
    there("weight without points", at("right", "weight"), 2, "weight-without-points"),
    (
        "allowed twice",
        [(at("hours", "allow"), ["unknown", "unknown"])],
        [(at("hours", "allow", 1), "repeated-entry")],
    ),
    # critical criteria
    (
        "critical without a state",
        [(at("right", "scale"), GONE), (at("right", "options"), options("a", "b"))],
        [(("scales", "gate"), "unused-scale"), (at("right", "criterion"), "critical-without-state")],
    ),
    (
        "critical, not applicable allowed",
        [(at("right", "allow"), ["unknown", "not_applicable"])],
        [(at("right", "allow", 1), "critical-not-applicable")],
    ),
    there(
        "critical, state hidden",
        at("right", "visible_if"),
        {"fact": "profile.has_suppliers", "equals": True},
        "critical-hidden",
    ),
    (
        "critical, points",
        [(("sections", 0, "questions"), Appended({**question("extra", "A-2"), "scale": "maturity"}))],
        [(("sections", 0, "questions", 8, "scale"), "critical-with-points")],
    ),
    # visibility
    (
        "names itself",
        [(at("about", "visible_if"), {"fact": "answer.about", "equals": "large"})],
        [(at("about", "visible_if", "fact"), "later-question")],
    ),
    (
        "names a later question",
        [(at("words", "visible_if"), {"none": [LATER]})],
        [(at("words", "visible_if", "none", 0, "fact"), "later-question")],
    ),
    there("names no question", at("since", "visible_if", "all", 0, "fact"), "answer.score", "unknown-fact"),
    (
        "names a figure",
        [(at("words", "visible_if"), {"fact": "score.overall", "at_least": 50})],
        [(at("words", "visible_if", "fact"), "fact-not-allowed")],
    ),
    (
        "names a parameter",
        [(at("words", "visible_if"), {"fact": "profile.workers_total", "at_least": {"param": "p"}})],
        [(at("words", "visible_if", "at_least", "param"), "unknown-parameter")],
    ),
    (
        "scored, hidden by a scored one",
        [(at("hours", "visible_if"), ON_SCORE)],
        [(at("hours", "visible_if", "fact"), "hidden-by-score")],
    ),
    (
        "scored, hidden by one that a scored one hides",
        [
            (
                ("sections", 0, "questions"),
                Appended({**question("last"), "scale": "maturity", "visible_if": ON_SINCE}),
            )
        ],
        [(("sections", 0, "questions", 8, "visible_if", "any", 1, "fact"), "hidden-by-score")],
    ),
    # bands, weights
    there("band not from 0", ("scoring", "bands", 0, "from"), 10, "band-not-from-zero"),
    (
        "bands out of order",
        [(("scoring", "bands", 1, "from"), 60)],
        [(("scoring", "bands", 2, "from"), "bands-not-ascending")],
    ),
    there("band above 100", ("scoring", "bands", 3, "from"), 101, "band-out-of-range"),
    there("band too fine", ("scoring", "bands", 3, "from"), Decimal("80.05"), "band-too-fine"),
    there("band id twice", ("scoring", "unconfirmed_band", "id"), "basic", "duplicate-id"),
    there("no corrective band", ("scoring", "corrective_band"), GONE, "corrective-band-missing"),
    there("no unconfirmed band", ("scoring", "unconfirmed_band"), GONE, "unconfirmed-band-missing"),
    there("more themes than there are", ("scoring", "minimum_themes"), 3, "too-many-themes-needed"),
    there("weight of no theme", ("scoring", "weights", "themes", "C"), 2, "unknown-theme"),
    there("weight of no criterion", ("scoring", "weights", "criteria", "C-1"), 2, "unknown-criterion"),
    # migration
    (
        "rename without to",
        [(("migrate",), {"old": {"action": "rename"}})],
        [(("migrate", "old"), "migrate-target-missing")],
    ),
    (
        "rename to nothing",
        [(("migrate",), {"old": {"action": "rename", "to": "worms"}})],
        [(("migrate", "old", "to"), "unknown-question")],
    ),
    (
        "keep what is not there",
        [(("migrate",), {"old": {"action": "keep"}})],
        [(("migrate", "old"), "unknown-question")],
    ),
    (
        "map without options",
        [(("migrate",), {"about": {"action": "map_options"}})],
        [(("migrate", "about"), "migrate-options-missing")],
    ),
    (
        "map to no option",
        [(("migrate",), {"about": {"action": "map_options", "options": {"big": "huge"}}})],
        [(("migrate", "about", "options", "big"), "migrate-unknown-option")],
    ),
    (
        "map a number",
        [(("migrate",), {"days": {"action": "map_options", "options": {"big": "huge"}}})],
        [(("migrate", "days", "options"), "migrate-no-choice")],
    ),
    (
        "ask again without reason",
        [(("migrate",), {"days": {"action": "ask_again"}})],
        [(("migrate", "days"), "migrate-reason-missing")],
    ),
    (
        "needless key",
        [(("migrate",), {"old": {"action": "drop", "to": "days"}})],
        [(("migrate", "old", "to"), "migrate-needless")],
    ),
    (
        "drops a living one",
        [(("migrate",), {"days": {"action": "drop"}})],
        [(("migrate", "days"), "migrate-drops-living")],
    ),
    (
        "two into one",
        [(("migrate",), {"a": {"action": "rename", "to": "days"}, "b": {"action": "rename", "to": "days"}})],
        [(("migrate", "b", "to"), "migrate-same-target")],
    ),
    (
        "rename onto a kept one",
        [(("migrate",), {"a": {"action": "rename", "to": "days"}, "days": {"action": "keep"}})],
        [(("migrate", "a", "to"), "migrate-same-target"), (("migrate", "days"), "migrate-same-target")],
    ),
]

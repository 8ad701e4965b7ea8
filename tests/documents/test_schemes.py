"""Schemes in files: typed, reviewed with what they accept, each fault at its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.documents.small import CRITERIA, QUESTIONNAIRE, SCHEME, write_root

from rbc_assess.core.document import Status, fingerprint
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.documents.loading import load_catalogue, read_documents
from rbc_assess.documents.scheme_cases import run_scheme_cases, schemes_in
from rbc_assess.documents.strict_yaml import read_yaml
from rbc_assess.documents.texts import source_mark
from rbc_assess.errors import NotFound

PLACE = "schemes/grant/3.yaml"


def load(folder: Path, changed: Mapping[str, str | None] | None = None) -> Catalogue:
    return load_catalogue(write_root(folder, {PLACE: SCHEME, **(changed or {})}))


def faults_of(folder: Path, changed: Mapping[str, str | None]) -> list[str]:
    root = write_root(folder, changed)
    return [
        f"{Path(fault.file).relative_to(root)}:{fault.line}:{fault.column} {fault.severity} {fault.code}"
        for fault in read_documents(root).faults
    ]


def replaced(*pairs: str) -> str:
    """The small scheme with words replaced, each of which it has."""
    text = SCHEME
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        assert old in text
        text = text.replace(old, new)
    return text


# --- what is right -----------------------------------------------------------------------------------------


def test_the_small_scheme_has_no_fault(tmp_path: Path) -> None:
    assert faults_of(tmp_path, {PLACE: SCHEME}) == []


def test_a_scheme_is_found_typed_with_what_identifies_it(tmp_path: Path) -> None:
    entry = load(tmp_path).scheme("grant@3")
    loaded = read_yaml(SCHEME, "s").loaded
    assert loaded is not None
    assert isinstance(loaded.tree, dict)
    assert entry.fingerprint == fingerprint(loaded.tree) == entry.document.identity.sha256
    assert (entry.document.version, entry.status) == (3, Status.PUBLISHED)
    assert entry.effective is not None
    assert entry.effective.until == date(2027, 3, 31)
    assert [one.id for one in entry.document.requirements] == ["safe", "overall", "here"]


def version(number: int, *, status: str = "published", since: str = "2026-04-01") -> str:
    return replaced(
        "version: 3", f"version: {number}", "status: published", f"status: {status}",
        "effective: {from: 2026-04-01", f"effective: {{from: {since}",
    )  # fmt: skip


def test_the_current_version_is_the_highest_published_one_in_force(tmp_path: Path) -> None:
    catalogue = load(
        tmp_path,
        {
            "schemes/grant/9.yaml": version(9),
            "schemes/grant/10.yaml": version(10, since="2026-05-01"),
            "schemes/grant/11.yaml": version(11, status="draft"),
            "schemes/grant/2.yaml": version(2, status="retired"),
        },
    )
    assert [entry.edition for entry in catalogue.schemes["grant"]] == ["2", "3", "9", "10", "11"]
    assert catalogue.scheme("grant", date(2026, 6, 1)).edition == "10"
    assert catalogue.scheme("grant", date(2026, 4, 30)).edition == "9"
    assert catalogue.scheme("grant@11").status is Status.DRAFT
    assert catalogue.scheme("grant@2").status is Status.RETIRED
    for reference in ("grant@4", "grants", "grant@3#00000000", ""):
        with pytest.raises(NotFound) as raised:
            catalogue.scheme(reference)
        assert raised.value.text["ja"].endswith("という制度はありません。")


# --- what is wrong -----------------------------------------------------------------------------------------

SAFE = "state.OSH-01, one_of: [met, remediated], when_not_applicable: pass"
OVERALL = "score.overall, at_least: {param: least}, when_not_applicable: fail"
HERE = '{fact: profile.region, equals: "JP-27"}'

BROKEN: dict[str, tuple[str, list[str]]] = {
    "a misspelled fact": (
        replaced("fact: score.overall", "fact: score.overal"),
        ["25:18 error unknown-fact"],
    ),
    "a criterion that nobody has": (
        replaced("fact: state.OSH-01", "fact: state.OSH-09"),
        ["20:18 error unknown-fact"],
    ),
    "a criterion without states": (
        replaced("fact: state.OSH-01", "fact: state.OSH-02"),
        ["20:18 error state-never-given"],
    ),
    "a string where a number is due": (
        replaced("at_least: {param: least}", 'at_least: "sixty"'),
        ["14:10 warning unused-parameter", "25:43 error wrong-operand-type"],
    ),
    "a parameter of another kind": (
        replaced("2026-04-01: 60, 2026-10-01: 62", "2026-04-01: many, 2026-10-01: more"),
        ["25:51 error parameter-type"],
    ),
    "a region that is in no list": (
        replaced('equals: "JP-27"', 'equals: "JP-99"'),
        ["30:49 error code-not-in-list"],
    ),
    "a region outside the issuer's area": (
        replaced('equals: "JP-27"', 'equals: "JP-28"'),
        ["30:49 error region-outside-area"],
    ),
    "a bare unknown": (
        replaced("one_of: [met, remediated]", "not_equals: unknown"),
        ["20:44 error bare-unknown"],
    ),
    "nothing said of not applicable": (
        replaced(", when_not_applicable: fail", ""),
        ["25:18 error when-not-applicable-missing"],
    ),
    "a pass without an overall score": (
        replaced(OVERALL, OVERALL.replace("fail", "pass")),
        ["25:80 error pass-on-overall"],
    ),
    "a protected trait in a requirement": (
        replaced(HERE, "{fact: profile.has_migrant_workers, equals: true}"),
        ["30:25 error protected-trait"],
    ),
    "a case outside the days of the scheme": (
        replaced(
            "as_of: 2026-06-01\n    facts: {state.OSH-01: not_met",
            "as_of: 2026-03-31\n    facts: {state.OSH-01: not_met",
        ),
        ["48:12 error case-outside-effective"],
    ),
    "a parameter without a value at first": (
        replaced("2026-04-01: 60", "2026-05-01: 60"),
        ["14:33 error no-value-at-start"],
    ),
    "a parameter that is not there": (
        replaced("param: least", "param: most"),
        ["14:10 warning unused-parameter", "25:51 error unknown-parameter"],
    ),
    "a fact of a case that is not there": (
        replaced("score.overall: 90", "score.total: 90"),
        ["49:49 error unknown-fact"],
    ),
    "a requirement that is not there": (
        replaced("because: [overall]", "because: [total]"),
        ["46:15 error unknown-requirement"],
    ),
    "a questionnaire that is not there": (
        replaced("questionnaire: tiny", "questionnaire: tidy"),
        ["12:21 error unknown-questionnaire"],
    ),
    "editions that are not there": (
        replaced('">=1,<2"', '">=2,<3"'),
        ["12:37 error no-accepted-edition"],
    ),
    "the id of another folder": (
        replaced("id: grant", "id: loan"),
        ["2:5 error path-mismatch"],
    ),
    "the version of another file": (
        replaced("version: 3", "version: 4"),
        ["3:10 error path-mismatch"],
    ),
    "a version in quotes": (
        replaced("version: 3", 'version: "3"'),
        ["3:10 error bad-version"],
    ),
    "unknown keys": (
        replaced("status: published", "status: published\nstate: open").replace(
            "label: {en: No", "lable: {en: No"
        ),
        ["5:1 error unknown-key", "17:3 error missing-key", "17:31 error unknown-key"],
    ),
    "an empty value": (
        replaced(
            "summary: {en: For firms that work safely., ja: 安全に働く企業のための制度です。}", "summary:"
        ),
        ["8:1 error empty-value"],
    ),
    "a language missing": (
        replaced("{en: Grant, ja: 助成}", "{en: Grant}"),
        ["7:8 error missing-text"],
    ),
    "an input that nothing uses": (
        replaced(
            ", {fact: input.no_arrears, equals: true}",
            "",
            "    expect: needs_information\n    missing: [input.no_arrears]\n",
            "    expect: eligible\n",
        ),
        ["16:15 warning unused-input", "36:3 warning outcome-without-case"],
    ),
    "a wrong put right refused like one that goes on": (
        replaced("one_of: [met, remediated]", "one_of: [met]"),
        ["20:40 warning remediated-refused"],
    ),
    "a pass under none": (
        replaced(
            f"{{fact: {SAFE}}}", "{none: [{fact: state.OSH-01, equals: not_met, when_not_applicable: pass}]}"
        ),
        ["20:78 warning pass-under-none"],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_every_fault_stands_at_its_line(tmp_path: Path, name: str) -> None:
    text, expected = BROKEN[name]
    assert faults_of(tmp_path, {PLACE: text}) == [f"{PLACE}:{one}" for one in expected]


def test_one_round_of_corrections_should_do(tmp_path: Path) -> None:
    faulty = (
        replaced("fact: score.overall", "fact: score.overal")
        .replace("expect: eligible", "expect: maybe")
        .replace('"JP-27"}, {fact', '"JP-28"}, {fact')
    )
    assert faults_of(tmp_path, {PLACE: faulty}) == [
        f"{PLACE}:25:18 error unknown-fact",
        f"{PLACE}:30:49 error region-outside-area",
        f"{PLACE}:40:13 error unknown-value",
    ]


def test_a_faulty_part_costs_no_second_fault(tmp_path: Path) -> None:
    """A parameter or an input without its form is still the one that conditions mean."""
    faulty = replaced("unit: points, values:", "unit: 5, values:", "type: boolean", "type: bool")
    assert faults_of(tmp_path, {PLACE: faulty}) == [
        f"{PLACE}:14:17 error invalid-value",
        f"{PLACE}:16:22 error unknown-value",
    ]


def test_of_a_questionnaire_with_faults_a_scheme_is_told_nothing(tmp_path: Path) -> None:
    for file, text in (
        ("tiny/1.0.0.yaml", QUESTIONNAIRE.replace("criterion: OSH-02", "criterion: OSH-03")),
        ("criteria/yard/1.0.0.yaml", CRITERIA.replace("status: published", "status: public")),
    ):
        root = tmp_path / file.partition("/")[0]
        told = faults_of(root, {PLACE: SCHEME, file: text})
        assert len(told) == 1
        assert told[0].startswith(file)
        assert not read_documents(root).catalogue.schemes


def test_of_a_faulty_entry_of_accepts_no_condition_is_blamed(tmp_path: Path) -> None:
    assert faults_of(tmp_path, {PLACE: replaced('">=1,<2"', '">1,<"')}) == [
        f"{PLACE}:12:37 error bad-edition-range"
    ]


def test_what_the_gate_would_ask_of_a_published_scheme_is_a_warning(tmp_path: Path) -> None:
    bare = SCHEME.partition("cases:")[0]
    wrong = replaced(
        "expect: eligible", "expect: conditional", "score.overall: 60, profile", "score.overall: 70, profile"
    )
    root = write_root(tmp_path / "a", {PLACE: wrong})
    told = [(one.severity, one.code, one.line) for one in read_documents(root).faults]
    assert told == [("warning", "case-differs", 40)]
    assert load_catalogue(root).scheme("grant").edition == "3"
    codes = {one.partition(" ")[2] for one in faults_of(tmp_path / "b", {PLACE: bare})}
    assert codes == {"warning outcome-without-case", "warning requirement-never-false"}
    draft = bare.replace("status: published", "status: draft")
    assert faults_of(tmp_path / "c", {PLACE: draft}) == []


def test_a_file_from_elsewhere_cannot_take_a_published_number(tmp_path: Path) -> None:
    root = write_root(tmp_path / "root", {PLACE: SCHEME})
    draft = tmp_path / "draft.yaml"
    for text, expected in (
        (replaced("valid_days: 90", "valid_days: 91"), [("version-taken", 3)]),
        (SCHEME, []),
        (replaced("valid_days: 90", "valid_days: 91", "version: 3", "version: 4"), []),
    ):
        draft.write_text(text, encoding="utf-8")
        told = read_documents(root, only=[draft]).faults
        assert [(one.code, one.line) for one in told] == expected


def test_a_scheme_can_be_translated(tmp_path: Path) -> None:
    vietnamese = (
        "format: rbc-translation/1\ndocument: grant@3\nlanguage: vi\nstatus: unreviewed\ntexts:\n"
        f"  title: {{text: Trợ cấp, source: {source_mark('Grant')}}}\n"
        f"  requirements.safe.label: {{text: An toàn, source: {source_mark('Work is safe')}}}\n"
    )
    entry = load(tmp_path, {"schemes/grant/3.vi.yaml": vietnamese}).scheme("grant")
    assert entry.document.title.in_language("vi").text == "Trợ cấp"
    assert entry.document.requirements_by_id["safe"].label.in_language("vi").text == "An toàn"
    assert entry.document.identity.sha256 == entry.fingerprint
    (state,) = load_catalogue(tmp_path).translation_states(entry)
    assert (state.language, state.current, state.stale) == ("vi", 2, ())


# --- whatever is written -----------------------------------------------------------------------------------

TOKEN = re.compile(r"[A-Za-z0-9_.-]+")
WORDS = (
    "", "0", "-1", "1.5", "true", "null", "yes", "x", "JP-99", "2026-02-30", "9999-12-31", "[]", "{}", "[{}]",
    "all", "any", "none", "count", "fact", "param", "state", "unknown", "not_applicable", "equals", "includes_all",
    "score.overall", "answer.osh-02", "profile.capital", "input.no_arrears", "previous.overall", "voice.gap.OSH",
    "certification.sa8000.days_left", "evidence.OSH-01.count", "99999999999999999999", "～", '"', "'",
)  # fmt: skip


PARSED = TemporaryDirectory(prefix="rbc-parsed-")
"""Where the small documents that stay as they are are kept parsed between the tries."""


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_is_written_in_a_scheme_is_told_and_never_raised(data: st.DataObject) -> None:
    """Any word of the small scheme in place of another: the review, the gate and the cases take what comes."""
    text = SCHEME
    for _ in range(data.draw(st.integers(1, 3))):
        found = data.draw(st.sampled_from(list(TOKEN.finditer(text))))
        word = data.draw(st.sampled_from(WORDS) | st.sampled_from(sorted(set(TOKEN.findall(SCHEME)))))
        text = text[: found.start()] + word + text[found.end() :]
    with TemporaryDirectory() as folder:
        catalogue, faults = read_documents(
            write_root(Path(folder), {PLACE: text}), cache_dir=Path(PARSED.name)
        )
        assert all(fault.text["ja"] and fault.line <= text.count("\n") + 1 for fault in faults)
        for one in schemes_in(catalogue):
            list(run_scheme_cases(catalogue, one))

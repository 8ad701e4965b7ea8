from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.documents.small import COUNTRY, CRITERIA, EXAMPLE, FILES, QUESTIONNAIRE, SCHEME, write_root
from tests.reading import read_shipped

from rbc_assess.core.document import Status, fingerprint, lasting_part, read_exact_text
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.documents.faults import DocumentFaults, as_json, render, render_for_github
from rbc_assess.documents.loading import load_catalogue, read_documents
from rbc_assess.documents.strict_yaml import read_yaml
from rbc_assess.errors import NotFound, RbcError

QUESTIONS = "tiny/1.0.0.yaml"


def edition(text: str, number: str, status: str = "published") -> str:
    return text.replace('edition: "1.0.0"', f'edition: "{number}"').replace(
        "status: published", f"status: {status}"
    )


def faults_of(folder: Path, changed: Mapping[str, str | None]) -> list[str]:
    root = write_root(folder, changed)
    return [
        f"{Path(fault.file).relative_to(root)}:{fault.line}:{fault.column} {fault.severity} {fault.code}"
        for fault in read_documents(root).faults
    ]


def load(folder: Path, changed: Mapping[str, str | None] | None = None) -> Catalogue:
    return load_catalogue(write_root(folder, changed))


# --- what is right ----------------------------------------------------------------------------------------


def test_the_small_documents_have_no_fault(tmp_path: Path) -> None:
    assert faults_of(tmp_path, {}) == []


def test_the_shipped_documents_have_no_error() -> None:
    catalogue = read_shipped()
    assert catalogue.questionnaire("quick-check").document.criteria == "rbc-criteria@1.0.0"
    assert catalogue.country("JP").document.time_zone == "Asia/Tokyo"


def test_parts_of_the_layout_may_be_missing(tmp_path: Path) -> None:
    changed = dict.fromkeys((QUESTIONS, "tiny/examples/trained.yaml", "countries/JP/2026.11.yaml"))
    catalogue = load(tmp_path, changed)
    assert not catalogue.questionnaires
    assert list(catalogue.yardsticks) == ["yard"]
    (tmp_path / "nothing").mkdir()
    assert list(load_catalogue(tmp_path / "nothing").entries()) == []


def test_an_entry_carries_its_source_and_what_identifies_it(tmp_path: Path) -> None:
    entry = load(tmp_path).questionnaire("tiny@1.0.0")
    tree = read_yaml(QUESTIONNAIRE, "q").loaded
    assert tree is not None
    assert isinstance(tree.tree, dict)
    assert entry.source.decode() == QUESTIONNAIRE
    assert entry.path == tmp_path / QUESTIONS
    assert entry.fingerprint == fingerprint(tree.tree) == entry.document.identity.sha256
    assert read_exact_text(entry.text) == lasting_part(tree.tree)
    assert entry.reference == f"tiny@1.0.0#{entry.fingerprint[:12]}" == entry.document.reference
    assert entry.status is Status.PUBLISHED


def test_every_document_is_listed_for_recording(tmp_path: Path) -> None:
    scheme = SCHEME.replace("status: published", "status: draft")
    catalogue = load(tmp_path, {"schemes/grant/3.yaml": scheme})
    records = list(catalogue.documents())
    assert [(r.kind, r.id, r.edition, r.status) for r in records] == [
        ("criteria", "yard", "1.0.0", "published"),
        ("questionnaire", "tiny", "1.0.0", "published"),
        ("country", "JP", "2026.11", "published"),
        ("scheme", "grant", "3", "draft"),
    ]
    assert all(len(r.sha256) == 64 and r.text.startswith("{") for r in records)
    assert catalogue.schemes["grant"][0].document.version == 3


# --- finding editions ---------------------------------------------------------------------------------------


def editions(folder: Path) -> Catalogue:
    later = QUESTIONNAIRE.replace("from: 2026-04-01", "from: 2027-01-01")
    return load(
        folder,
        {
            "tiny/1.9.0.yaml": edition(QUESTIONNAIRE, "1.9.0"),
            "tiny/1.10.0.yaml": edition(later, "1.10.0"),
            "tiny/2.0.0.yaml": edition(QUESTIONNAIRE, "2.0.0", "draft"),
            "tiny/0.9.0.yaml": edition(QUESTIONNAIRE, "0.9.0", "retired"),
        },
    )


def test_the_current_edition_is_the_latest_published_one_in_force(tmp_path: Path) -> None:
    catalogue = editions(tmp_path)
    assert [entry.edition for entry in catalogue.questionnaires["tiny"]] == [
        "0.9.0",
        "1.0.0",
        "1.9.0",
        "1.10.0",
        "2.0.0",
    ]
    assert catalogue.questionnaire("tiny").edition == "1.10.0"
    assert catalogue.questionnaire("tiny", date(2026, 12, 31)).edition == "1.9.0"
    assert catalogue.questionnaire("tiny", date(2027, 1, 1)).edition == "1.10.0"
    assert catalogue.questionnaire("tiny", date(2020, 1, 1)).edition == "1.10.0"
    assert [entry.edition for entry in catalogue.current(date(2026, 5, 1))] == ["1.9.0"]


def test_drafts_and_retired_editions_are_found_by_number_alone(tmp_path: Path) -> None:
    catalogue = editions(tmp_path)
    assert catalogue.questionnaire("tiny@2.0.0").status is Status.DRAFT
    assert catalogue.questionnaire("tiny@0.9.0").status is Status.RETIRED


def test_a_reference_with_a_fingerprint_must_fit(tmp_path: Path) -> None:
    catalogue = load(tmp_path)
    reference = catalogue.questionnaire("tiny").reference
    assert catalogue.questionnaire(reference).reference == reference
    with pytest.raises(NotFound):
        catalogue.questionnaire("tiny@1.0.0#000000000000")


@pytest.mark.parametrize("reference", ["other", "tiny@9.9.9", "tiny@", "", "../tiny", "tiny@1.0.0\n", "yard"])
def test_what_is_not_there_is_not_found(tmp_path: Path, reference: str) -> None:
    with pytest.raises(NotFound) as raised:
        load(tmp_path).questionnaire(reference)
    assert raised.value.text["ja"].endswith("という質問票はありません。")


# --- what is wrong -------------------------------------------------------------------------------------------

BROKEN: dict[str, tuple[dict[str, str | None], list[str]]] = {
    "id of another folder": (
        {QUESTIONS: QUESTIONNAIRE.replace("id: tiny", "id: huge")},
        [f"{QUESTIONS}:2:5 error path-mismatch"],
    ),
    "edition of another file": (
        {"criteria/yard/1.0.1.yaml": CRITERIA},
        ["criteria/yard/1.0.1.yaml:3:10 error path-mismatch"],
    ),
    "country of another folder": (
        {"countries/VN/2026.11.yaml": COUNTRY},
        ["countries/VN/2026.11.yaml:2:5 error path-mismatch"],
    ),
    "no such yardstick": (
        {QUESTIONS: QUESTIONNAIRE.replace("yard@1.0.0", "yard@1.0.1")},
        [f"{QUESTIONS}:7:11 error unknown-document"],
    ),
    "no such criterion": (
        {QUESTIONS: QUESTIONNAIRE.replace("criterion: OSH-02", "criterion: OSH-03")},
        [f"{QUESTIONS}:23:20 error unknown-criterion"],
    ),
    "a criterion that nobody asks about": (
        {
            "criteria/yard/1.0.0.yaml": CRITERIA
            + "  - {id: OSH-03, theme: OSH, title: {en: Fire, ja: 火災}}\n"
        },
        ["criteria/yard/1.0.0.yaml:11:10 warning unasked-criterion"],
    ),
    "an edition number that says too little": (
        {"tiny/1.0.1.yaml": edition(QUESTIONNAIRE, "1.0.1").replace("points: 100", "points: 90")},
        ["tiny/1.0.1.yaml:3:10 error edition-too-small"],
    ),
    "a criteria edition that says too little": (
        {"criteria/yard/1.0.1.yaml": edition(CRITERIA, "1.0.1").replace(", critical: true", "")},
        ["criteria/yard/1.0.1.yaml:3:10 error edition-too-small"],
    ),
    "files that nothing reads": (
        {
            "tiny/1.0.yaml": "a: 1\n",
            "tiny/2.0.0.yml": "a: 1\n",
            "notes.yaml": "a: 1\n",
            "tiny/README.md": "x",
        },
        [
            "notes.yaml:1:1 warning unexpected-file",
            "tiny/1.0.yaml:1:1 warning unexpected-file",
            "tiny/2.0.0.yml:1:1 warning unexpected-file",
        ],
    ),
    "faults of the text and of the form": (
        {QUESTIONS: QUESTIONNAIRE + "scoring: {}\nminuets: 010\n"},
        [
            f"{QUESTIONS}:35:1 error duplicate-key",
            f"{QUESTIONS}:36:1 error unknown-key",
            f"{QUESTIONS}:36:10 error ambiguous-number",
        ],
    ),
    "one mistake that two checks see": (
        {QUESTIONS: QUESTIONNAIRE + "minutes: 010\n"},
        [f"{QUESTIONS}:35:10 error ambiguous-number"],
    ),
    "an example for another questionnaire": (
        {"tiny/examples/trained.yaml": EXAMPLE.replace("tiny@1.0.0", "huge@1.0.0")},
        [
            "tiny/examples/trained.yaml:2:16 error path-mismatch",
            "tiny/examples/trained.yaml:2:16 error unknown-document",
        ],
    ),
    "an example that is no sheet": (
        {"tiny/examples/trained.yaml": EXAMPLE.replace("osh-02: all", "osh-02: al").replace(": 5", ": -5")},
        [
            "tiny/examples/trained.yaml:4:39 error not-a-count",
            "tiny/examples/trained.yaml:5:34 error unknown-option",
        ],
    ),
    "an example that expects too fine a figure": (
        {"tiny/examples/trained.yaml": EXAMPLE.replace("score: 100", "score: 99.95")},
        ["tiny/examples/trained.yaml:7:20 error bad-figure"],
    ),
    "one language missing": (
        {QUESTIONS: QUESTIONNAIRE.replace("title: {en: Safety, ja: 安全}", "title: {en: Safety}")},
        [f"{QUESTIONS}:15:12 error missing-text"],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_faults_across_documents(tmp_path: Path, name: str) -> None:
    changed, expected = BROKEN[name]
    assert faults_of(tmp_path, changed) == expected


@pytest.mark.parametrize(
    ("yardstick", "questions", "expected"),
    [
        ("draft", "published", ["tiny/1.0.0.yaml:7:11 error draft-criteria"]),
        ("retired", "published", ["tiny/1.0.0.yaml:7:11 warning retired-criteria"]),
        ("draft", "draft", []),
        ("retired", "retired", []),
    ],
)
def test_what_is_published_rests_on_what_is_published(
    tmp_path: Path, yardstick: str, questions: str, expected: list[str]
) -> None:
    changed = {
        "criteria/yard/1.0.0.yaml": edition(CRITERIA, "1.0.0", yardstick),
        QUESTIONS: edition(QUESTIONNAIRE, "1.0.0", questions),
    }
    assert faults_of(tmp_path, changed) == expected


def test_names_that_an_example_expects_must_be_there(tmp_path: Path) -> None:
    expecting = (
        EXAMPLE.replace("band: basic", "band: basics")
        .replace("{OSH: 100}", "{OSJ: 100}")
        .replace("{OSH-01: {score", "{OSH-91: {score")
        .replace("not_met: []", "not_met: [OSH-92]")
    )
    assert faults_of(tmp_path, {"tiny/examples/trained.yaml": expecting}) == [
        "tiny/examples/trained.yaml:7:31 error unknown-band",
        "tiny/examples/trained.yaml:8:12 error unknown-theme",
        "tiny/examples/trained.yaml:9:14 error unknown-criterion",
        "tiny/examples/trained.yaml:10:24 error unknown-criterion",
    ]


def test_an_example_without_its_form_has_its_answers_read(tmp_path: Path) -> None:
    faulty = EXAMPLE.replace("as_of: 2026-11-22", "as_of: soon").replace("osh-02: all", "osh-02: al")
    faulty = faulty.replace("workers_total: 5", "workers_total: many")
    assert faults_of(tmp_path, {"tiny/examples/trained.yaml": faulty}) == [
        "tiny/examples/trained.yaml:3:8 error not-a-date",
        "tiny/examples/trained.yaml:4:39 error not-a-count",
        "tiny/examples/trained.yaml:5:34 error unknown-option",
    ]


MIGRATE = """\
migrate:
  osh-01: {action: keep}
  osh-09: {action: drop}
  osh-02: {action: map_options, options: {none: none, nil: all}}
"""


def test_a_rule_about_old_answers_is_held_against_the_edition_before(tmp_path: Path) -> None:
    newer = edition(QUESTIONNAIRE, "2.0.0") + MIGRATE
    assert faults_of(tmp_path / "a", {"tiny/2.0.0.yaml": newer}) == [
        "tiny/2.0.0.yaml:37:3 error unknown-old-question",
        "tiny/2.0.0.yaml:38:55 error unknown-old-option",
    ]
    first = faults_of(tmp_path / "b", {QUESTIONS: QUESTIONNAIRE + MIGRATE})
    assert first == ["tiny/1.0.0.yaml:35:1 warning nothing-to-migrate"]


@pytest.mark.parametrize(
    ("name", "old", "new", "place"),
    [
        (QUESTIONS, "        scale: kept\n", "        scale: kept\n        visible_if:\n", "21:9"),
        ("criteria/yard/1.0.0.yaml", "critical: true", "critical: true, applies: null", "9:90"),
        (
            QUESTIONS,
            "    title: {en: Safety, ja: 安全}\n",
            "    title: {en: Safety, ja: 安全}\n    intro: ~\n",
            "16:12",
        ),
    ],
)
def test_a_key_without_a_value_is_no_default(
    tmp_path: Path, name: str, old: str, new: str, place: str
) -> None:
    """An empty condition must not mean that there is none."""
    text = {QUESTIONS: QUESTIONNAIRE, "criteria/yard/1.0.0.yaml": CRITERIA}[name]
    assert f"{name}:{place} error empty-value" in faults_of(tmp_path, {name: text.replace(old, new)})


def test_faults_of_form_do_not_hide_those_of_content(tmp_path: Path) -> None:
    broken = QUESTIONNAIRE.replace(
        "kind: single\n        scale: kept", "kind: singel\n        scale: kept"
    ).replace("criterion: OSH-02", "criterion: OSH-99")
    found = faults_of(tmp_path, {QUESTIONS: broken, "criteria/yard/1.0.0.yaml": CRITERIA + "extra: 1\n"})
    assert found == [
        "criteria/yard/1.0.0.yaml:11:1 error unknown-key",
        f"{QUESTIONS}:19:15 error unknown-value",
    ]
    found = faults_of(tmp_path, {QUESTIONS: broken, "criteria/yard/1.0.0.yaml": CRITERIA})
    assert found == [
        f"{QUESTIONS}:19:15 error unknown-value",
        f"{QUESTIONS}:23:20 error unknown-criterion",
    ]


def test_a_faulty_yardstick_is_not_called_missing(tmp_path: Path) -> None:
    assert faults_of(tmp_path, {"criteria/yard/1.0.0.yaml": CRITERIA + "extra: 1\n"}) == [
        "criteria/yard/1.0.0.yaml:11:1 error unknown-key"
    ]


def test_loading_refuses_errors_and_lists_them(tmp_path: Path) -> None:
    root = write_root(
        tmp_path, {QUESTIONS: QUESTIONNAIRE + "extra: 1\n", "countries/JP/2026.11.yaml": "a: [\n"}
    )
    with pytest.raises(DocumentFaults) as raised:
        load_catalogue(root)
    assert isinstance(raised.value, RbcError)
    assert "2026.11.yaml" in str(raised.value)
    assert "extra" in str(raised.value)
    assert raised.value.text["ja"].startswith("文書に")


def test_warnings_stop_nothing(tmp_path: Path) -> None:
    assert load(tmp_path, {"notes.yaml": "a: 1\n"}).questionnaire("tiny").edition == "1.0.0"


def test_what_is_sound_can_be_used_although_the_rest_is_not(tmp_path: Path) -> None:
    root = write_root(tmp_path, {"tiny/2.0.0.yaml": "broken"})
    catalogue, faults = read_documents(root)
    assert [fault.code for fault in faults] == ["wrong-type"]
    assert catalogue.questionnaire("tiny").edition == "1.0.0"


def test_a_root_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DocumentFaults) as raised:
        load_catalogue(tmp_path / "absent")
    assert [fault.code for fault in raised.value.faults] == ["no-documents"]


def test_only_the_files_named_are_told_about(tmp_path: Path) -> None:
    root = write_root(tmp_path, {QUESTIONS: QUESTIONNAIRE + "extra: 1\n", "notes.yaml": "a: 1\n"})
    assert [f.code for f in read_documents(root, only=[root / "tiny"]).faults] == ["unknown-key"]
    assert [f.code for f in read_documents(root, only=[root / "notes.yaml"]).faults] == ["nothing-read"]
    assert read_documents(root, only=[root / "criteria"]).faults == ()


def test_a_file_elsewhere_is_checked_against_the_documents(tmp_path: Path) -> None:
    root = write_root(tmp_path / "root")
    elsewhere = tmp_path / "draft.yaml"
    elsewhere.write_text(QUESTIONNAIRE.replace("criterion: OSH-02", "criterion: OSH-99"), encoding="utf-8")
    catalogue, faults = read_documents(root, only=[elsewhere])
    assert [(f.line, f.column, f.code) for f in faults] == [(23, 20, "unknown-criterion")]
    assert len(catalogue.questionnaires["tiny"]) == 1
    elsewhere.write_text("format: rbc-quiz/1\n", encoding="utf-8")
    assert [(f.line, f.column, f.code) for f in read_documents(root, only=[elsewhere]).faults] == [
        (1, 9, "unknown-format")
    ]
    elsewhere.unlink()
    assert [f.code for f in read_documents(root, only=[elsewhere]).faults] == ["unreadable-file"]


def test_a_fault_is_written_for_people_editors_and_machines(tmp_path: Path) -> None:
    root = write_root(tmp_path, {QUESTIONS: QUESTIONNAIRE.replace("id: tiny", "id: huge")})
    (fault,) = read_documents(root).faults
    place = root / QUESTIONS
    assert render(fault) == (
        f'{place}:2:5: path-mismatch The file lies under "tiny", but says "huge" here; the two must agree.'
    )
    assert render(fault, "ja") == (
        f"{place}:2:5: path-mismatch "
        "ファイルの場所は「tiny」を示していますが、ここには「huge」と書かれています。一致させてください。"
    )
    assert render_for_github(fault).startswith(f"::error file={place},line=2,col=5::path-mismatch The file")
    assert as_json(fault)["line"] == 2


# --- the parse cache -----------------------------------------------------------------------------------------


def test_a_cached_load_equals_an_uncached_one(tmp_path: Path) -> None:
    root = write_root(
        tmp_path / "root",
        {
            "tiny/2.0.0.yaml": edition(QUESTIONNAIRE, "2.0.0").replace(
                "scoring:\n", "scoring:\n  weights: {themes: {OSH: 1.50}}\n"
            )
        },
    )
    cache = tmp_path / "cache"
    plain = load_catalogue(root)
    assert load_catalogue(root, cache_dir=cache) == plain
    assert len(list(cache.iterdir())) == 5
    assert load_catalogue(root, cache_dir=cache) == plain
    weights = plain.questionnaire("tiny@2.0.0").document.scoring.weights.themes
    assert str(weights["OSH"]) == "1.50"
    cached = load_catalogue(root, cache_dir=cache).questionnaire("tiny@2.0.0").document
    assert str(cached.scoring.weights.themes["OSH"]) == "1.50"


def test_the_cache_is_really_read(tmp_path: Path) -> None:
    root = write_root(tmp_path / "root")
    cache = tmp_path / "cache"
    load_catalogue(root, cache_dir=cache)
    for kept in cache.iterdir():
        _, _, body = kept.read_bytes().partition(b"\n")
        forged = body.replace(b"Tiny check", b"From cache")
        kept.write_bytes(hashlib.sha256(forged).hexdigest().encode() + b"\n" + forged)
    title = load_catalogue(root, cache_dir=cache).questionnaire("tiny").document.title
    assert title.root["en"] == "From cache"


@pytest.mark.parametrize("damage", [b"", b"{", b"x\n{}", b"\xff\xfe"])
def test_a_damaged_cache_is_ignored(tmp_path: Path, damage: bytes) -> None:
    root = write_root(tmp_path / "root")
    cache = tmp_path / "cache"
    plain = load_catalogue(root, cache_dir=cache)
    for kept in cache.iterdir():
        kept.write_bytes(damage or kept.read_bytes().replace(b"Tiny", b"Tinx"))
    assert load_catalogue(root, cache_dir=cache) == plain


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    root = write_root(tmp_path / "root")
    assert load_catalogue(root, cache_dir=tmp_path / "file" / "cache") == load_catalogue(root)


def test_faults_keep_their_places_with_a_cache(tmp_path: Path) -> None:
    root = write_root(tmp_path / "root", {QUESTIONS: QUESTIONNAIRE.replace("id: tiny", "id: huge")})
    plain = read_documents(root).faults
    for _ in range(2):
        assert read_documents(root, cache_dir=tmp_path / "cache").faults == plain


WORDS = [
    "",
    "3",
    "-1.5",
    "[]",
    "{}",
    "[3]",
    "{id: x}",
    "{en: x}",
    "null",
    "yes",
    "true",
    "x@1",
    "{all: [{fact: a.b}]}",
]


PARSED = TemporaryDirectory(prefix="rbc-parsed-")
"""Where the small documents that stay as they are are kept parsed between the tries."""


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_is_written_in_a_document_is_told_and_never_raised(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(FILES)))
    lines = FILES[name].splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        number = data.draw(st.integers(0, len(lines) - 1))
        key, colon, _ = lines[number].partition(": ")
        word = data.draw(st.sampled_from(WORDS))
        lines[number] = data.draw(
            st.sampled_from([f"{key}{colon}{word}", "", lines[number].replace("id", "di", 1)])
        )
    with TemporaryDirectory() as folder:
        catalogue, faults = read_documents(
            write_root(Path(folder), {name: "\n".join(lines)}), cache_dir=Path(PARSED.name)
        )
    assert all(
        fault.line <= len(lines) + 1 and fault.text["ja"] for fault in faults if fault.file.endswith(name)
    )
    assert isinstance(catalogue, Catalogue)

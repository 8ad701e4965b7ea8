from __future__ import annotations

from pathlib import Path

from tests.documents.small import COUNTRY, CRITERIA, QUESTIONNAIRE, write_root
from tests.reading import read_shipped

from rbc_assess.core.country import Country
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.documents.loading import load_catalogue, read_documents
from rbc_assess.documents.strict_yaml import read_yaml
from rbc_assess.documents.texts import localise, source_mark, translatable_texts

SIDECAR = "tiny/1.0.0.vi.yaml"
DANGER = source_mark("Is there danger?")


def translation(*texts: str, document: str = "tiny@1.0.0", language: str = "vi") -> str:
    head = (
        f"format: rbc-translation/1\ndocument: {document}\nlanguage: {language}\nstatus: unreviewed\ntexts:\n"
    )
    return head + "".join(f"  {text}\n" for text in texts)


GOOD = translation(
    f'title: {{text: "Kiểm tra nhỏ", source: "{source_mark("Tiny check")}"}}',
    f'questions.osh-01.text: {{text: "Có nguy hiểm không?", source: "{DANGER}"}}',
    'questions.osh-02.text: {text: "Ai được đào tạo?", source: "00000000"}',
    f'scales.kept.never.label: {{text: "Không bao giờ.", source: "{source_mark("Never.")}"}}',
)


def faults_of(folder: Path, sidecar: str, name: str = SIDECAR) -> list[str]:
    found = read_documents(write_root(folder, {name: sidecar})).faults
    return [f"{fault.line}:{fault.column} {fault.severity} {fault.code}" for fault in found]


def test_the_mark_of_a_source_text() -> None:
    assert source_mark("") == "e3b0c442"


def test_texts_have_paths_that_do_not_move_with_sections() -> None:
    loaded = read_yaml(QUESTIONNAIRE, "q").loaded
    assert loaded is not None
    document = Questionnaire.model_validate(loaded.tree)
    assert [found.path for found in translatable_texts(document)] == [
        "title",
        "scales.kept.never.label",
        "scales.kept.ongoing.label",
        "sections.safety.title",
        "questions.osh-01.text",
        "questions.osh-02.text",
        "questions.osh-02.options.none.label",
        "questions.osh-02.options.all.label",
        "scoring.bands.starting.label",
        "scoring.bands.basic.label",
        "scoring.corrective_band.label",
        "scoring.unconfirmed_band.label",
    ]
    for found in translatable_texts(document):
        assert found.place in loaded.positions


def test_texts_of_a_yardstick_and_of_a_country() -> None:
    loaded = read_yaml(CRITERIA, "c").loaded
    assert loaded is not None
    paths = [found.path for found in translatable_texts(Criteria.model_validate(loaded.tree))]
    assert paths == [
        "title",
        "themes.OSH.title",
        "criteria.OSH-01.title",
        "criteria.OSH-02.title",
        "criteria.OSH-02.guidance",
    ]
    source = COUNTRY + (
        "parameters:\n  wage:\n    title: {en: Wage, ja: 賃金}\n    unit: JPY\n    values:\n"
        "      - {from: 2026-10-01, value: 1, source: x, as_of: 2026-11-01, verified: false, note: {en: a, ja: b}}\n"
    )
    loaded = read_yaml(source, "c").loaded
    assert loaded is not None
    country = Country.model_validate(loaded.tree)
    assert [found.path for found in translatable_texts(country)] == [
        "title",
        "parameters.wage.title",
        "parameters.wage.values.2026-10-01.note",
    ]


def test_paths_of_the_shipped_documents_are_unique() -> None:
    for entry in read_shipped().entries():
        if isinstance(entry.document, Questionnaire | Criteria | Country):
            paths = [found.path for found in translatable_texts(entry.document)]
            assert len(paths) == len(set(paths)), entry.reference


def test_a_current_text_is_used_and_a_stale_or_missing_one_falls_back_visibly(tmp_path: Path) -> None:
    catalogue, faults = read_documents(write_root(tmp_path, {SIDECAR: GOOD}))
    assert [(f.line, f.column, f.severity, f.code) for f in faults] == [
        (8, 3, "warning", "stale-translation")
    ]
    assert source_mark("Who is trained?") in faults[0].text["ja"]
    entry = catalogue.questionnaire("tiny")
    spoken = localise(entry.document, "vi")
    assert spoken["title"] == ("Kiểm tra nhỏ", "vi")
    assert spoken["questions.osh-01.text"] == ("Có nguy hiểm không?", "vi")
    assert spoken["questions.osh-02.text"] == ("Who is trained?", "en")
    assert spoken["scales.kept.ongoing.label"] == ("It goes on.", "en")
    assert localise(entry.document, "ja-simple")["title"] == ("小さな診断", "ja")
    question = entry.document.by_id["osh-01"]
    assert entry.document.options_of(question)[0].label.in_language("vi").text == "Không bao giờ."


def test_a_translation_does_not_change_what_identifies_a_document(tmp_path: Path) -> None:
    plain = load_catalogue(write_root(tmp_path / "plain")).questionnaire("tiny")
    translated = load_catalogue(write_root(tmp_path / "translated", {SIDECAR: GOOD})).questionnaire("tiny")
    assert translated.translations["vi"].status == "unreviewed"
    assert translated.fingerprint == plain.fingerprint
    assert translated.text == plain.text
    assert translated.document.identity == plain.document.identity


def test_how_far_a_translation_reaches(tmp_path: Path) -> None:
    catalogue = load_catalogue(write_root(tmp_path, {SIDECAR: GOOD}))
    (state,) = catalogue.translation_states(catalogue.questionnaire("tiny"))
    assert (state.language, state.status, state.total, state.current) == ("vi", "unreviewed", 12, 3)
    assert state.stale == ("questions.osh-02.text",)
    assert state.missing[:2] == ("scales.kept.ongoing.label", "sections.safety.title")
    assert len(state.missing) == 8


def test_a_translation_of_a_yardstick(tmp_path: Path) -> None:
    guidance = f'criteria.OSH-02.guidance: {{text: "やってみましょう。", source: "{source_mark("Train.")}"}}'
    sidecar = translation(guidance, document="yard@1.0.0", language="ja-simple")
    root = write_root(tmp_path, {"criteria/yard/1.0.0.ja-simple.yaml": sidecar})
    criterion = load_catalogue(root).criteria("yard").document.by_id["OSH-02"]
    assert criterion.guidance is not None
    assert criterion.guidance.in_language("ja-simple") == ("やってみましょう。", "ja-simple")
    assert criterion.title.in_language("ja-simple") == ("教育", "ja")


def test_faults_of_a_translation(tmp_path: Path) -> None:
    unknown = translation(f'questions.osh-09.text: {{text: "?", source: "{DANGER}"}}')
    assert faults_of(tmp_path / "a", unknown) == ["6:3 error unknown-text"]
    no_mark = translation('title: {text: "x", source: 12345678}', 'questions.osh-01.text: {text: ""}')
    assert faults_of(tmp_path / "b", no_mark) == [
        "6:30 error bare-number-for-code",
        "7:3 error missing-key",
        "7:33 error empty-text",
    ]
    other = translation(document="tiny@1.0.1", language="th").replace("texts:\n", "texts: {}\n")
    assert faults_of(tmp_path / "c", other) == [
        "2:11 error path-mismatch",
        "2:11 error unknown-document",
        "3:11 error path-mismatch",
    ]


def test_source_languages_have_no_translation_files(tmp_path: Path) -> None:
    sidecar = translation(language="ja").replace("texts:\n", "texts: {}\n")
    assert faults_of(tmp_path, sidecar, "tiny/1.0.0.ja.yaml") == ["3:11 error source-language"]


def test_a_faulty_text_costs_that_text_alone(tmp_path: Path) -> None:
    sidecar = GOOD + (
        f'  questions.osh-09.text: {{text: "?", source: "{DANGER}"}}\n'
        '  scoring.bands.basic.label: {text: "x", source: 12345678}\n'
        '  scoring.bands.starting.label: {text: "x"}\n'
        "  sections.safety.title:\n"
    )
    catalogue, faults = read_documents(write_root(tmp_path, {SIDECAR: sidecar}))
    errors = [(fault.line, fault.code) for fault in faults if fault.severity == "error"]
    assert errors == [
        (10, "unknown-text"),
        (11, "bare-number-for-code"),
        (12, "missing-key"),
        (13, "empty-value"),
    ]
    (state,) = catalogue.translation_states(catalogue.questionnaire("tiny"))
    assert (state.language, state.current) == ("vi", 3)
    assert "scoring.bands.basic.label" in state.missing

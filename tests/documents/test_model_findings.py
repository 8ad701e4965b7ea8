from __future__ import annotations

import re
from pathlib import Path

from pydantic import BaseModel

from rbc_assess.core.country import Country
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.document import Tree
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.documents.faults import Fault, in_reading_order
from rbc_assess.documents.files import loose_file
from rbc_assess.documents.model_findings import align
from rbc_assess.documents.sentences import SENTENCES
from rbc_assess.documents.source import Source
from rbc_assess.documents.strict_yaml import read_yaml

QUESTIONNAIRE = """\
format: rbc-questionnaire/1
id: Quick_Check
edition: 1.0
status: publishd
effective: {from: 2026-13-01, untill: 2027-01-01}
titel: {en: Quick}
title: {en: Q, "Japanese (JP)": "x", ja: ""}
minutes: "15"
criteria: rbc-criteria
scales:
  m:
    - {id: "yes", point: 0, label: {en: a}}
    - {id: b, points: lots, label: text}
    - id: 7
sections:
  - id: s
    title:
    questions:
      - id: a-1
        kind: singel
        text: {en: x, ja: y}
      - id: a-2
        criterion: 3
        text: {en: x, ja: y}
      - id: a-3
        kind: number
        mim: 0
        max: 5
        unit: [x]
        text: {en: x, ja: y}
        visible_if: {fact: profile.workers_total, at_leest: 1}
        weight: 0
        required: "true"
      - id: a-4
        kind: text
        max_length: 0
        text: {en: x, ja: y}
        visible_if: {al: []}
      - id: a-5
        kind: date
        allow: [unknow]
        text: {en: x, ja: y}
        visible_if: {all: [{fact: profile.x, at_least: [1]}, {all: [{fact: 3, one_of: x}]}]}
      - 17
scoring: {minimum_themes: 0.5, bands: {id: x}}
"""


def faults_of(source: str, model: type[BaseModel]) -> tuple[Fault, ...]:
    loaded, faults = read_yaml(source, "a.yaml")
    assert loaded is not None
    assert not faults
    read = Source(loose_file(Path("a.yaml")), source.encode(), loaded.tree)
    assert read.read_as(model, model.model_validate)[0] is None
    return in_reading_order(read.faults)


def test_every_fault_of_a_questionnaire_stands_at_its_line() -> None:
    found = [f"{f.line}:{f.column} {f.code}" for f in faults_of(QUESTIONNAIRE, Questionnaire)]
    assert found == [
        "2:5 bad-form",
        "3:10 bare-number-for-code",
        "4:9 unknown-value",
        "5:19 not-a-date",
        "5:31 unknown-key",
        "6:1 unknown-key",
        "7:16 bad-form",
        "7:42 empty-text",
        "8:10 wrong-type",
        "9:11 bad-form",
        "12:12 boolean-word",
        "12:19 unknown-key",
        "13:23 not-a-number",
        "13:36 wrong-type",
        "14:7 missing-key",
        "14:11 bare-number-for-code",
        "17:5 empty-value",
        "20:15 unknown-value",
        "22:9 missing-key",
        "25:9 missing-key",
        "27:9 unknown-key",
        "29:15 invalid-value",
        "31:51 unknown-key",
        "32:17 weight-not-positive",
        "33:19 wrong-type",
        "36:21 out-of-range",
        "38:21 not-a-condition",
        "41:17 unknown-value",
        "43:56 single-value-due",
        "43:76 bare-number-for-code",
        "43:87 list-due",
        "44:9 wrong-type",
        "45:27 wrong-type",
        "45:39 wrong-type",
    ]


def test_a_misspelled_key_or_word_is_guessed() -> None:
    sentences = [fault.text["en"] for fault in faults_of(QUESTIONNAIRE, Questionnaire)]
    for word in ("until", "points", "min", "at_least", "published", "single", "unknown"):
        assert any(f'did you mean "{word}"' in text.lower() for text in sentences), word


def test_no_sentence_for_japanese_readers_is_english() -> None:
    for fault in faults_of(QUESTIONNAIRE, Questionnaire):
        assert re.search(r"[ぁ-ん]", fault.text["ja"]), fault
        assert fault.text["ja"].endswith("。") or "どれか" in fault.text["ja"], fault


def test_a_value_that_nearly_fits_one_of_two_forms_has_the_faults_of_that_form() -> None:
    source = QUESTIONNAIRE.replace("unit: [x]", "unit: {en: 3, ja: 円}")
    found = [(f.line, f.column, f.code) for f in faults_of(source, Questionnaire) if f.line == 29]
    assert found == [(29, 20, "bare-number-for-code")]


def test_a_code_written_as_a_number_is_told_to_be_quoted() -> None:
    (fault,) = faults_of(
        "format: rbc-country/1\nid: JP\nedition: 2026.10\nstatus: draft\n"
        "title: {en: Japan, ja: 日本}\ntime_zone: Asia/Tokyo\n",
        Country,
    )
    assert (fault.line, fault.column, fault.code) == (3, 10, "bare-number-for-code")
    assert fault.text == {
        "en": "Text is due here, not the number 2026.10; put it in quotes.",
        "ja": "ここには数値の 2026.10 ではなく文字列が必要です。引用符で囲んでください。",
    }


def test_an_empty_document_lacks_its_keys() -> None:
    codes = {(f.line, f.column, f.code, f.text["en"]) for f in faults_of("{}", Criteria)}
    assert (1, 1, "missing-key", 'The key "format" is missing here.') in codes
    assert {code for *_, code, _ in codes} == {"missing-key"}


def test_a_document_that_is_no_mapping() -> None:
    (fault,) = faults_of("- a\n", Criteria)
    assert (fault.line, fault.column, fault.code) == (1, 1, "wrong-type")


def test_words_of_a_model_cannot_move_the_cursor() -> None:
    faults = faults_of('{"id": "a\\nb\\tc", "\\nx": 1, "edition": "\\n­"}', Criteria)
    assert len(faults) > 3
    assert all(text.isprintable() for fault in faults for text in fault.text.values())


def test_steps_that_are_not_in_the_tree_are_left_out() -> None:
    tree: Tree = {"when": {"all": [{"fact": "a", "at_least": 1}]}}
    assert align(("when", "all", "all", 0, "fact", "at_least", "value"), tree) == (
        "when",
        "all",
        0,
        "at_least",
    )
    assert align(("when", "all", "all", 0, "fact", "fact"), tree) == ("when", "all", 0, "fact")
    assert align(("nothing", 3), tree) == ()


def test_every_code_has_both_languages_with_the_same_blanks() -> None:
    for code, (en, ja) in SENTENCES.items():
        assert re.fullmatch(r"[a-z0-9-]+(\.[a-z-]+)?", code)
        assert sorted(set(re.findall(r"{(\w+)}", en))) == sorted(set(re.findall(r"{(\w+)}", ja))), code
        assert re.search(r"[ぁ-ん]", ja), code
        assert "サプライヤー" not in ja

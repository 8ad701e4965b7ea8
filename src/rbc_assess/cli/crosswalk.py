"""``export --crosswalk``: what answers to each part of a framework, and what a sheet fills of it."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal, TypeAlias

from rbc_assess.cli.firm import read_firm, refuse_problems
from rbc_assess.cli.library import Library
from rbc_assess.cli.sheets import read_day, read_sheet
from rbc_assess.cli.tables import Column, print_table
from rbc_assess.cli.voice import FINDINGS, FINE, Stop, Voice, nearest, write_json, write_plainly
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.crosswalk import (
    WHY,
    Datapoint,
    Line,
    crosswalk,
    crosswalk_document,
    fill,
    filled_document,
    frameworks,
)
from rbc_assess.core.document import Text
from rbc_assess.core.jurisdiction import Jurisdiction
from rbc_assess.core.preparation import prepare
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.sheet import plain_value

Form: TypeAlias = Literal["text", "json", "csv"]


def export_table(voice: Voice, root: Path, framework: str, reference: str | None, form: Form) -> int:
    """Print every part of a framework with the criteria and questions that answer to it.

    Raises:
        Stop: there is no such questionnaire or framework.
    """
    library = Library.open(root, *([reference] if reference else []))
    questionnaires = _questionnaires(library, reference)
    criteria = library.criteria_of(questionnaires[-1])
    lines = crosswalk(criteria, _framework(criteria, framework), questionnaires)
    if form == "json":
        write_json(
            {
                "framework": framework,
                "criteria_document": criteria.identity._asdict(),
                "questionnaires": [one.identity._asdict() for one in questionnaires],
                "parts": crosswalk_document(lines, voice.tag),
            }
        )
        return FINE
    heads = [
        Column("code", "コード"),
        Column("title", "名称"),
        Column("criteria", "基準"),
        Column("questions", "設問"),
    ]
    _print(voice, form, heads, [_row(line, voice.tag) for line in lines])
    return FINE


def _questionnaires(library: Library, reference: str | None) -> list[Questionnaire]:
    """The one that was named, else all current ones that rest on the newest criteria document."""
    if reference is not None:
        return [library.questionnaire(reference)]
    current = [one.document for one in library.catalogue.current() if one.document.criteria]
    if not current:
        raise Stop("There is no questionnaire here.", "質問票がありません。")
    newest = max(current, key=lambda one: library.criteria_of(one).edition)
    return [*(one for one in current if one is not newest), newest]


def _framework(criteria: Criteria, name: str) -> str:
    known = frameworks(criteria)
    if name in known:
        return name
    meant = nearest(name, known)
    listed = ", ".join(known) or "-"
    raise Stop(
        f"--crosswalk: there is no framework {name} in {criteria.reference}; there are: {listed}."
        + (f" Did you mean {meant}?" if meant else ""),
        f"--crosswalk: {criteria.reference} に {name} はありません。あるもの:{listed}",
    )


def _row(line: Line, language: str) -> list[str]:
    return [
        line.reference.id,
        line.reference.title.in_language(language).text,
        " ".join(one.id for one in line.criteria),
        " ".join(dict.fromkeys(one.id for one in (*line.questions, *line.through))),
    ]


# --- with a sheet ------------------------------------------------------------------------------------------


def export_filled(
    voice: Voice,
    root: Path,
    framework: str,
    reference: str | None,
    sheet_name: str,
    as_of: str | None,
    form: Form,
) -> int:
    """Print every part of a framework with the values that a sheet gives, and why the others lack one.

    Raises:
        Stop: there is no such questionnaire, framework or file.
    """
    asked_day = read_day(as_of)
    sheet = read_sheet(sheet_name)
    named = reference or sheet.questionnaire
    if named is None:
        raise Stop(
            "The sheet names no questionnaire; say which one it answers with --questionnaire.",
            "回答ファイルに質問票の名前がありません。--questionnaire で指定してください。",
        )
    library = Library.open(root, named)
    firm = read_firm(library, named, sheet, asked_day)
    if firm.problems:
        refuse_problems(voice, firm.problems, "Nothing is exported", "書き出せません")
        return FINDINGS
    criteria = library.criteria_of(firm.questionnaire)
    yardstick = prepare(firm.questionnaire, criteria, firm.law.country, firm.law.day, firm.law.region)
    layout = yardstick.layout(firm.profile.facts(firm.law.country), firm.answers)
    known = _framework(criteria, framework)
    datapoints = fill(criteria, known, firm.questionnaire, firm.answers, layout.asked_ids)
    if form == "json":
        write_json(
            {
                "framework": framework,
                "criteria_document": criteria.identity._asdict(),
                "questionnaire": firm.questionnaire.identity._asdict(),
                "supplements": [one._asdict() for one in firm.questionnaire.with_supplements],
                "as_of": firm.law.day.isoformat(),
                "filled": sum(one.lack is None for one in datapoints),
                "parts": filled_document(datapoints, voice.tag, firm.law),
            }
        )
        return FINE
    heads = [
        *(Column("code", "コード"), Column("title", "名称"), Column("value", "値"), Column("unit", "単位")),
        *(Column("question", "設問"), Column("lacking", "不足")),
    ]
    rows = [row for one in datapoints for row in _filled_rows(one, voice, firm.law)]
    _print(voice, form, heads, rows)
    if form == "text":
        filled = sum(one.lack is None for one in datapoints)
        voice.say("")
        voice.say(
            f"{filled} of {len(datapoints)} parts of {framework} have a value.",
            f"{framework} の{len(datapoints)}項目のうち{filled}項目に値があります。",
        )
    return FINE


def _filled_rows(datapoint: Datapoint, voice: Voice, law: Jurisdiction) -> list[list[str]]:
    reference = datapoint.line.reference
    head = [reference.id, reference.title.in_language(voice.tag).text]
    if datapoint.lack is not None:
        return [[*head, "", "", "", voice.of_text(WHY[datapoint.lack])]]
    rows = []
    for one in datapoint.filled:
        labels = [label.in_language(voice.tag, law.fill).text for label in one.labels]
        unit = one.unit.in_language(voice.tag).text if isinstance(one.unit, Text) else one.unit
        value = " / ".join(labels) if labels else str(plain_value(one.value))
        rows.append([*head, value, unit or "", one.question, ""])
    return rows


def _print(voice: Voice, form: Form, heads: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
    if form == "text":
        print_table(voice, heads, rows)
        return
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow([head.en for head in heads])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    write_plainly(written.getvalue().rstrip("\n"), sys.stdout)


def harmless(cell: str) -> str:
    """A cell that a spreadsheet takes for a text: what begins like a formula gets an apostrophe."""
    return (
        f"'{cell}" if cell[:1] in ("=", "+", "-", "@") and not cell[1:].replace(".", "").isdecimal() else cell
    )

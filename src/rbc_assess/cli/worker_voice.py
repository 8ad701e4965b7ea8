"""``voice``: what workers said, added up by theme; no reply is ever printed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rbc_assess.cli.firm import read_firm, refuse_problems
from rbc_assess.cli.library import Library
from rbc_assess.cli.sheets import print_problems, read_list, read_sheet
from rbc_assess.cli.tables import Column, print_table
from rbc_assess.cli.voice import FINDINGS, FINE, Stop, Voice, write_json
from rbc_assess.core.answers import AnswerSheet, read_answers
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.derived_facts import FEWEST_RESPONDENTS
from rbc_assess.core.document import Tree
from rbc_assess.core.figures import figure_text
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.scoring import score
from rbc_assess.core.worker_voice import VoiceReport, aggregate, firm_view, voice_document
from rbc_assess.errors import Problem


def tell(voice: Voice, root: Path, reference: str, replies_name: str, sheet_name: str | None) -> int:
    """Print the aggregate of replies, and against a firm's own sheet the gaps; 1 if something in a file is wrong.

    Raises:
        Stop: no such questionnaire or file, or one that workers do not answer.
    """
    library = Library.open(root, reference)
    questionnaire = library.questionnaire(reference)
    if questionnaire.audience != "workers":
        raise Stop(
            f"{questionnaire.id} is not answered by workers: its `audience` is {questionnaire.audience}.",
            f"{questionnaire.id} は従業員が答える質問票ではありません。",
        )
    sheets, problems = _read(questionnaire, read_list(replies_name))
    if problems:
        count = len(problems)
        print_problems(
            voice,
            problems,
            f"Nothing is added up: {count} problem(s) in the replies.",
            f"集計できません。回答に問題が{count}件あります。",
        )
        return FINDINGS
    view: Mapping[str, int] = {}
    if sheet_name is not None:
        found = _firm_view(voice, library, sheet_name)
        if found is None:
            return FINDINGS
        view = found
    criteria = library.criteria_of(questionnaire)
    report = aggregate(questionnaire, criteria, sheets, view)
    if voice.json:
        write_json(voice_document(report, figure=lambda number: number / 10))
    else:
        _print(voice, criteria, report)
    return FINE


def _read(questionnaire: Questionnaire, replies: list[Tree]) -> tuple[list[AnswerSheet], tuple[Problem, ...]]:
    sheets: list[AnswerSheet] = []
    problems: list[Problem] = []
    for place, reply in enumerate(replies):
        answers = reply["answers"] if isinstance(reply, Mapping) and set(reply) == {"answers"} else reply
        sheet, found = read_answers(questionnaire, answers, pointer=f"/{place}")
        sheets.append(sheet)
        problems += found
    return sheets, tuple(problems)


def _firm_view(voice: Voice, library: Library, sheet_name: str) -> Mapping[str, int] | None:
    sheet = read_sheet(sheet_name)
    if sheet.questionnaire is None:
        raise Stop(
            f"{sheet_name} names no questionnaire; add a line such as questionnaire: full-saq.",
            f"{sheet_name} に質問票の名前がありません。questionnaire: full-saq のように書いてください。",
        )
    firm = read_firm(library, sheet.questionnaire, sheet, None)
    if firm.problems:
        refuse_problems(voice, firm.problems, "No gaps", "差を計算できません")
        return None
    criteria = library.criteria_of(firm.questionnaire)
    law = firm.law
    return firm_view(score(firm.questionnaire, criteria, firm.profile, firm.answers, law.day, law.country))


def _print(voice: Voice, criteria: Criteria, report: VoiceReport) -> None:
    if report.respondents is None:
        voice.say(
            f"Fewer than {FEWEST_RESPONDENTS} people replied, so nothing is told.",
            f"回答した人が{FEWEST_RESPONDENTS}人に満たないため、結果は表示しません。",
        )
        return
    voice.say(f"{report.respondents} people replied.", f"回答した人数:{report.respondents}人")
    print_table(
        voice,
        (
            *(Column("theme", "テーマ"), Column("", "")),
            Column("favourable %", "肯定的な回答(%)", number=True),
            Column("gap", "企業の回答との差", number=True),
        ),
        (
            (
                one.theme,
                criteria.themes_by_id[one.theme].title.in_language(voice.tag).text,
                "-" if one.favourable is None else figure_text(one.favourable),
                "-" if one.gap is None else figure_text(one.gap),
            )
            for one in report.themes
        ),
    )
    voice.aside(
        "“-”: too few people, all alike, or nothing to compare with. A gap above 0: the firm sees itself better.",
        "「-」は、人数が少ない、全員が同じ、比べるものがない、のいずれかです。差が0より大きいときは、企業の方が高く答えています。",
    )

"""``score``: a sheet's scorecard from files alone, with its arithmetic on demand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rbc_assess.cli.explain import explain
from rbc_assess.cli.firm import read_firm, refuse_problems
from rbc_assess.cli.library import Library
from rbc_assess.cli.sheets import Sheet, print_open, problem_document, read_day, read_sheet
from rbc_assess.cli.tables import Column, print_table
from rbc_assess.cli.voice import FINDINGS, FINE, Voice, write_json
from rbc_assess.cli.words import word
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.figures import figure_text
from rbc_assess.core.profile import Profile, missing_fields
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.scorecard import Scorecard, Scored, scorecard_document
from rbc_assess.core.scoring import score_sheet
from rbc_assess.errors import Problem


def score(
    voice: Voice, root: Path, reference: str, sheet_name: str, as_of: str | None, *, explained: bool
) -> int:
    """Score a sheet and print the scorecard; 0 if there is one, 1 if answers or profile are invalid.

    Raises:
        Stop: no such questionnaire or file.
    """
    asked_day = read_day(as_of)
    library = Library.open(root, reference)
    sheet = read_sheet(sheet_name)
    firm = read_firm(library, reference, sheet, asked_day)
    questionnaire = firm.questionnaire
    _note_other_questionnaire(voice, questionnaire, sheet)
    if firm.problems:
        refuse_problems(voice, firm.problems, "No scorecard", "スコアカードを作れません")
        return FINDINGS
    criteria = library.criteria_of(questionnaire)
    scored = score_sheet(questionnaire, criteria, firm.profile, firm.answers, firm.law.day, firm.law.country)
    problems = _open_problems(questionnaire, firm.profile, scored)
    if voice.json:
        write_json(_document(voice, scored, problems))
    else:
        _print(voice, questionnaire, criteria, scored, problems)
        if explained:
            explain(voice, questionnaire, criteria, scored.scorecard)
    return FINE


def _note_other_questionnaire(voice: Voice, questionnaire: Questionnaire, sheet: Sheet) -> None:
    """Say that a sheet was written for another edition than the one it is scored with."""
    if sheet.questionnaire is None:
        return
    written = sheet.questionnaire.partition("#")[0]
    if written not in (questionnaire.id, f"{questionnaire.id}@{questionnaire.edition}"):
        voice.aside(
            f"Note: the sheet names {written}; it is scored with {questionnaire.id}@{questionnaire.edition}.",
            f"注意:回答ファイルの質問票は {written} ですが、"
            f"{questionnaire.id}@{questionnaire.edition} で計算しています。",
        )


def _open_problems(questionnaire: Questionnaire, profile: Profile, scored: Scored) -> tuple[Problem, ...]:
    """What a submission would still need."""
    missing = tuple(Problem(f"/answers/{name}", "missing-answer", _MISSING_ANSWER) for name in scored.missing)
    return (*missing_fields(profile, questionnaire.profile), *missing)


_MISSING_ANSWER: Mapping[str, str] = {
    "en": "This question is asked and has no answer yet; it counts as not known.",
    "ja": "この設問にまだ回答がありません。「わからない」として計算しています。",
}


def _document(voice: Voice, scored: Scored, problems: tuple[Problem, ...]) -> dict[str, object]:
    card = scorecard_document(scored.scorecard, figure=lambda tenths: tenths / 10, number=_thousandths)
    return {
        **card,
        "problems": [problem_document(problem, voice) for problem in problems],
        "ignored": list(scored.ignored),
    }


def _thousandths(number: int) -> int | float:
    return number // 1000 if number % 1000 == 0 else number / 1000


# --- for people --------------------------------------------------------------------------------------------


def _print(
    voice: Voice,
    questionnaire: Questionnaire,
    criteria: Criteria,
    scored: Scored,
    problems: tuple[Problem, ...],
) -> None:
    card = scored.scorecard
    title = questionnaire.title.in_language(voice.tag).text
    voice.say(
        f"{title} ({questionnaire.reference}), as of {card.as_of}",
        f"{title}({questionnaire.reference})、基準日 {card.as_of}",
    )
    voice.say("")
    band = _band_label(voice, questionnaire, card.overall.band)
    voice.say(
        f"Overall  {_figure(card.overall.score)}   Band  {band}",
        f"総合  {_figure(card.overall.score)}   区分  {band}",
    )
    voice.say("")
    print_table(
        voice,
        (Column("theme", "テーマ"), Column("", ""), Column("score", "点数", number=True)),
        (
            (
                entry.id,
                criteria.themes_by_id[entry.id].title.in_language(voice.tag).text,
                _figure(entry.score),
            )
            for entry in card.themes
        ),
    )
    _print_critical(voice, criteria, card)
    _print_coverage(voice, card)
    print_open(voice, problems, scored.ignored)


def _figure(tenths: int | None) -> str:
    return "-" if tenths is None else figure_text(tenths)


def _band_label(voice: Voice, questionnaire: Questionnaire, band: str | None) -> str:
    if band is None:
        return "-"
    rules = questionnaire.scoring
    labels = {one.id: one.label for one in rules.bands}
    labels |= {one.id: one.label for one in (rules.corrective_band, rules.unconfirmed_band) if one}
    return f"{labels[band].in_language(voice.tag).text} ({band})"


def _print_critical(voice: Voice, criteria: Criteria, card: Scorecard) -> None:
    open_ones = [(state, name) for state, names in card.critical._asdict().items() for name in names]
    met = sum(entry.critical and entry.state == "met" for entry in card.criteria)
    voice.say("")
    voice.say(
        f"Critical criteria: {met} met" + (", and:" if open_ones else "."),
        f"基本的な権利に関わる項目:守られている {met}件" + ("、ほかに:" if open_ones else ""),
    )
    if open_ones:
        print_table(
            voice,
            (Column("", ""), Column("", ""), Column("", "")),
            (
                (name, word(voice, state), criteria.by_id[name].title.in_language(voice.tag).text)
                for state, name in open_ones
            ),
            indent=2,
            heads=False,
        )


def _print_coverage(voice: Voice, card: Scorecard) -> None:
    counts = card.coverage
    voice.say("")
    voice.say(
        f"Questions asked: {counts.asked}; answered {counts.answered}, not known {counts.unknown}, "
        f"does not apply {counts.not_applicable}, not answered {counts.unanswered}.",
        f"設問 {counts.asked}件:回答 {counts.answered}、わからない {counts.unknown}、"
        f"該当しない {counts.not_applicable}、未回答 {counts.unanswered}",
    )
    voice.say(f"Assurance: {word(voice, card.assurance)}.", f"確認の程度:{word(voice, card.assurance)}")

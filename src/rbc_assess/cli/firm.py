"""A firm's sheet, read against its questionnaire with the supplements of its sector, under the law of the day."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from rbc_assess.cli.library import Library
from rbc_assess.cli.reader import today_in
from rbc_assess.cli.sheets import Sheet, print_problems
from rbc_assess.cli.voice import Stop, Voice
from rbc_assess.core.answers import AnswerSheet, read_answers
from rbc_assess.core.jurisdiction import Jurisdiction
from rbc_assess.core.profile import Profile, read_profile
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.documents.supplementing import asking
from rbc_assess.errors import Problem


class FirmSheet(NamedTuple):
    """What a firm said; with any ``problems`` it cannot be scored."""

    questionnaire: Questionnaire
    profile: Profile
    answers: AnswerSheet
    law: Jurisdiction
    problems: tuple[Problem, ...]


def read_firm(library: Library, reference: str, sheet: Sheet, asked_day: date | None) -> FirmSheet:
    """Read a sheet.

    Raises:
        Stop: there is no such questionnaire, or it is no assessment of a firm.
    """
    profile, profile_problems = read_profile(sheet.profile)
    day = asked_day or sheet.as_of
    country = library.country(profile.country, day)
    law = Jurisdiction(country, day or today_in(country), profile.region)
    base = library.questionnaire(reference, law.day)
    refuse_unscored(base)
    found = asking(library.catalogue, base, profile.facts(country), law)
    answers, answer_problems = read_answers(found.known, sheet.answers, law)
    problems = (*sheet.problems, *profile_problems, *answer_problems)
    return FirmSheet(found.asked, profile, answers, law, problems)


def refuse_unscored(questionnaire: Questionnaire) -> None:
    """Stop at what is no assessment of a firm by itself."""
    if questionnaire.audience == "workers":
        raise Stop(
            f"{questionnaire.id} is answered by workers one by one; it has no score. See `rbc-assess voice`.",
            f"{questionnaire.id} は従業員が一人ずつ答えるもので、採点しません。`rbc-assess voice` をご覧ください。",
        )
    if questionnaire.supplements:
        bases = ", ".join(entry.questionnaire for entry in questionnaire.supplements)
        raise Stop(
            f"{questionnaire.id} is a supplement: score the questionnaire that it is asked with ({bases}).",
            f"{questionnaire.id} は追加の質問票です。一緒に尋ねる質問票({bases})で計算してください。",
        )


def refuse_problems(voice: Voice, problems: tuple[Problem, ...], en: str, ja: str) -> None:
    """Print every problem of a sheet, and what therefore is not there."""
    count = len(problems)
    print_problems(
        voice,
        problems,
        f"{en}: {count} problem(s) in the sheet.",
        f"{ja}。回答ファイルに問題が{count}件あります。",
    )

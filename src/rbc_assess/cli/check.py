"""``check``: what a scheme says of a sheet or of facts, from files alone; nothing is stored."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from rbc_assess.cli.library import Library, is_file_name
from rbc_assess.cli.sheets import (
    Sheet,
    print_open,
    print_problems,
    problem_document,
    read_day,
    read_sheet,
)
from rbc_assess.cli.voice import FINDINGS, FINE, Voice, write_json
from rbc_assess.core.eligibility_words import decision_sentences
from rbc_assess.core.scheme import Scheme
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.errors import InvalidInput
from rbc_assess.workflows.check import Checked, check_facts, check_sheet, today_of_issuer
from rbc_assess.workflows.shown import shown_document


def check(voice: Voice, root: Path, reference: str, sheet_name: str, as_of: str | None) -> int:
    """Decide and print the decision; 0 whatever it says, 1 if something in the sheet or facts is wrong.

    Raises:
        Stop: no such scheme or file.
    """
    now = datetime.now(UTC)
    asked_day = read_day(as_of)
    library = Library.open(root, reference)
    sheet = read_sheet(sheet_name, for_scheme=True)
    day = asked_day or sheet.as_of
    scheme = _scheme(library, reference, day, now)
    try:
        checked = _checked(library.catalogue, scheme, sheet, day, now)
    except InvalidInput as refused:
        count = len(refused.problems)
        print_problems(
            voice,
            refused.problems,
            f"No decision: {count} problem(s).",
            f"判定できません。問題が{count}件あります。",
        )
        return FINDINGS
    if voice.json:
        write_json(_document(voice, checked))
    else:
        _print(voice, checked)
    return FINE


def _scheme(library: Library, reference: str, day: date | None, now: datetime) -> Scheme:
    """The version that a reference names, for a bare id the one in force on the day."""
    scheme = library.scheme(reference, day or now.date()).document
    if day is not None or is_file_name(reference) or "@" in reference:
        return scheme
    return library.scheme(reference, today_of_issuer(library.catalogue, scheme, now)).document


def _checked(catalogue: Catalogue, scheme: Scheme, sheet: Sheet, day: date | None, now: datetime) -> Checked:
    if sheet.problems:
        raise InvalidInput(sheet.problems)
    if sheet.facts is not None:
        return check_facts(catalogue, scheme, sheet.facts, sheet.inputs, now=now, as_of=day)
    return check_sheet(
        catalogue,
        scheme,
        sheet.profile,
        sheet.answers,
        sheet.inputs,
        now=now,
        as_of=day,
        questionnaire=sheet.questionnaire,
    )


def _ignored(checked: Checked) -> list[str]:
    return [] if checked.thought is None else list(checked.thought.scored.ignored)


def _document(voice: Voice, checked: Checked) -> dict[str, object]:
    return {
        **shown_document(checked.document, checked.scheme, checked.accepted.vocabulary, None, voice.tag),
        "problems": [problem_document(problem, voice) for problem in checked.missing],
        "ignored": _ignored(checked),
    }


# --- for people --------------------------------------------------------------------------------------------


def _print(voice: Voice, checked: Checked) -> None:
    scheme, day = checked.scheme, checked.decision.as_of
    title = scheme.title.in_language(voice.tag).text
    issuer = scheme.issuer.name.in_language(voice.tag).text
    voice.say(
        f"{title}, {issuer} ({scheme.reference}), as of {day}",
        f"{issuer} {title}({scheme.reference})、基準日 {day}",
    )
    words = decision_sentences(checked.document, scheme, checked.accepted.vocabulary, voice.tag)
    voice.say("")
    voice.say(words.outcome)
    for one in words.requirements:
        voice.say("")
        first, *more = one.lines
        voice.say(f"- {first}")
        for line in more:
            voice.say(f"  {line}")
    for part in (words.missing, words.gives, words.review, words.closing):
        if part:
            voice.say("")
        for line in part:
            voice.say(line)
    print_open(voice, checked.missing, _ignored(checked))

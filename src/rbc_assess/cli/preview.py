"""``preview``: a questionnaire or scheme as text, for those who review it without reading YAML."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from rbc_assess.cli.library import Library, condition_sentence
from rbc_assess.cli.reader import Reader
from rbc_assess.cli.voice import FINE, Voice, write_json
from rbc_assess.cli.words import word
from rbc_assess.core.condition_operands import Param
from rbc_assess.core.country_operands import LawfulDay, LawfulNumber
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.document import Text
from rbc_assess.core.figures import shortest_decimal
from rbc_assess.core.jurisdiction import Jurisdiction
from rbc_assess.core.law_words import figure_words
from rbc_assess.core.questionnaire import NumberBand, NumberQuestion, Option, Question, Questionnaire, Section

_WIDTH = 96


def preview(voice: Voice, root: Path, reference: str, reader: Reader, *, all_help: bool) -> int:
    """Print a questionnaire, or the rules of a scheme, in the reader's language.

    A questionnaire is shown with the figures of the reader's country and, with a day, only what is asked on it.

    Raises:
        Stop: there is neither a questionnaire nor a scheme of that name, or no document of the country.
    """
    library = Library.open(root, reference)
    if library.is_scheme(reference):
        from rbc_assess.cli.preview_scheme import preview_scheme

        return preview_scheme(voice, library, reference)
    questionnaire = library.questionnaire(reference, reader.day)
    law = reader.law(library)
    questionnaire = reader.asked(library, questionnaire, law)
    page = _Page(voice, questionnaire, library, law, all_help=all_help)
    if voice.json:
        write_json(page.document())
    else:
        voice.say("\n".join(page.lines()))
    return FINE


class _Page:
    """One questionnaire in one language."""

    def __init__(
        self,
        voice: Voice,
        questionnaire: Questionnaire,
        library: Library,
        law: Jurisdiction,
        *,
        all_help: bool,
    ) -> None:
        self.voice = voice
        self.questionnaire = questionnaire
        self.criteria: Criteria = library.criteria_of(questionnaire)
        self.law = law
        self.all_help = all_help

    def text(self, text: Text | None) -> str | None:
        """The text, marked where it is not in the language asked for."""
        if text is None:
            return None
        spoken = text.in_language(self.voice.tag, self.law.fill)
        asked = self.voice.tag.split("-")[0]
        return spoken.text if spoken.language.split("-")[0] == asked else f"[{spoken.language}] {spoken.text}"

    # --- as text -------------------------------------------------------------------------------------------

    def lines(self) -> Iterator[str]:
        questionnaire, choose = self.questionnaire, self.voice.choose
        title = self.text(questionnaire.title) or questionnaire.id
        yield f"{title}  ({questionnaire.reference}, {questionnaire.status})"
        for added in questionnaire.with_supplements:
            yield choose(f"With {added.id}@{added.edition}", f"追加:{added.id}@{added.edition}")
        if questionnaire.purpose:
            yield from _wrapped(self.text(questionnaire.purpose) or "", "")
        if questionnaire.minutes:
            yield choose(f"About {questionnaire.minutes} minutes.", f"所要時間 約{questionnaire.minutes}分")
        if questionnaire.profile:
            names = ", ".join(questionnaire.profile)
            yield choose(f"To be known beforehand: {names}", f"回答前に必要な企業の情報:{names}")
        for number, section in enumerate(questionnaire.sections, start=1):
            yield ""
            yield f"{number}. {self.text(section.title)}"
            if section.intro:
                yield from _wrapped(self.text(section.intro) or "", "   ")
            for place, question in enumerate(section.questions, start=1):
                yield ""
                yield from self.question_lines(f"{number}.{place}", question)
        yield ""
        yield from self.band_lines()
        if questionnaire.closing:
            yield from _wrapped(f"{choose('At the end: ', '最後に:')}{self.text(questionnaire.closing)}", "")

    def question_lines(self, number: str, question: Question) -> Iterator[str]:
        yield from _wrapped(f"{number} {self.text(question.text)}", "  ", hang=len(number) + 1)
        indent = "      "
        yield f"{indent}[{question.id}] {self.traits(question)}"
        condition = self.condition(question)
        if condition is not None:
            shown = self.voice.choose(f"Asked only if: {condition}", f"尋ねる条件:{condition}")
            yield from _wrapped(shown, indent)
        for note in self.day_notes(question):
            yield from _wrapped(note, indent)
        for option in self.questionnaire.options_of(question):
            mark = "[ ]" if question.kind == "multiple" else "( )"
            yield from _wrapped(f"{mark} {self.text(option.label)}{self.worth(option)}", indent, hang=4)
        if isinstance(question, NumberQuestion):
            yield from self.number_lines(question, indent)
        yield from self.help_lines(question, indent)

    def traits(self, question: Question) -> str:
        """Kind, criteria and what else an author has decided, on one line."""
        choose = self.voice.choose
        parts = [choose(*_KINDS[question.kind])]
        for name, share in question.shares.items():
            critical = self.criteria.by_id[name].critical if name in self.criteria.by_id else False
            mark = choose(" (critical)", "(基本的な権利)") if critical else ""
            parts.append(name + (f" x{share}" if len(question.shares) > 1 else "") + mark)
        if question.weight is not None:
            parts.append(choose("weight ", "重み ") + shortest_decimal(question.weight))
        if not question.required:
            parts.append(choose("optional", "任意"))
        parts += [choose(*_ALLOWED[state]) for state in question.allow]
        return choose("; ", "、").join(parts)

    def worth(self, outcome: Option | NumberBand) -> str:
        worth = (
            []
            if outcome.points is None
            else [f"{shortest_decimal(outcome.points)}{self.voice.choose('', '点')}"]
        )
        if outcome.state is not None:
            worth.append(word(self.voice, outcome.state))
        return f"  [{', '.join(worth)}]" if worth else ""

    def number_lines(self, question: NumberQuestion, indent: str) -> Iterator[str]:
        unit = question.unit if isinstance(question.unit, str) else self.text(question.unit)
        yield f"{indent}____ {unit}  ({self.number(question.min)} - {self.number(question.max)})"
        for band in question.bands:
            from_ = self.number(band.from_)
            yield f"{indent}{self.voice.choose(f'from {from_}', f'{from_}以上')}{self.worth(band)}"

    def number(self, written: LawfulNumber) -> str:
        """A number, or what the law gives for it."""
        if isinstance(written, Param):
            return self.law.fill(written.param, self.voice.tag)
        return shortest_decimal(written)

    def day_notes(self, question: Question) -> Iterator[str]:
        """Since when or until when it is asked, and since when the law demands it."""
        choose = self.voice.choose
        for written, en, ja in (
            (question.active_from, "Asked from", "尋ね始める日:"),
            (question.deprecated_from, "No longer asked from", "尋ねなくなる日:"),
        ):
            if written is not None:
                yield choose(f"{en} {self.day(written)}", f"{ja}{self.day(written)}")
        duty = self.law.duty(question.duty_from, self.voice.tag)
        if duty is not None:
            yield duty

    def day(self, written: LawfulDay) -> str:
        if isinstance(written, Param):
            return self.law.fill(written.param, self.voice.tag)
        return figure_words(written, self.voice.tag)

    def help_lines(self, question: Question, indent: str) -> Iterator[str]:
        choose = self.voice.choose
        if question.help:
            yield from _wrapped(f"{choose('Help: ', 'ヒント:')}{self.text(question.help)}", indent)
        if question.why:
            yield from _wrapped(f"{choose('Why: ', '理由:')}{self.text(question.why)}", indent)
        if not self.all_help:
            return
        if question.example:
            yield from _wrapped(f"{choose('Example: ', '例:')}{self.text(question.example)}", indent)
        if question.evidence:
            papers = choose(", ", "、").join(self.paper(name) for name in question.evidence)
            yield from _wrapped(f"{choose('Papers that help: ', '役に立つ資料:')}{papers}", indent)
        for name in question.shares:
            criterion = self.criteria.by_id.get(name)
            if criterion is not None and criterion.guidance:
                guidance = (
                    f"{name} {choose('What to do next: ', '次にすること:')}{self.text(criterion.guidance)}"
                )
                yield from _wrapped(guidance, indent)

    def paper(self, name: str) -> str:
        known = self.criteria.papers_by_id.get(name)
        return name if known is None else self.text(known.title) or name

    def condition(self, question: Question) -> str | None:
        if question.visible_if is None:
            return None
        return condition_sentence(question.visible_if, self.questionnaire, self.voice.tag, self.law)

    def band_lines(self) -> Iterator[str]:
        rules = self.questionnaire.scoring
        if rules.bands:
            yield self.voice.choose("Bands by overall score:", "総合点による区分:")
        for band in rules.bands:
            yield f"  {shortest_decimal(band.from_):>3} -  {self.text(band.label)}"
        if rules.corrective_band:
            label = self.text(rules.corrective_band.label)
            yield self.voice.choose(
                f"  A critical criterion is not met: {label}",
                f"  基本的な権利に関わる項目が守られていない:{label}",
            )
        if rules.unconfirmed_band:
            label = self.text(rules.unconfirmed_band.label)
            yield self.voice.choose(
                f"  A critical criterion is not known: {label}", f"  基本的な権利に関わる項目が未確認:{label}"
            )

    # --- as JSON -------------------------------------------------------------------------------------------

    def document(self) -> dict[str, object]:
        questionnaire = self.questionnaire
        return {
            "questionnaire": questionnaire.identity._asdict(),
            "language": self.voice.tag,
            "supplements": [one._asdict() for one in questionnaire.with_supplements],
            "country": self.law.country.identity._asdict() if self.law.country else None,
            "region": self.law.region,
            "as_of": self.law.day.isoformat(),
            "title": self.text(questionnaire.title),
            "purpose": self.text(questionnaire.purpose),
            "closing": self.text(questionnaire.closing),
            "minutes": questionnaire.minutes,
            "profile": list(questionnaire.profile),
            "sections": [
                self.section_document(number, section)
                for number, section in enumerate(questionnaire.sections, start=1)
            ],
        }

    def section_document(self, number: int, section: Section) -> dict[str, object]:
        return {
            "number": str(number),
            "id": section.id,
            "title": self.text(section.title),
            "intro": self.text(section.intro),
            "questions": [
                self.question_document(f"{number}.{place}", question)
                for place, question in enumerate(section.questions, start=1)
            ],
        }

    def question_document(self, number: str, question: Question) -> dict[str, object]:
        document: dict[str, object] = {
            "number": number,
            "id": question.id,
            "kind": question.kind,
            "criteria": dict(question.shares),
            "text": self.text(question.text),
            "help": self.text(question.help),
            "why": self.text(question.why),
            "example": self.text(question.example),
            "papers": [self.paper(name) for name in question.evidence],
            "asked_if": self.condition(question),
            "duty": self.law.duty(question.duty_from, self.voice.tag),
            "options": [
                {
                    "id": option.id,
                    "label": self.text(option.label),
                    "points": option.points,
                    "state": option.state,
                }
                for option in self.questionnaire.options_of(question)
            ],
        }
        if isinstance(question, NumberQuestion):
            unit = question.unit if isinstance(question.unit, str) else self.text(question.unit)
            least, most = self.law.number_of(question.min), self.law.number_of(question.max)
            document |= {"unit": unit, "min": least, "max": most}
        return document


_KINDS = {
    "single": ("choose one", "1つ選ぶ"),
    "multiple": ("choose all that fit", "当てはまるものをすべて選ぶ"),
    "number": ("a number", "数値"),
    "text": ("a text", "文章"),
    "date": ("a date", "日付"),
}
_ALLOWED = {
    "unknown": ("“not known” allowed", "「わからない」も可"),
    "not_applicable": ("“does not apply” allowed, with a reason", "「該当しない」も可(理由が必要)"),
}


def _wrapped(text: str, indent: str, *, hang: int = 0) -> Iterator[str]:
    """Wrap at spaces; a text without them (Japanese) wherever the line is full."""
    room = _WIDTH - len(indent)
    rest = " " * hang
    if not _is_wide(text):
        lines = textwrap.wrap(text, room, subsequent_indent=rest, break_long_words=False)
        yield from (indent + line for line in lines)
        return
    line, width = "", 0
    for character in text:
        size = 2 if unicodedata.east_asian_width(character) in "WF" else 1
        # A full stop or a closing bracket never begins a line.
        if width + size > room and character not in "、。」)!?":
            yield indent + line
            line, width = rest, hang
        line, width = line + character, width + size
    if line.strip():
        yield indent + line


def _is_wide(text: str) -> bool:
    return sum(unicodedata.east_asian_width(character) in "WF" for character in text) > len(text) // 2

"""The vocabulary of facts that conditions may name.

The fixed names are in ``fact_list``; the open families (answers, scores, states, ...) come from the documents,
as plain terms that the caller hands to a ``Vocabulary``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Final, Literal

from rbc_assess.core.codes import CERTIFICATIONS, STATES, CodeList, Names
from rbc_assess.core.condition_operators import FactType
from rbc_assess.core.fact_kinds import (
    NOT_APPLICABLE,
    UNKNOWN,
    Cluster,
    Fact,
    Facts,
    FactValue,
    Missing,
    Source,
    Use,
    broader_codes,
)
from rbc_assess.core.fact_list import FIXED
from rbc_assess.core.phrasing import inner

__all__ = [
    "FIXED",
    "NOT_APPLICABLE",
    "UNKNOWN",
    "AnswerTerms",
    "Cluster",
    "CriterionTerms",
    "Fact",
    "FactType",
    "FactValue",
    "Facts",
    "InputTerms",
    "Missing",
    "Source",
    "Use",
    "Vocabulary",
    "broader_codes",
]


@dataclass(frozen=True, slots=True)
class AnswerTerms:
    """What a vocabulary needs of a question: its kind, its text, its options (id -> label), its unit."""

    kind: Literal["single", "multiple", "number", "text", "date"]
    label: Names
    options: Mapping[str, Names] = field(default_factory=dict)
    unit: str | Names | None = None


@dataclass(frozen=True, slots=True)
class CriterionTerms:
    """What a vocabulary needs of a criterion; ``bears_states``: some accepted question of it carries states."""

    label: Names
    bears_states: bool = True


@dataclass(frozen=True, slots=True)
class InputTerms:
    """An input that a scheme declares, said by the caller at check time."""

    type: FactType
    label: Names
    codes: Mapping[str, Names] | None = None
    unit: str | Names | None = None


_ANSWER_TYPES: Final[Mapping[str, FactType]] = {
    "single": "code", "multiple": "code_set", "number": "number", "text": "text", "date": "date",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All facts that a condition may name in one place: the fixed ones and those the documents open.

    ``bands``: ids and labels of the accepted questionnaires' bands; None leaves ``assessment.band`` open, and
    likewise ``questionnaires``. Every question and every criterion has
    ``evidence.<id>.count`` and ``.age_days``, and for each of ``evidence_kinds`` (a payslip, minutes)
    ``evidence.<id>.<kind>.count`` and ``.age_days``.
    """

    questions: Mapping[str, AnswerTerms] = field(default_factory=dict)
    themes: Mapping[str, Names] = field(default_factory=dict)
    criteria: Mapping[str, CriterionTerms] = field(default_factory=dict)
    inputs: Mapping[str, InputTerms] = field(default_factory=dict)
    bands: Mapping[str, Names] | None = None
    questionnaires: Mapping[str, Names] | None = None
    evidence_kinds: frozenset[str] = frozenset()
    _found: dict[str, Fact | None] = field(default_factory=dict, repr=False, compare=False)

    def get(self, name: str) -> Fact | None:
        """The fact of this name, or None if there is no such fact here."""
        if name not in self._found:
            fixed = FIXED.get(name)
            self._found[name] = self._open(name) if fixed is None else self._with_codes(fixed)
        return self._found[name]

    def names(self) -> Iterator[str]:
        """Every name there is, for listings and for suggestions."""
        yield from FIXED
        yield from (f"certification.{held}.days_left" for held in CERTIFICATIONS.names)
        yield from (f"answer.{question}" for question in self.questions)
        for theme in self.themes:
            yield f"score.theme.{theme}"
            yield f"voice.gap.{theme}"
        for criterion in self.criteria:
            yield from (f"score.criterion.{criterion}", f"state.{criterion}", f"plan.{criterion}.days")
        for subject in (*self.criteria, *self.questions):
            for within in (subject, *(f"{subject}.{kind}" for kind in sorted(self.evidence_kinds))):
                yield from (f"evidence.{within}.count", f"evidence.{within}.age_days")
        yield from (f"input.{name}" for name in self.inputs)

    def close_to(self, name: str) -> str | None:
        """The nearest real name to a misspelled one."""
        return next(iter(get_close_matches(name, list(self.names()), n=1, cutoff=0.6)), None)

    def _with_codes(self, fact: Fact) -> Fact:
        codes = {"assessment.band": self.bands, "assessment.questionnaire": self.questionnaires}.get(
            fact.name
        )
        return fact if codes is None else replace(fact, codes=CodeList(codes))

    def _open(self, name: str) -> Fact | None:
        match name.split("."):
            case ["answer", question] if question in self.questions:
                return _answer(name, self.questions[question])
            case ["score", "theme", theme] if theme in self.themes:
                label = self.themes[theme]
                return _score(name, _about(label, "the score of the theme “{}”", "テーマ「{}」の得点"))
            case ["score", "criterion", criterion] if criterion in self.criteria:
                label = self.criteria[criterion].label
                return _score(name, _about(label, "the score of “{}”", "「{}」の得点"))
            case ["state", criterion] if criterion in self.criteria:
                return _state(name, self.criteria[criterion].label)
            case ["plan", criterion, "days"] if criterion in self.criteria:
                return _plan(name, self.criteria[criterion].label)
            case ["evidence", subject, ("count" | "age_days") as what]:
                return self._evidence(name, subject, what)
            case ["evidence", subject, kind, ("count" | "age_days") as what] if kind in self.evidence_kinds:
                return self._evidence(name, subject, what, kind)
            case ["voice", "gap", theme] if theme in self.themes:
                return _voice_gap(name, self.themes[theme])
            case ["certification", held, "days_left"] if held in CERTIFICATIONS.names:
                return _days_left(name, CERTIFICATIONS.names[held])
            case ["input", declared] if declared in self.inputs:
                return _input(name, self.inputs[declared])
            case _:
                return None

    def _evidence(self, name: str, subject: str, what: str, kind: str | None = None) -> Fact | None:
        if subject in self.criteria:
            label = self.criteria[subject].label
        elif subject in self.questions:
            label = self.questions[subject].label
        else:
            return None
        named = "" if kind is None else kind.replace("_", " ")
        en, ja = (f" ({named})", f"（{named}）") if named else ("", "")
        if what == "count":
            words = _about(
                label, f"the number of pieces of evidence{en} on “{{}}”", f"「{{}}」の証拠資料{ja}の数"
            )
            return Fact(name, "number", words, "evidence", "evidence", unit="pieces")
        words = _about(
            label, f"the age of the newest evidence{en} on “{{}}”", f"「{{}}」の最新の証拠資料{ja}の経過日数"
        )
        return Fact(name, "number", words, "evidence", "evidence", unit="days")


def _about(label: Names, en: str, ja: str) -> Names:
    """Build a label around another one, in each language that it has."""
    patterns = {"en": en, "ja": ja}
    return {
        language: patterns.get(language.split("-", 1)[0], en).format(inner(text))
        for language, text in label.items()
    }


def _answer(name: str, terms: AnswerTerms) -> Fact:
    asked = "the answers to “{}”" if terms.kind == "multiple" else "the answer to “{}”"
    label = _about(terms.label, asked, "「{}」への回答")
    codes = CodeList(terms.options) if terms.kind in ("single", "multiple") else None
    return Fact(
        name, _ANSWER_TYPES[terms.kind], label, "answers", "answers",
        unit=terms.unit, codes=codes, may_be_not_applicable=True,
    )  # fmt: skip


def _score(name: str, label: Names) -> Fact:
    return Fact(name, "number", label, "scorecard", "scores", unit="points", may_be_not_applicable=True)


def _state(name: str, label: Names) -> Fact:
    words = _about(label, "the state of “{}”", "「{}」の状態")
    return Fact(name, "code", words, "scorecard", "critical", codes=STATES, may_be_not_applicable=True)


def _plan(name: str, label: Names) -> Fact:
    words = _about(label, "the time until the planned correction of “{}”", "「{}」の是正予定日までの日数")
    return Fact(name, "number", words, "plan", "answers", unit="days")


def _voice_gap(name: str, label: Names) -> Fact:
    words = _about(
        label,
        "the gap between workers' replies and the enterprise's answers on “{}”",
        "「{}」についての従業員の声と企業の回答との差",
    )
    return Fact(name, "number", words, "voice", "answers", unit="points", use="scope")


def _days_left(name: str, label: Names) -> Fact:
    words = _about(label, "the remaining validity of the certificate “{}”", "「{}」の残りの有効日数")
    return Fact(name, "number", words, "profile", "profile", unit="days", may_be_not_applicable=True)


def _input(name: str, terms: InputTerms) -> Fact:
    codes = None if terms.codes is None else CodeList(terms.codes)
    return Fact(name, terms.type, terms.label, "caller", "outcome", unit=terms.unit, codes=codes)

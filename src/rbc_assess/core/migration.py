"""What becomes of a draft's answers in a newer edition: carried over, asked again, or dropped from the sheet.

No answer is ever deleted: one that is not carried over stands in the report, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, TypeAlias

from rbc_assess.core.answers import read_answers
from rbc_assess.core.change_comparison import same_unit
from rbc_assess.core.document import Identity, Text, Tree
from rbc_assess.core.questionnaire import AnswerMigration, NumberQuestion, Question, Questionnaire

Fate: TypeAlias = Literal["carried", "ask_again", "dropped"]


class AnswerFate(NamedTuple):
    """What became of one answer.

    ``id`` is its question in the older edition, ``to`` the one in the newer edition if there is one. ``before``
    is the answer as it was, ``after`` as it is carried over. What is not carried has a ``reason``.
    """

    id: str
    to: str | None
    fate: Fate
    before: Tree
    after: Tree = None
    reason: Text | None = None


class CarryReport(NamedTuple):
    """Every answer of a draft exactly once, in the draft's order."""

    old: Questionnaire
    new: Questionnaire
    fates: tuple[AnswerFate, ...]

    @property
    def carried(self) -> Mapping[str, Tree]:
        """The sheet in the newer edition: question id -> answer."""
        return MappingProxyType(
            {one.to: one.after for one in self.fates if one.fate == "carried" and one.to is not None}
        )

    @property
    def renamed(self) -> Mapping[str, str]:
        """Older id -> newer id, for carried answers whose question has another id now."""
        return MappingProxyType(
            {one.id: one.to for one in self.fates if one.fate == "carried" and one.to not in (None, one.id)}
        )

    @property
    def ask_again(self) -> tuple[AnswerFate, ...]:
        return tuple(one for one in self.fates if one.fate == "ask_again")

    @property
    def dropped(self) -> tuple[AnswerFate, ...]:
        return tuple(one for one in self.fates if one.fate == "dropped")

    def lines(self, language: str) -> tuple[str, ...]:
        """The report as sentences in ``language`` (English unless it is Japanese); no answer is repeated."""
        return tuple(_lines(self, language))

    def document(self) -> dict[str, Tree]:
        """The report as a plain tree, the answers that are not carried over included."""
        return {
            "from": _named(self.old.identity),
            "to": _named(self.new.identity),
            "carried": dict(self.carried),
            "renamed": dict(self.renamed),
            "ask_again": [_left(one) for one in self.ask_again],
            "dropped": [_left(one) for one in self.dropped],
        }


def carry_over(old: Questionnaire, new: Questionnaire, answers: Mapping[str, Tree]) -> CarryReport:
    """Say what becomes of each answer of a draft of ``old`` in the edition ``new``.

    ``migrate`` of the newer edition decides; without a rule an answer stays with the question of the same id.
    What the newer question would not accept is asked again. Answers are as they were sent, also invalid ones.
    """
    fates: list[AnswerFate] = []
    taken: set[str] = set()
    for name, answer in answers.items():
        fate = _fate(old, new, name, answer)
        if fate.fate == "carried" and fate.to in taken:
            fate = fate._replace(fate="ask_again", after=None, reason=_TAKEN)
        if fate.fate == "carried" and fate.to is not None:
            taken.add(fate.to)
        fates.append(fate)
    return CarryReport(old, new, tuple(fates))


_KEEP: Final = AnswerMigration(action="keep")
_GONE: Final = Text({"en": "This question is no longer asked.", "ja": "この設問はなくなりました。"})
_TAKEN: Final = Text(
    {
        "en": "Another of your answers already stands here.",
        "ja": "この設問には、ほかの回答をすでに引き継いでいます。",
    }
)
_ANOTHER_KIND: Final = Text(
    {"en": "This question is answered in another way now.", "ja": "この設問の答え方が変わりました。"}
)
_ANOTHER_UNIT: Final = Text(
    {"en": "The number is given in another unit now.", "ja": "この設問の単位が変わりました。"}
)
_CHANGED: Final = Text({"en": "The question has changed.", "ja": "設問が変わりました。"})


def _fate(old: Questionnaire, new: Questionnaire, name: str, answer: Tree) -> AnswerFate:
    rule = new.migrate.get(name)
    action = rule or _KEEP
    to = action.to or name
    question = new.by_id.get(to)
    if action.action == "drop" or question is None:
        return AnswerFate(name, None, "dropped", answer, reason=action.reason or _GONE)
    if action.action == "ask_again":
        return AnswerFate(name, to, "ask_again", answer, reason=action.reason or _CHANGED)
    after = _mapped(answer, action.options) if action.action == "map_options" else answer
    reason = _misfit(old.by_id.get(name), new, question, after, kept_by_rule=rule is not None)
    if reason is not None:
        return AnswerFate(name, to, "ask_again", answer, reason=reason)
    return AnswerFate(name, to, "carried", answer, after)


def _misfit(
    before: Question | None, new: Questionnaire, question: Question, answer: Tree, *, kept_by_rule: bool
) -> Text | None:
    """Say why the newer question cannot take the answer, if it cannot.

    An answer may fit by accident: a text that reads like an option, a number in other units. An author who knows
    better says so with a rule (units only; another kind is never carried over).
    """
    if before is not None and before.kind != question.kind:
        return _ANOTHER_KIND
    if before is not None and not kept_by_rule and not same_unit(_unit(before), _unit(question)):
        return _ANOTHER_UNIT
    problems = read_answers(new, {question.id: answer}).problems
    return Text(dict(problems[0].text)) if problems else None


def _unit(question: Question | None) -> str | Text | None:
    return question.unit if isinstance(question, NumberQuestion) else None


def _mapped(answer: Tree, options: Mapping[str, str]) -> Tree:
    """The answer with its options replaced; two that became one are chosen once."""
    if isinstance(answer, str):
        return options.get(answer, answer)
    if isinstance(answer, Mapping):
        return {key: _mapped(part, options) if key == "value" else part for key, part in answer.items()}
    if isinstance(answer, list | tuple) and all(isinstance(one, str) for one in answer):
        return list(dict.fromkeys(options.get(str(one), str(one)) for one in answer))
    return answer


# --- the report in words -----------------------------------------------------------------------------------

_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "heading": "From edition {old} to edition {new}",
        "carried": "Answers carried over: {count}",
        "renamed": "Carried over from {id} to {to}: {question}",
        "ask_again": "To be answered again: {question} ({to}). {reason}",
        "dropped": "No longer part of the questionnaire, kept on record: {question} ({id}). {reason}",
    },
    "ja": {
        "heading": "第{old}版から第{new}版へ",
        "carried": "引き継いだ回答:{count}件",
        "renamed": "{id}から{to}へ引き継ぎ:{question}",
        "ask_again": "もう一度お答えください:{question}({to}){reason}",
        "dropped": "質問票から外れました(回答の記録は残ります):{question}({id}){reason}",
    },
}


def _lines(report: CarryReport, language: str) -> Iterator[str]:
    words = _WORDS["ja" if language.split("-", 1)[0] == "ja" else "en"]
    yield words["heading"].format(old=report.old.edition, new=report.new.edition)
    yield words["carried"].format(count=len(report.carried))
    for one in report.fates:
        sentence = words.get("renamed" if one.fate == "carried" else one.fate, "")
        if one.fate != "carried" or one.id in report.renamed:
            asked = report.new.by_id.get(one.to or "") or report.old.by_id.get(one.id)
            yield sentence.format(
                id=one.id,
                to=one.to,
                question=asked.text.in_language(language).text if asked is not None else one.id,
                reason=one.reason.in_language(language).text if one.reason is not None else "",
            )


def _named(identity: Identity) -> dict[str, Tree]:
    return {"id": identity.id, "edition": identity.edition, "sha256": identity.sha256}


def _left(one: AnswerFate) -> dict[str, Tree]:
    reason = dict(one.reason.root) if one.reason is not None else None
    return {"id": one.id, "to": one.to, "answer": one.before, "reason": reason}

"""A questionnaire: what is asked, of whom, and what an answer earns or gates."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, PrivateAttr, StrictInt, StringConstraints

from rbc_assess.core.conditions import Condition
from rbc_assess.core.country_operands import LawfulDay, LawfulNumber
from rbc_assess.core.document import (
    Code,
    Document,
    Edition,
    Effective,
    Flag,
    Identity,
    Number,
    OptionId,
    Published,
    Share,
    Slug,
    Status,
    Text,
    Weight,
)
from rbc_assess.core.edition_range import EditionRange, EditionRangeText, read_edition_range

AnswerState = Literal["met", "remediated", "not_met"]
"""What an answer says about a right: respected; breached and put right; breached and still open."""

DocumentReference = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+@[0-9]+\.[0-9]+\.[0-9]+$")]


class Option(Document):
    """One answer to choose. Points earn, states gate; labels are whole sentences.

    ``favourable`` is for what workers are asked: whether the answer speaks for the firm. One without it ("I would
    rather not say") is counted neither way.
    """

    id: OptionId
    points: Number | None = None
    state: AnswerState | None = None
    favourable: Flag | None = None
    label: Text


class NumberBand(Document):
    """What a number earns or says: the last band whose ``from`` is not above the value wins.

    ``from`` may be a parameter of the country: ``{param: ot_month_max}``.
    """

    from_: LawfulNumber = Field(alias="from")
    points: Number | None = None
    state: AnswerState | None = None


class BaseQuestion(Document):
    """What every kind of question has.

    It is asked from ``active_from`` on, and no longer from ``deprecated_from`` on. From ``duty_from`` on the law
    demands what it asks about; before that it is asked as good practice, and earns the same.
    """

    id: Slug
    criterion: Code | None = None
    criteria: dict[Code, Share] = Field(default_factory=dict)
    text: Text
    help: Text | None = None
    why: Text | None = None
    example: Text | None = None
    visible_if: Condition | None = None
    active_from: LawfulDay | None = None
    deprecated_from: LawfulDay | None = None
    duty_from: LawfulDay | None = None
    required: Flag = True
    allow: tuple[Literal["unknown", "not_applicable"], ...] = ("unknown",)
    weight: Weight | None = None
    evidence: tuple[Code, ...] = ()
    references: tuple[Code, ...] = ()
    vsme: tuple[Code, ...] = ()

    @cached_property
    def shares(self) -> dict[str, int]:
        """Criterion id -> whole share of this question's weight."""
        return {self.criterion: 1} if self.criterion is not None else dict(self.criteria)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The references of the criteria document that it answers to; ``vsme`` is a shorter way to write some."""
        return tuple(dict.fromkeys((*self.references, *self.vsme)))


class ChoiceQuestion(BaseQuestion):
    """A question with options, its own or those of a shared scale."""

    scale: Code | None = None
    options: tuple[Option, ...] | None = None


class SingleQuestion(ChoiceQuestion):
    """One option is to be chosen."""

    kind: Literal["single"]


class MultipleQuestion(ChoiceQuestion):
    """Several may be chosen: their points add up, capped to 0..100, and the worst state holds."""

    kind: Literal["multiple"]


class NumberQuestion(BaseQuestion):
    """A number in ``unit``, from ``min`` to ``max``, with at most ``decimals`` decimals.

    A limit that the country gives and that is not known there does not limit.
    """

    kind: Literal["number"]
    unit: Annotated[str, StringConstraints(min_length=1, max_length=60)] | Text
    min: LawfulNumber
    max: LawfulNumber
    decimals: Annotated[StrictInt, Field(ge=0, le=3)] = 0
    bands: tuple[NumberBand, ...] = ()


class TextQuestion(BaseQuestion):
    """A free text; it never earns points."""

    kind: Literal["text"]
    max_length: Annotated[StrictInt, Field(ge=1, le=4000)] = 2000


class DateQuestion(BaseQuestion):
    """A calendar day."""

    kind: Literal["date"]


Question = Annotated[
    SingleQuestion | MultipleQuestion | NumberQuestion | TextQuestion | DateQuestion,
    Field(discriminator="kind"),
]


class Section(Document):
    """A part of a questionnaire that can be saved on its own."""

    id: Slug
    title: Text
    intro: Text | None = None
    questions: tuple[Question, ...]


class Band(Document):
    """A named range of the published overall score, from ``from`` (inclusive) up to the next."""

    id: OptionId
    from_: Number = Field(alias="from")
    label: Text


class NamedBand(Document):
    """A band that a state decides, not the score."""

    id: OptionId
    label: Text


class ScoringWeights(Document):
    """Weights of themes and criteria; 1 where nothing is said."""

    themes: dict[Code, Weight] = Field(default_factory=dict)
    criteria: dict[Code, Weight] = Field(default_factory=dict)


class ScoringRules(Document):
    """How criteria make themes, themes the overall score, and the score a band."""

    weights: ScoringWeights = ScoringWeights()
    minimum_themes: Annotated[StrictInt, Field(ge=1, le=100)] = 1
    bands: tuple[Band, ...] = ()
    corrective_band: NamedBand | None = None
    unconfirmed_band: NamedBand | None = None


class AnswerMigration(Document):
    """What happens to one draft answer of the edition before: kept under another id, or asked again.

    No answer is ever deleted: a dropped one stays in the draft's history and in the report.
    """

    action: Literal["keep", "rename", "map_options", "ask_again", "drop"]
    to: Slug | None = None
    options: dict[OptionId, OptionId] = Field(default_factory=dict)
    reason: Text | None = None


class SupplementTo(Document):
    """A questionnaire that a supplement is asked with, and the range of its editions, such as ``>=1,<2``."""

    questionnaire: Slug
    editions: EditionRangeText

    @cached_property
    def range(self) -> EditionRange:
        return read_edition_range(self.editions)


class Questionnaire(Published):
    """An edition of a questionnaire (format ``rbc-questionnaire/1``).

    ``audience`` says who answers: the enterprise, or its workers one by one (``core.worker_voice``). One that
    ``supplements`` others is asked together with them of the firms for which ``attach`` holds, never alone
    (``core.supplements``).
    """

    format: Literal["rbc-questionnaire/1"]
    id: Slug
    edition: Edition
    status: Status
    effective: Effective | None = None
    audience: Literal["enterprise", "workers"] = "enterprise"
    supplements: tuple[SupplementTo, ...] = ()
    attach: Condition | None = None
    title: Text
    purpose: Text | None = None
    closing: Text | None = None
    """What is shown at the end, such as whom to call."""
    minutes: Annotated[StrictInt, Field(ge=1, le=600)] | None = None
    criteria: DocumentReference | None = None
    profile: tuple[Code, ...] = ()
    scales: dict[Code, tuple[Option, ...]] = Field(default_factory=dict)
    sections: tuple[Section, ...]
    scoring: ScoringRules = ScoringRules()
    migrate: dict[Slug, AnswerMigration] = Field(default_factory=dict)
    _with: tuple[Identity, ...] = PrivateAttr(default=())
    _base: Questionnaire | None = PrivateAttr(default=None)

    @property
    def without_supplements(self) -> Questionnaire:
        """The questionnaire as it stands in its file."""
        return self if self._base is None else self._base

    @property
    def with_supplements(self) -> tuple[Identity, ...]:
        """The supplements that are part of it; none for a questionnaire as it stands in its file."""
        return self._with

    def with_sections(
        self,
        sections: tuple[Section, ...],
        scales: dict[str, tuple[Option, ...]] | None = None,
        profile: tuple[str, ...] | None = None,
        supplements: tuple[Identity, ...] = (),
    ) -> Questionnaire:
        """A copy that asks other sections and keeps its identity: a part of it, or it with supplements."""
        made = self.model_copy(
            update={
                "sections": sections,
                "scales": self.scales if scales is None else scales,
                "profile": self.profile if profile is None else profile,
            }
        )
        for name in ("questions", "by_id", "single_choices"):
            made.__dict__.pop(name, None)  # what this one has computed of its questions
        if supplements:
            made._with = supplements  # noqa: SLF001 - its own private parts
            made._base = self.without_supplements  # noqa: SLF001
        return made

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """All questions in document order."""
        return tuple(question for section in self.sections for question in section.questions)

    @cached_property
    def by_id(self) -> dict[str, Question]:
        return {question.id: question for question in self.questions}

    @cached_property
    def single_choices(self) -> dict[str, frozenset[str]]:
        """Question id -> ids of its options, for questions where one is to be chosen."""
        return {
            question.id: frozenset(option.id for option in self.options_of(question))
            for question in self.questions
            if isinstance(question, SingleQuestion)
        }

    def options_of(self, question: Question) -> tuple[Option, ...]:
        """The options to choose from; empty for numbers, texts and dates."""
        if not isinstance(question, ChoiceQuestion):
            return ()
        if question.options is not None:
            return question.options
        return self.scales.get(question.scale or "", ())

    def outcomes_of(self, question: Question) -> tuple[Option | NumberBand, ...]:
        """Everything that may carry points or a state: options, or the bands of a number."""
        return question.bands if isinstance(question, NumberQuestion) else self.options_of(question)

    def is_scored(self, question: Question) -> bool:
        return any(outcome.points is not None for outcome in self.outcomes_of(question))

    @cached_property
    def state_bearing(self) -> frozenset[str]:
        """Ids of the questions with an answer that says something about a right."""
        return frozenset(
            question.id
            for question in self.questions
            if any(outcome.state is not None for outcome in self.outcomes_of(question))
        )

    def bears_states(self, question: Question) -> bool:
        return question.id in self.state_bearing

    def covered_criteria(self) -> Iterator[str]:
        """Ids of the criteria that some question names, once each, in order of first mention."""
        yield from dict.fromkeys(criterion for question in self.questions for criterion in question.shares)

"""What each way of answering a question does to the criteria it counts for, worked out beforehand.

A sheet is scored by adding small integers. Every question has a *slot* in each criterion it counts for, and every
outcome of it an index there, from 1; the sum of ``index << shift`` over the questions that are asked is a *code* that
names the criterion's situation exactly. Figures and trace of a situation are worked out once (``core.situations``).
One more place, after those of the criteria, counts the answers that are no values (``tally_code``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from threading import Lock
from typing import Final, Literal, NamedTuple, TypeAlias

from rbc_assess.core.condition_operands import Param
from rbc_assess.core.figures import SCALE, scaled
from rbc_assess.core.jurisdiction import Jurisdiction
from rbc_assess.core.questionnaire import (
    MultipleQuestion,
    NumberBand,
    NumberQuestion,
    Option,
    Question,
    Questionnaire,
    SingleQuestion,
)
from rbc_assess.core.scorecard import TraceBand, TraceQuestion, TraceStatus
from rbc_assess.core.sheet import Said, Value

NO_STATE, MET, REMEDIATED, UNKNOWN_STATE, NOT_MET = range(5)
"""States from harmless to worst, so that the worst of several is their maximum."""

STATE_RANKS: Final = {"met": MET, "remediated": REMEDIATED, "not_met": NOT_MET}
StateName = Literal["met", "remediated", "unknown", "not_met"]
STATE_NAMES: Final[tuple[StateName | None, ...]] = (None, "met", "remediated", "unknown", "not_met")

STATUSES: Final[tuple[TraceStatus, ...]] = ("answered", "unknown", "not_applicable", "unanswered")
ANSWERED, SAID_UNKNOWN, SAID_NOT_APPLICABLE, UNANSWERED = range(4)

SLOT_BITS: Final = 24
"""Room for 16 million distinct outcomes of one question."""

SLOT_MASK: Final = (1 << SLOT_BITS) - 1


TALLY_BITS: Final = 32


def tally_code(status: int) -> int:
    """What an answer of this status adds to the tally; most answers are values, which are not counted there."""
    return 0 if status == ANSWERED else 1 << TALLY_BITS * status


def count_in_tally(tally: int, status: int) -> int:
    """How often a status other than ``ANSWERED`` was added to a tally."""
    return tally >> TALLY_BITS * status & (1 << TALLY_BITS) - 1


class Effect(NamedTuple):
    """What one outcome does to one criterion: ``gain`` is weight x share x points, in 10**-6."""

    gain: int
    weight: int
    state: int
    row: TraceQuestion


Outcome: TypeAlias = tuple[tuple[int, int], ...]
"""What one way of answering adds: (place, what to add to its code)."""


class Table(dict[Value | Said | None, Outcome]):
    """What each way of answering a question comes to; None stands for nothing said.

    Values that cannot be listed beforehand (numbers, choices of several, texts) are looked at when they come.
    """

    def __init__(
        self, listed: Mapping[Value | Said | None, Outcome], of_value: Callable[[Value], Outcome] | None
    ) -> None:
        super().__init__(listed)
        self._of_value = of_value

    def __missing__(self, said: Value | Said | None) -> Outcome:
        if self._of_value is None or said is None or isinstance(said, Said):
            raise KeyError(said)
        return self._of_value(said)


class Asked(NamedTuple):
    """A question that is asked, and what each way of answering it comes to."""

    id: str
    table: Table
    required: bool
    places: tuple[int, ...]


Slots = list[list[Effect]]
"""The outcomes of a criterion's questions: slot, then index - 1."""


def countable(limit: Decimal | None) -> Decimal | None:
    """A limit that can be counted with and shown exactly; a law's number of more decimals cannot."""
    return limit if limit is not None and limit == round(limit, 3) else None


def _lawful_bands(bands: tuple[NumberBand, ...], limits: tuple[Decimal | None, ...]) -> tuple[TraceBand, ...]:
    """The bands for the trace, if any of them comes from the law."""
    if not any(isinstance(band.from_, Param) for band in bands):
        return ()
    return tuple(
        TraceBand(
            None if limit is None else scaled(limit),
            band.from_.param if isinstance(band.from_, Param) else None,
        )
        for band, limit in zip(bands, limits, strict=True)
    )


class QuestionOutcomes:
    """The outcomes of one question, for all criteria that it counts for.

    ``slots`` goes by place, and gets a slot of this question in each of ``places``; ``tally_place`` is the one after.
    """

    def __init__(
        self,
        questionnaire: Questionnaire,
        question: Question,
        places: Mapping[str, int],
        slots: tuple[Slots, ...],
        law: Jurisdiction,
    ) -> None:
        self._question = question
        self._weight = scaled(question.weight if question.weight is not None else Decimal(1))
        self._choices = questionnaire.outcomes_of(question)
        self._scored = questionnaire.is_scored(question)
        self._gating = questionnaire.bears_states(question)
        bands = question.bands if isinstance(question, NumberQuestion) else ()
        self._limits = tuple(countable(law.number_of(band.from_)) for band in bands)
        self._judged = None not in self._limits
        self._bands = _lawful_bands(bands, self._limits)
        self._tally_place = len(slots)
        self._shares = {places[criterion]: share for criterion, share in question.shares.items()}
        self._shifts = {place: SLOT_BITS * len(slots[place]) for place in self._shares}
        self._effects: dict[int, list[Effect]] = {place: [] for place in self._shares}
        for place, effects in self._effects.items():
            slots[place].append(effects)
        self._statuses: list[int] = []
        self._lock = Lock()
        self._listed = self._list()
        self._of_value = self._reader()
        self._asked: dict[tuple[int, ...], Asked] = {}

    @property
    def places(self) -> tuple[int, ...]:
        """The criteria that it counts for."""
        return tuple(self._shares)

    def asked(self, places: tuple[int, ...]) -> Asked:
        """The question as it is asked of firms to which the criteria at these places apply."""
        if places not in self._asked:
            required = self._question.required or self._scored or self._gating
            listed = {said: self._outcome(index, places) for said, index in self._listed.items()}
            of_value = self._of_value
            table = Table(listed, of_value and (lambda value: self._outcome(of_value(value), places)))
            self._asked[places] = Asked(self._question.id, table, required, places)
        return self._asked[places]

    def _outcome(self, index: int, places: tuple[int, ...]) -> Outcome:
        codes = [(place, index << self._shifts[place]) for place in places]
        status = self._statuses[index - 1]
        return (*codes, (self._tally_place, tally_code(status))) if status != ANSWERED else tuple(codes)

    def _add(self, status: int, points: int | None, state: int) -> int:
        """Give an outcome its index. ``points`` in thousandths; None keeps it out of every denominator."""
        for place, share in self._shares.items():
            row = TraceQuestion(
                self._question.id,
                STATUSES[status],
                points,
                self._weight,
                share,
                STATE_NAMES[state],
                self._bands,
            )
            weight = 0 if points is None else self._weight * share
            self._effects[place].append(Effect(weight * (points or 0), weight, state, row))
        self._statuses.append(status)
        return len(self._statuses)

    def _list(self) -> dict[Value | Said | None, int]:
        """Nothing said counts like *unknown*; *not applicable* leaves every denominator.

        So does a number whose bands nobody can tell: a firm is not scored on a law that is not known.
        """
        nothing = 0 if self._scored and self._judged else None
        state = UNKNOWN_STATE if self._gating else NO_STATE
        listed: dict[Value | Said | None, int] = {
            None: self._add(UNANSWERED, nothing, state),
            Said.UNKNOWN: self._add(SAID_UNKNOWN, nothing, state),
            Said.NOT_APPLICABLE: self._add(SAID_NOT_APPLICABLE, None, NO_STATE),
        }
        if isinstance(self._question, SingleQuestion):
            for option in self._choices:
                if isinstance(option, Option):
                    listed[option.id] = self._add(ANSWERED, *self._of_choice(option))
        return listed

    def _reader(self) -> Callable[[Value], int] | None:
        """Find the outcome of a value that is not listed."""
        if isinstance(self._question, SingleQuestion):
            return None
        if isinstance(self._question, MultipleQuestion):
            return self._multiple()
        if isinstance(self._question, NumberQuestion) and self._choices:
            return self._number() if self._judged else self._unjudged()
        plain = self._add(ANSWERED, None, NO_STATE)
        return lambda _value: plain

    def _of_choice(self, choice: Option | NumberBand) -> tuple[int | None, int]:
        points = None if choice.points is None else scaled(choice.points)
        return points, NO_STATE if choice.state is None else STATE_RANKS[choice.state]

    def _multiple(self) -> Callable[[Value], int]:
        parts = {option.id: self._of_choice(option) for option in self._choices if isinstance(option, Option)}
        known: dict[tuple[int | None, int], int] = {}
        best = MET if self._gating else NO_STATE

        def of_value(chosen: Value) -> int:
            assert isinstance(chosen, tuple)
            earned = sum(parts[option][0] or 0 for option in chosen)
            points = min(max(earned, 0), 100 * SCALE) if self._scored else None
            key = points, max((parts[option][1] for option in chosen), default=best)
            with self._lock:
                if key not in known:
                    known[key] = self._add(ANSWERED, *key)
                return known[key]

        return of_value

    def _unjudged(self) -> Callable[[Value], int]:
        said = self._add(ANSWERED, None, UNKNOWN_STATE if self._gating else NO_STATE)
        return lambda _value: said

    def _number(self) -> Callable[[Value], int]:
        bands = [band for band in self._choices if isinstance(band, NumberBand)]
        limits = [limit for limit in self._limits if limit is not None]
        outcomes = [self._add(ANSWERED, *self._of_choice(band)) for band in bands]

        def of_value(value: Value) -> int:
            assert isinstance(value, Decimal)
            reached = [place for place, limit in enumerate(limits) if limit <= value]
            return outcomes[reached[-1] if reached else 0]

        return of_value

"""What a scheme would say of a sheet or of facts: from documents alone, for anyone, stored nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Final, NamedTuple

from rbc_assess import ENGINE
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.derived_facts import Standing, facts_of
from rbc_assess.core.document import Status, Tree
from rbc_assess.core.eligibility import Decision, EvaluationFault, decide
from rbc_assess.core.eligibility_document import Parts, Plain, decision_document
from rbc_assess.core.eligibility_facts import FactsReading, read_facts
from rbc_assess.core.kept import Kept
from rbc_assess.core.observed import observed_facts
from rbc_assess.core.profile import pointer_part
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.scheme import Scheme
from rbc_assess.core.scheme_supply import Accepted, Supply, accepted_by, supply_of
from rbc_assess.core.sheet import AnswerSheet
from rbc_assess.documents.catalogue import Catalogue, Entry
from rbc_assess.errors import InvalidInput, NotFound, Problem
from rbc_assess.workflows.think import Thought, problem, think, today

_SENTENCES: Final[Mapping[str, Mapping[str, str]]] = {
    "questionnaire-not-accepted": {
        "en": "The scheme does not accept an assessment under this questionnaire or edition.",
        "ja": "この制度は、この質問票または版による自己評価を対象にしていません。",
    },
    "nothing-accepted-here": {
        "en": "No questionnaire that the scheme accepts is among the documents.",
        "ja": "この制度が対象とする質問票が、文書の中にありません。",
    },
}


class Checked(NamedTuple):
    """A decision that nobody keeps, and how its facts came about.

    ``thought`` is the scored sheet; None for facts as given. ``missing`` is what a submission of it would still need
    and ``ignored`` what of it does not count.
    """

    scheme: Scheme
    accepted: Accepted
    decision: Decision
    document: dict[str, Plain]
    thought: Thought | None
    missing: tuple[Problem, ...]
    ignored: tuple[Problem, ...]


def check_facts(
    catalogue: Catalogue,
    scheme: Scheme,
    facts: Tree,
    inputs: Tree = None,
    *,
    now: datetime,
    as_of: date | None = None,
) -> Checked:
    """Decide on facts as they are given: nothing is derived, and what the scheme accepts is not looked at.

    Args:
        catalogue: the documents that give facts their names.
        scheme: must have passed review.
        facts: by name; what is absent is unknown.
        inputs: by the names that the scheme gives them.
        now: decides ``as_of`` where that is not given.
        as_of: by default today where the issuer is.

    Raises:
        InvalidInput: with everything that is wrong with facts and inputs, or since the scheme is not in force.
    """
    ready = _ready(catalogue, scheme)
    accepted = ready.accepted
    reading = read_facts(facts, accepted.vocabulary, inputs)
    day = as_of if as_of is not None else today_of_issuer(catalogue, scheme, now)
    if reading.problems:
        raise InvalidInput(reading.problems)
    decision = _decide(scheme, reading, day, ready.suppliers)
    document = decision_document(decision, accepted.vocabulary, accepted.critical, ready.parts)
    return Checked(scheme, accepted, decision, {**document, **_origin(None)}, None, (), ())


def check_sheet(
    catalogue: Catalogue,
    scheme: Scheme,
    profile: Tree,
    answers: Tree,
    inputs: Tree = None,
    *,
    now: datetime,
    as_of: date | None = None,
    questionnaire: str | None = None,
) -> Checked:
    """Score a sheet as of the day of the decision, and decide on the facts that it gives.

    The sheet counts as a first submission of that day. It may be partial, as for a score: what is missing is unknown.

    Args:
        catalogue: the documents.
        scheme: must have passed review.
        profile: of the firm.
        answers: its sheet.
        inputs: by the names that the scheme gives them.
        now: decides ``as_of`` where that is not given.
        as_of: by default today where the issuer is.
        questionnaire: an id or ``id@edition``; by default the current edition of the first one accepted.

    Raises:
        InvalidInput: with everything that is wrong with the sheet and the inputs; or the questionnaire is not there
            or not accepted; or the scheme is not in force.
    """
    ready = _ready(catalogue, scheme)
    accepted = ready.accepted
    day = as_of if as_of is not None else today_of_issuer(catalogue, scheme, now)
    edition = _edition(catalogue, scheme, questionnaire, day)
    thought = think(
        catalogue,
        questionnaire=edition.id,
        edition=edition.edition,
        profile=profile,
        answers=answers,
        now=now,
        as_of=day,
    )
    unknown_fields = tuple(one for one in thought.wrong if one.code == "missing-profile-field")
    reading = read_facts(None, accepted.vocabulary, inputs)
    wrong = [one for one in (*thought.wrong, *reading.problems) if one not in unknown_fields]
    if wrong:
        raise InvalidInput(wrong)
    derived = facts_of(_standing(thought, day), day, reading.facts)
    asked = thought.questionnaire.document
    supply = ready.supply_of(asked, thought.criteria.document)
    suppliers = _OpenSuppliers(supply, _settled(thought.sheet, asked))
    decision = _decide(scheme, FactsReading(derived.facts, ()), day, suppliers)
    document = decision_document(decision, accepted.vocabulary, accepted.critical, ready.parts)
    return Checked(
        scheme,
        accepted,
        decision,
        {**document, **_origin(thought)},
        thought,
        (*unknown_fields, *thought.missing),
        thought.ignored,
    )


class _Ready:
    """What a scheme accepts of a catalogue, made ready for many trials.

    Both are kept alive, for they are found by their identity. ``parts`` keeps what decisions share; nobody
    changes it.
    """

    def __init__(self, catalogue: Catalogue, scheme: Scheme) -> None:
        questionnaires = [one.document for editions in catalogue.questionnaires.values() for one in editions]
        criteria = [one.document for editions in catalogue.yardsticks.values() for one in editions]
        self._catalogue: Final = catalogue
        self.accepted: Final = accepted_by(scheme, questionnaires, criteria)
        self.suppliers: Final = self.accepted.suppliers
        self.parts: Final = Parts(self.accepted.vocabulary, self.accepted.critical)
        self._supplies: Kept[tuple[Questionnaire, Criteria, Supply]] = Kept(16)

    def supply_of(self, questionnaire: Questionnaire, criteria: Criteria) -> Supply:
        """Which questions make which fact in an edition, with the supplements that it is asked with."""
        return self._supplies.find(
            (id(questionnaire), id(criteria)),
            lambda: (questionnaire, criteria, supply_of(questionnaire, criteria)),
        )[2]


_READY: Final[Kept[_Ready]] = Kept(64)


def _ready(catalogue: Catalogue, scheme: Scheme) -> _Ready:
    return _READY.find((id(catalogue), id(scheme)), lambda: _Ready(catalogue, scheme))


def accepted_of(catalogue: Catalogue, scheme: Scheme) -> Accepted:
    """What of the documents here a scheme accepts, of whatever status, and the facts that follow from it."""
    return _ready(catalogue, scheme).accepted


class _OpenSuppliers(Mapping[str, tuple[str, ...]]):
    """The questions that make a fact and have no value yet; all of them where every one has."""

    def __init__(self, supply: Supply, settled: frozenset[str]) -> None:
        self._supply = supply
        self._settled = settled

    def __getitem__(self, fact: str) -> tuple[str, ...]:
        names = self._supply[fact]
        return tuple(name for name in names if name not in self._settled) or names

    def __iter__(self) -> Iterator[str]:
        return iter(self._supply)

    def __len__(self) -> int:
        return len(self._supply)


def today_of_issuer(catalogue: Catalogue, scheme: Scheme, now: datetime) -> date:
    """The calendar day of a moment in the issuer's country; UTC for one without a document."""
    try:
        country = catalogue.country(scheme.issuer.country_code or "", now.date())
    except NotFound:
        return now.astimezone(UTC).date()
    return today(now, country)


def _edition(catalogue: Catalogue, scheme: Scheme, named: str | None, day: date) -> Entry[Questionnaire]:
    """The edition that a sheet is read with."""
    if named is None:
        return _current_of_accepted(catalogue, scheme, day)
    try:
        found = catalogue.questionnaire(named, day)
    except NotFound:
        raise InvalidInput([problem("/questionnaire", "no-such-questionnaire")]) from None
    if "@" not in named and not scheme.fits(found.id, found.edition):
        found = _newest_accepted(catalogue, scheme, named, day) or found
    if not scheme.fits(found.id, found.edition):
        raise InvalidInput([_problem("/questionnaire", "questionnaire-not-accepted")])
    return found


def _current_of_accepted(catalogue: Catalogue, scheme: Scheme, day: date) -> Entry[Questionnaire]:
    for entry in scheme.accepts:
        found = _newest_accepted(catalogue, scheme, entry.questionnaire, day)
        if found is not None:
            return found
    raise InvalidInput([_problem("/questionnaire", "nothing-accepted-here")])


def _newest_accepted(
    catalogue: Catalogue, scheme: Scheme, questionnaire: str, day: date
) -> Entry[Questionnaire] | None:
    """The newest edition that the scheme accepts: in force, else published, else any, so that a draft can be tried."""
    fitting = [
        one for one in catalogue.questionnaires.get(questionnaire, ()) if scheme.fits(one.id, one.edition)
    ]
    in_force = [one for one in fitting if one.is_current_on(day)]
    published = [one for one in fitting if one.status is Status.PUBLISHED]
    return next((editions[-1] for editions in (in_force, published, fitting) if editions), None)


def _standing(thought: Thought, day: date) -> Standing:
    return Standing(
        questionnaire=thought.questionnaire.document,
        criteria=thought.criteria.document,
        country=thought.country.document if thought.country else None,
        profile=thought.profile,
        sheet=thought.sheet,
        scored=observed_facts(thought.scored.scorecard),
        assessed_on=day,
    )


def _settled(sheet: AnswerSheet, questionnaire: Questionnaire) -> frozenset[str]:
    """Questions that have a value: what is missing is not to be found by answering them again."""
    return frozenset(
        one.id
        for one in questionnaire.questions
        if (answer := sheet.get(one.id)) is not None and answer.value is not None
    )


def _decide(
    scheme: Scheme, reading: FactsReading, day: date, suppliers: Mapping[str, tuple[str, ...]]
) -> Decision:
    try:
        return decide(scheme, reading.facts, day, suppliers)
    except EvaluationFault as fault:
        # Never a pass: whoever sent the value is told which one it is.
        pointer = f"/facts/{pointer_part(fault.fact)}"
        raise InvalidInput([Problem(pointer, fault.code, fault.text)]) from fault


def _origin(thought: Thought | None) -> dict[str, Plain]:
    """With what a sheet was scored, and by which engine; facts as given come from no document."""
    if thought is None:
        return {"questionnaire": None, "criteria": None, "country": None, "engine": ENGINE}
    card = thought.scored.scorecard
    return {
        "questionnaire": {**card.questionnaire._asdict()},
        "criteria": {**card.criteria_document._asdict()},
        "country": None if card.country is None else {**card.country._asdict()},
        "engine": ENGINE,
        **({"supplements": [{**one._asdict()} for one in card.supplements]} if card.supplements else {}),
    }


def _problem(pointer: str, code: str) -> Problem:
    return Problem(pointer, code, _SENTENCES[code])

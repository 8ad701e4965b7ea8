"""A decision composed: facts in, record out. No database, no clock, so that one or five hundred are made alike.

    wanted = Wanted(enterprise, scheme, ...)                   what was asked for
    basis = Basis(ruling, as_of, sheet, consent, latest)       what it is made of, fetched before
    stamp = Stamp(id, decided_at, requester, credential, salt) who decides, when
    compose(wanted, basis, stamp) -> RecordedDecision          what is stored

    draw(wanted, ruling, as_of, sheet) -> Drawn                the same in two steps, for many at once
    put_down(drawn, consent, latest, stamp) -> RecordedDecision

    recompose(record, ruling) -> str                           the same text again, out of a record years later

Whoever fetches has checked the consent, chosen the version of the scheme and the sheet that it accepts
(``decide.load``), and stores what comes out with its disclosure.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple, cast

import orjson

from rbc_assess import ENGINE
from rbc_assess.core.document import Tree
from rbc_assess.core.eligibility import Decision, Lacking, decide
from rbc_assess.core.eligibility_document import Plain
from rbc_assess.core.eligibility_facts import plain_value, read_facts, stored_facts
from rbc_assess.core.eligibility_rules import on_day
from rbc_assess.core.fact_kinds import Facts, FactValue
from rbc_assess.errors import Erased, InvalidInput, Problem
from rbc_assess.storage.columns import moment_text
from rbc_assess.storage.consents import Consent
from rbc_assess.storage.decisions import Latest, RecordedDecision
from rbc_assess.storage.enterprises import Coded
from rbc_assess.storage.sheets import Sheet
from rbc_assess.workflows.facts_at_hand import SheetNeeded
from rbc_assess.workflows.rulebook import Asked, Ruling

LATEST_DAY: Final = date(2199, 12, 31)
"""No decision is for a later day: days that follow from it must still be days of the calendar."""
LONGEST_INPUTS: Final = 20_000
"""Characters of all inputs together, as JSON."""

SAID: Final = (
    *("id", "enterprise", "livemode", "submission", "questionnaire", "criteria", "country", "engine"),
    *("decided_at", "asked", "open_questions", "consent", "clusters", "requester", "credential"),
    *("correlation_id", "supersedes", "salt"),
)
"""What a record says beside the rules' own part: a replay takes it as it is and computes all the rest."""

_TOO_LONG: Final = {
    "en": f"The inputs are longer than {LONGEST_INPUTS} characters.",
    "ja": f"入力(inputs)が長すぎます。合わせて{LONGEST_INPUTS}文字までにしてください。",
}


class Wanted(NamedTuple):
    """A decision that is asked for. ``inputs`` as they were sent, by the names that the scheme gives them.

    ``version`` None: the one in force on ``as_of``. ``as_of`` None: today where the issuer is.
    """

    enterprise: str
    scheme: str
    version: int | None = None
    as_of: date | None = None
    inputs: Tree = None
    correlation_id: str | None = None

    @property
    def asked(self) -> dict[str, Plain]:
        """What was said about the decision itself, as it is kept: two requests that say the same ask for the same."""
        given = self.inputs if isinstance(self.inputs, Mapping) else {}
        return {
            "version": self.version,
            "as_of": None if self.as_of is None else self.as_of.isoformat(),
            "inputs": {name: _plain(value) for name, value in given.items() if value != _UNKNOWN},
        }


_UNKNOWN: Final = {"state": "unknown"}


class Basis(NamedTuple):
    """What a decision is made of. ``sheet``: the submission that the scheme accepts; ``latest``: what is superseded."""

    ruling: Ruling
    as_of: date
    sheet: Sheet | None
    consent: Consent
    latest: Latest | None


class Stamp(NamedTuple):
    """Under which id and when it is decided, by which organisation through which credential, in which batch.

    ``salt``: 128 random bits in hex. The fingerprint outlives the record's facts, and few facts can be guessed.
    ``client``: as ``Caller.client``.
    """

    id: str
    decided_at: datetime
    requester: str
    credential: str
    salt: str
    batch: str | None = None
    client: str = ""


class Drawn(NamedTuple):
    """What the rules say of a firm, before it is put down. ``lacking``: the facts that are missing anywhere in it."""

    wanted: Wanted
    ruling: Ruling
    as_of: date
    sheet: Sheet | None
    asked: Asked
    facts: Facts
    decision: Decision
    lacking: tuple[str, ...]

    @property
    def needs_answers(self) -> bool:
        """Whether it takes answers that are not at hand to say which questions are open."""
        return bool(self.lacking) and self.sheet is not None and self.sheet.answers is None


def compose(wanted: Wanted, basis: Basis, stamp: Stamp) -> RecordedDecision:
    """Decide, and write the record.

    Raises:
        InvalidInput: with everything that is wrong with the inputs, or the scheme is not in force yet.
        EvaluationFault: a fact cannot be compared; nothing is decided then.
    """
    drawn = draw(wanted, basis.ruling, basis.as_of, basis.sheet)
    return put_down(drawn, basis.consent, basis.latest, stamp)


def draw(wanted: Wanted, ruling: Ruling, as_of: date, sheet: Sheet | None) -> Drawn:
    """Decide, whatever was decided before.

    Raises:
        InvalidInput, EvaluationFault: as from ``compose``.
        SheetNeeded: it takes the answers of the sheet, which are not at hand.
    """
    names = on_day(ruling.scheme, as_of).rules.facts_named
    asked = _asked(ruling, wanted)
    facts = ruling.facts.find(sheet, as_of, names, asked.inputs)
    decision = decide(ruling.scheme, facts, as_of)
    return Drawn(wanted, ruling, as_of, sheet, asked, facts, decision, lacking_in(decision))


def put_down(drawn: Drawn, consent: Consent, latest: Latest | None, stamp: Stamp) -> RecordedDecision:
    """Write the record.

    Raises:
        SheetNeeded: it takes the answers of the sheet, which are not at hand.
    """
    wanted, ruling, as_of, sheet, asked, facts, decision, lacking = drawn
    open_questions = None
    if lacking:
        open_questions = _open_questions(ruling, sheet, lacking)
        suppliers = _open_suppliers(ruling, lacking, open_questions)
        decision = decide(ruling.scheme, facts, as_of, suppliers)
    supersedes = None if latest is None else latest.id
    said: dict[str, Plain] = {
        "id": stamp.id,
        "enterprise": consent.enterprise,
        "livemode": consent.livemode,
        "submission": None if sheet is None else sheet.id,
        "engine": ENGINE,
        "decided_at": moment_text(stamp.decided_at),
        "asked": asked.document,
        "open_questions": None if open_questions is None else [*open_questions],
        "consent": consent.id,
        "clusters": [*consent.clusters],
        "requester": stamp.requester,
        "credential": stamp.credential,
        "correlation_id": wanted.correlation_id,
        "supersedes": supersedes,
        "salt": stamp.salt,
        **ruling.named_as_kept,
    }
    text, sha256 = ruling.writer.write(decision, said)
    coded = Coded() if sheet is None else sheet.coded
    return RecordedDecision(
        stamp.id,
        stamp.requester,
        consent.enterprise,
        consent.livemode,
        ruling.scheme.id,
        ruling.scheme.version,
        ruling.sha256,
        consent.id,
        consent.clusters,
        None if sheet is None else sheet.id,
        decision.outcome,
        as_of,
        stamp.decided_at,
        decision.valid_until,
        wanted.correlation_id,
        stamp.client,
        supersedes,
        stamp.batch,
        coded.tier,
        coded.sector,
        coded.region,
        text,
        sha256,
    )


def recompose(record: Mapping[str, Plain], ruling: Ruling) -> str:
    """Decide again on the facts that a record holds, and write the record again.

    Args:
        ruling: of the very documents that the record names.

    Raises:
        InvalidInput, EvaluationFault: the record's facts give no decision any more, so it is not what was written.
    """
    as_of = date.fromisoformat(str(record["as_of"]))
    kept = record["facts"]
    assert isinstance(kept, dict)
    raw = {name: entry["value"] for name, entry in kept.items() if isinstance(entry, dict)}
    facts = stored_facts({name: _tree(value) for name, value in raw.items()}, ruling.vocabulary)
    open_questions = record["open_questions"]
    decision = decide(ruling.scheme, facts, as_of)
    lacking = lacking_in(decision)
    if lacking and isinstance(open_questions, list):
        suppliers = _open_suppliers(ruling, lacking, [str(one) for one in open_questions])
        decision = decide(ruling.scheme, facts, as_of, suppliers)
    said = {name: record[name] for name in SAID}
    return ruling.writer.write(decision, {**said, **ruling.named_as_kept}).text


def read_record(text: str) -> dict[str, Plain]:
    """Read a record's canonical text.

    Raises:
        Erased: the enterprise was erased, and the record with it.
    """
    if not text:
        raise Erased
    return cast("dict[str, Plain]", orjson.loads(text))


# --- facts -------------------------------------------------------------------------------------------------


def read_inputs(ruling: Ruling, inputs: Tree) -> dict[str, FactValue]:
    """Read the inputs that the caller says.

    Raises:
        InvalidInput: with everything that is wrong with them.
    """
    reading = read_facts(None, ruling.vocabulary, inputs)
    if reading.problems:
        raise InvalidInput(reading.problems)
    if len(str(inputs)) > LONGEST_INPUTS:
        raise InvalidInput([Problem("/inputs", "too-long", _TOO_LONG)])
    return reading.facts


_MOST_ASKED: Final = 1_000
_LONG: Final = 500


def _asked(ruling: Ruling, wanted: Wanted) -> Asked:
    """Read what was said about the decision; the lines of a batch mostly say the same.

    Raises:
        InvalidInput: with everything that is wrong with the inputs.
    """
    key = repr((wanted.version, wanted.as_of, wanted.inputs))
    asked = ruling.asked.get(key)
    if asked is None:
        asked = Asked(read_inputs(ruling, wanted.inputs), wanted.asked)
        if len(key) <= _LONG:
            if len(ruling.asked) >= _MOST_ASKED:
                ruling.asked.clear()
            ruling.asked[key] = asked
    return asked


def _object(text: str) -> dict[str, Tree]:
    read: dict[str, Tree] = json.loads(text)
    return read


def _tree(value: Plain) -> Tree:
    return value


def _plain(value: Tree) -> Plain:
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    plain = plain_value(value)
    return [*plain] if isinstance(plain, list) else plain if not isinstance(plain, dict) else {**plain}


# --- what is missing ---------------------------------------------------------------------------------------


def lacking_in(decision: Decision) -> tuple[str, ...]:
    """The facts that are missing anywhere in a decision."""
    if not decision.missing and decision.points is None and decision.terms is None:
        return ()
    parts: list[Lacking] = [*decision.missing]
    parts += () if decision.points is None else decision.points.missing
    parts += () if decision.terms is None else decision.terms.missing
    return tuple(dict.fromkeys(one.fact for one in parts))


def _open_questions(ruling: Ruling, sheet: Sheet | None, lacking: Sequence[str]) -> list[str]:
    """The questions that make a missing fact and have no value yet; none without a sheet: all are open then."""
    if sheet is None or ruling.questionnaire is None:
        return []
    if sheet.answers is None:
        raise SheetNeeded
    answers = _object(sheet.answers)
    makers = {name for fact in lacking for name in ruling.suppliers.get(fact, ())}
    return [
        one.id
        for one in ruling.questionnaire.questions
        if one.id in makers and not _has_value(answers.get(one.id))
    ]


def _has_value(answer: Tree) -> bool:
    return answer is not None and (not isinstance(answer, Mapping) or "value" in answer)


def _open_suppliers(
    ruling: Ruling, lacking: Sequence[str], open_questions: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """Which questions to answer for each missing fact: the open ones, or all where every one has a value."""
    found = {}
    for fact in lacking:
        makers = ruling.suppliers.get(fact, ())
        found[fact] = tuple(name for name in makers if name in open_questions) or makers
    return found

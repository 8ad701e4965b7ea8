"""A scheme said in plain sentences, in Japanese or English, for people who read no YAML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from rbc_assess.core.conditions import Part, render
from rbc_assess.core.document import Text
from rbc_assess.core.eligibility_facts import plain_value
from rbc_assess.core.facts import Vocabulary
from rbc_assess.core.figures import shortest_decimal
from rbc_assess.core.phrasing import article_in_words, day_in_words, editions_in_words, inner, quoted
from rbc_assess.core.scheme import Requirement, Scheme, Term
from rbc_assess.core.scheme_accepts import Accepts
from rbc_assess.core.scheme_frame import LegalBasis
from rbc_assess.core.scheme_phrases import PHRASES
from rbc_assess.core.scheme_rules import PointsGroup


class RequirementSentences(NamedTuple):
    """One requirement: what must hold, what follows if it does not, what can be done, and on what ground."""

    id: str
    label: str
    sentence: str
    otherwise: str
    remedy: str | None
    legal_basis: str | None


class GivenSentences(NamedTuple):
    """What a group of points, a term or a flag says."""

    id: str
    sentence: str


class SchemeWords(NamedTuple):
    """A scheme for a person, part by part, as it stands on one day."""

    accepts: tuple[str, ...]
    requirements: tuple[RequirementSentences, ...]
    inputs: tuple[str, ...]
    points: tuple[GivenSentences, ...]
    points_cap: str | None
    terms: tuple[GivenSentences, ...]
    review: tuple[GivenSentences, ...]
    legal_basis: tuple[str, ...]
    days: tuple[str, ...]
    discloses: tuple[str, ...]
    contact: str
    objection: str | None

    @property
    def lines(self) -> tuple[str, ...]:
        """Every sentence in reading order."""
        parts = (
            *self.accepts,
            *(
                line
                for one in self.requirements
                for line in (one.label, one.sentence, one.otherwise, one.remedy, one.legal_basis)
            ),
            *self.inputs,
            self.points_cap,
            *(one.sentence for one in (*self.points, *self.terms, *self.review)),
            *self.days,
            *self.discloses,
            self.contact,
            self.objection,
        )
        return tuple(line for line in parts if line)


def scheme_words(scheme: Scheme, vocabulary: Vocabulary, language: str, day: date) -> SchemeWords:
    """Say a scheme in ``ja`` (and its variants), else in English.

    Args:
        scheme: the version.
        vocabulary: of the documents that it accepts.
        language: the reader's.
        day: parameters have the values of this day, and what is not in force on it is left out.
    """
    return _Speaker(scheme, vocabulary, language, day).words()


class _Speaker:
    def __init__(self, scheme: Scheme, vocabulary: Vocabulary, language: str, day: date) -> None:
        self._scheme = scheme
        self._vocabulary = vocabulary
        self._language = language
        self._japanese = language.split("-", 1)[0] == "ja"
        self._index = 1 if self._japanese else 0
        self._day = day
        self._parameters = {name: value for name, (_, value) in scheme.parameters_on(day).items()}

    def words(self) -> SchemeWords:
        scheme, points = self._scheme, self._scheme.points
        groups = () if points is None else points.groups
        return SchemeWords(
            tuple(self.accepted(one) for one in scheme.accepts),
            tuple(self.requirement(one) for one in scheme.requirements if one.in_force_on(self._day)),
            tuple(self.say("input", label=inner(self.text(one.label))) for one in scheme.inputs.values()),
            tuple(self.group(one) for one in groups if one.in_force_on(self._day)),
            None if points is None else self.say("points-cap", cap=shortest_decimal(points.cap)),
            tuple(self.terms()),
            tuple(
                GivenSentences(
                    one.id,
                    self.say("flag", label=inner(self.text(one.label)), condition=self.condition(one.when)),
                )
                for one in scheme.review
                if one.in_force_on(self._day)
            ),
            tuple(self.basis(one) for one in scheme.legal_basis),
            tuple(self.days()),
            tuple(self.say(f"discloses-{name}") for name in scheme.discloses if name != "outcome"),
            self.contact(),
            None if scheme.decision.objection is None else self.text(scheme.decision.objection),
        )

    def say(self, phrase: str, **words: object) -> str:
        return PHRASES[phrase][self._index].format_map(words)

    def text(self, text: Text) -> str:
        return text.in_language(self._language).text

    def condition(self, condition: Part) -> str:
        return render(condition, self._language, self._vocabulary, self._parameters)

    # --- the rules -------------------------------------------------------------------------------------------

    def accepted(self, entry: Accepts) -> str:
        names = (self._vocabulary.questionnaires or {}).get(entry.questionnaire)
        title = inner(entry.questionnaire if names is None else self.text(Text(dict(names))))
        editions = editions_in_words(entry.range, japanese=self._japanese)
        if entry.max_age_days is None:
            return self.say("accepts", title=title, editions=editions)
        return self.say("accepts-age", title=title, editions=editions, days=entry.max_age_days)

    def requirement(self, one: Requirement) -> RequirementSentences:
        basis = self._scheme.legal_basis_by_id.get(one.legal_basis)
        cured = one.otherwise == "condition" and one.cure_within_days is not None
        return RequirementSentences(
            one.id,
            self.text(one.label),
            self.condition(one.when),
            self.say("cure", days=one.cure_within_days) if cured else self.say(one.otherwise),
            None if one.remedy is None else self.say("remedy", text=self.text(one.remedy)),
            None if basis is None else self.say("basis", text=self.basis(basis)),
        )

    def group(self, group: PointsGroup) -> GivenSentences:
        label = group.id if group.label is None else self.text(group.label)
        entries = [
            self.say(
                "points" if place == 0 else "points-else",
                points=self.points(entry.points),
                condition=self.condition(entry.when),
            )
            for place, entry in enumerate(group.first_of)
        ]
        return GivenSentences(group.id, self.say("group", label=label, entries=self.join(entries)))

    def terms(self) -> Iterator[GivenSentences]:
        place = 0
        for term in self._scheme.terms:
            if not term.in_force_on(self._day):
                continue
            phrase = "term-add" if term.add else "term" if place == 0 else "term-else"
            place += not term.add
            yield GivenSentences(
                term.id,
                self.say(phrase, given=self.given(term), condition=self.condition(term.when)),
            )

    def given(self, term: Term) -> str:
        """What a term gives: its label says in words what the codes say."""
        if term.label is not None:
            return quoted(self.text(term.label), japanese=self._japanese)
        gives = self.listed(f"{name}: {plain_value(value)}" for name, value in term.give.items())
        return f"「{term.id}」({gives})" if self._japanese else f"“{term.id}” ({gives})"

    def points(self, points: Decimal) -> str:
        number = shortest_decimal(points)
        return number if self._japanese else f"{number} point{'' if points == 1 else 's'}"

    # --- around the rules ------------------------------------------------------------------------------------

    def basis(self, basis: LegalBasis) -> str:
        return article_in_words(self.text(basis.title), basis.article, japanese=self._japanese)

    def day(self, day: date) -> str:
        return day_in_words(day.isoformat(), japanese=self._japanese)

    def days(self) -> Iterator[str]:
        scheme, decision = self._scheme, self._scheme.decision
        start = self.day(scheme.effective.from_)
        if scheme.effective.until is None:
            yield self.say("in-force", start=start)
        else:
            yield self.say("in-force-until", start=start, end=self.day(scheme.effective.until))
        taken = scheme.applications
        if taken is not None:
            yield self.say("applications", open=self.day(taken.open), close=self.day(taken.close))
        if decision.valid_days is not None:
            yield self.say("valid-days", days=decision.valid_days)
        if decision.valid_until is not None:
            month, day = (int(part) for part in decision.valid_until.month_day.split("-"))
            yield self.say(
                "valid-until",
                month=_MONTHS[month - 1] if self._index == 0 else month,
                day=day,
                years=decision.valid_until.years,
            )
        if decision.respond_within_days is not None:
            yield self.say("respond", days=decision.respond_within_days)

    def contact(self) -> str:
        contact = self._scheme.decision.contact
        ways = [way for way in (contact.phone, contact.email, contact.url) if way]
        where = self.say("ways", ways=self.listed(ways)) if ways else ""
        return self.say("contact", name=self.text(contact.name), where=where)

    def listed(self, parts: Iterable[str]) -> str:
        return (", ", "、")[self._index].join(parts)

    def join(self, sentences: list[str]) -> str:
        return (" ", "")[self._index].join(sentences)


_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

"""A decision explained to a person, in Japanese or English: what, why, what to do, by when, and whom to ask.

Reads the decision's document, whole or projected, so that what a reader may not see is not said either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Final, NamedTuple, TypeAlias

from rbc_assess.core.conditions import AllOf, Leaf, Part, render, render_needed, render_value
from rbc_assess.core.document import Text
from rbc_assess.core.eligibility_document import Plain
from rbc_assess.core.eligibility_phrases import PHRASES
from rbc_assess.core.eligibility_projection import BASIC_RIGHTS
from rbc_assess.core.eligibility_reasons import telling, turned
from rbc_assess.core.facts import Fact, Vocabulary
from rbc_assess.core.phrasing import article_in_words, day_in_words, inside, quoted
from rbc_assess.core.scheme import Requirement, Scheme


class RequirementWords(NamedTuple):
    """One requirement for a person. ``found`` says what is needed and what there is (``eligibility_reasons``)."""

    id: str
    verdict: str
    label: str
    basis: str | None
    found: tuple[str, ...]
    remedy: str | None
    due: str | None

    @property
    def lines(self) -> tuple[str, ...]:
        extras = (*self.found, self.remedy, self.due, self.basis)
        return (f"{self.verdict}{self.label}", *(line for line in extras if line))


class DecisionWords(NamedTuple):
    """A decision for a person, part by part."""

    outcome: str
    requirements: tuple[RequirementWords, ...]
    missing: tuple[str, ...]
    gives: tuple[str, ...]
    review: tuple[str, ...]
    closing: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """Every sentence in reading order."""
        return (
            self.outcome,
            *(line for one in self.requirements for line in one.lines),
            *self.missing,
            *self.gives,
            *self.review,
            *self.closing,
        )


Each: TypeAlias = Callable[[Mapping[str, Plain], Callable[[], RequirementWords]], RequirementWords]
"""Says one requirement's entry, or finds what was said of one like it on the same day."""


def _afresh(_entry: Mapping[str, Plain], say: Callable[[], RequirementWords]) -> RequirementWords:
    return say()


def decision_sentences(
    document: Mapping[str, Plain],
    scheme: Scheme,
    vocabulary: Vocabulary,
    language: str,
    each: Each = _afresh,
) -> DecisionWords:
    """Explain a decision in ``ja`` (and its variants), else in English.

    Args:
        document: of ``decision_document``, or what ``project`` shows of it.
        scheme: the version that it was decided with.
        vocabulary: of the documents it was decided with.
        language: the reader's.
        each: says the requirements, by default each of them afresh.
    """
    speaker = _Speaker(scheme, vocabulary, language, date.fromisoformat(str(document["as_of"])))
    return DecisionWords(
        speaker.say(str(document["outcome"])),
        tuple(each(one, partial(speaker.requirement, one)) for one in _telling_first(document)),
        tuple(speaker.missing(_entries(document["missing"]), "missing")),
        (*speaker.points(document["points"]), *speaker.terms(document["terms"])),
        tuple(speaker.review(document["review"])),
        tuple(speaker.closing(document)),
    )


class _Speaker:
    """Says the parts of one scheme's decisions in one language."""

    def __init__(self, scheme: Scheme, vocabulary: Vocabulary, language: str, as_of: date) -> None:
        self._scheme = scheme
        self._vocabulary = vocabulary
        self._language = language
        self._japanese = language.split("-", 1)[0] == "ja"
        self._index = 1 if self._japanese else 0
        self._parameters = {name: value for name, (_, value) in scheme.parameters_on(as_of).items()}
        self._terms = {one.id: one for one in scheme.terms}
        self._flags = {one.id: one for one in scheme.review}

    def say(self, phrase: str, **words: object) -> str:
        return PHRASES[phrase][self._index].format_map(words)

    def text(self, text: Text) -> str:
        return text.in_language(self._language).text

    def day(self, iso: Plain) -> str:
        return day_in_words(str(iso), japanese=self._japanese)

    # --- requirements ----------------------------------------------------------------------------------------

    def requirement(self, entry: Mapping[str, Plain]) -> RequirementWords:
        if entry["id"] == BASIC_RIGHTS:
            phrase = "basic-rights-open" if entry["open"] else "basic-rights-clear"
            return RequirementWords(BASIC_RIGHTS, "", self.say(phrase), None, (), None, self._due(entry))
        known = self._scheme.requirements_by_id[str(entry["id"])]
        truth = entry["truth"]
        verdict = "met" if truth else "not-known" if truth is None else "not-met"
        remedy = self.say("remedy", text=self.text(known.remedy)) if truth is False and known.remedy else None
        return RequirementWords(
            known.id,
            self.say(verdict),
            self.text(known.label),
            self._basis(known),
            () if truth else tuple(self._found(entry, known.when)),
            remedy,
            self._due(entry),
        )

    def _due(self, entry: Mapping[str, Plain]) -> str | None:
        return None if entry["due"] is None else self.say("due", day=self.day(entry["due"]))

    def _basis(self, requirement: Requirement) -> str | None:
        basis = self._scheme.legal_basis_by_id.get(requirement.legal_basis)
        if basis is None:
            return None
        text = article_in_words(self.text(basis.title), basis.article, japanese=self._japanese)
        return self.say("basis", text=text)

    def _found(self, entry: Mapping[str, Plain], when: Part) -> Iterator[str]:
        """What is needed and what was found: leaf by leaf, but the whole rule where it has ways round and is open."""
        leaves = _entries(entry["leaves"])
        decisive = [int(str(position)) for position in _list(entry["decisive"])]
        if entry["truth"] is None and not _wants_each_leaf(when):
            yield from self._whole(when, [leaves[position] for position in decisive])
            return
        truths = [None if leaf["truth"] is None else bool(leaf["truth"]) for leaf in leaves]
        chosen = telling(when, truths, decisive)
        if chosen.one_suffices:
            yield self.say("one-suffices")
        for position, wanted in chosen.told:
            fact = self._vocabulary.get(str(leaves[position]["fact"]))
            if fact is not None:
                yield self._leaf(leaves[position], fact, wanted=wanted)

    def _whole(self, when: Part, decisive: list[dict[str, Plain]]) -> Iterator[str]:
        needed = render_needed(when, self._language, self._vocabulary, self._parameters)
        yield self.say("needed", needed=needed)
        known = [(leaf, self._vocabulary.get(str(leaf["fact"]))) for leaf in decisive]
        yield from dict.fromkeys(
            self._fact_found(leaf["observed"], fact)
            for leaf, fact in known
            if fact is not None and leaf["observed"] is not None
        )

    def _fact_found(self, observed: Plain, fact: Fact) -> str:
        if isinstance(observed, dict):
            return self.say(f"found-{observed['state']}", label=self._label(fact))
        if isinstance(observed, list):
            return self.say("found", label=self._label(fact), observed=self._values(observed, fact))
        said = render(
            Leaf.model_validate({"fact": fact.name, "equals": _typed(observed, fact)}),
            self._language,
            self._vocabulary,
        )
        return self.say("found-so", said=inside(said[0].lower() + said[1:]))

    def _leaf(self, leaf: Mapping[str, Plain], fact: Fact, *, wanted: bool) -> str:
        """One fact; ``wanted`` is the truth of the leaf that would help, false under ``none``."""
        said_so = Leaf.model_validate(
            {"fact": fact.name, str(leaf["operator"]): _typed(leaf["required"], fact)}
        )
        asked = said_so if wanted else turned(said_so)
        needed = render_needed(asked, self._language, self._vocabulary)
        observed = leaf["observed"]
        if observed is None:
            return self.say("needed", needed=needed)
        if isinstance(observed, dict):
            return self.say(f"needed-{observed['state']}", needed=needed)
        if isinstance(observed, bool):
            return self.say("needed-denied", needed=needed)
        said = self._values(observed, fact)
        margin = leaf["margin"]
        if leaf["truth"] is (not wanted) and margin is not None and fact.unit not in _TOO_FEW_TO_SUBTRACT:
            missed = -Decimal(str(margin)) if wanted else Decimal(str(margin))
            if missed > 0:
                short = render_value(missed, fact, self._language)
                return self.say("needed-short", needed=needed, observed=said, short=short)
        return self.say("needed-found", needed=needed, observed=said)

    def _values(self, observed: Plain, fact: Fact) -> str:
        typed = _typed(observed, fact)
        if not isinstance(typed, list):
            return render_value(typed, fact, self._language)
        listed = [render_value(one, fact, self._language) for one in typed]
        return (", ", "、")[self._index].join(listed) or self.say("none")

    # --- what is missing -------------------------------------------------------------------------------------

    def missing(self, entries: list[dict[str, Plain]], phrase: str) -> Iterator[str]:
        for entry in entries:
            name = str(entry["fact"])
            if name == BASIC_RIGHTS:  # said among the requirements
                continue
            fact = self._vocabulary.get(name)
            label = name if fact is None else self._label(fact)
            yield self.say(phrase, label=label) + self._where(entry, fact)

    def _label(self, fact: Fact) -> str:
        label = Text(dict(fact.label)).in_language(self._language).text
        return quoted(label, japanese=self._japanese) if fact.source == "caller" else label

    def _where(self, entry: Mapping[str, Plain], fact: Fact | None) -> str:
        asked = [
            self.text(Text(dict(self._vocabulary.questions[str(name)].label)))
            for name in _list(entry["questions"])
            if str(name) in self._vocabulary.questions
        ]
        if entry["why"] == "not_applicable":
            return self.say("why-not-applicable")
        if asked and not str(entry["fact"]).startswith("answer."):
            shown = (
                self.say("and-more", listed=self._quoted(asked[:3]))
                if len(asked) > 3
                else self._quoted(asked)
            )
            return self.say("asked-in", questions=shown)
        if fact is not None and fact.source in ("profile", "caller"):
            return self.say(f"from-{fact.source}")
        return ""

    def _quoted(self, texts: list[str]) -> str:
        return (", ", "")[self._index].join(quoted(one, japanese=self._japanese) for one in texts)

    # --- points, terms, flags, days --------------------------------------------------------------------------

    def points(self, points: Plain) -> Iterator[str]:
        if not isinstance(points, dict):
            return
        if "points" in points:
            yield self.say("points", points=points["points"], cap=points["cap"])
        else:
            yield self.say(
                "points-range", least=points["at_least"], most=points["at_most"], cap=points["cap"]
            )
        yield from self.missing(_entries(points["missing"]), "missing-for-points")

    def terms(self, terms: Plain) -> Iterator[str]:
        if not isinstance(terms, dict):
            return
        given = [self._terms[str(name)] for name in _list(terms["given"])]
        for term in given:
            yield self.say("term", label=self.text(term.label) if term.label else term.id)
        unlabelled = {name for term in given if term.label is None for name in term.give}
        for name, value in _mapping(terms["give"]).items():
            if name in unlabelled:  # a label says in words what the codes say
                yield self.say("gives", name=name, value=value)
        yield from self.missing(_entries(terms["missing"]), "missing-for-terms")

    def review(self, flags: Plain) -> Iterator[str]:
        for name in _list(flags):
            yield self.say("flag", label=self.text(self._flags[str(name)].label))

    def closing(self, document: Mapping[str, Plain]) -> Iterator[str]:
        if document["respond_by"] is not None:
            yield self.say("respond-by", day=self.day(document["respond_by"]))
        if document["valid_until"] is not None:
            yield self.say("valid-until", day=self.day(document["valid_until"]))
        taken = self._scheme.applications
        if taken is not None:
            yield self.say(
                f"applications-{document['scheme_state']}",
                open=self.day(taken.open.isoformat()),
                close=self.day(taken.close.isoformat()),
            )
        decision = self._scheme.decision
        contact = decision.contact
        ways = [way for way in (contact.phone, contact.email, contact.url) if way]
        where = (" ({})", "（{}）")[self._index].format(", ".join(ways)) if ways else ""
        yield self.say("person", contact=self.text(contact.name), where=where)
        if decision.objection is not None:
            yield self.text(decision.objection)


_NUMBER_TYPES: Final = ("number",)
_TOO_FEW_TO_SUBTRACT: Final = ("criteria", "pieces")
"""Units of which a reader sees at a glance by how many they miss."""


def _telling_first(document: Mapping[str, Plain]) -> list[dict[str, Plain]]:
    """The requirements that decided, then what else is not met, is not known, is met; each as the scheme orders."""
    because = _list(document["because"])
    truths = (False, None, True)

    def order(entry: Mapping[str, Plain]) -> tuple[bool, int]:
        truth = not entry["open"] if entry["id"] == BASIC_RIGHTS else entry["truth"]
        return entry["id"] not in because, truths.index(None if truth is None else bool(truth))

    return sorted(_entries(document["requirements"]), key=order)


def _wants_each_leaf(when: Part) -> bool:
    """Whether every leaf of a condition is needed, so that each can be said on its own."""
    return isinstance(when, Leaf) or (
        isinstance(when, AllOf) and all(_wants_each_leaf(part) for part in when.parts)
    )


def _typed(value: Plain, fact: Fact) -> object:
    """A value of the document as conditions compare it: numbers out of their text."""
    if isinstance(value, list):
        return [_typed(one, fact) for one in value]
    if fact.type in _NUMBER_TYPES and isinstance(value, str):
        number = Decimal(value)
        return int(number) if number == number.to_integral_value() else number
    return value


def _entries(part: Plain) -> list[dict[str, Plain]]:
    return [one for one in _list(part) if isinstance(one, dict)]


def _list(part: Plain) -> list[Plain]:
    return part if isinstance(part, list) else []


def _mapping(part: Plain) -> dict[str, Plain]:
    return part if isinstance(part, dict) else {}

"""A decision's document for a reader: what they may see, figures as JSON numbers, and every reason in words.

A document holds numbers as text and codes only. Shown, a fact of type number, a margin, a number of points, a numeric
parameter or term is a JSON number, as the figures of a scorecard are. Needs no database.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import Any, Final

import orjson

from rbc_assess.core.eligibility_document import Plain
from rbc_assess.core.eligibility_projection import project
from rbc_assess.core.eligibility_words import DecisionWords, Each, RequirementWords, decision_sentences
from rbc_assess.core.facts import Vocabulary
from rbc_assess.core.kept import Kept
from rbc_assess.core.scheme import Scheme

Written = dict[str, Any]

_RANGE: Final = ("points", "at_least", "at_most", "cap")


def shown_document(
    document: Mapping[str, Plain],
    scheme: Scheme,
    vocabulary: Vocabulary,
    clusters: Collection[str] | None,
    language: str,
) -> Written:
    """The document of a decision, projected, with its sentences and whom to ask.

    Args:
        clusters: what the reader's consent opens; None: everything.
    """
    seen = dict(document) if clusters is None else project(document, scheme, clusters)
    said = _SAID.find((id(scheme), id(vocabulary), language), lambda: _Said(scheme, vocabulary))
    words = decision_sentences(seen, scheme, vocabulary, language, said.on(str(document["as_of"])))
    contact = scheme.decision.contact
    return {
        **_with_numbers(seen, scheme, vocabulary),
        "scheme": {
            **scheme.identity._asdict(),
            "version": scheme.version,
            "title": scheme.title.in_language(language).text,
        },
        "contact": {
            "name": contact.name.in_language(language).text,
            "phone": contact.phone,
            "email": contact.email,
            "url": contact.url,
        },
        "sentences": _sentences(words, language),
    }


class _Said:
    """What was said of requirements in one language, by the day and the entry that it was said of.

    Scheme and vocabulary are kept alive, for they are found by their identity.
    """

    def __init__(self, scheme: Scheme, vocabulary: Vocabulary) -> None:
        self._of = scheme, vocabulary
        self._words: dict[tuple[str, bytes], RequirementWords] = {}

    def on(self, day: str) -> Each:
        """Find again what was said on a day."""

        def each(entry: Mapping[str, Plain], say: Callable[[], RequirementWords]) -> RequirementWords:
            key = day, orjson.dumps(entry)
            words = self._words.get(key)
            if words is None:
                if len(self._words) >= _MOST_SAID:
                    self._words.clear()
                words = self._words[key] = say()
            return words

        return each


_SAID: Final[Kept[_Said]] = Kept(64)
_MOST_SAID: Final = 5_000


# --- words -------------------------------------------------------------------------------------------------


def _sentences(words: DecisionWords, language: str) -> Written:
    return {
        "language": language,
        "outcome": words.outcome,
        "requirements": [_requirement(one) for one in words.requirements],
        "missing": list(words.missing),
        "gives": list(words.gives),
        "review": list(words.review),
        "closing": list(words.closing),
        "lines": list(words.lines),
    }


def _requirement(words: RequirementWords) -> Written:
    said = words._asdict()
    return {**said, "verdict": words.verdict.rstrip(":： ") or None, "found": list(words.found)}


# --- numbers -----------------------------------------------------------------------------------------------


def _with_numbers(document: Mapping[str, Any], scheme: Scheme, vocabulary: Vocabulary) -> Written:
    requirements = document["requirements"]
    points, terms, parameters = document["points"], document["terms"], document["parameters"]
    return {
        **document,
        "requirements": None if requirements is None else [_judged(one, vocabulary) for one in requirements],
        "points": None if points is None else _points(points),
        "terms": None if terms is None else {**terms, "give": _given(terms["give"], scheme)},
        "parameters": None if parameters is None else _parameters(parameters, scheme),
        "facts": {
            name: {**entry, "value": _value(name, entry["value"], vocabulary)}
            for name, entry in document["facts"].items()
        },
    }


def _judged(entry: Written, vocabulary: Vocabulary) -> Written:
    if "leaves" not in entry:
        return entry
    return {**entry, "leaves": [_leaf(one, vocabulary) for one in entry["leaves"]]}


def _leaf(leaf: Written, vocabulary: Vocabulary) -> Written:
    fact, margin = leaf["fact"], leaf["margin"]
    return {
        **leaf,
        "required": _value(fact, leaf["required"], vocabulary),
        "observed": _value(fact, leaf["observed"], vocabulary),
        "margin": None if margin is None else _number(margin),
    }


def _value(fact: str, value: Any, vocabulary: Vocabulary) -> Any:
    known = vocabulary.get(fact)
    if known is None or known.type != "number":
        return value
    return [_number(one) for one in value] if isinstance(value, list) else _number(value)


def _points(points: Written) -> Written:
    shown = _range(points)
    if points["groups"] is not None:
        shown["groups"] = [_range(one) for one in points["groups"]]
    return shown


def _range(points: Written) -> Written:
    return {name: _number(part) if name in _RANGE else part for name, part in points.items()}


def _given(give: Written, scheme: Scheme) -> Written:
    """A term's number is written as a number, its word as a word, whatever the word looks like."""
    numeric = {name for term in scheme.terms for name, value in term.give.items() if _is_number(value)}
    return {name: _number(value) if name in numeric else value for name, value in give.items()}


def _parameters(parameters: Written, scheme: Scheme) -> Written:
    return {
        name: {**entry, "value": _like(entry["value"], scheme.parameters[name].values.values())}
        for name, entry in parameters.items()
    }


def _like(value: Any, values: Collection[object]) -> Any:
    flat = [part for one in values for part in (one if isinstance(one, tuple) else (one,))]
    if not any(map(_is_number, flat)):
        return value
    return [_number(one) for one in value] if isinstance(value, list) else _number(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _number(text: Any) -> Any:
    if not isinstance(text, str):
        return text  # unknown, not applicable, or not shown
    return float(text) if "." in text else int(text)

"""Supplements among the documents: which are asked with an edition, and what of a firm of a sector is asked at all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from rbc_assess.core.document import Status
from rbc_assess.core.facts import Facts
from rbc_assess.core.jurisdiction import Jurisdiction
from rbc_assess.core.kept import Kept
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.review_findings import Finding
from rbc_assess.core.sheet import AnswerSheet
from rbc_assess.core.supplements import attached, composed, fits
from rbc_assess.documents.catalogue import Catalogue, Entry
from rbc_assess.documents.sentences import sentences

MOST_COMPOSED: Final = 256
"""Questionnaires with supplements that are remembered, so that each is prepared for scoring once."""

_COMPOSED: Final[Kept[tuple[tuple[Questionnaire, ...], Questionnaire]]] = Kept(MOST_COMPOSED)


def supplements_of(
    catalogue: Catalogue, base: Questionnaire, day: date | None
) -> tuple[Entry[Questionnaire], ...]:
    """The supplements of an edition in force on a day, one edition of each, by id: the newest that is made for it.

    Without a day: the newest published. What is a draft is asked with drafts only.
    """
    found = []
    for editions in _supplements(catalogue).values():
        fitting = [one for one in editions if fits(one.document, base)]
        current = [one for one in fitting if one.is_current_on(day)]
        if not current and base.status is Status.DRAFT:
            current = fitting
        if current:
            found.append(current[-1])
    return tuple(found)


def _supplements(catalogue: Catalogue) -> Mapping[str, Sequence[Entry[Questionnaire]]]:
    return {
        name: editions
        for name, editions in sorted(catalogue.questionnaires.items())
        if editions[-1].document.supplements
    }


class Asking(NamedTuple):
    """A questionnaire as it meets a firm.

    ``asked``: with the supplements of the firm's sector; what is scored. ``known``: with all of them; what answers are
    read with, since a firm may turn out to be in another sector than it thought.
    """

    asked: Questionnaire
    known: Questionnaire

    def kept(self, sheet: AnswerSheet) -> AnswerSheet:
        """The sheet without answers to supplements that are not asked, as it stands on record."""
        if self.asked is self.known:
            return sheet
        return AnswerSheet({name: said for name, said in sheet.items() if name in self.asked.by_id})


def asking(catalogue: Catalogue, base: Questionnaire, profile_facts: Facts, law: Jurisdiction) -> Asking:
    """Find what is asked of a firm on the day of the law."""
    in_force = tuple(one.document for one in supplements_of(catalogue, base, law.day))
    asked = with_supplements(base, attached(in_force, profile_facts))
    return Asking(asked, askable(catalogue, base, law.day))


def askable(catalogue: Catalogue, base: Questionnaire, day: date | None) -> Questionnaire:
    """All that may be asked of some firm, on that day or another: whatever a draft holds is known here."""
    found = {one.id: one.document for one in supplements_of(catalogue, base, None)}
    found |= {one.id: one.document for one in supplements_of(catalogue, base, day)}
    return with_supplements(base, tuple(found.values()))


def with_supplements(base: Questionnaire, supplements: Sequence[Questionnaire]) -> Questionnaire:
    """``core.supplements.composed``, the same object for the same documents."""
    if not supplements:
        return base
    parts = (base, *supplements)
    # The parts are kept with what is made of them: an id may be given to another object once they are gone.
    return _COMPOSED.find(tuple(id(part) for part in parts), lambda: (parts, composed(base, supplements)))[1]


# --- what is wrong between files ---------------------------------------------------------------------------


def bases_of(
    supplement: Questionnaire, questionnaires: Iterable[Entry[Questionnaire]]
) -> list[Entry[Questionnaire]]:
    """The editions that a supplement is asked with."""
    return [one for one in questionnaires if fits(supplement, one.document) and one.id != supplement.id]


def missing_bases(
    supplement: Questionnaire,
    questionnaires: Collection[Entry[Questionnaire]],
    present: Collection[tuple[str, str]],
) -> Iterator[Finding]:
    """Entries of ``supplements`` that name nothing a supplement can be asked with; ``present``: also faulty ones."""
    for place, entry in enumerate(supplement.supplements):
        named = [one for one in questionnaires if one.id == entry.questionnaire]
        fitting = [one for one in named if entry.range.includes(one.edition)]
        words = {"name": f"{entry.questionnaire} {entry.editions}"}
        where = ("supplements", place, "questionnaire")
        if not fitting and not any(id_ == entry.questionnaire for id_, _ in present):
            yield Finding(where, "supplement-to-nothing", "error", sentences("supplement-to-nothing", words))
        elif named and not fitting:
            where = ("supplements", place, "editions")
            yield Finding(where, "supplement-to-nothing", "error", sentences("supplement-to-nothing", words))
        elif any(one.document.supplements or one.document.audience == "workers" for one in fitting):
            code = "supplement-to-such"
            yield Finding(where, code, "error", sentences(code, words))
        elif fitting and not any(fits(supplement, one.document) for one in fitting):
            code = "supplement-of-other-criteria"
            yield Finding(("criteria",), code, "error", sentences(code, words))

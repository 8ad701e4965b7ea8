"""Yardsticks, found again: one per questionnaire and criteria, and one per law where they hang on it."""

from __future__ import annotations

from datetime import date
from typing import Final

from rbc_assess.core.country import Country
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.jurisdiction import Jurisdiction
from rbc_assess.core.kept import Kept
from rbc_assess.core.law_parts import law_parts
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.yardstick import Yardstick

MOST_PREPARED: Final = 64
"""Pairs of documents; each holds what was laid out and worked out for it."""

MOST_LAWS: Final = 64
"""Yardsticks of one pair that differ by the law: by country, by region where wages decide, by days of change."""

MOST_DAYS: Final = 1024
"""Days, countries and regions of which is remembered which yardstick they share."""


class Preparation:
    """A questionnaire and its criteria, prepared for every law that they are met under."""

    def __init__(self, questionnaire: Questionnaire, criteria: Criteria) -> None:
        self._documents = questionnaire, criteria
        self._parts = law_parts(questionnaire, criteria)
        self._everywhere: Yardstick | None = None
        if not self._parts:
            self._everywhere = Yardstick(questionnaire, criteria, Jurisdiction(None, date.max))
        self._by_law: Kept[Yardstick] = Kept(MOST_LAWS)
        # The country is kept with what was found for it: an id may be given to another object once it is gone.
        self._by_day: Kept[tuple[Country | None, Yardstick]] = Kept(MOST_DAYS)

    def under(self, country: Country | None, day: date, region: str | None) -> Yardstick:
        """The yardstick of a law; the same object for laws that make no difference."""
        if self._everywhere is not None:
            return self._everywhere

        def look_up() -> tuple[Country | None, Yardstick]:
            law = Jurisdiction(country, day, region)
            key = self._parts.under(law)
            return country, self._by_law.find(key, lambda: Yardstick(*self._documents, law))

        return self._by_day.find((id(country), day, region), look_up)[1]


_PREPARED: Final[Kept[Preparation]] = Kept(MOST_PREPARED)


def prepare(
    questionnaire: Questionnaire,
    criteria: Criteria,
    country: Country | None,
    day: date,
    region: str | None,
) -> Yardstick:
    """Prepare a questionnaire for scoring under a law, or find it prepared.

    Found by the identity of the two documents, which the entry keeps alive: hashing them would cost more than
    scoring.
    """
    key = (id(questionnaire), id(criteria))
    return _PREPARED.find(key, lambda: Preparation(questionnaire, criteria)).under(country, day, region)

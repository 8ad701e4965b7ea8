"""Every shipped scheme with the documents that it accepts; a new scheme is found by its file."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from tests.reading import read_shipped

from rbc_assess.core.criteria import Criteria
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.scheme import Scheme
from rbc_assess.core.scheme_supply import Accepted, accepted_by

CATALOGUE: Final = read_shipped()
QUESTIONNAIRES: Final = tuple(
    entry.document for editions in CATALOGUE.questionnaires.values() for entry in editions
)
YARDSTICKS: Final = tuple(entry.document for editions in CATALOGUE.yardsticks.values() for entry in editions)


class Shipped(NamedTuple):
    """A scheme, its file, and what it accepts."""

    path: Path
    scheme: Scheme
    accepted: Accepted

    @property
    def name(self) -> str:
        return f"{self.scheme.id}@{self.scheme.version}"

    @property
    def pairs(self) -> list[tuple[Questionnaire, Criteria]]:
        """Each accepted questionnaire with its yardstick."""
        return [(one, CATALOGUE.criteria_of(one).document) for one in self.accepted.questionnaires]


SCHEMES: Final = [
    Shipped(entry.path, entry.document, accepted_by(entry.document, QUESTIONNAIRES, YARDSTICKS))
    for versions in CATALOGUE.schemes.values()
    for entry in versions
]

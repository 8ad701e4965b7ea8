"""Every shipped scheme with the documents that it accepts; a new scheme is found by its file."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple, cast

from tests.content import independent

from rbc_assess.core.criteria import Criteria
from rbc_assess.core.document import Tree
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.scheme import Scheme
from rbc_assess.core.scheme_supply import Accepted, accepted_by
from rbc_assess.documents import load_catalogue
from rbc_assess.documents.strict_yaml import read_yaml

CATALOGUE: Final = load_catalogue(independent.ROOT)
QUESTIONNAIRES: Final = tuple(
    entry.document for editions in CATALOGUE.questionnaires.values() for entry in editions
)
YARDSTICKS: Final = tuple(entry.document for editions in CATALOGUE.yardsticks.values() for entry in editions)


class Shipped(NamedTuple):
    """A scheme, its tree as written, and what it accepts."""

    path: Path
    tree: dict[str, Tree]
    scheme: Scheme
    accepted: Accepted

    @property
    def name(self) -> str:
        return f"{self.scheme.id}@{self.scheme.version}"

    def pairs(self) -> list[tuple[Questionnaire, Criteria]]:
        """Each accepted questionnaire with its yardstick."""
        return [(one, CATALOGUE.criteria_of(one).document) for one in self.accepted.questionnaires]


def _read(path: Path) -> Shipped:
    reading = read_yaml(path.read_bytes(), path.name)
    assert reading.loaded is not None, reading.faults
    assert not reading.faults
    tree = cast("dict[str, Tree]", reading.loaded.tree)
    scheme = Scheme.read(tree)
    return Shipped(path, tree, scheme, accepted_by(scheme, QUESTIONNAIRES, YARDSTICKS))


SCHEMES: Final = [_read(path) for path in sorted((independent.ROOT / "schemes").glob("*/*.yaml"))]

"""A range of editions, such as ``>=1,<2``."""

from __future__ import annotations

import re
from typing import Annotated, Final, NamedTuple, TypeAlias

from pydantic import AfterValidator

from rbc_assess.core.document import fault, read_semver

_Numbers: TypeAlias = tuple[int, int, int]
_STEP: Final = re.compile(r"(>=|<=|>|<|==)((?:0|[1-9]\d{0,8})(?:\.(?:0|[1-9]\d{0,8})){0,2})")
_PARTIAL_ALLOWED: Final = frozenset({">=", "<"})


class EditionRange(NamedTuple):
    """From ``least`` up to ``most``, each with whether it itself belongs to the range; None: no limit."""

    least: tuple[_Numbers, bool] | None
    most: tuple[_Numbers, bool] | None

    def includes(self, edition: str) -> bool:
        """Whether an edition such as ``1.4.0`` lies in the range.

        Raises:
            ValueError: it is no semantic version.
        """
        numbers = read_semver(edition)
        if self.least is not None and not (
            numbers > self.least[0] or (numbers == self.least[0] and self.least[1])
        ):
            return False
        return self.most is None or numbers < self.most[0] or (numbers == self.most[0] and self.most[1])


def read_edition_range(text: str) -> EditionRange:
    """Read ``>=1,<2``: one lower and one upper limit at most, or one ``==1.4.0``.

    With ``>=`` and ``<`` the missing numbers of ``1`` or ``1.2`` are zeros; the others want all three, since
    ``<=1`` would be read in two ways.

    Raises:
        ValueError: it is not of that form, or no edition can lie in it.
    """
    least: tuple[_Numbers, bool] | None = None
    most: tuple[_Numbers, bool] | None = None
    for part in text.split(","):
        found = _STEP.fullmatch(part)
        if found is None or (found[2].count(".") < 2 and found[1] not in _PARTIAL_ALLOWED):
            raise ValueError(f"not a limit: {part!r}")
        numbers = read_semver(found[2] + ".0" * (2 - found[2].count(".")))
        if found[1] in (">=", ">", "=="):
            if least is not None:
                raise ValueError("two lower limits")
            least = (numbers, found[1] != ">")
        if found[1] in ("<=", "<", "=="):
            if most is not None:
                raise ValueError("two upper limits")
            most = (numbers, found[1] != "<")
    if least and most and (least[0] > most[0] or (least[0] == most[0] and not (least[1] and most[1]))):
        raise ValueError("nothing lies in this range")
    return EditionRange(least, most)


def _check_range(text: str) -> str:
    try:
        read_edition_range(text)
    except ValueError:
        raise fault(
            "bad-edition-range",
            f'“{text}” is no range of editions; write it like ">=1,<2" or "==1.0.0", without spaces',
            f'「{text}」は版の範囲ではありません。">=1,<2" や "==1.0.0" のように空白なしで書いてください。',
        ) from None
    return text


EditionRangeText = Annotated[str, AfterValidator(_check_range)]
"""A range as it is written in a document."""

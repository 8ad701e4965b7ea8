"""Whether very small firms, or firms with migrant workers, lose more often than others.

Made of shown counts alone, so that it tells nothing that the tables hide. A warning asks for a look by a person; it
says neither why nor that anything is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Final, NamedTuple, TypeAlias

from rbc_assess.core.figures import figure_text, tenths

Plain: TypeAlias = "str | int | bool | list[Plain] | dict[str, Plain] | None"

MICRO: Final = frozenset({"T0", "T1"})
"""Nobody, or 1 to 9 people, work for the firm."""
SMALLEST_SIDE: Final = 30
"""Fewer than this on either side say nothing about how often."""
MUCH_MORE: Final = Fraction(5, 4)
"""From this ratio of the two rates on, more often is a matter: the four-fifths rule, seen from the other side
(Uniform Guidelines on Employee Selection Procedures, 29 CFR 1607.4 D)."""
_CHANCE: Final = Fraction(196, 100) ** 2
"""Square of the deviation that chance alone passes in 5 of 100 (two proportions, pooled)."""


class Fate(NamedTuple):
    """How many there are, how many had a good outcome before and have one after, and how many lost it."""

    enterprises: int
    good_before: int
    good_after: int
    lost: int


_WHO: Final[Mapping[str, tuple[str, str]]] = {
    "micro": ("Firms of fewer than ten people", "働く人が10人未満の企業"),
    "migrant_workers": ("Firms with migrant workers", "外国人の従業員がいる企業"),
}
_WHAT: Final[Mapping[bool, tuple[str, str]]] = {
    True: ("lose their eligibility", "対象から外れる割合"),
    False: ("are not eligible", "対象にならない割合"),
}


def fairness(
    tiers: Mapping[str, Fate | None], migrants: Mapping[str, Fate | None], *, compared: bool
) -> dict[str, Plain]:
    """Compare both pairs of groups; a group of which something is hidden is left out.

    With a version before, by how often a good outcome is lost; without one, by how often there is none.
    """
    larger = tiers.keys() - MICRO - {"unknown"}
    pairs = {
        "micro": (_gather(tiers, MICRO), _gather(tiers, larger)),
        "migrant_workers": (_gather(migrants, {"true"}), _gather(migrants, {"false"})),
    }
    return {name: _compare(name, group, others, compared=compared) for name, (group, others) in pairs.items()}


def _gather(fates: Mapping[str, Fate | None], groups: Iterable[str]) -> Fate:
    known = [fate for group in groups if (fate := fates.get(group)) is not None]
    return Fate(*(sum(part) for part in zip(*known, strict=True))) if known else Fate(0, 0, 0, 0)


def _compare(name: str, group: Fate, others: Fate, *, compared: bool) -> dict[str, Plain]:
    here, there = _Losses.of(group, compared=compared), _Losses.of(others, compared=compared)
    warning = here.much_more_often_than(there)
    document: dict[str, Plain] = {
        "group": _side(group, here),
        "others": _side(others, there),
        "outcome_ratio": _ratio_text(
            (group.good_after, group.enterprises), (others.good_after, others.enterprises)
        ),
        "loss_ratio": _ratio_text(here, there),
        "enough": min(here.among, there.among) >= SMALLEST_SIDE,
        "warning": warning,
    }
    if warning:
        document["text"] = _sentence(name, here, there, compared=compared)
    return document


class _Losses(NamedTuple):
    """So many lost, among so many that could."""

    lost: int
    among: int

    @classmethod
    def of(cls, fate: Fate, *, compared: bool) -> _Losses:
        if compared:
            return cls(fate.lost, fate.good_before)
        return cls(fate.enterprises - fate.good_after, fate.enterprises)

    def much_more_often_than(self, others: _Losses) -> bool:
        """By a ratio that matters, and by more than chance."""
        if min(self.among, others.among) < SMALLEST_SIDE:
            return False
        here, there = Fraction(*self), Fraction(*others)
        pooled = Fraction(self.lost + others.lost, self.among + others.among)
        spread = pooled * (1 - pooled) * (Fraction(1, self.among) + Fraction(1, others.among))
        return here > there and here >= MUCH_MORE * there and (here - there) ** 2 >= _CHANCE * spread


def _side(fate: Fate, losses: _Losses) -> dict[str, Plain]:
    return {
        "enterprises": fate.enterprises,
        "good_outcome_percent": _percent(fate.good_after, fate.enterprises),
        "loss_percent": _percent(*losses),
    }


def _percent(part: int, whole: int) -> str | None:
    return figure_text(tenths(Fraction(100 * part, whole))) if whole else None


def _ratio_text(side: tuple[int, int], other: tuple[int, int]) -> str | None:
    """How many times as often, to two decimals; None where the other side's rate is nothing or nobody is there."""
    if not side[1] or not other[1] or not other[0]:
        return None
    hundredths = tenths(10 * Fraction(*side) / Fraction(*other))
    return f"{hundredths // 100}.{hundredths % 100:02}"


def _sentence(name: str, here: _Losses, there: _Losses, *, compared: bool) -> dict[str, Plain]:
    (who_en, who_ja), (what_en, what_ja) = _WHO[name], _WHAT[compared]
    times = _ratio_text(here, there)
    if times is None:
        return {
            "en": f"{who_en} {what_en}, and no others do. Look at why before the version is published.",
            "ja": f"{who_ja}だけに、{what_ja}があります。公開の前に理由を確認してください。",
        }
    return {
        "en": f"{who_en} {what_en} {times} times as often as others. Look at why before the version is published.",
        "ja": f"{who_ja}が{what_ja}は、ほかの企業の{times}倍です。公開の前に理由を確認してください。",
    }

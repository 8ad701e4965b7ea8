"""A named example of statistics, for the contract."""

from __future__ import annotations

from typing import Any, Final


def _counts(eligible: int | None, conditional: int | None, open_: int | None, refused: int | None) -> Any:
    return {
        "eligible": eligible,
        "conditional": conditional,
        "needs_information": open_,
        "not_eligible": refused,
    }


STATISTICS: Final[dict[str, Any]] = {
    "counts_hidden_below": 10,
    "items": [
        {
            "scheme": "jp-27-rbc-upgrade",
            "enterprises": 412,
            "outcomes": _counts(230, 96, 54, 32),
            "by": {
                "tier": [
                    {"group": "T1", "enterprises": 250, "outcomes": _counts(130, 60, 38, 22)},
                    {"group": "T2", "enterprises": 162, "outcomes": _counts(100, 36, 16, 10)},
                ],
                "sector": [{"group": "C", "enterprises": 412, "outcomes": _counts(230, 96, 54, 32)}],
                "region": [{"group": "JP-27", "enterprises": 412, "outcomes": _counts(230, 96, 54, 32)}],
            },
            "hidden_groups": {"tier": 0, "sector": 0, "region": 0},
        }
    ],
}

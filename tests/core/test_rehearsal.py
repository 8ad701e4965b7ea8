"""What a rehearsal tells: sums that agree, small groups hidden, and a warning only where the figures bear it."""

from __future__ import annotations

from typing import Any

import pytest

from rbc_assess.core.rehearsal import Counted, Traits, rehearsal
from rbc_assess.core.scheme_rules import OUTCOMES, Outcome


def counted(
    number: int,
    before: Outcome | None,
    after: Outcome,
    *,
    tier: str | None = "T2",
    sector: str | None = "C",
    region: str | None = "JP-27",
    migrants: bool | None = False,
    fits: bool = True,
) -> Counted:
    return Counted(Traits(tier, sector, region, migrants), (before, after), fits, fits, number)


def told(*rows: Counted, compared: bool = True) -> Any:
    return rehearsal(rows, compared=compared)


def test_moves_margins_and_who_gains_and_loses() -> None:
    document = told(
        counted(500, "eligible", "eligible"),
        counted(40, "eligible", "not_eligible"),
        counted(30, "not_eligible", "conditional", region="JP-13"),
        counted(20, "needs_information", "needs_information", region="JP-13", fits=False),
    )
    assert document["enterprises"] == 590
    assert document["transitions"]["eligible"]["not_eligible"] == 40
    assert (document["newly_in"], document["newly_out"]) == (30, 40)
    assert document["outcomes"]["before"] == {
        "eligible": 540, "conditional": 0, "needs_information": 20, "not_eligible": 30,
    }  # fmt: skip
    assert document["outcomes"]["after"] == {
        "eligible": 500, "conditional": 30, "needs_information": 20, "not_eligible": 40,
    }  # fmt: skip
    assert document["without_fitting_assessment"] == {"before": 20, "after": 20}
    tokyo, osaka = document["by"]["region"]
    assert (tokyo["group"], tokyo["enterprises"], tokyo["newly_in"], tokyo["newly_out"]) == (
        "JP-13",
        50,
        30,
        0,
    )
    assert (osaka["group"], osaka["enterprises"], osaka["newly_in"], osaka["newly_out"]) == (
        "JP-27",
        540,
        0,
        40,
    )
    assert document["hidden_groups"] == {"tier": 0, "sector": 0, "region": 0}


def test_a_small_group_is_hidden_and_so_is_what_would_tell_of_it() -> None:
    document = told(
        counted(500, "eligible", "eligible"),
        counted(80, "eligible", "eligible", region="JP-13"),
        counted(60, "eligible", "eligible", region="JP-14"),
        counted(4, "eligible", "eligible", region="JP-31"),
    )
    assert document["enterprises"] == 644
    groups = [each["group"] for each in document["by"]["region"]]
    # JP-31 alone would be the total less the others.
    assert groups == ["JP-13", "JP-27"]
    assert document["hidden_groups"]["region"] == 2


def test_a_small_move_is_hidden_everywhere() -> None:
    document = told(
        counted(500, "eligible", "eligible"),
        counted(3, "eligible", "not_eligible"),
        counted(70, "eligible", "needs_information"),
        counted(200, "not_eligible", "not_eligible", tier="T1"),
        counted(90, "not_eligible", "eligible", tier="T1"),
        counted(90, "not_eligible", "needs_information", tier="T1"),
    )
    assert document["transitions"]["eligible"]["not_eligible"] is None
    assert document["newly_out"] is None
    for groups in document["by"].values():
        for group in groups:
            assert group["transitions"]["eligible"]["not_eligible"] is None


def test_few_enterprises_are_not_told_of_at_all() -> None:
    document = told(counted(9, "eligible", "eligible"))
    assert document["enterprises"] is None
    assert {count for row in document["transitions"].values() for count in row.values()} == {None}
    assert document["by"] == {"tier": [], "sector": [], "region": []}
    assert told()["enterprises"] is None


def test_one_version_alone() -> None:
    document = told(counted(50, None, "eligible"), counted(70, None, "not_eligible"), compared=False)
    assert document["outcomes"] == {
        "before": None,
        "after": {"eligible": 50, "conditional": 0, "needs_information": 0, "not_eligible": 70},
    }
    assert "transitions" not in document
    assert document["outcomes_after"] == document["outcomes"]["after"]
    assert document["by"]["tier"][0]["outcomes_after"]["eligible"] == 50


def test_what_is_not_known_is_a_group_of_its_own() -> None:
    document = told(
        counted(50, "eligible", "eligible", tier=None, sector=None, region=None, migrants=None),
        counted(50, "eligible", "eligible"),
    )
    assert [group["group"] for group in document["by"]["tier"]] == ["T2", "unknown"]


# --- who loses more often ----------------------------------------------------------------------------------


def losing(micro: tuple[int, int], others: tuple[int, int], **traits: Any) -> Any:
    """Two pairs of (kept, lost)."""
    rows = []
    for (kept, lost), tier in ((micro, "T1"), (others, "T2")):
        rows += [
            counted(kept, "eligible", "eligible", tier=tier, **traits),
            counted(lost, "eligible", "not_eligible", tier=tier, **traits),
        ]
    return told(*rows)["fairness"]["micro"]


def test_micro_firms_that_lose_more_often_are_warned_of() -> None:
    found = losing((800, 200), (950, 50))
    assert found["warning"] is True
    assert (found["loss_ratio"], found["outcome_ratio"]) == ("4.00", "0.84")
    assert found["group"] == {"enterprises": 1000, "good_outcome_percent": "80.0", "loss_percent": "20.0"}
    assert "4.00 times as often" in found["text"]["en"]
    assert "4.00倍" in found["text"]["ja"]


@pytest.mark.parametrize(
    ("micro", "others"),
    [
        ((950, 50), (800, 200)),  # the others lose more often
        ((800, 200), (800, 200)),
        ((790, 210), (800, 200)),  # hardly more often
        ((80, 20), (85, 15)),  # a third more often, but chance does that
        ((10, 19), (900, 100)),  # too few
    ],
)
def test_no_warning_without_grounds(micro: tuple[int, int], others: tuple[int, int]) -> None:
    found = losing(micro, others)
    assert found["warning"] is False
    assert "text" not in found
    assert found["enough"] is (sum(micro) >= 30)


def test_only_micro_firms_lose() -> None:
    found = losing((800, 200), (1000, 0))
    assert found["warning"] is True
    assert found["loss_ratio"] is None
    assert "no others do" in found["text"]["en"]


def test_firms_with_migrant_workers_are_compared_without_a_table_of_them() -> None:
    document = told(
        counted(300, "eligible", "eligible", migrants=True),
        counted(100, "eligible", "not_eligible", migrants=True),
        counted(900, "eligible", "eligible"),
        counted(100, "eligible", "not_eligible"),
    )
    assert document["fairness"]["migrant_workers"]["warning"] is True
    assert document["fairness"]["migrant_workers"]["loss_ratio"] == "2.50"
    assert set(document["by"]) == {"tier", "sector", "region"}


def test_hidden_counts_are_in_no_comparison() -> None:
    """Few micro firms lost: that cannot be told, so neither can how often."""
    found = losing((300, 4), (300, 200))
    assert found["group"]["enterprises"] == 0
    assert (found["loss_ratio"], found["warning"], found["enough"]) == (None, False, False)


def test_without_a_version_before_the_share_without_a_good_outcome_counts() -> None:
    rows = [
        counted(100, None, "eligible", tier="T0"),
        counted(400, None, "not_eligible", tier="T1"),
        counted(900, None, "conditional", tier="T3"),
        counted(100, None, "needs_information", tier="T3"),
    ]
    found = told(*rows, compared=False)["fairness"]["micro"]
    assert found["warning"] is True
    assert (found["group"]["loss_percent"], found["others"]["loss_percent"]) == ("80.0", "10.0")
    assert "are not eligible 8.00 times" in found["text"]["en"]


def test_every_outcome_has_its_place() -> None:
    rows = [counted(20, before, after) for before in OUTCOMES for after in OUTCOMES]
    assert all(count == 20 for row in told(*rows)["transitions"].values() for count in row.values())

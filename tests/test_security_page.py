"""The security page says what is so: every item of ASVS, every table, every test that it names, all that is logged."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary

from rbc_assess.api.log_list import EVENTS, KEYS
from rbc_assess.storage.schema import METADATA

TOP = Path(__file__).resolve().parent.parent
ASVS = (TOP / "docs" / "asvs.md").read_text("utf-8")
PAGE = (TOP / "docs" / "security.md").read_text("utf-8")
STATUSES = ("met", "partly", "not met", "not applicable", "the operator's")
TABLE_CLASSES = {"sealed", "coded", "kept", "public"}
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def cells(text: str, columns: int) -> list[list[str]]:
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return [row for row in rows if len(row) == columns]


def items() -> list[list[str]]:
    """Item, level, status, why, and what shows it (which may be empty)."""
    lines = [line for line in ASVS.splitlines() if line.startswith("| V")]
    return [[cell.strip() for cell in line.strip()[1:-1].split(" | ")] for line in lines]


def wanted() -> dict[str, int]:
    found = {}
    for line in (TOP / "tests" / "asvs_levels.txt").read_text("utf-8").splitlines():
        if line.startswith("V"):
            section, *levels = line.split()
            found.update({f"{section}.{number}": int(level) for number, level in enumerate(levels, 1)})
    assert Counter(found.values()) == {1: 70, 2: 183, 3: 92}
    return {item: level for item, level in found.items() if level < 3}


@cache
def functions(file: str) -> frozenset[str]:
    tree = ast.parse((TOP / file).read_text("utf-8"))
    return frozenset(
        node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def section(heading: str) -> str:
    found = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, heading
    return found[1]


def test_every_item_of_both_levels_stands_there_once() -> None:
    assert [(row[0], int(row[1])) for row in items()] == list(wanted().items())


def test_every_item_has_a_status_and_a_reason_and_what_is_met_is_shown() -> None:
    for item, _, status, why, *shown in items():
        assert status in STATUSES, item
        assert len(why) > 2, item
        assert len(shown) == 1, item
        if status in {"met", "partly"}:
            assert NAMED.search(shown[0]), f"{item}: nothing shows it"


def test_the_counts_are_right() -> None:
    counted = Counter(row[2] for row in items())
    said = ", ".join(f"{counted[status]} {status}" for status in STATUSES)
    assert f"Of {counted.total()}: {said}." in ASVS


def test_every_severity_has_a_time_frame_and_the_worse_the_shorter() -> None:
    rows = re.findall(
        r"^\| (\w+)[^|]*\| (\d+) days \|$", section("Faults in what it is built on"), re.MULTILINE
    )
    assert [severity for severity, _ in rows] == ["critical", "high", "medium", "low", "no"]
    days = [int(each) for _, each in rows]
    assert days == sorted(set(days))


@pytest.mark.parametrize("page", ["asvs.md", "security.md"])
def test_every_test_that_is_named_is_there(page: str) -> None:
    named = NAMED.findall((TOP / "docs" / page).read_text("utf-8"))
    assert named
    for file, function in named:
        assert (TOP / file).is_file(), file
        if function:
            assert function in functions(file), f"{file}::{function}"


def test_every_table_is_in_the_map_of_data() -> None:
    rows = [row for row in cells(section("Data"), 5) if row[0].startswith("`")]
    assert Counter(row[0].strip("`") for row in rows) == Counter(METADATA.tables.keys())
    for name, what, classes, long, who in rows:
        assert set(classes.split(", ")) <= TABLE_CLASSES, name
        assert what, name
        assert long, name
        assert who, name


def test_what_is_sealed_in_the_code_is_sealed_in_the_map_and_nothing_else() -> None:
    rows = {row[0].strip("`"): row[2].split(", ") for row in cells(section("Data"), 5)}
    # Hashes have a length; of other bytes only what a device gives about a passkey is not sealed.
    sealed = {
        name
        for name, table in METADATA.tables.items()
        if any(
            isinstance(column.type, LargeBinary) and column.type.length is None for column in table.columns
        )
    } - {"passkey"}
    assert len(sealed) > 5
    assert {name for name, classes in rows.items() if "sealed" in classes} == sealed


def test_the_page_lists_what_may_be_logged() -> None:
    said = section("Logs")
    assert {row[0].strip("`"): row[1] for row in cells(said, 2) if row[0].startswith("`")} == {
        key: meaning for key, (_, meaning) in KEYS.items()
    }
    for event in EVENTS:
        assert f"`{event}`" in said.replace("\n", " ")

"""Cells of a table: never a formula, whatever a stranger called his firm; and what a code page has no sign for."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pytest

from rbc_assess.api.csv_lines import Cell, csv_cell, csv_lines, csv_start


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "|calc", "%0A=1"),
        *(
            "＝1",
            "＋1",
            "－1",
            "＠x",
            "−1",
            " =1",
            "\u3000=1",
            "\u00a0=1",
            "\ufeff=1",
            "\u200b=1",
            '"=1',
            "'=1",
        ),
    ],
)
def test_a_text_is_never_a_formula(text: str) -> None:
    (cell,) = next(csv.reader([csv_cell(text)]))
    assert cell.startswith("'")
    assert not set("\r\n") & set(cell)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("丸山縫製", '"丸山縫製"'),
        ("a=b", '"a=b"'),
        ('say "yes", please', '"say ""yes"", please"'),
        ("two\r\nlines", '"two lines"'),
        ("", '""'),
        (None, ""),
        (-3, "-3"),
        (59.9, "59.9"),
        (date(2026, 11, 22), "2026-11-22"),
        (datetime(2026, 11, 22, 9, 30, tzinfo=UTC), "2026-11-22T09:30:00.000Z"),
    ],
)
def test_everything_else_is_written_as_it_is(value: Cell, written: str) -> None:
    assert csv_cell(value) == written


def test_a_table_comes_back_out_of_either_encoding() -> None:
    rows: list[list[Cell]] = [["name", "days"], ["丸山～縫製", -3], ["半角ｶﾅ①", None]]
    read = [["name", "days"], ["丸山～縫製", "-3"], ["半角ｶﾅ①", ""]]
    whole = csv_start("utf-8") + csv_lines(rows, "utf-8")
    assert list(csv.reader(io.StringIO(whole.decode("utf-8-sig")))) == read
    page = csv_start("cp932") + csv_lines(rows, "cp932")
    assert list(csv.reader(io.StringIO(page.decode("cp932")))) == read
    assert csv_lines([["〜−‖¥𠮷é"]], "cp932").decode("cp932") == '"～－∥￥〓〓"\r\n'

"""Tables for people: plain lines, aligned also where characters are two columns wide."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from rbc_assess.cli.voice import Voice, visible, write_plainly

_WIDTH_IN_A_FILE: Final = 200
"""Off a terminal nothing needs to fit a screen: what is wrapped cannot be searched."""


class Column(NamedTuple):
    """A heading in both languages; ``number`` columns are flush right, others may wrap."""

    en: str
    ja: str
    number: bool = False


def print_table(
    voice: Voice,
    columns: Sequence[Column],
    rows: Iterable[Sequence[str]],
    *,
    indent: int = 0,
    heads: bool = True,
) -> None:
    """Print rows under their headings; no rules, no colour but bold headings on a terminal."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    on_terminal = sys.stdout.isatty()
    console = Console(
        file=sys.stdout,
        width=None if on_terminal else _WIDTH_IN_A_FILE,
        color_system="auto" if on_terminal else None,
        highlight=False,
        markup=False,
        emoji=False,
    )
    table = Table(box=None, show_header=heads, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        table.add_column(
            voice.choose(column.en, column.ja),
            justify="right" if column.number else "left",
            overflow="fold",
            no_wrap=column.number,
        )
    for row in rows:
        table.add_row(*(Text(visible(cell)) for cell in row))
    # Trailing blanks would only show up as differences between two outputs.
    with console.capture() as drawn:
        console.print(Padding(table, (0, 0, 0, indent)))
    write_plainly("\n".join(line.rstrip() for line in drawn.get().splitlines()), sys.stdout)

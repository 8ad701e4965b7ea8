"""The commands about evidence, with their arguments."""

from __future__ import annotations

from typing import Annotated

import typer

from rbc_assess.cli.options import Json, Lang
from rbc_assess.cli.voice import Voice, spoken

evidence = typer.Typer(help="Evidence: papers that firms attach to their answers.", no_args_is_help=True)


@evidence.callback()
def _evidence() -> None:
    """Evidence: papers that firms attach to their answers."""


@evidence.command("scan")
@spoken
def scan(
    command: Annotated[
        list[str],
        typer.Argument(metavar="SCANNER...", help="A program that reads a file from its standard input."),
    ],
    seconds: Annotated[float, typer.Option("--seconds", min=1, help="At most, for each file.")] = 120,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Let a virus scanner read what none has seen: its exit status 0 is clean, 1 harmful, another one a fault."""
    from rbc_assess.cli.scanning import scan as run

    raise typer.Exit(run(Voice.of(lang, json), command, seconds))

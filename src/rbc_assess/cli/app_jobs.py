"""The commands about work in the background that was given up, with their arguments."""

from __future__ import annotations

from typing import Annotated

import typer

from rbc_assess.cli.options import Json, Lang
from rbc_assess.cli.voice import Voice, spoken

jobs = typer.Typer(help="Work in the background that was given up.", no_args_is_help=True)


@jobs.command("list")
@spoken
def list_jobs(lang: Lang = None, json: Json = False) -> None:
    """List the jobs that were given up, with the code of the fault."""
    from rbc_assess.cli import jobs as run

    raise typer.Exit(run.list_failed(Voice.of(lang, json)))


@jobs.command("retry")
@spoken
def retry_jobs(
    names: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Ids of jobs.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All that were given up.")] = False,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Let jobs that were given up be tried anew."""
    from rbc_assess.cli import jobs as run

    raise typer.Exit(run.retry(Voice.of(lang, json), names or [], every=every))

"""The commands about the audit trail, with their arguments."""

from __future__ import annotations

import typer

from rbc_assess.cli.options import Json, Lang
from rbc_assess.cli.voice import Voice, spoken

audit = typer.Typer(help="The audit trail: who changed or looked at what.", no_args_is_help=True)


@audit.callback()
def keep_group() -> None:
    """Keep ``audit`` a group, also while it has one command."""


@audit.command("verify")
@spoken
def verify(lang: Lang = None, json: Json = False) -> None:
    """Hold every entry against its chain, and the chains against all checkpoints; name the first bad entry."""
    from rbc_assess.cli import audit as run

    raise typer.Exit(run.verify(Voice.of(lang, json)))

"""The command that fills the sandbox, with its arguments."""

from __future__ import annotations

from typing import Annotated

import typer

from rbc_assess.cli.options import Json, Lang, documents_root
from rbc_assess.cli.voice import Voice, spoken

trying = typer.Typer()


@trying.command("sandbox")
@spoken
def sandbox(
    context: typer.Context,
    recipients: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[RECIPIENT]...", help="Ids; default: every government and lender of the sandbox."
        ),
    ] = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Put the fixed firms into the sandbox: one for each outcome and each fault of a decision."""
    from rbc_assess.cli.sandbox import fill

    raise typer.Exit(fill(Voice.of(lang, json), documents_root(context), recipients or []))

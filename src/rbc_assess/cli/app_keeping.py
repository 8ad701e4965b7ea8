"""The commands that keep an installation safe, with their arguments: backup, restore, erasure, the secret."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rbc_assess.cli.options import Json, Lang
from rbc_assess.cli.voice import Voice, spoken, write_json

keeping = typer.Typer()
secret = typer.Typer(help="Print a fresh secret for RBC_SECRET_KEY.", rich_markup_mode=None)

BackupFile = Annotated[Path, typer.Argument(metavar="FILE", help="The backup; its keys lie in FILE.keys.")]


@keeping.command()
@spoken
def backup(file: BackupFile, lang: Lang = None, json: Json = False) -> None:
    """Copy the database to FILE, its keys to FILE.keys and the ledger of erasures to FILE.erasures."""
    from rbc_assess.cli.backup import back_up as run

    raise typer.Exit(run(Voice.of(lang, json), file))


@keeping.command()
@spoken
def restore(
    file: BackupFile,
    keys: Annotated[Path | None, typer.Option("--keys", help="The keys, if not in FILE.keys.")] = None,
    ledger: Annotated[
        list[Path] | None,
        typer.Option("--ledger", help="A further ledger of erasures, such as another server's."),
    ] = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Make an empty database what the backup was; who was erased since is erased again."""
    from rbc_assess.cli.backup import restore as run

    raise typer.Exit(run(Voice.of(lang, json), file, keys, ledger or []))


@keeping.command()
@spoken
def erase(
    enterprise: Annotated[str, typer.Argument(metavar="ENTERPRISE", help="Its id: ent_...")],
    yes: Annotated[
        bool, typer.Option("--yes", help="Do it; without this, only say what would happen.")
    ] = False,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Erase an enterprise for good: its key is destroyed, its answers are deleted, outcomes stay."""
    from rbc_assess.cli.erase import erase as run

    raise typer.Exit(run(Voice.of(lang, json), enterprise, yes=yes))


@secret.callback(invoke_without_command=True)
@spoken
def print_secret(context: typer.Context, lang: Lang = None, json: Json = False) -> None:
    """Print a fresh secret for RBC_SECRET_KEY."""
    if context.invoked_subcommand is not None:
        return
    from rbc_assess.settings import fresh_secret

    fresh = fresh_secret()
    if json:
        write_json({"secret": fresh})
    else:
        Voice.of(lang).say(fresh)


@secret.command()
@spoken
def rewrap(lang: Lang = None, json: Json = False) -> None:
    """Bring every stored key under the secret in use; then RBC_SECRET_KEY_PREVIOUS can go, once API keys have moved."""
    from rbc_assess.cli.rewrap import rewrap as run

    raise typer.Exit(run(Voice.of(lang, json)))

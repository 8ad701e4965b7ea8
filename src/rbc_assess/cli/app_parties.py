"""The commands about organisations and their keys, with their arguments."""

from __future__ import annotations

from typing import Annotated

import typer

from rbc_assess.cli.options import Json, Lang
from rbc_assess.cli.voice import Voice, spoken

organisations = typer.Typer(
    help="Organisations: enterprises, governments, lenders, ...", no_args_is_help=True
)
keys = typer.Typer(help="API keys of organisations.", no_args_is_help=True)

Test = Annotated[bool, typer.Option("--test", help="For the sandbox: it sees test data alone.")]


@organisations.command("create")
@spoken
def create_organisation(
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="enterprise, local_government, lender, operator, ...")
    ],
    name: Annotated[str, typer.Argument(metavar="NAME")],
    issuer: Annotated[
        str | None, typer.Option(metavar="CODE", help="The issuer of schemes that it is, such as jp-27.")
    ] = None,
    test: Test = False,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Create an organisation and print its id."""
    from rbc_assess.cli import parties

    raise typer.Exit(parties.create_organisation(Voice.of(lang, json), kind, name, issuer, test=test))


@organisations.command("list")
@spoken
def list_organisations(lang: Lang = None, json: Json = False) -> None:
    """List all organisations."""
    from rbc_assess.cli import parties

    raise typer.Exit(parties.list_organisations(Voice.of(lang, json)))


@keys.command("create")
@spoken
def create_key(
    organisation: Annotated[str, typer.Argument(metavar="ORGANISATION", help="Its id.")],
    scope: Annotated[
        list[str] | None, typer.Option("--scope", help="Again for each; default: all that its kind may have.")
    ] = None,
    label: Annotated[str, typer.Option("--label", help="What the key is for.")] = "",
    expires_days: Annotated[int, typer.Option("--expires-days", min=1, max=730)] = 365,
    test: Test = False,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Issue a key and show it, this once."""
    from rbc_assess.cli import parties

    voice = Voice.of(lang, json)
    raise typer.Exit(parties.create_key(voice, organisation, scope or [], label, expires_days, test=test))


@keys.command("list")
@spoken
def list_keys(
    organisation: Annotated[str, typer.Argument(metavar="ORGANISATION", help="Its id.")],
    lang: Lang = None,
    json: Json = False,
) -> None:
    """List an organisation's keys, never a secret."""
    from rbc_assess.cli import parties

    raise typer.Exit(parties.list_keys(Voice.of(lang, json), organisation))


@keys.command("rotate")
@spoken
def rotate_key(
    key: Annotated[str, typer.Argument(metavar="ID", help="The id of the key, or the whole key.")],
    overlap_hours: Annotated[
        int, typer.Option("--overlap-hours", min=0, max=720, help="How long the old key goes on.")
    ] = 24,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Issue the key that takes the place of another, and show it, this once."""
    from rbc_assess.cli import parties

    raise typer.Exit(parties.rotate_key(Voice.of(lang, json), key, overlap_hours))


@keys.command("revoke")
@spoken
def revoke_key(
    key: Annotated[str, typer.Argument(metavar="ID", help="The id of the key, or the whole key.")],
    lang: Lang = None,
    json: Json = False,
) -> None:
    """End a key at once."""
    from rbc_assess.cli import parties

    raise typer.Exit(parties.revoke_key(Voice.of(lang, json), key))

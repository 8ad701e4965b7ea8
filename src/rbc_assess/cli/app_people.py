"""The commands about people, with their arguments."""

from __future__ import annotations

from typing import Annotated

import typer

from rbc_assess.cli.options import Json, Lang
from rbc_assess.cli.voice import Voice, spoken

people = typer.Typer(help="People who act for organisations, and their roles.", no_args_is_help=True)

Organisation = Annotated[str, typer.Argument(metavar="ORGANISATION", help="Its id.")]


@people.command("invite")
@spoken
def invite_person(
    organisation: Organisation,
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="The address that the person signs in by.")],
    name: Annotated[str, typer.Argument(metavar="NAME")],
    role: Annotated[
        str, typer.Option("--role", help="owner, member, officer, author, approver, auditor; by kind.")
    ] = "owner",
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Let somebody act for an organisation, and print the person's id there. No mail is sent."""
    from rbc_assess.cli import people as commands

    voice = Voice.of(lang, json)
    raise typer.Exit(commands.invite_person(voice, organisation, email, name, role))


@people.command("list")
@spoken
def list_people(organisation: Organisation, lang: Lang = None, json: Json = False) -> None:
    """List an organisation's people."""
    from rbc_assess.cli import people as commands

    raise typer.Exit(commands.list_people(Voice.of(lang, json), organisation))


@people.command("end")
@spoken
def end_person(
    organisation: Organisation,
    person: Annotated[str, typer.Argument(metavar="ID", help="The id of the person in the organisation.")],
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Let somebody act for an organisation no more, at once."""
    from rbc_assess.cli import people as commands

    raise typer.Exit(commands.end_person(Voice.of(lang, json), organisation, person))


@people.command("link")
@spoken
def make_link(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="The address of a person.")],
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Print a link by which a person signs in, once within ten minutes, in any browser: where there is no mail."""
    from rbc_assess.cli import people as commands

    raise typer.Exit(commands.make_link(Voice.of(lang, json), email))

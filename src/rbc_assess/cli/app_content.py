"""The commands about content, with their arguments: crosswalks, figures of the law, what workers said."""

from __future__ import annotations

from typing import Annotated

import typer

from rbc_assess.cli.options import Json, Lang, QuestionnaireName, documents_root
from rbc_assess.cli.voice import Stop, Voice, spoken

content = typer.Typer()


@content.command("export")
@spoken
def export(
    context: typer.Context,
    sheet: Annotated[
        str | None,
        typer.Argument(metavar="[SHEET]", help="Fill the framework's parts from it; - is stdin."),
    ] = None,
    crosswalk: Annotated[
        str | None, typer.Option("--crosswalk", metavar="NAME", help="A framework, such as vsme.")
    ] = None,
    questionnaire: Annotated[
        str | None,
        typer.Option("--questionnaire", metavar="QUESTIONNAIRE", help="Default: the one the sheet names."),
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="Default: the sheet's, else today.")
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Comma-separated, for spreadsheets.")] = False,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Tell which criteria and questions answer to a framework; with a sheet, what it fills and what is lacking."""
    from rbc_assess.cli.crosswalk import Form, export_filled, export_table

    if crosswalk is None:
        raise Stop(
            "export: say which framework, with --crosswalk.",
            "export: --crosswalk で対応先を指定してください。",
        )
    if csv and json:
        raise Stop("export: either --csv or --json.", "export: --csv と --json は同時に使えません。")
    voice, root = Voice.of(lang, json), documents_root(context)
    form: Form = "csv" if csv else "json" if json else "text"
    if sheet is None:
        raise typer.Exit(export_table(voice, root, crosswalk, questionnaire, form))
    raise typer.Exit(export_filled(voice, root, crosswalk, questionnaire, sheet, as_of, form))


@content.command("facts")
@spoken
def facts(
    context: typer.Context,
    country: Annotated[
        str | None, typer.Option("--country", metavar="CODE", help="Only this country, such as JP.")
    ] = None,
    unverified: Annotated[
        bool, typer.Option("--unverified", help="Only what nobody has verified, translations included.")
    ] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="As the page in docs/ holds it.")] = False,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """List every figure of the law that the documents use: value, source, day, and whether it was verified."""
    from rbc_assess.cli.facts import list_facts

    voice = Voice.of(lang, json)
    raise typer.Exit(
        list_facts(voice, documents_root(context), country, unverified=unverified, markdown=markdown)
    )


@content.command("voice")
@spoken
def voice(
    context: typer.Context,
    questionnaire: QuestionnaireName,
    replies: Annotated[
        str, typer.Argument(metavar="REPLIES", help="A list of answers, one per person, as JSON or YAML.")
    ],
    sheet: Annotated[
        str | None,
        typer.Option("--sheet", metavar="SHEET", help="The firm's own sheet, which names its questionnaire."),
    ] = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Add up what workers said, by theme; nothing is told of fewer than ten people, or where all said the same."""
    from rbc_assess.cli.worker_voice import tell

    raise typer.Exit(tell(Voice.of(lang, json), documents_root(context), questionnaire, replies, sheet))

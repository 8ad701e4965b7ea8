"""Every command with its arguments. Each imports what it needs when it runs, so that the others start quickly."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from rbc_assess.cli.app_audit import audit
from rbc_assess.cli.app_content import content
from rbc_assess.cli.app_evidence import evidence
from rbc_assess.cli.app_jobs import jobs
from rbc_assess.cli.app_keeping import keeping, secret
from rbc_assess.cli.app_parties import keys, organisations
from rbc_assess.cli.app_people import people
from rbc_assess.cli.app_sandbox import trying
from rbc_assess.cli.options import Json, Lang, QuestionnaireName, SchemeName, documents_root
from rbc_assess.cli.voice import Stop, Voice, spoken
from rbc_assess.shipped import documents_root as shipped_documents

app = typer.Typer(
    name="rbc-assess",
    help="Responsible business conduct self-assessment: questionnaires, exact scores, a service.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class LintFormat(StrEnum):
    """How ``lint`` prints faults."""

    TEXT = "text"
    GITHUB = "github"
    JSON = "json"


@app.callback()
@spoken
def choose_documents(
    context: typer.Context,
    documents: Annotated[
        Path | None,
        typer.Option(
            "--documents",
            metavar="DIR",
            envvar="RBC_DOCUMENTS_DIR",
            show_envvar=True,
            help="The documents root; default: the shipped one.",
        ),
    ] = None,
) -> None:
    """Responsible business conduct self-assessment: questionnaires, exact scores, a service."""
    if documents is not None and not documents.is_dir() and not context.resilient_parsing:
        raise Stop(
            f"--documents: there is no folder {documents}.",
            f"--documents: フォルダ {documents} がありません。",
        )
    context.obj = documents if documents is not None else shipped_documents()


# --- documents: files only, no database --------------------------------------------------------------------


@app.command()
@spoken
def lint(
    context: typer.Context,
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH]...", help="Files or folders; default: the documents root."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Let warnings fail too.")] = False,
    form: Annotated[LintFormat, typer.Option("--format", help="How to print faults.")] = LintFormat.TEXT,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Check documents: every fault with file, line and column. Errors exit 1."""
    from rbc_assess.cli.lint import lint as run

    chosen = "json" if json else form.value
    voice = Voice.of(lang, chosen == "json")
    raise typer.Exit(run(voice, documents_root(context), paths or [], chosen, strict=strict))


@app.command()
@spoken
def score(
    context: typer.Context,
    questionnaire: QuestionnaireName,
    sheet: Annotated[
        str,
        typer.Argument(
            metavar="SHEET", help='{"profile": {...}, "answers": {...}} as JSON or YAML; - is stdin.'
        ),
    ],
    explain: Annotated[bool, typer.Option("--explain", help="Print the arithmetic as tables.")] = False,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="DATE", help="Default: the sheet's, else today where the firm is."),
    ] = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Score a sheet from files alone. Missing answers are listed; invalid ones exit 1."""
    from rbc_assess.cli.score import score as run

    root = documents_root(context)
    raise typer.Exit(run(Voice.of(lang, json), root, questionnaire, sheet, as_of, explained=explain))


@app.command()
@spoken
def check(
    context: typer.Context,
    scheme: SchemeName,
    sheet: Annotated[
        str,
        typer.Argument(
            metavar="SHEET|FACTS",
            help='{"profile": {...}, "answers": {...}} or {"facts": {...}}, either with "inputs"; - is stdin.',
        ),
    ],
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="DATE", help="Default: the sheet's, else today where the issuer is."),
    ] = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Say what a scheme makes of a sheet or of facts, from files alone. Invalid ones exit 1."""
    from rbc_assess.cli.check import check as run

    raise typer.Exit(run(Voice.of(lang, json), documents_root(context), scheme, sheet, as_of))


@app.command()
@spoken
def preview(
    context: typer.Context,
    questionnaire: Annotated[
        str,
        typer.Argument(
            metavar="QUESTIONNAIRE|SCHEME", help="An id such as quick-check, with @EDITION, or a YAML file."
        ),
    ],
    all_help: Annotated[
        bool, typer.Option("--all-help", help="Also examples, papers that help, and what to do next.")
    ] = False,
    country: Annotated[
        str | None, typer.Option("--country", metavar="CODE", help="Show its figures, such as JP.")
    ] = None,
    region: Annotated[
        str | None, typer.Option("--region", metavar="CODE", help="For figures by region, such as JP-13.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="Only what is asked on that day.")
    ] = None,
    sector: Annotated[
        str | None, typer.Option("--sector", metavar="CODE", help="With its supplements, such as 13.")
    ] = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Print a questionnaire as people will read it, or the rules of a scheme in plain sentences."""
    from rbc_assess.cli.preview import preview as run
    from rbc_assess.cli.reader import Reader

    reader = Reader(country, region, as_of, sector)
    root = documents_root(context)
    raise typer.Exit(run(Voice.of(lang, json), root, questionnaire, reader, all_help=all_help))


@app.command()
@spoken
def cases(
    context: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME]...", help="Schemes or questionnaires, by id or as YAML files; default: all."
        ),
    ] = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Run the cases of schemes and the example firms of questionnaires: is everything as their authors expect?"""
    from rbc_assess.cli.cases import cases as run

    raise typer.Exit(run(Voice.of(lang, json), documents_root(context), names or []))


@app.command()
@spoken
def diff(
    context: typer.Context,
    older: Annotated[
        str,
        typer.Argument(metavar="A", help="An edition or version such as quick-check@1.0.0, or a YAML file."),
    ],
    newer: Annotated[str, typer.Argument(metavar="B", help="The same for the newer one.")],
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Say what changed between two editions, and which class of change that is; or between versions of a scheme."""
    from rbc_assess.cli.diff import diff as run

    raise typer.Exit(run(Voice.of(lang, json), documents_root(context), older, newer))


@app.command()
@spoken
def translations(
    context: typer.Context,
    questionnaire: QuestionnaireName,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """List the translations of an edition: how far they reach, what is missing, what is out of date."""
    from rbc_assess.cli.translations import translations as run

    raise typer.Exit(run(Voice.of(lang, json), documents_root(context), questionnaire))


# --- the service and its database --------------------------------------------------------------------------

database = typer.Typer(help="The database.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(database, name="db")
app.add_typer(organisations, name="organisations")
app.add_typer(keys, name="keys")
app.add_typer(evidence, name="evidence")
app.add_typer(audit, name="audit")
app.add_typer(people, name="people")
app.add_typer(jobs, name="jobs")
app.add_typer(content)
app.add_typer(trying)
app.add_typer(keeping)
app.add_typer(secret, name="secret")


@app.command()
@spoken
def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option("--host", help="Default: RBC_HOST, else 127.0.0.1.")] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", min=0, max=65535, help="Default: RBC_PORT, else 8000; 0 takes a free one."),
    ] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="Processes; on SQLite one.")] = 1,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Serve the HTTP API."""
    from rbc_assess.cli.serving import serve as run

    raise typer.Exit(run(Voice.of(lang, json), documents_root(context), host, port, workers))


@app.command()
@spoken
def worker(
    context: typer.Context,
    until_idle: Annotated[
        bool, typer.Option("--until-idle", help="End when nothing is due, instead of waiting for more.")
    ] = False,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Do the work in the background: batches of decisions, simulations, housekeeping. For PostgreSQL."""
    from rbc_assess.cli.worker import work as run

    raise typer.Exit(run(Voice.of(lang, json), documents_root(context), until_idle=until_idle))


@app.command()
@spoken
def replay(
    context: typer.Context,
    decision: Annotated[str, typer.Argument(metavar="DECISION", help="Id of a recorded decision: dec_...")],
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Make a recorded decision again and compare it, byte for byte. Exit 1 if it differs."""
    from rbc_assess.cli.replay import replay as run

    raise typer.Exit(run(Voice.of(lang, json), documents_root(context), decision))


@app.command()
@spoken
def demo(
    context: typer.Context,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")] = 8000,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Serve sample firms, a prefecture and a bank on this machine, from a fresh database."""
    from rbc_assess.cli.demo import demo as run

    raise typer.Exit(run(Voice.of(lang, json), documents_root(context), port))


@app.command()
@spoken
def simulate(
    context: typer.Context,
    scheme: Annotated[
        str, typer.Argument(metavar="SCHEME-PATH", help="A YAML file, or an id such as jp-27-rbc-upgrade@2.")
    ],
    against: Annotated[
        int | None,
        typer.Option("--against", metavar="VERSION", min=1, help="Default: the published version in force."),
    ] = None,
    alone: Annotated[bool, typer.Option("--alone", help="Against no version.")] = False,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of", metavar="DATE", help="Default: today, or the nearest day when it is in force."
        ),
    ] = None,
    inputs: Annotated[
        list[str] | None,
        typer.Option("--input", metavar="NAME=VALUE", help="An input, said of every enterprise; repeatable."),
    ] = None,
    test: Annotated[bool, typer.Option("--test", help="Over the sandbox's enterprises.")] = False,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Say what a scheme would change for the stored enterprises: counts by size, sector and region."""
    from rbc_assess.cli.simulate import Wanted
    from rbc_assess.cli.simulate import simulate as run

    wanted = Wanted(scheme, against, alone, as_of, tuple(inputs or ()), test)
    raise typer.Exit(run(Voice.of(lang, json), documents_root(context), wanted))


@app.command(hidden=True)
@spoken
def openapi(json: Json = True) -> None:
    """Print the OpenAPI document of the HTTP API."""
    from rbc_assess.api.openapi import main as run

    run()


@database.command("upgrade")
@spoken
def upgrade_database(lang: Lang = None, json: Json = False) -> None:
    """Bring the schema to what this program works on."""
    from rbc_assess.cli.database import upgrade

    raise typer.Exit(upgrade(Voice.of(lang, json)))

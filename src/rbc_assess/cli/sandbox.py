"""``sandbox``: the fixed firms, put where test keys can find them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from rbc_assess.cli.database import keyring_of, open_store, settings_of_database, writing
from rbc_assess.cli.sandbox_firms import INPUTS, SCHEME, put_in_place
from rbc_assess.cli.serving import read_catalogue, record_published
from rbc_assess.cli.tables import Column, print_table
from rbc_assess.cli.voice import FINE, Stop, Voice, write_json
from rbc_assess.errors import NotFound
from rbc_assess.storage import organisations
from rbc_assess.workflows.consent import RECIPIENT_KINDS

PAGE = 200


def fill(voice: Voice, root: Path, recipients: Sequence[str]) -> int:
    """Put the firms into the sandbox and say what a decision about each is answered with.

    Raises:
        Stop: a recipient is no government or lender of the sandbox, or there is none.
    """
    settings = settings_of_database(with_secret=True).model_copy(update={"documents_dir": root})
    catalogue = read_catalogue(settings, examples=True)
    with open_store(settings, keyring=keyring_of(settings)) as store:
        record_published(store, catalogue)
        with writing(store, livemode=False) as connection:
            there = _recipients(connection, recipients)
            firms = put_in_place(connection, catalogue, there, datetime.now(UTC))
    if voice.json:
        write_json(
            [
                {
                    "id": one.id,
                    "corporate_number": one.corporate_number,
                    "name": one.name,
                    "scheme": SCHEME,
                    "inputs": dict(INPUTS),
                    "answer": one.answer,
                }
                for one in firms
            ]
        )
        return FINE
    print_table(
        voice,
        (
            Column("id", "ID"),
            Column("corporate number", "法人番号"),
            Column("name", "名前"),
            Column("answer", "回答"),
        ),
        ((one.id, one.corporate_number, one.name, one.answer) for one in firms),
    )
    said = " ".join(f"{name}: {str(value).lower()}" for name, value in INPUTS.items())
    voice.aside(
        f"The answers are those of POST /v1/decisions for the scheme {SCHEME} with {said}.",
        f"回答は、制度 {SCHEME} についての POST /v1/decisions のものです（入力は {said}）。",
    )
    return FINE


def _recipients(connection: Connection, named: Sequence[str]) -> list[str]:
    if named:
        for one in named:
            try:
                found = organisations.find_organisation(connection, one)
            except NotFound:
                found = None
            if found is None or found.livemode or found.kind not in RECIPIENT_KINDS:
                raise Stop(
                    f"“{one}” is no government or lender of the sandbox.",
                    f"「{one}」は、テスト用の自治体・金融機関ではありません。",
                )
        return list(named)
    there: list[str] = []
    after: str | None = None
    while True:
        page = organisations.list_organisations(
            connection, livemode=False, kinds=RECIPIENT_KINDS, limit=PAGE, after=after
        )
        there += [one.id for one in page.items]
        after = page.next_place
        if after is None:
            break
    if not there:
        raise Stop(
            "There is no government or lender in the sandbox yet. Make one: "
            "rbc-assess organisations create lender NAME --test",
            "テスト用の自治体・金融機関がまだありません。先に作成してください："
            "rbc-assess organisations create lender NAME --test",
        )
    return there

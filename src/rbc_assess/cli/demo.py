"""``demo``: a fresh service on this machine alone, with people in it, and three calls to try."""

from __future__ import annotations

import fcntl
import json
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import structlog

from rbc_assess.api.app import create_app
from rbc_assess.api.log_list import keep_to_the_list
from rbc_assess.cli.database import keyring_of, writing
from rbc_assess.cli.demo_firms import Cast, settle
from rbc_assess.cli.sandbox_firms import put_in_place
from rbc_assess.cli.serving import base_url_of, listen, read_catalogue, record_published, run
from rbc_assess.cli.voice import FINE, Stop, Voice, plain, write_json
from rbc_assess.cli.working import working_inside
from rbc_assess.core.example import Example
from rbc_assess.identity import Peppers
from rbc_assess.settings import Settings, read_settings
from rbc_assess.storage import checkpoint_file, schema
from rbc_assess.storage.engine import Store
from rbc_assess.workflows.erase import LEDGER_NAME

HOST: Final = "127.0.0.1"
DATABASE: Final = "demo.sqlite3"
DESCRIPTION: Final = "demo.json"
CHECKPOINTS: Final = "checkpoints"
SHEET: Final = "demo-sheet.json"
SHEET_BEFORE: Final = "demo-sheet-before.json"


def demo(voice: Voice, root: Path, port: int) -> int:
    """Make a fresh database, serve it until a signal says stop, and say where to look.

    Raises:
        Stop: another demo runs in this folder, the port is taken, the documents have errors.
    """
    folder = Path(os.environ.get("RBC_DATA_DIR") or "var")
    with _alone(folder), listen(HOST, port) as listener:
        base_url = base_url_of(listener)
        settings = _settings(folder, root, base_url)
        replaced = _clear(folder)
        if replaced:
            voice.aside(f"Replaced the demo in {folder}.", f"{folder} の前のデモを置き換えました。")
        # Nothing but what went wrong: the calls to try should stay in sight.
        structlog.configure(
            processors=[keep_to_the_list, structlog.dev.ConsoleRenderer()],
            wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        )
        schema.upgrade(settings.store_url)
        catalogue = read_catalogue(settings, examples=True)
        peppers = Peppers(settings.secret)
        with Store.open(
            settings.store_url, pool_size=settings.pool_size, keyring=keyring_of(settings)
        ) as store:
            record_published(store, catalogue)
            with writing(store, livemode=False) as connection:
                try:
                    now = datetime.now(UTC)
                    people = settle(connection, catalogue, peppers, now)
                    put_in_place(connection, catalogue, (people.government, people.lender), now)
                except LookupError:
                    raise Stop(
                        f"{root} holds no questionnaire that is in force, and the demo needs one.",
                        f"{root} に、今使える質問票がありません。デモには一つ必要です。",
                    ) from None
            app = create_app(settings, catalogue, store, peppers=peppers)

            def announce(url: str, begin_work: Callable[[], None]) -> None:
                _write(folder / SHEET, _sheet(people.firms[0].example))
                if people.before is not None:
                    _write(folder / SHEET_BEFORE, _sheet(people.before))
                _write(folder / DESCRIPTION, description(url, people))
                if voice.json:
                    write_json(description(url, people))
                else:
                    _print(voice, url, people, folder)
                begin_work()

            try:
                with working_inside(settings, catalogue) as begin_work:
                    run(app, listener, lambda url: announce(url, begin_work))
            finally:
                # Its keys open nothing any more, and a program must not wait for a server that is gone.
                (folder / DESCRIPTION).unlink(missing_ok=True)
    return FINE


def _settings(folder: Path, root: Path, base_url: str) -> Settings:
    return read_settings(
        {
            "demo": True,
            "host": HOST,
            "public_url": base_url,
            "data_dir": folder,
            "checkpoint_dir": folder / CHECKPOINTS,
            "documents_dir": root,
            "database_url": f"sqlite:///{folder.absolute() / DATABASE}",
            "owner_database_url": None,
            "secret_key": None,
            "secret_key_previous": None,
        }
    )


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder: a second demo would take the database from under the first."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Stop(
                f"A demo is running in {folder}. End it, or set RBC_DATA_DIR to another folder.",
                f"{folder} でデモが動いています。終了するか、RBC_DATA_DIR に別のフォルダを指定してください。",
            ) from None
        yield


def _clear(folder: Path) -> bool:
    """Take away the demo before, and nothing else that may lie there."""
    replaced = (folder / DATABASE).exists()
    for name in (
        DATABASE,
        f"{DATABASE}-wal",
        f"{DATABASE}-shm",
        f"{DATABASE}.worker",
        DESCRIPTION,
        SHEET,
        SHEET_BEFORE,
        LEDGER_NAME,
        f"{CHECKPOINTS}/{checkpoint_file.NAME}",
    ):
        (folder / name).unlink(missing_ok=True)
    return replaced


# --- what it leaves in the folder --------------------------------------------------------------------------


def description(base_url: str, people: Cast) -> dict[str, object]:
    """Say where everything is, for programs: the content of ``demo.json``."""
    return {
        "base_url": base_url,
        "keys": dict(people.keys),
        "organisations": {"government": people.government, "lender": people.lender},
        "enterprises": [{"id": firm.id, "name": firm.name} for firm in people.firms],
        "schemes": list(people.schemes),
    }


def _sheet(example: Example) -> dict[str, object]:
    questionnaire, _, _ = example.questionnaire.partition("@")
    return {
        "questionnaire": questionnaire,
        "profile": dict(example.profile),
        "answers": dict(example.answers),
    }


def _write(path: Path, document: object) -> None:
    """Write a file that is whole from the moment it is there, for this user's eyes alone: it holds keys."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(
        os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        json.dump(document, file, ensure_ascii=False, indent=2, default=plain)
        file.write("\n")
    unfinished.replace(path)


# --- what it says ------------------------------------------------------------------------------------------


def _print(voice: Voice, base_url: str, people: Cast, folder: Path) -> None:
    voice.say(
        f"The demo is at {base_url} on this machine alone, with a fresh database in {folder}.",
        f"デモを {base_url} で始めました。この機械の中だけで動き、データは {folder} に新しく作りました。",
    )
    voice.say(f"Description of the API: {base_url}/docs", f"APIの説明:{base_url}/docs")
    voice.say(f"Keys and ids of everybody: {folder / DESCRIPTION}", f"全員のキーとID:{folder / DESCRIPTION}")
    voice.say(
        f"Who signs in by {people.people[0].email} and others in it gets the link printed here.",
        f"{people.people[0].email} などの担当者のログイン用リンクは、ここに表示されます。",
    )
    voice.say("")
    voice.say("Three calls to try:", "試せる3つの呼び出し:")
    for en, ja, command in calls(base_url, people, folder):
        voice.say("")
        voice.say(f"# {en}", f"# {ja}")
        voice.say(command)
    voice.say("")
    voice.say("Ctrl-C ends it.", "Ctrl-Cで終わります。")


def calls(base_url: str, people: Cast, folder: Path) -> tuple[tuple[str, str, str], ...]:
    """Calls that work, three with the shipped documents: what they do in en and ja, and the command."""
    key = people.keys["enterprise"]
    firm = people.firms[0]
    bearer = f"-H 'Authorization: Bearer {key}'"
    submit = (
        f"curl -s '{base_url}/v1/submissions' {bearer} -H 'Content-Type: application/json' "
        f"-H 'Idempotency-Key: demo-1' --data-binary '@{(folder / SHEET).absolute()}'"
    )
    first = (
        (
            "Which questionnaires are there?",
            "どの質問票があるか",
            f"curl -s '{base_url}/v1/questionnaires?lang=ja'",
        ),
        (
            f"Submit a sheet for {firm.name} and get its scorecard",
            f"{firm.name} の回答を提出し、スコアカードを受け取る",
            submit,
        ),
    )
    if firm.submission is None:  # other documents than the shipped ones, and no example that is complete
        return first
    plan = f"{base_url}/v1/submissions/{firm.submission}/plan?lang=ja"
    return (
        *first,
        (
            "Read the next steps of its latest submission in Japanese",
            "提出済みの結果から、次の取り組みを日本語で読む",
            f"curl -s '{plan}' {bearer}",
        ),
    )

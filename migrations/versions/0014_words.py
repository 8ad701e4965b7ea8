"""Free text sealed: answers of drafts, sheets that say anything in words, records of decisions.

Revision: 0014, after 0013

What is there already is sealed here, so this one needs the secret of the installation (see 0010). Which answers are
texts is told by the stored questionnaire; where that is gone, nothing of the sheet stays open.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from rbc_assess.errors import SecretNeeded
from rbc_assess.identity import DataKey, Keyring, Place, Wrapped

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

PLAIN = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
SEALED = sa.LargeBinary()
AT_A_TIME = 500


def upgrade() -> None:
    connection = op.get_bind()
    keys = Keys(connection)
    op.add_column("submission", sa.Column("words", SEALED, nullable=True))
    seal_sheets(connection, keys)
    for table, column, nullable, seal in (
        ("draft_answer", "answer", True, seal_drafts),
        ("decision", "record", False, seal_records),
    ):
        op.add_column(table, sa.Column("sealed", SEALED, nullable=True))
        seal(connection, keys)
        with op.batch_alter_table(table) as batch:
            batch.drop_column(column)
            batch.alter_column("sealed", new_column_name=column, existing_type=SEALED, nullable=nullable)


class Keys:
    """The keys of enterprises, each read when it is first needed."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._known: dict[str, DataKey] = {}

    def seal(self, place: Place, text: str) -> bytes:
        keyring: Keyring | None = context.config.attributes.get("keyring")
        if keyring is None:
            raise SecretNeeded
        key = self._known.get(place.enterprise)
        if key is None:
            row = self._connection.execute(
                sa.text("SELECT kek_id, wrapped FROM sealing_key WHERE organisation_id = :enterprise"),
                {"enterprise": place.enterprise},
            ).one()
            key = keyring.unwrap(place.enterprise, Wrapped(row.kek_id, bytes(row.wrapped)))
            self._known[place.enterprise] = key
        return key.seal(place, text)


def seal_drafts(connection: sa.Connection, keys: Keys) -> None:
    def sealed(row: sa.Row[Any]) -> dict[str, object] | None:
        if row.answer is None:
            return None
        name = f"{row.assessment_id}/{row.question_id}/{row.edition}"
        place = Place("draft_answer", "answer", name, row.organisation_id)
        return {**row._asdict(), "sealed": keys.seal(place, row.answer)}

    _change(
        connection,
        "SELECT organisation_id, assessment_id, question_id, edition, answer FROM draft_answer",
        sealed,
        "UPDATE draft_answer SET sealed = :sealed, answer = NULL WHERE organisation_id = :organisation_id AND "
        "assessment_id = :assessment_id AND question_id = :question_id AND edition = :edition",
    )


def seal_records(connection: sa.Connection, keys: Keys) -> None:
    def sealed(row: sa.Row[Any]) -> dict[str, object]:
        place = Place("decision", "record", row.id, row.enterprise)
        return {**row._asdict(), "sealed": keys.seal(place, row.record)}

    _change(
        connection,
        "SELECT organisation_id, id, enterprise, record FROM decision",
        sealed,
        "UPDATE decision SET sealed = :sealed, record = '' WHERE organisation_id = :organisation_id AND id = :id",
    )


def seal_sheets(connection: sa.Connection, keys: Keys) -> None:
    texts: dict[str, set[str] | None] = {}

    def texts_of(sha256: str) -> set[str] | None:
        if sha256 not in texts:
            found = connection.execute(
                sa.text("SELECT text FROM document WHERE sha256 = :sha256"), {"sha256": sha256}
            ).scalar()
            texts[sha256] = None if found is None else set(_text_questions(json.loads(found)))
        return texts[sha256]

    def sealed(row: sa.Row[Any]) -> dict[str, object] | None:
        named = [row.questionnaire_sha256]
        named += [] if row.supplements is None else [one["sha256"] for one in json.loads(row.supplements)]
        known = [texts_of(one) for one in named]
        answers = json.loads(row.answers)
        coded: dict[str, object] = {}
        if None not in known:
            worded = {name for one in known if one is not None for name in one}
            coded = {name: _coded(answer, name in worded) for name, answer in answers.items()}
            coded = {name: answer for name, answer in coded.items() if answer is not None}
        if coded == answers:
            return None
        place = Place("submission", "words", row.id, row.organisation_id)
        written = json.dumps(coded, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        return {**row._asdict(), "coded": written, "words": keys.seal(place, row.answers)}

    _change(
        connection,
        "SELECT organisation_id, id, questionnaire_sha256, supplements, answers FROM submission",
        sealed,
        "UPDATE submission SET answers = :coded, words = :words WHERE organisation_id = :organisation_id AND id = :id",
    )


def _change(
    connection: sa.Connection,
    reading: str,
    change: Callable[[sa.Row[Any]], dict[str, object] | None],
    writing: str,
) -> None:
    changed = [values for row in connection.execute(sa.text(reading)) if (values := change(row)) is not None]
    for start in range(0, len(changed), AT_A_TIME):
        connection.execute(sa.text(writing), changed[start : start + AT_A_TIME])


def _text_questions(tree: object) -> Iterator[str]:
    """The ids of the questions of a document that are answered in words."""
    if isinstance(tree, dict):
        if tree.get("kind") == "text" and isinstance(tree.get("id"), str):
            yield tree["id"]
        for part in tree.values():
            yield from _text_questions(part)
    elif isinstance(tree, list):
        for part in tree:
            yield from _text_questions(part)


def _coded(answer: object, in_words: bool) -> object:
    if not isinstance(answer, dict):
        return None if in_words else answer
    kept = {name: part for name, part in answer.items() if name in {"state", "evidence"}}
    if "value" in answer and not in_words:
        kept["value"] = answer["value"]
    if "plan" in answer:
        kept["plan"] = {"by": answer["plan"]["by"]}
    if set(kept) == {"value"}:
        return kept["value"]
    return kept or None

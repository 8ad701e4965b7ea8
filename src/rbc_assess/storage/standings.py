"""Standings: the latest facts of each enterprise in typed columns, kept in step with its submissions.

A standing is written by the transaction that records the submission, in one statement. On PostgreSQL the values of
the numbered columns travel as three arrays: two hundred parameters of their own would take ten times as long.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, bindparam, delete, select

from rbc_assess.core.fact_kinds import NOT_APPLICABLE, Facts
from rbc_assess.core.kept_facts import keep
from rbc_assess.storage.columns import moment_text
from rbc_assess.storage.layouts import NAMED, Layout, major_of
from rbc_assess.storage.statements import ENTERPRISE
from rbc_assess.storage.submissions import SUBMISSION, Submission, read_submission
from rbc_assess.storage.tables_population import DAYS, LARGE, SMALL, STANDING

LOWEST: Final[Mapping[str, int]] = {"SMALLINT": 1 - 2**15, "INTEGER": 1 - 2**31, "BIGINT": 1 - 2**63}
"""What stands for "does not apply" in a column of each type: no value comes near it."""

NOT_APPLICABLE_IN: Final[Mapping[str, int]] = {
    column.name: LOWEST[str(column.type)] for column in STANDING.columns if str(column.type) in LOWEST
}
"""Column -> what stands for "does not apply" in it."""

_FAMILIES: Final = ((SMALL, "smallint"), (DAYS, "integer"), (LARGE, "bigint"))
_FAMILY: Final = {name: number for number, (names, _) in enumerate(_FAMILIES) for name in names}
_KEYS: Final = ("organisation_id", "questionnaire_id", "major")
_FIXED: Final = (
    *_KEYS,
    "livemode",
    "submission_id",
    "submitted_at",
    *(
        place.column
        for fact, place in NAMED.items()
        if fact != "assessment.questionnaire" and not fact.startswith("previous.")
    ),
)
_BEFORE: Final = ("previous_overall_tenths", "previous_change_tenths", "previous_new_not_met")
_NOT_SMALL: Final = LOWEST["SMALLINT"]


class Kept(NamedTuple):
    """The facts of a submission as its standing will hold them, by column; ``not_met``: critical criteria."""

    layout: Layout
    fixed: Mapping[str, Any]
    numbered: Mapping[str, int | None]
    not_met: tuple[str, ...]


def prepare_standing(layout: Layout, facts: Facts, assessed_on: date, critical: Iterable[str]) -> Kept:
    """Turn the facts of a submission on its own day into columns.

    ``critical``: the criteria whose state is compared with the submission before.
    """
    fixed: dict[str, Any] = {"assessed_day": assessed_on.toordinal()}
    numbered: dict[str, int | None] = {}
    for name, value in facts.items():
        if name.startswith("previous."):
            continue
        place = NAMED.get(name)
        into: dict[str, Any] = fixed
        if place is None:
            place = layout.numbered.get(name)
            into = numbered
            if place is None:
                continue
        if value is NOT_APPLICABLE:
            into[place.column] = NOT_APPLICABLE_IN[place.column]
        else:
            into[place.column] = keep(place.coding, value, assessed_on, place.numbers)
    not_met = tuple(name for name in critical if facts.get(f"state.{name}") == "not_met")
    return Kept(layout, fixed, numbered, not_met)


def record_standing(connection: Connection, submission: Submission, kept: Kept) -> None:
    """Let a submission stand for its enterprise, unless a later one does."""
    fixed = {
        **kept.fixed,
        "organisation_id": submission.enterprise,
        "questionnaire_id": submission.questionnaire.id,
        "major": major_of(submission.questionnaire.edition),
        "edition": submission.questionnaire.edition,
        "livemode": submission.livemode,
        "submission_id": submission.id,
        "submitted_at": submission.submitted_at,
    }
    columns = tuple(sorted(place.column for place in kept.layout.numbered.values()))
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_on_postgresql(columns), _for_postgresql(fixed, columns, kept))
    else:
        connection.exec_driver_sql(_on_sqlite(columns), _for_sqlite(fixed, columns, kept))


def remove_standing(connection: Connection, submission: Submission) -> bool:
    """Take a withdrawn submission out of the population; tells whether it stood for its enterprise.

    Locks the enterprise first: of two withdrawals at once the second sees what the first has left.
    """
    connection.execute(_LOCK, {"enterprise": submission.enterprise})
    removed = {"enterprise": submission.enterprise, "submission": submission.id}
    return connection.execute(_REMOVE, removed).first() is not None


def next_to_stand(connection: Connection, withdrawn: Submission) -> Submission | None:
    """The latest submission under the same major edition that was not withdrawn."""
    major = major_of(withdrawn.questionnaire.edition)
    wanted = {"enterprise": withdrawn.enterprise, "questionnaire": withdrawn.questionnaire.id}
    row = connection.execute(_NEXT, {**wanted, "editions": f"{major}.%"}).first()
    return None if row is None else read_submission(connection, row)


def nobody_stands(connection: Connection) -> bool:
    """Whether no submission stands for any enterprise."""
    return connection.execute(_ANY).first() is None


_ANY = select(STANDING.c.major).limit(1)
_LOCK = (
    select(ENTERPRISE.c.organisation_id)
    .where(ENTERPRISE.c.organisation_id == bindparam("enterprise"))
    .with_for_update(key_share=True)
)
_REMOVE = (
    delete(STANDING)
    .where(
        STANDING.c.organisation_id == bindparam("enterprise"),
        STANDING.c.submission_id == bindparam("submission"),
    )
    .returning(STANDING.c.major)
)
_NEXT = (
    select(SUBMISSION)
    .where(
        SUBMISSION.c.organisation_id == bindparam("enterprise"),
        SUBMISSION.c.questionnaire_id == bindparam("questionnaire"),
        SUBMISSION.c.questionnaire_edition.like(bindparam("editions")),
        SUBMISSION.c.withdrawn_at.is_(None),
    )
    .order_by(SUBMISSION.c.submitted_at.desc(), SUBMISSION.c.id.desc())
    .limit(1)
)


# --- one statement -----------------------------------------------------------------------------------------
# The driver's own text: it is prepared once for each layout, and nothing in it is a value.

_SUBMISSION_BEFORE = """
LEFT JOIN {lateral} (
    SELECT overall_tenths, facts FROM submission
    WHERE organisation_id = {organisation_id} AND questionnaire_id = {questionnaire_id}
      AND (submitted_at, id) < ({submitted_at}, {submission_id})
    ORDER BY submitted_at DESC, id DESC LIMIT 1
) AS before ON {true}
"""
"""The submission before, a withdrawn one too; its facts are opened only for a firm with something not met."""

_INSERT = """
INSERT INTO standing ({columns})
SELECT {values},
    coalesce(before.overall_tenths, {not_small}),
    coalesce(nullif({overall}, {not_small}) - before.overall_tenths, {not_small}),
    CASE WHEN before.facts IS NULL THEN {not_small} ELSE {new_not_met} END
FROM {start} {before}
WHERE {true}
ON CONFLICT (organisation_id, questionnaire_id, major) DO UPDATE SET {replaced}
WHERE (standing.submitted_at, standing.submission_id) <= (excluded.submitted_at, excluded.submission_id)
"""


def _statement(columns: Sequence[str], **parts: str) -> str:
    written = (*_FIXED, *columns, *_BEFORE)
    return _INSERT.format(
        columns=", ".join(written),
        not_small=_NOT_SMALL,
        replaced=", ".join(f"{name} = excluded.{name}" for name in written if name not in _KEYS),
        **parts,
    )


@lru_cache(maxsize=256)
def _on_postgresql(columns: tuple[str, ...]) -> str:
    types = {name: str(STANDING.c[name].type) for name in _FIXED} | {"submitted_at": "TIMESTAMPTZ"}
    names = {name: f"%({name})s::{types[name]}" for name in _FIXED}
    places = [0] * len(_FAMILIES)
    values = list(names.values())
    for name in columns:
        family = _FAMILY[name]
        places[family] += 1
        values.append(f"given.f{family}[{places[family]}]")
    arrays = ", ".join(f"%(f{number})s::{kind}[] AS f{number}" for number, (_, kind) in enumerate(_FAMILIES))
    before = _SUBMISSION_BEFORE.format(lateral="LATERAL", true="true", **names)
    return _statement(
        columns,
        values=", ".join(values),
        overall=names["overall_tenths"],
        new_not_met=(
            "(SELECT count(*) FROM unnest(%(not_met)s::text[]) AS now(name)"
            " WHERE before.facts::jsonb ->> ('state.' || now.name) IS DISTINCT FROM 'not_met')"
        ),
        start=f"(SELECT {arrays}) AS given",
        before=before,
        true="true",
    )


def _for_postgresql(fixed: Mapping[str, Any], columns: Sequence[str], kept: Kept) -> dict[str, Any]:
    arrays: list[list[str]] = [[] for _ in _FAMILIES]
    for name in columns:
        value = kept.numbered.get(name)
        arrays[_FAMILY[name]].append("NULL" if value is None else str(value))
    return {
        **dict.fromkeys(_FIXED),
        **fixed,
        **{f"f{number}": "{" + ",".join(each) + "}" for number, each in enumerate(arrays)},
        "not_met": list(kept.not_met),
    }


@lru_cache(maxsize=256)
def _on_sqlite(columns: tuple[str, ...]) -> str:
    names = {name: f":{name}" for name in _FIXED}
    return _statement(
        columns,
        values=", ".join(f":{name}" for name in (*_FIXED, *columns)),
        overall=names["overall_tenths"],
        new_not_met=(
            "(SELECT count(*) FROM json_each(:not_met) AS now"
            " WHERE json_extract(before.facts, '$.\"state.' || now.value || '\"') IS NOT 'not_met')"
        ),
        start="(SELECT 1) AS given",
        before=_SUBMISSION_BEFORE.format(lateral="", true="true", **names),
        true="true",
    )


def _for_sqlite(fixed: Mapping[str, Any], columns: Sequence[str], kept: Kept) -> dict[str, Any]:
    return {
        **dict.fromkeys((*_FIXED, *columns)),
        **fixed,
        **kept.numbered,
        "submitted_at": moment_text(fixed["submitted_at"]),
        "not_met": json.dumps(kept.not_met),
    }

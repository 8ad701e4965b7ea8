"""A population: plausible enterprises by the million, set by set inside the database.

A thousand firms are drawn from a seed and scored by the real engine, so that their facts belong together: who employs
nobody is not asked about pay. Each then stands for many, which differ in place, head count, capital and the day of
their assessment. Shares by size, sector and prefecture follow Japan's economic census roughly (three quarters of all
firms have fewer than ten people; trade, building, food and lodging lead; Tokyo, Osaka and Aichi have most); 8 to 12 of
100 answers are "don't know", and what does not apply says so.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, text

from benchmarks import bulk
from benchmarks.paired import Unfit
from benchmarks.stand_ins import STATES, Tree, questions_of
from rbc_assess.core.derived_facts import Standing, facts_of
from rbc_assess.core.fact_kinds import Facts
from rbc_assess.core.observed import observed_facts
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.storage.engine import Store
from rbc_assess.storage.layouts import Layout, lay_out
from rbc_assess.storage.standings import prepare_standing
from rbc_assess.storage.tables_population import STANDING
from rbc_assess.workflows.think import think

SEED: Final = 20_261_122
DRAWN: Final = 1_000
AS_OF: Final = date(2026, 11, 22)

_SIZES: Final = (
    # people who work for the firm (from, to), and of a thousand firms how many have so many
    ((0, 0), 90), ((1, 4), 480), ((5, 9), 200), ((10, 19), 110), ((20, 49), 80), ((50, 99), 25), ((100, 300), 15),
)  # fmt: skip
_SECTORS: Final = (
    ("47", 150), ("46", 70), ("43", 100), ("41", 30), ("56", 110), ("55", 15), ("68", 90), ("25", 30), ("10", 15),
    ("13", 8), ("14", 7), ("28", 20), ("22", 10), ("71", 40), ("69", 35), ("96", 90), ("86", 45), ("88", 15),
    ("85", 30), ("81", 25), ("49", 20), ("62", 15), ("01", 10), ("95", 20),
)  # fmt: skip
_PREFECTURES: Final = {
    13: 12, 27: 8, 23: 6, 14: 6, 11: 5, 12: 4, 28: 4, 1: 4, 40: 4, 22: 3, 8: 2, 26: 2, 34: 2, 4: 2, 15: 2, 20: 2,
    10: 2, 21: 2, 9: 2, 33: 2, 7: 2,
}  # fmt: skip
"""Of a hundred firms how many are in a prefecture; the other prefectures have one each."""


def regions() -> list[str]:
    """Codes of prefectures, each as often as it has firms of a hundred or so."""
    return [f"JP-{number:02}" for number in range(1, 48) for _ in range(_PREFECTURES.get(number, 1))]


def profile(draw: random.Random) -> Tree:
    """A firm: its size, its sector and what hangs on them."""
    [(least, most)] = draw.choices([size for size, _ in _SIZES], [share for _, share in _SIZES])
    workers = draw.randint(least, most)
    [sector] = draw.choices([code for code, _ in _SECTORS], [share for _, share in _SECTORS])
    known: Tree = {
        "country": "JP",
        "region": "JP-13",
        "sector": sector,
        "workers_total": workers,
        "employees_total": workers if workers < 3 else workers - draw.randint(0, 2),
        "has_migrant_workers": workers > 0 and draw.random() < min(0.05 + workers / 300, 0.5),
        "has_under_18": workers > 0 and draw.random() < 0.04,
        "has_suppliers": draw.random() < 0.8,
    }
    if draw.random() < 0.9:
        known["capital"] = draw.choice((1_000_000, 3_000_000, 5_000_000, 10_000_000, 30_000_000, 90_000_000))
    if workers >= 10:
        held = [name for name in ("kurumin", "eruboshi", "kenko-keiei", "iso-45001") if draw.random() < 0.05]
        known["certifications"] = [
            {"id": name, "until": f"2027-{draw.randint(1, 12):02}-28"} for name in held
        ]
    return known


def answers(questions: Sequence[Tree], draw: random.Random) -> Tree:
    """A full sheet of a firm that is better or worse in all it does, and does not know 8 to 12 of 100 things."""
    good, unknown = draw.betavariate(3, 2), draw.uniform(0.08, 0.12)
    return {asked["id"]: _answer(asked, draw, good, unknown) for asked in questions}


def _answer(asked: Tree, draw: random.Random, good: float, unknown: float) -> object:
    if draw.random() < unknown and asked["kind"] != "text":
        return {"state": "unknown"}
    match asked["kind"]:
        case "text":
            return "As we do it here."
        case "number":
            return draw.randint(0, 800) / 10
        case "multiple":
            return [option["id"] for option in asked["options"] if draw.random() < good]
    if "not_applicable" in asked["allow"] and draw.random() < 0.05:
        return {"state": "not_applicable", "reason": "There is no such place."}
    if asked["scale"] == "kept":
        value = draw.choices(list(STATES), (95, 4, 1))[0]
        return (
            {"value": value, "plan": {"action": "Stop it", "by": "2026-12-20"}}
            if value == "ongoing"
            else value
        )
    steps = ("not_started", "partly", "in_place", "improving")
    return steps[min(int(draw.betavariate(1 + 3 * good, 4 - 3 * good) * 4), 3)]


# --- into the database -------------------------------------------------------------------------------------


def settle(store: Store, url: str, catalogue: Catalogue, questionnaire: Tree, number: int) -> None:
    """Store so many enterprises, each with its standing and a submission as small as can be.

    ``url`` is one of a role that may do everything: foreign keys are not looked at, they are true by the way the rows
    are made.
    """
    with store.write() as connection:
        entry = catalogue.questionnaire(f"{questionnaire['id']}@{questionnaire['edition']}")
        criteria = catalogue.criteria_of(entry.document).document
        layout = lay_out(connection, entry.document, criteria)
    with Store.open(url, statement_timeout=600) as owner:
        with owner.write() as connection:
            _enter_drawn(connection, [_as_row(layout, one) for one in _drawn(catalogue, questionnaire)])
        if owner.dialect == "sqlite":
            with owner.write() as connection:
                connection.execute(text("PRAGMA defer_foreign_keys = ON"))
                for statement in _statements(connection, entry.fingerprint, number).values():
                    connection.execute(text(statement))
                connection.execute(text("DROP TABLE drawn"))
        else:
            bulk.fill(owner, lambda connection: _statements(connection, entry.fingerprint, number), _AT_ONCE)
            with owner.write() as connection:
                connection.execute(text("DROP TABLE drawn"))


_AT_ONCE: Final = (("standing",), ("organisation", "enterprise", "submission"))
"""Two connections, for one statement uses one core; about half of the work is standings."""


class _Drawn(NamedTuple):
    """A firm as the engine has scored it."""

    facts: Facts
    critical: Collection[str]


_KNOWN: list[tuple[Catalogue, list[_Drawn]]] = []
"""What was drawn from a catalogue: several populations of one run are made of the same firms."""


def _as_row(layout: Layout, one: _Drawn) -> dict[str, Any]:
    kept = prepare_standing(layout, one.facts, AS_OF, one.critical)
    return {**kept.fixed, **kept.numbered}


def _drawn(catalogue: Catalogue, questionnaire: Tree) -> list[_Drawn]:
    for known, drawn in _KNOWN:
        if known is catalogue:
            return drawn
    made = [*_draw(catalogue, questionnaire)]
    _KNOWN.append((catalogue, made))
    return made


def _draw(catalogue: Catalogue, questionnaire: Tree) -> Iterator[_Drawn]:
    """Draw firms and score them as the service does."""
    draw = random.Random(SEED)
    questions = questions_of(questionnaire)
    for _ in range(DRAWN):
        thought = think(
            catalogue,
            questionnaire=questionnaire["id"],
            edition=questionnaire["edition"],
            profile=profile(draw),
            answers=answers(questions, draw),
            now=datetime.combine(AS_OF, time(3), UTC),
        )
        if thought.wrong or thought.missing:
            raise Unfit(f"a drawn sheet is not acceptable: {[*thought.wrong, *thought.missing][:3]}")
        criteria = thought.criteria.document
        standing = Standing(
            questionnaire=thought.questionnaire.document,
            criteria=criteria,
            country=thought.country.document if thought.country else None,
            profile=thought.profile,
            sheet=thought.sheet,
            scored=observed_facts(thought.scored.scorecard),
            assessed_on=AS_OF,
        )
        yield _Drawn(facts_of(standing, AS_OF).facts, criteria.critical_ids)


_OWN: Final = {
    # what each enterprise has of its own; the rest is that of the firm it was drawn as
    "organisation_id": "{ent}",
    "submission_id": "{sub}",
    "submitted_at": "{moment}",
    "livemode": "{true}",
    "questionnaire_id": "'{questionnaire}'",
    "major": "1",
    "assessed_day": "drawn.assessed_day - chance % 420",
    "region": "place.code",
}


def _enter_drawn(connection: Connection, drawn: Sequence[dict[str, Any]]) -> None:
    columns = [
        column for column in STANDING.columns if column.name not in ("organisation_id", "submission_id")
    ]
    names = [column.name for column in columns if any(column.name in row for row in drawn)]
    kinds = {column.name: column.type.compile(connection.dialect) for column in columns}
    listed = ", ".join(f"{name} {kinds[name]}" for name in names)
    connection.execute(text(f"CREATE TABLE drawn (number integer PRIMARY KEY, code text, {listed})"))
    places = regions()
    values = ", ".join(f":{name}" for name in names)
    connection.execute(
        text(f"INSERT INTO drawn (number, code, {', '.join(names)}) VALUES (:number, :code, {values})"),
        [
            {"number": number, "code": places[number % len(places)], **dict.fromkeys(names), **row}
            for number, row in enumerate(drawn)
        ],
    )


def _statements(connection: Connection, sha256: str, number: int) -> dict[str, str]:
    """What fills each table, in an order that foreign keys allow."""
    on_sqlite = connection.dialect.name == "sqlite"
    if on_sqlite:
        one_by_one = f"SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {number}"
        series = f"(WITH RECURSIVE s(n) AS ({one_by_one}) SELECT n FROM s)"
        digits = "printf('%012x', n)"
        moment = "'2026-05-01T00:00:00.000000Z'"
    else:
        series = f"(SELECT n::bigint FROM generate_series(1, {number}) AS n)"
        digits = "lpad(to_hex(n), 12, '0')"
        moment = "timestamptz '2026-05-01 00:00:00Z'"
    true = "1" if on_sqlite else "true"
    words = {
        "ent": f"'ent_01900000-0000-7000-8000-' || {digits}",
        "sub": f"'sub_01900000-0000-7000-8000-' || {digits}",
        "moment": moment,
        "true": true,
        "questionnaire": "long-check",
    }
    filling: dict[str, str] = {}
    filling["organisation"] = (
        "INSERT INTO organisation (id, kind, livemode, created_at) "
        f"SELECT {words['ent']}, 'enterprise', {true}, {moment} FROM {series} AS s"
    )
    # Which firm it was drawn as, and which place: two different steps through both lists.
    source = (
        f"(SELECT n, (n * 7919) % {DRAWN} AS firm, (n * 2654435761) % 4294967296 % {DRAWN} AS spot, "
        f"(n * 40503) % 65536 AS chance FROM {series} AS s) AS s "
        "JOIN drawn ON drawn.number = s.firm JOIN drawn AS place ON place.number = s.spot"
    )
    filling["enterprise"] = (
        "INSERT INTO enterprise (organisation_id, created_by, livemode, profile, country, region, sector, tier, "
        "workers_total, revision, created_at, updated_at) "
        f"SELECT {words['ent']}, {words['ent']}, {true}, '{{}}', 'JP', place.code, drawn.sector, drawn.tier, "
        f"drawn.workers_total, 1, {moment}, {moment} FROM {source}"
    )
    filling["submission"] = (
        "INSERT INTO submission (organisation_id, id, livemode, questionnaire_id, questionnaire_edition, "
        "questionnaire_sha256, criteria_id, criteria_edition, criteria_sha256, engine, as_of, submitted_at, "
        "profile, answers, scorecard, facts, region, sector, tier, workers_total, overall_tenths, band, "
        "critical_not_met, critical_unknown, critical_remediated) "
        f"SELECT {words['ent']}, {words['sub']}, {true}, 'long-check', '1.0.0', '{sha256}', 'rbc-criteria', "
        f"'1.0.0', '{sha256}', '1', '2026-05-01', {moment}, '{{}}', '{{}}', '{{}}', '{{}}', place.code, "
        "drawn.sector, drawn.tier, drawn.workers_total, drawn.overall_tenths, drawn.band, "
        "drawn.critical_not_met, drawn.critical_unknown, drawn.critical_remediated "
        f"FROM {source}"
    )
    own = {name: value.format(**words) for name, value in _OWN.items()}
    names = [*own, *(name for name in _columns(connection) if name not in own)]
    values = ", ".join(own.get(name) or f"drawn.{name}" for name in names)
    filling["standing"] = f"INSERT INTO standing ({', '.join(names)}) SELECT {values} FROM {source}"
    return filling


def _columns(connection: Connection) -> list[str]:
    """The columns of ``standing`` that the drawn firms fill."""
    row = connection.exec_driver_sql("SELECT * FROM drawn LIMIT 1")
    return [name for name in tuple(row.keys()) if name in STANDING.c]

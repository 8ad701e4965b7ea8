"""The population that benchmarks make: as many as asked, plausible, the same every time, and whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

import pytest
from benchmarks import people
from benchmarks.rehearsing import INPUTS, versions
from benchmarks.rules import measured_tree
from benchmarks.stand_ins import Tree, criteria_tree, documents_root, questionnaire_tree, questions_of
from sqlalchemy import func, select, text
from tests.postgres import APPLICATION, UNHELD, PostgresCluster, as_role

from rbc_assess.documents import load_catalogue
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.storage.engine import Store
from rbc_assess.storage.tables_population import STANDING
from rbc_assess.workflows.seed import seed
from rbc_assess.workflows.simulate import simulate

NUMBER = 3_000


@pytest.fixture(scope="module")
def questionnaire() -> Tree:
    return questionnaire_tree("long-check", criteria_tree()["criteria"], 84)


@pytest.fixture(scope="module")
def catalogue(questionnaire: Tree, tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    root = documents_root(tmp_path_factory.mktemp("people"), [questionnaire], [measured_tree()])
    return load_catalogue(root, examples=False)


@pytest.fixture
def store(
    database_url: str, request: pytest.FixtureRequest, catalogue: Catalogue, questionnaire: Tree
) -> Iterator[Store]:
    everything = database_url
    if not database_url.startswith("sqlite"):
        cluster: PostgresCluster = request.getfixturevalue("postgres_cluster")
        name = database_url.partition("?")[0].rpartition("/")[2]
        assert database_url == cluster.url(name, APPLICATION)
        everything = cluster.url(name, "postgres")
    with Store.open(as_role(database_url, UNHELD)) as opened:
        with opened.write() as connection:
            seed(connection, catalogue, datetime.now(UTC))
        people.settle(opened, everything, catalogue, questionnaire, NUMBER)
        yield opened


def test_a_population_is_whole_plausible_and_can_be_rehearsed(store: Store) -> None:
    tables = ("organisation", "enterprise", "submission", "standing")
    with store.read() as connection:
        counts = [connection.scalar(text(f"SELECT count(*) FROM {table}")) for table in tables]
        assert counts == [NUMBER] * 4
        joined = (
            "standing s JOIN submission b ON b.organisation_id = s.organisation_id AND b.id = s.submission_id"
        )
        assert connection.scalar(text(f"SELECT count(*) FROM {joined}")) == NUMBER
        by_tier = connection.execute(select(STANDING.c.tier, func.count()).group_by(STANDING.c.tier))
        tiers = {row.tier: row[1] for row in by_tier}
        assert sum(tiers[tier] for tier in ("T0", "T1")) > NUMBER * 0.7
        unknown = connection.scalar(select(func.avg(STANDING.c.unknown_rate_tenths)))
        assert 80 <= float(unknown or 0) <= 120
        assert connection.scalar(select(func.count(STANDING.c.region.distinct()))) == 47
    before, after = versions()
    document = simulate(store, after, before, as_of=people.AS_OF, livemode=True, inputs=INPUTS)
    assert document["enterprises"] == NUMBER
    outcomes = document["outcomes"]
    assert isinstance(outcomes, dict)
    assert outcomes["before"] != outcomes["after"]


def test_the_same_is_drawn_every_time(questionnaire: Tree) -> None:
    questions = questions_of(questionnaire)
    drawn = [
        [(people.profile(draw), people.answers(questions, draw)) for _ in range(5)]
        for draw in (Random(people.SEED), Random(people.SEED))
    ]
    assert drawn[0] == drawn[1]

"""Row-level security, the second lock: what a statement that forgot its WHERE gives to whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import orjson
import pytest
from fastapi import APIRouter, FastAPI, Response
from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError
from starlette.testclient import TestClient
from tests.api.conftest import PATIENT
from tests.api.scheme_world import publishable, seed
from tests.api.test_tenancy import STRANGERS, Belongings, belongings_of
from tests.api.world import KINDS, MARK, Clock, Parties
from tests.postgres import APPLICATION, OWNER, UNHELD, PostgresCluster, as_role

from rbc_assess.api.app import create_app
from rbc_assess.api.callers import EVERYBODY, Call, only
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.identity import Peppers, Scope
from rbc_assess.settings import Settings
from rbc_assess.storage import schema
from rbc_assess.storage.engine import Store
from rbc_assess.storage.isolation import NOBODYS, POLICIES, act_for, is_held_back

KNOWN_TO_ALL = {
    "webhook_endpoint": "whoever does something asks who listens",
}
TO_THE_OPERATOR = {"organisation", "enterprise", "api_key", "client", "membership", "audit_entry"}
"""What the operator sees of everybody: who is there, by which credentials, and the trail."""
EMPTY_HERE = {
    "webhook_delivery",
    "spent_assertion",
    "decision_batch",
    "decision_batch_item",
    "simulation",
    "scheme_draft",
}
"""Of these the firm has nothing here: they are a recipient's or a program's, or nothing has been sent."""


@pytest.fixture
def store(postgresql_url: str) -> Iterator[Store]:
    with Store.open(as_role(postgresql_url, UNHELD), **PATIENT) as opened:  # type: ignore[arg-type]
        yield opened


@pytest.fixture
def theirs(client: TestClient, store: Store, parties: Parties) -> Belongings:
    seed(store, publishable())
    return belongings_of(client, parties, "first")


def everything(connection: Connection, table: str) -> str:
    """What a statement gives that asks for nobody's rows in particular."""
    return str(connection.execute(text(f"SELECT * FROM {table}")).all())


def test_every_table_is_somebodys_or_says_why_not() -> None:
    tables = {*schema.METADATA.tables, "alembic_version"}
    assert set(POLICIES) | set(NOBODYS) == tables
    assert not set(POLICIES) & set(NOBODYS)


def test_the_policies_are_in_force(store: Store, served: Store) -> None:
    with store.read() as connection:
        asked = text("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        assert set(connection.execute(asked).scalars()) == set(POLICIES)
        assert not is_held_back(connection)
    with served.read() as connection:
        assert is_held_back(connection)


def test_a_forgotten_condition_shows_nothing_of_another(
    store: Store, served: Store, parties: Parties, theirs: Belongings
) -> None:
    for stranger in STRANGERS:
        with served.read() as connection:
            act_for(connection, parties.ids[stranger], KINDS[stranger])
            for table in POLICIES:
                if table in KNOWN_TO_ALL or (stranger == "operator" and table in TO_THE_OPERATOR):
                    continue
                found = everything(connection, table)
                assert theirs.enterprises not in found, (stranger, table)
                assert MARK not in found, (stranger, table)
    with store.read() as connection:
        nothing_there = {one for one in POLICIES if theirs.enterprises not in everything(connection, one)}
        assert nothing_there <= EMPTY_HERE  # or the above would prove nothing


def test_the_firm_and_its_recipient_see_theirs(
    client: TestClient, served: Store, parties: Parties, theirs: Belongings
) -> None:
    with served.read() as connection:
        act_for(connection, theirs.enterprises, "enterprise")
        for table in set(POLICIES) - EMPTY_HERE:
            assert theirs.enterprises in everything(connection, table), table
    shared = ("enterprise", "submission", "evidence", "consent", "disclosure", "decision")
    with served.read() as connection:
        act_for(connection, theirs.recipient, "lender")
        for table in shared:
            assert theirs.enterprises in everything(connection, table), table
        assert theirs.enterprises not in everything(connection, "assessment")
        assert theirs.enterprises not in everything(connection, "draft_answer")
    revoked = client.post(f"/v1/consents/{theirs.consents}/revocation", headers=parties.headers("first"))
    assert revoked.status_code == 200
    with served.read() as connection:
        act_for(connection, theirs.recipient, "lender")
        for table in ("enterprise", "submission", "evidence"):
            assert theirs.enterprises not in everything(connection, table), table
        assert theirs.enterprises in everything(connection, "decision")  # its own record stays with it


def test_where_nobody_is_named_no_firm_is_there(served: Store, theirs: Belongings) -> None:
    looked_up_first = {"organisation", "api_key", "client", "spent_assertion", "membership"}
    with served.read() as connection:
        for table in set(POLICIES) - looked_up_first - set(KNOWN_TO_ALL):
            assert everything(connection, table) == "[]", table


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE consent SET purpose = 'x'",
        "UPDATE consent SET valid_until = valid_until + interval '1 year'",
        """INSERT INTO draft_answer
            (organisation_id, assessment_id, question_id, edition, standing, revision, changed_at)
            SELECT organisation_id, 'a', 'q', '1', 'current', 1, given_at FROM consent""",
    ],
)
def test_a_recipient_writes_nothing_of_the_firms(served: Store, theirs: Belongings, statement: str) -> None:
    def write() -> None:
        with served.write() as connection:
            act_for(connection, theirs.recipient, "lender")
            connection.execute(text(statement))

    with pytest.raises(ProgrammingError, match="row-level security"):
        write()


def test_what_is_said_ends_with_the_transaction(served: Store, theirs: Belongings) -> None:
    with served.read() as connection:
        act_for(connection, theirs.enterprises, "enterprise")
        assert everything(connection, "submission") != "[]"
    with served.read() as connection:
        assert everything(connection, "submission") == "[]"


def leak(app: FastAPI) -> None:
    """Plant a call whose statement has lost its condition."""
    planted = APIRouter()

    @planted.get("/v1/planted")
    def give(call: Annotated[Call, only(EVERYBODY, scope=Scope.RECIPIENTS_READ)]) -> Response:
        with call.read() as (connection, _):
            rows = connection.execute(text("SELECT correlation_id FROM decision")).scalars().all()
        return Response(orjson.dumps(list(rows)), media_type="application/json")

    app.router.routes.extend(planted.routes)


def test_a_planted_leak_is_stopped_and_would_be_seen(
    catalogue: Catalogue,
    store: Store,
    served: Store,
    peppers: Peppers,
    parties: Parties,
    clock: Clock,
    theirs: Any,
) -> None:
    told = {}
    for name, database in {"held": served, "unheld": store}.items():
        app = create_app(Settings(demo=True), catalogue, database, peppers=peppers, clock=clock)
        leak(app)
        with TestClient(app) as opened:
            told[name] = opened.get("/v1/planted", headers=parties.headers("second"))
    assert told["held"].json() == []
    assert MARK in told["unheld"].text  # what the walk over all routes looks for


def test_a_further_upgrade_touches_nothing_and_a_change_is_put_into_force(
    postgres_cluster: PostgresCluster, postgresql_url: str
) -> None:
    owner_url = as_role(postgresql_url, OWNER)
    asked = text("SELECT max(oid::bigint) FROM pg_policy")
    with Store.open(owner_url) as owner:
        with owner.read() as connection:
            before = connection.execute(asked).scalar_one()
        schema.upgrade(owner_url, application_role=APPLICATION)
        with owner.read() as connection:
            assert connection.execute(asked).scalar_one() == before
        with owner.write() as connection:
            connection.execute(text("COMMENT ON FUNCTION rbc_me() IS 'of an earlier release'"))
        schema.upgrade(owner_url, application_role=APPLICATION)
        with owner.read() as connection:
            assert connection.execute(asked).scalar_one() > before


def test_a_role_of_ones_own_is_not_shut_out_of_its_migrations(postgres_cluster: PostgresCluster) -> None:
    """An installation with one role that owns everything and is held back by nothing but FORCE."""
    with postgres_cluster._administer() as superuser:
        superuser.execute("CREATE ROLE rbc_single LOGIN NOSUPERUSER NOBYPASSRLS")
    name = postgres_cluster.create_database()
    with postgres_cluster._administer() as superuser:
        superuser.execute(f"ALTER DATABASE {name} OWNER TO rbc_single")
    url = postgres_cluster.url(name, "rbc_single")
    schema.upgrade(url)
    with Store.open(url, **PATIENT) as single, single.read() as connection:  # type: ignore[arg-type]
        assert not is_held_back(connection)

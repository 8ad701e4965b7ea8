"""Row-level security on PostgreSQL: the second lock, for the day when a statement forgets its WHERE.

Every statement names the organisation it is for. Should one forget, the database still gives a caller no row but its
own, those of enterprises it acts for, and those that a live consent opens to it. It stops a slip, not an injection:
whoever can write SQL can also say to be somebody else.

The look-up of a credential says for whom the rest of its transaction is (``belongs``, in the same statement, so it
costs no round trip); whoever finds the caller another way says ``act_for``. Where nobody has said it, no enterprise's
row is there at all. SQLite has no such thing; there a statement's own WHERE is the only lock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, literal, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ColumnElement, FunctionElement
from sqlalchemy.types import Text

ORGANISATION: Final = "rbc.org"
KIND: Final = "rbc.kind"
"""Settings of a PostgreSQL transaction: the caller's id, and what kind of organisation it is."""
ERASURE: Final = "erasure"
"""In place of a kind: an enterprise is being erased, which concerns everybody who has something of it."""


class _Local(FunctionElement[str]):
    """Set a setting for the rest of the transaction to the value of a column; nothing where there is no such thing."""

    inherit_cache = True
    type = Text()

    def __init__(self, name: str, value: ColumnElement[Any]) -> None:
        super().__init__(literal(name), value)


@compiles(_Local, "postgresql")
def _set(element: _Local, compiler: SQLCompiler, **kw: Any) -> str:
    name, value = element.clauses
    return f"set_config({compiler.process(name, **kw)}, {compiler.process(value, **kw)}, true)"


@compiles(_Local, "sqlite")
def _nothing(_element: _Local, _compiler: SQLCompiler, **_kw: Any) -> str:
    return "NULL"


def belongs(organisation: ColumnElement[Any], kind: ColumnElement[Any]) -> tuple[ColumnElement[Any], ...]:
    """Columns for the look-up of a credential: from its row on, the transaction is for that organisation.

    A look-up whose credential then proves wrong must end its transaction; raising does.
    """
    return _Local(ORGANISATION, organisation).label("for_org"), _Local(KIND, kind).label("for_kind")


_ACT_FOR = select(
    func.set_config(ORGANISATION, bindparam("organisation"), True),
    func.set_config(KIND, bindparam("kind"), True),
)


def act_for(connection: Connection, organisation: str, kind: str) -> None:
    """Say for whom the rest of the transaction is, where no look-up of a credential has."""
    if connection.dialect.name == "postgresql":
        connection.execute(_ACT_FOR, {"organisation": organisation, "kind": kind})


_NOW_FOR = select(
    func.coalesce(func.current_setting(ORGANISATION, True), "").label("organisation"),
    func.coalesce(func.current_setting(KIND, True), "").label("kind"),
)


@contextmanager
def acting_for(connection: Connection, organisation: str, kind: str) -> Iterator[None]:
    """For a block, the transaction is for another organisation: the caller does something in its place."""
    if connection.dialect.name != "postgresql":
        yield
        return
    before = connection.execute(_NOW_FOR).one()
    act_for(connection, organisation, kind)
    try:
        yield
    except DBAPIError:
        raise  # the transaction is over, and with it what was set
    except BaseException:
        act_for(connection, before.organisation, before.kind)
        raise
    act_for(connection, before.organisation, before.kind)


def is_held_back(connection: Connection) -> bool:
    """Tell whether row-level security hides rows from the role of this connection; never on SQLite."""
    if connection.dialect.name != "postgresql":
        return False
    return bool(connection.execute(text("SELECT row_security_active('submission')")).scalar_one())


# --- who sees what -----------------------------------------------------------------------------------------

_FUNCTIONS: Final = {
    "rbc_me()": """RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT nullif(current_setting('rbc.org', true), '') $$""",
    "rbc_is_operator()": """RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT coalesce(current_setting('rbc.kind', true) = 'operator', false) $$""",
    "rbc_erases()": f"""RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT coalesce(current_setting('rbc.kind', true) = '{ERASURE}', false) $$""",
    # As the owner: the policies of `enterprise` and `consent` would otherwise ask each other without end.
    "rbc_acts_for(firm text)": """RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
        SET search_path = pg_catalog, public AS $$
        SELECT EXISTS (SELECT 1 FROM public.enterprise
            WHERE organisation_id = firm AND created_by = public.rbc_me()) $$""",
    "rbc_sees(firm text)": """RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
        SET search_path = pg_catalog, public AS $$
        SELECT EXISTS (SELECT 1 FROM public.consent
            WHERE organisation_id = firm AND recipient = public.rbc_me() AND revoked_at IS NULL) $$""",
}

_MINE: Final = "organisation_id = rbc_me()"
_ACTING: Final = f"{_MINE} OR rbc_acts_for(organisation_id)"
_UNKNOWN: Final = "rbc_me() IS NULL"
_ANY: Final = "true"
_ASKED: Final = (
    f"{_MINE} OR enterprise = rbc_me() OR rbc_acts_for(enterprise) OR (number_mac IS NOT NULL"
    " AND current_setting('rbc.kind', true) IN ('enterprise', 'intermediary', 'operator'))"
)
_KNOWN_TO: Final = f"{_UNKNOWN} OR id = rbc_me() OR rbc_is_operator() OR rbc_acts_for(id)"

Policy = Mapping[str, tuple[str, str]]
"""By command (``ALL``, ``SELECT``, ...): the rows that are there, and the rows that may be written."""

_OWN: Final[Policy] = {"ALL": (_MINE, _MINE)}
_OF_ENTERPRISE: Final[Policy] = {"ALL": (_ACTING, _ACTING)}
# With consent a recipient reads; it never writes what is the enterprise's.
_SHARED: Final[Policy] = {**_OF_ENTERPRISE, "SELECT": ("rbc_sees(organisation_id)", "")}
# Looked up by its id or hash before anyone knows whose it is; the operator issues and ends those of others.
_CREDENTIAL: Final[Policy] = {
    "ALL": (f"{_UNKNOWN} OR {_MINE} OR rbc_is_operator()", f"{_UNKNOWN} OR {_MINE} OR rbc_is_operator()")
}

POLICIES: Final[Mapping[str, Policy]] = {
    "organisation": {
        "SELECT": (
            f"{_KNOWN_TO} OR kind <> 'enterprise' OR rbc_sees(id)",
            "",
        ),
        "INSERT": ("", _ANY),
        "UPDATE": (_KNOWN_TO, _KNOWN_TO),
    },
    "api_key": _CREDENTIAL,
    "client": _CREDENTIAL,
    "spent_assertion": _CREDENTIAL,
    "membership": _CREDENTIAL,
    "enterprise": {
        "ALL": (f"{_MINE} OR created_by = rbc_me()", f"{_MINE} OR created_by = rbc_me()"),
        # The operator lists who is there, and types in those that then act for themselves.
        "SELECT": ("rbc_is_operator() OR rbc_sees(organisation_id)", ""),
        "INSERT": ("", _ANY),
    },
    "assessment": _OF_ENTERPRISE,
    "draft_answer": _OF_ENTERPRISE,
    "submission": _SHARED,
    "evidence": _SHARED,
    "evidence_part": _SHARED,
    "standing": _OF_ENTERPRISE,
    # A recipient locks the consent that it reads under, and so needs the row to be there for it; it writes none.
    "consent": {"ALL": (f"{_MINE} OR recipient = rbc_me() OR rbc_acts_for(organisation_id)", _ACTING)},
    # One that names a number is for whichever firm has that number, and that is for the statement to find out.
    "consent_request": {
        "ALL": (_ASKED, _ASKED),
    },
    "disclosure": {
        "SELECT": (f"{_MINE} OR recipient = rbc_me() OR rbc_acts_for(organisation_id)", ""),
        "INSERT": ("", "recipient = rbc_me()"),
    },
    "decision": {
        "SELECT": (f"{_MINE} OR enterprise = rbc_me() OR rbc_acts_for(enterprise)", ""),
        "INSERT": ("", _MINE),
    },
    "decision_batch": _OWN,
    "decision_batch_item": _OWN,
    "simulation": _OWN,
    "scheme_draft": _OWN,
    "idempotency": _OWN,
    # Whoever does something tells those whom it concerns.
    "event": {**_OWN, "INSERT": ("", _ANY)},
    "webhook_endpoint": {**_OWN, "SELECT": (_ANY, "")},  # and asks who of them listens
    "webhook_delivery": {**_OWN, "INSERT": ("", _ANY)},
    "audit_entry": {
        "SELECT": (
            "actor_organisation = rbc_me() OR concerns = rbc_me() OR rbc_is_operator() OR rbc_acts_for(concerns)",
            "",
        ),
        "INSERT": ("", _ANY),
    },
}
"""What each table gives to whom. The policies of one table add up."""

NOBODYS: Final[Mapping[str, str]] = {
    "document": "published texts, by fingerprint",
    "edition": "which text is which published edition",
    "scheme_version": "published schemes",
    "issuer": "which organisation makes the schemes of which issuer: public",
    "sealing_key": "keys that open nothing without RBC_SECRET_KEY; what they seal is held by its own table",
    "erasure": "the ledger: ids of enterprises that are gone, and times",
    **dict.fromkeys(
        ("person", "passkey", "passkey_challenge", "sign_in_link", "sign_in_count", "session"),
        "people's: found by a secret that its holder shows, before it is known for whom they act",
    ),
    "kept_fact": "what the columns of `standing` mean",
    "kept_code": "what the numbers in `standing` mean",
    "audit_chain": "heads of chains: hashes and numbers",
    "audit_checkpoint": "hashes and signatures",
    "job": "ids of work to do; the worker takes it for whoever asked",
    "expiry_notice": "ids and days: what the worker has told already",
    "alembic_version": "the schema's revision",
}
"""Tables without a policy, and why."""


def enforce(connection: Connection) -> None:
    """Put the policies into force, as the owner of the tables; does nothing where they are already.

    An owner that is not held back by row-level security anyway is put under it too (``FORCE``), so that only what
    is meant to pass does. One that would be is left out: its migrations would change no row and say nothing.
    """
    if connection.dialect.name != "postgresql":
        return
    statements = _statements(force=_passes(connection))
    stamp = hashlib.sha256("\n".join(statements).encode()).hexdigest()
    known = connection.execute(
        text("SELECT obj_description(to_regprocedure('rbc_me()'), 'pg_proc')")
    ).scalar()
    if known == stamp:
        return  # to do it again would lock every table for nothing
    for statement in statements:
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(f"COMMENT ON FUNCTION rbc_me() IS '{stamp}'")


def _passes(connection: Connection) -> bool:
    asked = text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    return bool(connection.execute(asked).scalar_one())


def _statements(*, force: bool) -> list[str]:
    made = [f"CREATE OR REPLACE FUNCTION {name} {body}" for name, body in _FUNCTIONS.items()]
    for table, policy in POLICIES.items():
        made.append(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        made.append(f"ALTER TABLE {table} {'FORCE' if force else 'NO FORCE'} ROW LEVEL SECURITY")
        made.append(f"DROP POLICY IF EXISTS rbc_erasure ON {table}")
        made.append(f"CREATE POLICY rbc_erasure ON {table} FOR ALL USING (rbc_erases())")
        for command in ("ALL", "SELECT", "INSERT", "UPDATE", "DELETE"):
            name = f"rbc_{command.lower()}"
            made.append(f"DROP POLICY IF EXISTS {name} ON {table}")
            if command in policy:
                there, written = policy[command]
                using = f" USING ({there})" if there else ""
                check = f" WITH CHECK ({written})" if written else ""
                made.append(f"CREATE POLICY {name} ON {table} FOR {command}{using}{check}")
    return made

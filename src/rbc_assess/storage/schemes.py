"""Versions of schemes: which there are, which is current on a day, and in whose mode."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Integer, Row, and_, bindparam, case, exists, func, or_, select, update

from rbc_assess.errors import NotFound
from rbc_assess.storage import audit
from rbc_assess.storage.statements import Page, insert_unless_there
from rbc_assess.storage.tables_schemes import SchemeVersionRow

_TABLE = SchemeVersionRow.__table__
_SEED = insert_unless_there(_TABLE, _TABLE.c.version)
_RETIRE = (
    update(_TABLE)
    .where(
        _TABLE.c.scheme_id == bindparam("of_scheme"),
        _TABLE.c.version == bindparam("of_version"),
        _TABLE.c.mode == bindparam("in_mode"),
        _TABLE.c.retired_at.is_(None),
    )
    .values(retired_at=bindparam("now", type_=_TABLE.c.retired_at.type), retired_by=bindparam("credential"))
    .returning(_TABLE.c.version)
)

_PROLONG = (
    update(_TABLE)
    .where(
        _TABLE.c.scheme_id == bindparam("of_scheme"),
        _TABLE.c.version == bindparam("of_version"),
        _TABLE.c.mode == bindparam("in_mode"),
        _TABLE.c.effective_until.is_distinct_from(bindparam("until", type_=_TABLE.c.effective_until.type)),
    )
    .values(effective_until=bindparam("until", type_=_TABLE.c.effective_until.type))
    .returning(_TABLE.c.version)
)

_LOCK_SPACE = 0x7263_6273
"""Keeps our locks from those of others in the same database."""
_LOCK = select(
    func.pg_advisory_xact_lock(bindparam("lock_space", type_=Integer), func.hashtext(bindparam("scheme")))
)

OF_SCHEME = _TABLE.c.scheme_id == bindparam("scheme")
_OWN = _TABLE.alias("own")
VISIBLE = or_(
    _TABLE.c.mode == bindparam("mode"),
    and_(
        _TABLE.c.mode == "any",
        ~exists().where(
            _OWN.c.scheme_id == _TABLE.c.scheme_id,
            _OWN.c.version == _TABLE.c.version,
            _OWN.c.mode == bindparam("mode"),
        ),
    ),
)
"""What came from files is for both modes, what an issuer published for its own; there it hides a file's number."""
IN_FORCE = (
    (_TABLE.c.effective_from <= bindparam("day"))
    & or_(_TABLE.c.effective_until.is_(None), _TABLE.c.effective_until >= bindparam("day"))
)  # fmt: skip
CURRENT_FIRST = (
    # The highest version in force; where none is, the highest, so that its days can be told.
    case((IN_FORCE, 0), else_=1),
    _TABLE.c.version.desc(),
)
_CURRENT = (
    select(_TABLE).where(OF_SCHEME, VISIBLE, _TABLE.c.retired_at.is_(None)).order_by(*CURRENT_FIRST).limit(1)
)
_ONE = select(_TABLE).where(OF_SCHEME, VISIBLE, _TABLE.c.version == bindparam("version"))
_ALL = select(_TABLE).where(VISIBLE).order_by(_TABLE.c.scheme_id, _TABLE.c.version)
_OF_ONE = select(_TABLE).where(OF_SCHEME, VISIBLE).order_by(_TABLE.c.version)
_IDS = (
    select(_TABLE.c.scheme_id)
    .where(VISIBLE, _TABLE.c.scheme_id > bindparam("after"))
    .distinct()
    .order_by(_TABLE.c.scheme_id)
    .limit(bindparam("at_most"))
)


class SchemeVersion(NamedTuple):
    """A published version. ``mode``: ``any`` (from a file), ``live`` or ``test`` (published by an issuer)."""

    scheme_id: str
    version: int
    mode: str
    sha256: str
    kind: str
    issuer_kind: str
    issuer: str
    effective_from: date
    effective_until: date | None
    organisation_id: str | None
    drafted_by: str | None
    approved_by: str | None
    published_at: datetime
    retired_at: datetime | None = None
    retired_by: str | None = None

    def in_force_on(self, day: date) -> bool:
        return self.effective_from <= day and (self.effective_until is None or day <= self.effective_until)


def mode_of(*, livemode: bool) -> str:
    """The mode of a caller's own versions."""
    return "live" if livemode else "test"


def seed_version(connection: Connection, version: SchemeVersion) -> None:
    """Keep a version that came from a file, unless it is there; the text was kept with the documents.

    The two things that may change later follow the file: its last day, and that it is retired. A file that says
    ``published`` again brings nothing back.
    """
    if publish_version(connection, version):
        return
    further = {
        "of_scheme": version.scheme_id,
        "of_version": version.version,
        "in_mode": version.mode,
        "until": version.effective_until,
    }
    if connection.execute(_PROLONG, further).first() is not None:
        _note(connection, "scheme.prolonged", version)
    if version.retired_at is not None:
        retire_version(connection, version, "file", version.retired_at)


def wait_for_turn(connection: Connection, scheme: str) -> None:
    """Let versions of one scheme be published one after the other: a number that looks free stays free.

    SQLite has one writer at a time anyway; PostgreSQL has a lock for it, held until the transaction ends.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"lock_space": _LOCK_SPACE, "scheme": scheme})


def publish_version(connection: Connection, version: SchemeVersion) -> bool:
    """Put a version of an issuer into force; its text must have been kept with the documents.

    False: there is one of this number in this mode already, and that stays as it is.
    """
    published = connection.execute(_SEED.on(connection), version._asdict()).first() is not None
    if published:
        _note(connection, "scheme.published", version)
    return published


def retire_for(
    connection: Connection, version: SchemeVersion, credential: str, now: datetime, mode: str
) -> bool:
    """Take a version out of use for new decisions in one mode; false for one that is retired, which keeps its time.

    A version from a file is for both modes: what retires there is the mode's own copy of it, so that nobody in the
    sandbox ever changes what live keys decide by.
    """
    if version.mode != mode:
        own = version._replace(mode=mode, retired_at=version.retired_at or now, retired_by=credential)
        if connection.execute(_SEED.on(connection), own._asdict()).first() is not None:
            _note(connection, "scheme.retired", own)
            return version.retired_at is None
    return retire_version(connection, version._replace(mode=mode), credential, now)


def retire_version(connection: Connection, version: SchemeVersion, credential: str, now: datetime) -> bool:
    """Take a version out of use for new decisions; false for one that is retired, which keeps its first time."""
    retired = {
        "of_scheme": version.scheme_id,
        "of_version": version.version,
        "in_mode": version.mode,
        "now": now,
        "credential": credential,
    }
    if connection.execute(_RETIRE, retired).first() is None:
        return False
    _note(connection, "scheme.retired", version)
    return True


def _note(connection: Connection, action: str, version: SchemeVersion) -> None:
    audit.note(
        connection,
        action=action,
        object_id=version.scheme_id,
        details={"version": version.version, "mode": version.mode, "sha256": version.sha256},
    )


def current_version(connection: Connection, scheme: str, day: date, *, livemode: bool) -> SchemeVersion:
    """Return the version that decides on a day: the highest in force that is not retired.

    Where none is in force on that day, the highest of the others: deciding by it says so.

    Raises:
        NotFound: there is no such scheme, or all its versions are retired.
    """
    wanted = {"scheme": scheme, "mode": mode_of(livemode=livemode), "day": day}
    return _found(connection.execute(_CURRENT, wanted).first())


def find_version(connection: Connection, scheme: str, version: int, *, livemode: bool) -> SchemeVersion:
    """Return a version, also a retired one.

    Raises:
        NotFound: there is none.
    """
    wanted = {"scheme": scheme, "mode": mode_of(livemode=livemode), "version": version}
    return _found(connection.execute(_ONE, wanted).first())


def all_versions(connection: Connection, *, livemode: bool) -> Sequence[SchemeVersion]:
    """Return every version of every scheme, retired ones too, by id and version."""
    rows = connection.execute(_ALL, {"mode": mode_of(livemode=livemode)}).all()
    return [read_version(row) for row in rows]


def versions_of(connection: Connection, scheme: str, *, livemode: bool) -> list[SchemeVersion]:
    """Return every version of one scheme, retired ones too, the oldest first; none if there is no such scheme."""
    rows = connection.execute(_OF_ONE, {"scheme": scheme, "mode": mode_of(livemode=livemode)}).all()
    return [read_version(row) for row in rows]


def scheme_ids(connection: Connection, *, livemode: bool, limit: int, after: str | None) -> Page[str]:
    """Return the ids of schemes in their order, a page at a time."""
    wanted = {"mode": mode_of(livemode=livemode), "after": after or "", "at_most": limit + 1}
    found = tuple(connection.execute(_IDS, wanted).scalars())
    return Page(found[:limit], found[limit - 1] if len(found) > limit else None)


def _found(row: Row[Any] | None) -> SchemeVersion:
    if row is None:
        raise NotFound
    return read_version(row)


def read_version(row: Row[Any]) -> SchemeVersion:
    """Read a row of ``scheme_version``."""
    return SchemeVersion(*(getattr(row, name) for name in SchemeVersion._fields))

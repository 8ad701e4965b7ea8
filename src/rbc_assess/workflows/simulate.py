"""A rehearsal before publishing: what a version of a scheme would say of the stored population, in counts alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from rbc_assess.core.eligibility_facts import plain_value
from rbc_assess.core.fact_kinds import Facts
from rbc_assess.core.rehearsal import Plain, rehearsal
from rbc_assess.core.scheme import Scheme
from rbc_assess.errors import NotFound
from rbc_assess.storage import schemes
from rbc_assess.storage.engine import Store
from rbc_assess.storage.rehearsal import Version, rehearse
from rbc_assess.workflows.schemes import load

_NOTHING: Final[Facts] = {}


def simulate(
    store: Store,
    scheme: Scheme,
    against: Scheme | None,
    *,
    as_of: date,
    livemode: bool,
    inputs: Facts = _NOTHING,
) -> dict[str, Plain]:
    """Rehearse a version over every enterprise of a mode, beside another version or alone.

    Args:
        scheme: must have passed review.
        against: the version before. On a day when it is not in force it is taken on the nearest day when it is,
            since a new version often begins where the old one ends.
        as_of: a day when ``scheme`` is in force.
        inputs: typed facts ``input.*``, said of every enterprise alike; others stay unknown.

    Returns:
        Plain JSON (``core.rehearsal``): counts, never enterprises.

    Raises:
        InvalidInput: the scheme is not in force on that day.
        StoreBusy: the database did not finish within ``storage.rehearsal.LONGEST`` seconds.
    """
    versions = [Version(scheme, as_of, _of(scheme, inputs))]
    if against is not None:
        versions.insert(0, Version(against, against.effective.nearest(as_of), _of(against, inputs)))
    with store.read() as connection:
        counted, not_kept = rehearse(connection, versions, livemode=livemode)
    return {
        "scheme": _named(versions[-1]),
        "against": _named(versions[0]) if against is not None else None,
        "livemode": livemode,
        "inputs": {name.removeprefix("input."): _plain(value) for name, value in sorted(inputs.items())},
        "unknown_facts": [*sorted(not_kept)],
        **rehearsal(counted, compared=against is not None),
    }


def version_before(
    store: Store, scheme: str, version: int | None, day: date, *, livemode: bool
) -> Scheme | None:
    """The published version to rehearse against: the one named, else the current one, else none.

    Raises:
        NotFound: the version named is not there.
    """
    with store.read() as connection:
        try:
            found = (
                schemes.current_version(connection, scheme, day, livemode=livemode)
                if version is None
                else schemes.find_version(connection, scheme, version, livemode=livemode)
            )
        except NotFound:
            if version is None:
                return None
            raise
        return load(connection, found).scheme


def _of(scheme: Scheme, inputs: Facts) -> Facts:
    """The inputs that this version declares."""
    return {name: value for name, value in inputs.items() if name.removeprefix("input.") in scheme.inputs}


def _named(version: Version) -> dict[str, Plain]:
    scheme = version.scheme
    return {
        "id": scheme.id,
        "version": scheme.version,
        "sha256": scheme.identity.sha256,
        "as_of": version.day.isoformat(),
    }


def _plain(value: object) -> Plain:
    plain = plain_value(value)
    assert not isinstance(plain, Mapping | list)
    return plain

"""Counts of a recipient's own decisions: each enterprise once for each scheme, by what was decided last."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, func, select

from rbc_assess.core.kept_facts import sector_path
from rbc_assess.core.rehearsal import Counted, Traits
from rbc_assess.core.scheme_rules import OUTCOMES
from rbc_assess.identity import Caller
from rbc_assess.storage.tables_decisions import DecisionRow

_TABLE = DecisionRow.__table__
_OWN = _TABLE.c.organisation_id == bindparam("recipient")
_LATEST = select(func.max(_TABLE.c.id)).where(_OWN).group_by(_TABLE.c.scheme_id, _TABLE.c.enterprise)
_WHAT = (_TABLE.c.scheme_id, _TABLE.c.outcome, _TABLE.c.tier, _TABLE.c.sector, _TABLE.c.region)
_COUNT = (
    select(*_WHAT, func.count().label("enterprises"))
    .where(_OWN, _TABLE.c.id.in_(_LATEST))
    .group_by(*_WHAT)
    .order_by(_TABLE.c.scheme_id)
)
_OF_SCHEME = _COUNT.where(_TABLE.c.scheme_id == bindparam("scheme"))


def count_decisions(connection: Connection, caller: Caller, scheme: str | None) -> dict[str, list[Counted]]:
    """Count the enterprises that the caller has decided about, by scheme, outcome, size, sector and region."""
    wanted = {"recipient": caller.organisation, "scheme": scheme}
    counted: dict[str, list[Counted]] = {}
    for row in connection.execute(_COUNT if scheme is None else _OF_SCHEME, wanted):
        section = None if row.sector is None else sector_path(row.sector)[:1] or None
        traits = Traits(row.tier, section, row.region, None)
        outcome = next(one for one in OUTCOMES if one == row.outcome)
        counted.setdefault(row.scheme_id, []).append(
            Counted(traits, (None, outcome), fits_before=True, fits_after=True, enterprises=row.enterprises)
        )
    return counted

"""The portfolio of a government or lender: enterprises that let it look now, and where each stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from rbc_assess.api.answers import NO_STORE, answer, wire_figure
from rbc_assess.api.callers import RECIPIENTS, Call, only
from rbc_assess.api.csv_lines import Cell, Encoding, csv_lines, csv_start
from rbc_assess.api.paging import WantedPage, link_to_next, page_document
from rbc_assess.api.wire_portfolio import PortfolioDocument
from rbc_assess.identity import Caller, Scope
from rbc_assess.storage.consents import Consent
from rbc_assess.storage.disclosures import Action
from rbc_assess.storage.statements import Page
from rbc_assess.workflows import portfolio as workflow
from rbc_assess.workflows.composing import read_record
from rbc_assess.workflows.portfolio import Forecast, Holding, Stand, horizon_of
from rbc_assess.workflows.shown import shown_document

router = APIRouter(tags=["government", "lender"])

AT_ONCE: Final = 100
"""Enterprises that are looked at in one transaction of an export."""
CSV: Final = "text/csv"
COLUMNS: Final = (
    *("enterprise", "name", "scheme", "version", "scheme_title", "outcome", "outcome_label", "reasons"),
    *("band", "score", "as_of", "decided_at", "valid_until", "days_left", "expires_within", "decision"),
    *("consent", "consent_valid_until", "clusters"),
)
"""Names of columns: codes, whatever the language."""

Reader = Annotated[Call, only(RECIPIENTS, scope=Scope.DECISIONS_READ)]
OfScheme = Annotated[
    str | None, Query(max_length=64, description="Id of one scheme; by default all that you decided by.")
]


@router.get(
    "/v1/portfolio",
    operation_id="getPortfolio",
    summary="Enterprises that let you look, and where they stand",
    response_model=PortfolioDocument,
)
def read_portfolio(request: Request, call: Reader, page: WantedPage, scheme: OfScheme = None) -> Response:
    """Your latest decision about each by each scheme, with what the enterprise's consent opens now.

    Who has withdrawn its consent is not here; your decisions about it can still be read by their ids. Each enterprise
    on the page can see that you looked.
    """
    with call.write() as (connection, caller):
        found = _look(connection, caller, call, scheme, "portfolio.read", page.limit, page.after)
        ahead = workflow.forecast(connection, call.catalogue, caller, scheme, call.now)
    items = [_item(one, call) for one in found.items]
    document = {**page_document(items, found.next_place), "forecast": _forecast(ahead)}
    headers = {**link_to_next(request, found.next_place), "Content-Language": call.language}
    return answer(document, 200, headers)


@router.get(
    "/v1/portfolio.csv",
    operation_id="exportPortfolio",
    summary="The same as a table for spreadsheets",
    response_class=Response,
    responses={200: {"content": {CSV: {"schema": {"type": "string"}}}}},
)
def export_portfolio(
    call: Reader,
    scheme: OfScheme = None,
    encoding: Annotated[
        Encoding, Query(description="`cp932` for spreadsheets that do not know UTF-8.")
    ] = "utf-8",
) -> Response:
    """The whole portfolio, a line for each decision; the names of the columns never depend on the language.

    UTF-8 with a byte order mark. A cell that a spreadsheet would take for a formula has an apostrophe in front. Each
    enterprise can see that it was taken out.
    """
    first = _read_part(call, call.write(), scheme, None)
    headers = {
        **NO_STORE,
        "Content-Language": call.language,
        "Content-Disposition": 'attachment; filename="portfolio.csv"',
    }
    charset = "utf-8" if encoding == "utf-8" else "windows-31j"
    return StreamingResponse(
        _table(call, scheme, encoding, first), 200, headers, f"{CSV}; charset={charset}; header=present"
    )


def _look(
    connection: Connection,
    caller: Caller,
    call: Call,
    scheme: str | None,
    action: Action,
    limit: int,
    after: str | None,
) -> Page[Holding]:
    return workflow.look_over(
        connection,
        call.catalogue,
        caller,
        scheme,
        action,
        limit=limit,
        after=after,
        request_id=call.request_id,
        now=call.desk.clock(),
    )


def _read_part(
    call: Call,
    transaction: AbstractContextManager[tuple[Connection, Caller]],
    scheme: str | None,
    after: str | None,
) -> Page[Holding]:
    with transaction as (connection, caller):
        return _look(connection, caller, call, scheme, "portfolio.exported", AT_ONCE, after)


def _table(call: Call, scheme: str | None, encoding: Encoding, part: Page[Holding]) -> Iterator[bytes]:
    """Write part after part; each is a look of its own, when its turn has come."""
    yield csv_start(encoding) + csv_lines([COLUMNS], encoding)
    while True:
        yield csv_lines([row for one in part.items for row in _rows(one, call)], encoding)
        if part.next_place is None:
            return
        part = _read_part(call, call.write_on(), scheme, part.next_place)


def _rows(holding: Holding, call: Call) -> Iterator[list[Cell]]:
    if not holding.stands:
        consent = holding.consents[0]
        known: dict[str, Cell] = {"enterprise": holding.enterprise, "name": holding.name}
        yield [(known | _consent_cells(consent)).get(column) for column in COLUMNS]
    for stand in holding.stands:
        entry = _stand(stand, call)
        reasons = entry["reasons"]
        cells: dict[str, Cell] = {
            **{name: entry[name] for name in COLUMNS if name in entry},
            **_consent_cells(stand.consent),
            "enterprise": holding.enterprise,
            "name": holding.name,
            "scheme": entry["scheme"]["id"],
            "version": entry["scheme"]["version"],
            "scheme_title": entry["scheme"]["title"],
            "reasons": None if reasons is None else " / ".join(reasons),
            "decision": entry["id"],
        }
        yield [cells.get(column) for column in COLUMNS]


def _consent_cells(consent: Consent) -> dict[str, Cell]:
    return {
        "consent": consent.id,
        "consent_valid_until": consent.valid_until,
        "clusters": " ".join(consent.clusters),
    }


def _item(holding: Holding, call: Call) -> dict[str, Any]:
    return {
        "enterprise": holding.enterprise,
        "name": holding.name,
        "consents": [
            {
                "id": one.id,
                "scheme": one.scheme,
                "clusters": list(one.clusters),
                "valid_until": one.valid_until,
                "expires_within": horizon_of((one.valid_until - call.now).days),
            }
            for one in holding.consents
        ],
        "decisions": [_stand(one, call) for one in holding.stands],
    }


def _stand(stand: Stand, call: Call) -> dict[str, Any]:
    """A decision by what the consent opens now, whatever was open when it was made."""
    (decision, band, tenths), ruling, consent, days_left = stand
    clusters = consent.clusters
    document: Mapping[str, Any] = shown_document(
        read_record(decision.record), ruling.scheme, ruling.vocabulary, clusters, call.language
    )
    return {
        "id": decision.id,
        "scheme": {
            "id": decision.scheme,
            "version": decision.version,
            "title": document["scheme"]["title"],
        },
        "outcome": decision.outcome,
        "outcome_label": document["sentences"]["outcome"],
        "as_of": decision.as_of,
        "decided_at": decision.decided_at,
        "valid_until": decision.valid_until,
        "days_left": days_left,
        "expires_within": horizon_of(days_left),
        "because": document["because"],
        "reasons": workflow.reasons_of(document),
        "missing": document["missing"],
        "band": band if "band" in clusters else None,
        "score": wire_figure(tenths) if "scores" in clusters and tenths is not None else None,
        "facts": document["facts"],
        "consent": consent.id,
        "clusters": list(clusters),
    }


def _forecast(ahead: Forecast) -> dict[str, Any]:
    return {
        "expired": ahead.expired,
        "within": [
            {"within_days": one.days, "decisions": one.decisions, "consents": one.consents}
            for one in ahead.within
        ],
    }

"""The receipt of a consent, for programs or as a text to print."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Header
from starlette.responses import Response

from rbc_assess.api.answers import NO_STORE, answer
from rbc_assess.api.callers import ENTERPRISES, Call, only
from rbc_assess.api.routes.consents import ConsentId
from rbc_assess.api.wire_consents import ReceiptDocument
from rbc_assess.identity import Scope
from rbc_assess.workflows.receipt import Receipt, receipt

router = APIRouter(tags=["enterprise"])

TEXT: Final = "text/plain"


@router.get(
    "/v1/consents/{id}/receipt",
    operation_id="getConsentReceipt",
    summary="The receipt of a consent",
    response_model=ReceiptDocument,
    responses={200: {"content": {TEXT: {"schema": {"type": "string"}}}}},
)
def read_receipt(
    call: Annotated[Call, only(ENTERPRISES, scope=Scope.CONSENTS_READ)],
    name: ConsentId,
    accept: Annotated[
        str | None, Header(description="`text/plain` gives a text to print, anything else JSON.")
    ] = None,
) -> Response:
    """Who, what for, which part, how long, how to withdraw and what may be passed on, in the reader's language."""
    with call.read() as (connection, caller):
        made = receipt(connection, call.catalogue, caller, name, call.language, call.now)
    headers = {"Content-Language": call.language, "Vary": "Accept, Accept-Language"}
    if wants_text(accept):
        return Response(made.text, 200, {**NO_STORE, **headers}, f"{TEXT}; charset=utf-8")
    return answer(_document(made, call), 200, headers)


def wants_text(accept: str | None) -> bool:
    """Whether plain text is named before JSON."""
    named = [one.partition(";")[0].strip().lower() for one in (accept or "").split(",")]
    return next((one == TEXT for one in named if one in {TEXT, "application/json"}), False)


def _document(made: Receipt, call: Call) -> dict[str, Any]:
    consent = made.consent
    return {
        "format": "rbc-consent-receipt/1",
        "consent": consent.id,
        "request": consent.request,
        "language": call.language,
        "title": made.title,
        "issued_at": call.now,
        "enterprise": {"id": made.enterprise.id, "kind": "enterprise", "name": made.enterprise.name},
        "recipient": {
            "id": made.recipient.id,
            "kind": made.recipient.kind,
            "name": made.recipient.name,
        },
        "purpose": consent.purpose,
        "scheme": consent.scheme,
        "clusters": list(consent.clusters),
        "state": made.state,
        "given_at": consent.given_at,
        "given_by": consent.given_by,
        "valid_from": consent.valid_from,
        "valid_until": consent.valid_until,
        "revoked_at": consent.revoked_at,
        "withdrawal": {"method": "POST", "path": f"/v1/consents/{consent.id}/revocation"},
        "sections": [
            {"id": one.id, "heading": one.heading, "lines": list(one.lines)} for one in made.sections
        ],
        "wording": consent.wording,
        "wording_language": consent.language,
    }

"""Consents: what an enterprise lets governments and lenders see; and the record of who saw what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path
from starlette.requests import Request
from starlette.responses import Response

from rbc_assess.api import example_consents as examples
from rbc_assess.api.answers import answer
from rbc_assess.api.body import JsonBody, Sent
from rbc_assess.api.callers import ENTERPRISES, EVERYBODY, Call, acted_for, only
from rbc_assess.api.idempotency import OptionalKey
from rbc_assess.api.languages import in_language
from rbc_assess.api.paging import WantedPage, link_to_next, page_document
from rbc_assess.api.retries import make_once
from rbc_assess.api.routes.parameters import ForEnterprise
from rbc_assess.api.wire_consents import (
    ConsentDocument,
    ConsentList,
    DisclosureList,
    NewConsent,
    RecipientList,
)
from rbc_assess.identity import Scope
from rbc_assess.storage import consents, disclosures, enterprises, organisations
from rbc_assess.storage.consents import Consent
from rbc_assess.storage.disclosures import Disclosure
from rbc_assess.workflows import consent as workflow

router = APIRouter(tags=["enterprise"])

ConsentId = Annotated[str, Path(alias="id", description="Id of the consent.")]
Reader = Annotated[Call, only(ENTERPRISES, scope=Scope.CONSENTS_READ)]
Writer = Annotated[Call, only(ENTERPRISES, scope=Scope.CONSENTS_WRITE)]


@router.get(
    "/v1/recipients",
    operation_id="listRecipients",
    summary="Governments and lenders one can share with",
    response_model=RecipientList,
)
def list_recipients(
    request: Request, call: Annotated[Call, only(EVERYBODY, scope=Scope.RECIPIENTS_READ)], page: WantedPage
) -> Response:
    """Those of the caller's mode. Being in the list opens nothing: an enterprise has to consent."""
    with call.read() as (connection, caller):
        found = organisations.list_organisations(
            connection,
            livemode=caller.livemode,
            kinds=workflow.RECIPIENT_KINDS,
            limit=page.limit,
            after=page.after,
        )
    items = [{"id": one.id, "kind": one.kind, "name": one.name} for one in found.items]
    return answer(page_document(items, found.next_place), 200, link_to_next(request, found.next_place))


@router.post(
    "/v1/consents",
    operation_id="createConsent",
    summary="Let a government or lender look",
    status_code=201,
    response_model=ConsentDocument,
)
def create_consent(
    call: Writer,
    sent: Annotated[Sent[NewConsent], Depends(JsonBody(NewConsent, examples.NEW_CONSENT))],
    retry_key: OptionalKey,
) -> Response:
    """It holds for 12 months at most. The answer has the wording that was agreed to, in the reader's language."""
    sent.settle()
    with call.write() as (connection, caller):

        def make() -> tuple[str, Consent]:
            wanted = sent.read()
            firm = enterprises.find_enterprise(connection, caller, acted_for(caller, wanted.enterprise))
            grant = workflow.Grant(
                wanted.recipient,
                wanted.scheme,
                wanted.purpose,
                wanted.clusters,
                wanted.valid_from,
                wanted.valid_until,
                wanted.request,
            )
            made = workflow.grant(
                connection,
                call.catalogue,
                grant,
                enterprise=firm,
                caller=caller,
                language=call.language,
                now=call.now,
            )
            return made.id, made

        made = make_once(
            connection,
            caller,
            retry_key,
            sent.digest,
            call.now,
            operation="createConsent",
            make=make,
            find=lambda name: consents.find_consent(connection, caller, name),
        )
    headers = {**made.headers(f"/v1/consents/{made.thing.id}"), "Content-Language": made.thing.language}
    return answer(consent_document(made.thing, call), 201, headers)


@router.get(
    "/v1/consents",
    operation_id="listConsents",
    summary="Consents that an enterprise has given",
    response_model=ConsentList,
)
def list_consents(
    request: Request, call: Reader, page: WantedPage, enterprise: ForEnterprise = None
) -> Response:
    """Newest first, also those that have ended or were withdrawn."""
    with call.read() as (connection, caller):
        firm = enterprises.find_enterprise(connection, caller, acted_for(caller, enterprise))
        found = consents.list_consents(connection, firm.id, limit=page.limit, after=page.after)
    items = [consent_document(one, call) for one in found.items]
    return answer(page_document(items, found.next_place), 200, link_to_next(request, found.next_place))


@router.get(
    "/v1/consents/{id}",
    operation_id="getConsent",
    summary="A consent",
    response_model=ConsentDocument,
)
def read_consent(call: Reader, name: ConsentId) -> Response:
    """As it was given, and whether it holds."""
    with call.read() as (connection, caller):
        found = consents.find_consent(connection, caller, name)
    return answer(consent_document(found, call), 200, {"Content-Language": found.language})


@router.post(
    "/v1/consents/{id}/revocation",
    operation_id="revokeConsent",
    summary="Withdraw a consent",
    response_model=ConsentDocument,
)
def revoke_consent(call: Writer, name: ConsentId) -> Response:
    """From now on nothing new is shown and nothing new is decided under it. Withdrawing it again changes nothing."""
    with call.write() as (connection, caller):
        revoked = workflow.revoke(connection, caller, name, call.now)
    return answer(consent_document(revoked, call), 200, {"Content-Language": revoked.language})


@router.get(
    "/v1/disclosures",
    operation_id="listDisclosures",
    summary="Who saw what, when and why",
    response_model=DisclosureList,
)
def list_disclosures(
    request: Request, call: Reader, page: WantedPage, enterprise: ForEnterprise = None
) -> Response:
    """Every look of a recipient at an enterprise's data, newest first."""
    with call.read() as (connection, caller):
        firm = enterprises.find_enterprise(connection, caller, acted_for(caller, enterprise))
        found = disclosures.list_disclosures(connection, firm.id, limit=page.limit, after=page.after)
    items = [disclosure_document(one, call.language) for one in found.items]
    headers = {**link_to_next(request, found.next_place), "Content-Language": call.language}
    return answer(page_document(items, found.next_place), 200, headers)


def consent_document(consent: Consent, call: Call) -> dict[str, object]:
    """A consent as it leaves."""
    return {
        "id": consent.id,
        "enterprise": consent.enterprise,
        "recipient": consent.recipient,
        "recipient_name": consent.recipient_name,
        "scheme": consent.scheme,
        "purpose": consent.purpose,
        "clusters": list(consent.clusters),
        "state": consent.state(call.now),
        "valid_from": consent.valid_from,
        "valid_until": consent.valid_until,
        "wording": consent.wording,
        "language": consent.language,
        "given_by": consent.given_by,
        "given_at": consent.given_at,
        "revoked_at": consent.revoked_at,
        "request": consent.request,
    }


ACTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "decision.created": {"en": "Made a decision", "ja": "判定を行いました"},
    "decision.read": {"en": "Read a decision", "ja": "判定を閲覧しました"},
    "decision.listed": {"en": "Saw decisions in a list", "ja": "判定の一覧を閲覧しました"},
    "decision.replayed": {"en": "Recomputed a decision", "ja": "判定を再計算して確認しました"},
    "portfolio.read": {"en": "Saw it in its portfolio", "ja": "同意企業の一覧で閲覧しました"},
    "portfolio.exported": {"en": "Took it out with its portfolio", "ja": "同意企業の一覧を出力しました"},
}
"""What a recipient did, for people."""


def disclosure_document(disclosure: Disclosure, language: str) -> dict[str, object]:
    """A look as it leaves."""
    return {
        "id": disclosure.id,
        "enterprise": disclosure.enterprise,
        "disclosed_at": disclosure.disclosed_at,
        "recipient": disclosure.recipient,
        "recipient_name": disclosure.recipient_name,
        "recipient_kind": disclosure.recipient_kind,
        "action": disclosure.action,
        "action_label": in_language(ACTIONS[disclosure.action], language),
        "object": disclosure.object,
        "purpose": disclosure.purpose,
        "clusters": list(disclosure.clusters),
        "consent": disclosure.consent,
    }

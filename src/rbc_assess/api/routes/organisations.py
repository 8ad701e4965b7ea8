"""Organisations and their keys, for the operator."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from rbc_assess.api import examples
from rbc_assess.api.answers import answer
from rbc_assess.api.body import JsonBody, Sent
from rbc_assess.api.callers import OPERATORS, Call, only
from rbc_assess.api.idempotency import OptionalKey
from rbc_assess.api.paging import WantedPage, link_to_next, page_document
from rbc_assess.api.retries import make_once
from rbc_assess.api.wire_parties import (
    IssuedKey,
    KeyDocument,
    KeyList,
    KeyRotation,
    NewKey,
    NewOrganisation,
    OrganisationDocument,
    OrganisationList,
)
from rbc_assess.errors import NotAllowed, NotFound
from rbc_assess.identity import ApiKey, Caller, Scope
from rbc_assess.storage import enterprises, keys, organisations
from rbc_assess.storage.keys import StoredKey
from rbc_assess.storage.organisations import Organisation
from rbc_assess.workflows.issuing import name_issuer

router = APIRouter(tags=["operator"])

OrganisationId = Annotated[str, Path(alias="id", description="Id of the organisation.")]
Reader = Annotated[Call, only(OPERATORS, scope=Scope.ORGANISATIONS_READ)]
Writer = Annotated[Call, only(OPERATORS, scope=Scope.ORGANISATIONS_WRITE)]


@router.post(
    "/v1/organisations",
    operation_id="createOrganisation",
    summary="Create an organisation",
    status_code=201,
    response_model=OrganisationDocument,
)
def create_organisation(
    call: Writer,
    sent: Annotated[Sent[NewOrganisation], Depends(JsonBody(NewOrganisation, examples.NEW_ORGANISATION))],
    retry_key: OptionalKey,
) -> Response:
    """A party of the caller's mode: a test key creates parties of the sandbox."""
    sent.settle()
    with call.write() as (connection, caller):
        made = make_once(
            connection,
            caller,
            retry_key,
            sent.digest,
            call.now,
            operation="createOrganisation",
            make=lambda: _create(connection, caller, sent.read(), call),
            find=lambda name: _find(connection, caller, name),
        )
    location = f"/v1/organisations/{made.thing.id}"
    return answer(made.thing._asdict(), 201, made.headers(location))


@router.get(
    "/v1/organisations",
    operation_id="listOrganisations",
    summary="Organisations",
    response_model=OrganisationList,
)
def list_organisations(request: Request, call: Reader, page: WantedPage) -> Response:
    """Oldest first, those of the caller's mode."""
    with call.read() as (connection, caller):
        found = organisations.list_organisations(
            connection, livemode=caller.livemode, limit=page.limit, after=page.after
        )
    items = [organisation._asdict() for organisation in found.items]
    return answer(page_document(items, found.next_place), 200, link_to_next(request, found.next_place))


@router.get(
    "/v1/organisations/{id}",
    operation_id="getOrganisation",
    summary="An organisation",
    response_model=OrganisationDocument,
)
def read_organisation(call: Reader, organisation: OrganisationId) -> Response:
    """Kind and name."""
    with call.read() as (connection, caller):
        found = _find(connection, caller, organisation)
    return answer(found._asdict())


@router.post(
    "/v1/organisations/{id}/keys",
    operation_id="issueKey",
    summary="Issue an API key",
    status_code=201,
    response_model=IssuedKey,
)
def issue_key(
    call: Writer,
    organisation: OrganisationId,
    sent: Annotated[Sent[NewKey], Depends(JsonBody(NewKey, examples.NEW_KEY))],
    retry_key: OptionalKey,
) -> Response:
    """The key is in this answer and nowhere else, ever. At most two live keys at a time, for rotation."""
    sent.settle()
    with call.write() as (connection, caller):
        _find(connection, caller, organisation)
        made = make_once(
            connection,
            caller,
            retry_key,
            sent.digest,
            call.now,
            operation="issueKey",
            make=lambda: _issue(connection, caller, organisation, sent.read(), call),
            find=lambda name: (_find_key(connection, organisation, name), None),
        )
    stored, key = made.thing
    document = _key_document(stored) | ({} if key is None else {"key": key.text})
    return answer(document, 201, made.headers(f"/v1/organisations/{organisation}/keys"))


@router.get(
    "/v1/organisations/{id}/keys",
    operation_id="listKeys",
    summary="The keys of an organisation",
    response_model=KeyList,
)
def list_keys(call: Reader, organisation: OrganisationId) -> Response:
    """All of them on one page, revoked and expired ones too; never the keys themselves."""
    with call.read() as (connection, caller):
        _find(connection, caller, organisation)
        found = keys.list_keys(connection, organisation)
    return answer(page_document([_key_document(key) for key in found], None))


@router.post(
    "/v1/organisations/{id}/keys/{key}/rotation",
    operation_id="rotateKey",
    summary="Replace an API key",
    status_code=201,
    response_model=IssuedKey,
)
def rotate_key(
    call: Writer,
    organisation: OrganisationId,
    key: Annotated[str, Path(description="Id of the key.")],
    sent: Annotated[Sent[KeyRotation], Depends(JsonBody(KeyRotation, examples.KEY_ROTATION))],
    retry_key: OptionalKey,
) -> Response:
    """The new key, shown this once, has the scopes and the label of the old one, which ends after the overlap."""
    sent.settle()
    with call.write() as (connection, caller):
        _find(connection, caller, organisation)
        made = make_once(
            connection,
            caller,
            retry_key,
            sent.digest,
            call.now,
            operation="rotateKey",
            make=lambda: _rotate(connection, caller, organisation, key, sent.read(), call),
            find=lambda name: (_find_key(connection, organisation, name), None),
        )
    stored, fresh = made.thing
    document = _key_document(stored) | ({} if fresh is None else {"key": fresh.text})
    return answer(document, 201, made.headers(f"/v1/organisations/{organisation}/keys"))


@router.post(
    "/v1/organisations/{id}/keys/{key}/revocation",
    operation_id="revokeKey",
    summary="Revoke an API key",
    response_model=KeyDocument,
)
def revoke_key(
    call: Writer, organisation: OrganisationId, key: Annotated[str, Path(description="Id of the key.")]
) -> Response:
    """It is refused from the next request on. Revoking it again changes nothing."""
    with call.write() as (connection, caller):
        _find(connection, caller, organisation)
        revoked = keys.revoke_key(connection, organisation, key, call.now)
    return answer(_key_document(revoked))


def _create(
    connection: Connection, caller: Caller, wanted: NewOrganisation, call: Call
) -> tuple[str, Organisation]:
    name = wanted.name.strip()
    if wanted.kind == "enterprise" and wanted.issuer is None:
        firm = enterprises.create_enterprise(
            connection, created_by=None, name=name, livemode=caller.livemode, now=call.now
        )
        return firm.id, Organisation(firm.id, wanted.kind, firm.name, firm.livemode, firm.created_at)
    made = organisations.create_organisation(
        connection, wanted.kind, name, livemode=caller.livemode, now=call.now
    )
    if wanted.issuer is not None:
        name_issuer(connection, made.id, made.kind, wanted.issuer, call.now, livemode=caller.livemode)
    return made.id, made._replace(issuer=wanted.issuer)


def _find(connection: Connection, caller: Caller, name: str) -> Organisation:
    found = organisations.find_organisation(connection, name)
    if found.livemode != caller.livemode:
        raise NotFound
    return found


def _issue(
    connection: Connection, caller: Caller, organisation: str, wanted: NewKey, call: Call
) -> tuple[str, tuple[StoredKey, ApiKey | None]]:
    livemode = caller.livemode if wanted.livemode is None else wanted.livemode
    if livemode and not caller.livemode:
        raise NotAllowed(
            en="A test key issues test keys only.",
            ja="テスト用のキーでは、テスト用のキーだけを発行できます。",
        )
    stored, key = keys.issue_key(
        connection,
        organisation,
        call.desk.peppers,
        call.now,
        livemode=livemode,
        scopes=wanted.scopes,
        label=wanted.label,
        expires_at=wanted.expires_at,
    )
    return stored.id, (stored, key)


def _rotate(
    connection: Connection, caller: Caller, organisation: str, key: str, wanted: KeyRotation, call: Call
) -> tuple[str, tuple[StoredKey, ApiKey | None]]:
    if _find_key(connection, organisation, key).livemode and not caller.livemode:
        raise NotFound
    stored, fresh = keys.rotate_key(
        connection,
        organisation,
        key,
        call.desk.peppers,
        call.now,
        overlap=timedelta(hours=wanted.overlap_hours),
    )
    return stored.id, (stored, fresh)


def _find_key(connection: Connection, organisation: str, name: str) -> StoredKey:
    for key in keys.list_keys(connection, organisation):
        if key.id == name:
            return key
    raise NotFound


def _key_document(key: StoredKey) -> dict[str, object]:
    return {**key._asdict(), "scopes": sorted(key.scopes)}

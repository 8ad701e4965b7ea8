"""Clients: the programs of an organisation, registered by itself or by the operator."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from sqlalchemy import Connection
from starlette.responses import Response

from rbc_assess.api import examples
from rbc_assess.api.answers import answer
from rbc_assess.api.body import JsonBody, Sent
from rbc_assess.api.callers import EVERYBODY, Call, only
from rbc_assess.api.idempotency import OptionalKey
from rbc_assess.api.paging import page_document
from rbc_assess.api.retries import make_once
from rbc_assess.api.routes.organisations import OrganisationId
from rbc_assess.api.wire_clients import ClientDocument, ClientList, IssuedClient, NewClient, NewClientKeys
from rbc_assess.errors import InvalidInput, NotAllowed, NotFound, Problem
from rbc_assess.identity import FOR_CREDENTIALS, Caller, Scope, scopes_of
from rbc_assess.storage import clients, organisations
from rbc_assess.storage.clients import StoredClient
from rbc_assess.storage.organisations import Organisation
from rbc_assess.workflows.client_keys import read_keys

router = APIRouter(tags=["enterprise", "government", "lender", "operator"])

ClientId = Annotated[str, Path(alias="client", description="Id of the client.")]
Reader = Annotated[Call, only(EVERYBODY, scope=Scope.CLIENTS_READ)]
Writer = Annotated[Call, only(EVERYBODY, scope=Scope.CLIENTS_WRITE)]


@router.post(
    "/v1/organisations/{id}/clients",
    operation_id="createClient",
    summary="Register a client",
    status_code=201,
    response_model=IssuedClient,
)
def create_client(
    call: Writer,
    organisation: OrganisationId,
    sent: Annotated[Sent[NewClient], Depends(JsonBody(NewClient, examples.NEW_CLIENT))],
    retry_key: OptionalKey,
) -> Response:
    """A program that gets tokens at `/oauth/token`. An organisation registers its own, the operator anybody's."""
    sent.settle()
    with call.write() as (connection, caller):
        party = _find_party(connection, caller, organisation)
        made = make_once(
            connection,
            caller,
            retry_key,
            sent.digest,
            call.now,
            operation="createClient",
            make=lambda: _register(connection, caller, party, sent.read(), call),
            find=lambda name: (clients.find_client(connection, organisation, name), None),
        )
    stored, secret = made.thing
    location = f"/v1/organisations/{organisation}/clients/{stored.id}"
    return answer(_document(stored, secret), 201, made.headers(location))


@router.get(
    "/v1/organisations/{id}/clients",
    operation_id="listClients",
    summary="The clients of an organisation",
    response_model=ClientList,
)
def list_clients(call: Reader, organisation: OrganisationId) -> Response:
    """All of them on one page, revoked ones too."""
    with call.read() as (connection, caller):
        _find_party(connection, caller, organisation)
        found = clients.list_clients(connection, organisation)
    return answer(page_document([_document(one) for one in found if _in_sight(caller, one)], None))


@router.get(
    "/v1/organisations/{id}/clients/{client}",
    operation_id="getClient",
    summary="A client",
    response_model=ClientDocument,
)
def read_client(call: Reader, organisation: OrganisationId, client: ClientId) -> Response:
    """Its name, scopes and public keys."""
    with call.read() as (connection, caller):
        found = _find(connection, caller, organisation, client)
    return answer(_document(found))


@router.post(
    "/v1/organisations/{id}/clients/{client}/rotation",
    operation_id="rotateClient",
    summary="Change the keys of a client",
    response_model=IssuedClient,
)
def rotate_client(
    call: Writer,
    organisation: OrganisationId,
    client: ClientId,
    sent: Annotated[Sent[NewClientKeys], Depends(JsonBody(NewClientKeys, examples.NEW_CLIENT_KEYS))],
) -> Response:
    """The keys sent take the place of those there are, from the next token on; tokens given before run out as said.

    For a change without a gap send the new key beside the old one, then the new one alone.
    """
    sent.settle()
    with call.write() as (connection, caller):
        found = _find(connection, caller, organisation, client)
        _refuse_more_than_own(caller, found.scopes)
        wanted = sent.read()
        changed, secret = clients.change_keys(
            connection,
            organisation,
            client,
            call.desk.peppers,
            keys=read_keys(wanted.keys),
            with_secret=wanted.secret,
        )
    return answer(_document(changed, secret))


@router.post(
    "/v1/organisations/{id}/clients/{client}/revocation",
    operation_id="revokeClient",
    summary="End a client",
    response_model=ClientDocument,
)
def revoke_client(call: Writer, organisation: OrganisationId, client: ClientId) -> Response:
    """It gets no token any more, and those it has are refused from the next request on."""
    with call.write() as (connection, caller):
        _find(connection, caller, organisation, client)
        revoked = clients.revoke_client(connection, organisation, client, call.now)
    return answer(_document(revoked))


def _find_party(connection: Connection, caller: Caller, name: str) -> Organisation:
    """The caller's own organisation, or any of its mode where the caller is the operator."""
    if name != caller.organisation and not _is_operator(caller):
        raise NotFound
    found = organisations.find_organisation(connection, name)
    # A test key of a live organisation may look after its programs in the sandbox.
    if found.livemode != caller.livemode and name != caller.organisation:
        raise NotFound
    return found


def _is_operator(caller: Caller) -> bool:
    return caller.kind == "operator"


def _in_sight(caller: Caller, client: StoredClient) -> bool:
    return caller.livemode or not client.livemode


def _find(connection: Connection, caller: Caller, organisation: str, client: str) -> StoredClient:
    _find_party(connection, caller, organisation)
    found = clients.find_client(connection, organisation, client)
    if not _in_sight(caller, found):
        raise NotFound
    return found


def _register(
    connection: Connection, caller: Caller, party: Organisation, wanted: NewClient, call: Call
) -> tuple[str, tuple[StoredClient, str | None]]:
    livemode = caller.livemode if wanted.livemode is None else wanted.livemode
    if livemode and not caller.livemode:
        raise NotAllowed(
            en="A test key registers clients of the sandbox only.",
            ja="テスト用のキーでは、サンドボックスのクライアントだけを登録できます。",
        )
    scopes = frozenset(wanted.scopes) if wanted.scopes is not None else None
    if not _is_operator(caller):
        usual = scopes_of(party.kind) - FOR_CREDENTIALS
        scopes = (usual & caller.scopes) if scopes is None else scopes
        _refuse_more_than_own(caller, scopes)
    stored, secret = clients.register_client(
        connection,
        party.id,
        call.desk.peppers,
        call.now,
        name=wanted.name,
        livemode=livemode,
        keys=read_keys(wanted.keys),
        scopes=scopes,
        with_secret=wanted.secret,
    )
    return stored.id, (stored, secret)


def _refuse_more_than_own(caller: Caller, scopes: frozenset[str]) -> None:
    """Nobody gets more by making a credential than it has: but the operator, who makes them for others."""
    if not _is_operator(caller) and scopes - caller.scopes:
        raise InvalidInput([Problem("/scopes", "more-than-own", _MORE_THAN_OWN)])


_MORE_THAN_OWN = {
    "en": "A client may have no scope that you lack yourself.",
    "ja": "ご自身のキーにない権限は、クライアントに付けられません。",
}


def _document(client: StoredClient, secret: str | None = None) -> dict[str, object]:
    document = {**client._asdict(), "scopes": sorted(client.scopes)}
    return document if secret is None else {**document, "secret": secret}

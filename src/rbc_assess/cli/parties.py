"""The first parties of a real installation: organisations and their keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from rbc_assess.cli.database import (
    keyring_of,
    open_store,
    open_with_secret,
    settings_of_database,
    writing,
)
from rbc_assess.cli.tables import Column, print_table
from rbc_assess.cli.voice import FINE, Stop, Voice, nearest, write_json
from rbc_assess.errors import Conflict, InvalidInput, NotFound
from rbc_assess.identity import KINDS, Peppers, Scope, read_api_key
from rbc_assess.storage import enterprises, keys, organisations
from rbc_assess.workflows.issuing import name_issuer

LIST_PAGE: Final = 200


def _now() -> datetime:
    return datetime.now(UTC)


# --- organisations -----------------------------------------------------------------------------------------


def create_organisation(voice: Voice, kind: str, name: str, issuer: str | None, *, test: bool) -> int:
    """Create an organisation and print its id.

    Raises:
        Stop: there is no such kind, the name is empty, or it cannot be that issuer.
    """
    if kind not in KINDS:
        meant = nearest(kind, KINDS)
        raise Stop(
            f"There is no kind “{kind}”."
            + (f" Did you mean {meant}?" if meant else f" Kinds: {', '.join(KINDS)}."),
            f"「{kind}」という種別はありません。"
            + (f"{meant} のことでしょうか。" if meant else f"種別:{'、'.join(KINDS)}"),
        )
    name = name.strip()
    if not name or len(name) > 200:
        raise Stop("A name has 1 to 200 characters.", "名前は1から200文字で指定してください。")
    now = _now()
    try:
        with open_with_secret() as store, writing(store, livemode=not test) as connection:
            if kind == "enterprise" and issuer is None:
                made = enterprises.create_enterprise(
                    connection, created_by=None, name=name, livemode=not test, now=now
                ).id
            else:
                made = organisations.create_organisation(
                    connection, kind, name, livemode=not test, now=now
                ).id
            if issuer is not None:
                name_issuer(connection, made, kind, issuer, now, livemode=not test)
    except InvalidInput as invalid:
        raise _stop(invalid) from None
    except Conflict as taken:
        raise Stop(taken.text["en"], taken.text["ja"]) from None
    if voice.json:
        write_json({"id": made})
    else:
        voice.say(made)
    return FINE


def list_organisations(voice: Voice) -> int:
    """Print every organisation, those of the sandbox last."""
    found: list[organisations.Organisation] = []
    with open_with_secret() as store, store.read() as connection:
        for livemode in (True, False):
            after: str | None = None
            while True:
                page = organisations.list_organisations(
                    connection, livemode=livemode, limit=LIST_PAGE, after=after
                )
                found += page.items
                after = page.next_place
                if after is None:
                    break
    if voice.json:
        write_json([{**one._asdict(), "created_at": one.created_at.isoformat()} for one in found])
        return FINE
    print_table(
        voice,
        (Column("id", "ID"), Column("kind", "種別"), Column("name", "名前"), Column("mode", "区別")),
        (
            (
                one.id,
                one.kind,
                one.name,
                voice.choose("live", "本番") if one.livemode else voice.choose("test", "テスト"),
            )
            for one in found
        ),
    )
    return FINE


# --- keys --------------------------------------------------------------------------------------------------


def create_key(
    voice: Voice, organisation: str, scopes: Sequence[str], label: str, expires_days: int, *, test: bool
) -> int:
    """Issue a key and show it, this once.

    Raises:
        Stop: no such organisation, a scope that is not for it, an expiry out of bounds.
    """
    settings = settings_of_database(with_secret=True)
    now = _now()
    try:
        with (
            open_store(settings, keyring=keyring_of(settings)) as store,
            writing(store, livemode=not test) as connection,
        ):
            party = organisations.find_organisation(connection, organisation)
            stored, key = keys.issue_key(
                connection,
                party.id,
                Peppers(settings.secret, settings.previous_secrets),
                now,
                livemode=party.livemode and not test,
                scopes=_read_scopes(scopes) if scopes else None,
                label=label,
                expires_at=now + timedelta(days=expires_days),
            )
    except NotFound:
        raise _no_organisation(organisation) from None
    except InvalidInput as invalid:
        raise _stop(invalid) from None
    if voice.json:
        write_json({"id": stored.id, "key": key.text})
        return FINE
    voice.say(f"id   {stored.id}", f"ID   {stored.id}")
    voice.say(f"key  {key.text}", f"キー {key.text}")
    voice.aside(
        "Keep the key now: it is not shown again.", "キーはこの一度だけ表示します。保管してください。"
    )
    return FINE


def rotate_key(voice: Voice, key_id: str, overlap_hours: int) -> int:
    """Issue the key that takes the place of another, and show it, this once.

    Raises:
        Stop: there is no such key that is live, or two are live already.
    """
    if key_id.startswith("rbc_"):
        key_id = read_api_key(key_id).id
    settings = settings_of_database(with_secret=True)
    peppers = Peppers(settings.secret, settings.previous_secrets)
    try:
        with open_store(settings, keyring=keyring_of(settings)) as store, writing(store) as connection:
            owner = keys.owner_of(connection, key_id)
            stored, key = keys.rotate_key(
                connection, owner, key_id, peppers, _now(), overlap=timedelta(hours=overlap_hours)
            )
    except NotFound:
        raise Stop(f"There is no live key {key_id}.", f"有効なキー {key_id} はありません。") from None
    if voice.json:
        write_json({"id": stored.id, "key": key.text})
        return FINE
    voice.say(f"id   {stored.id}", f"ID   {stored.id}")
    voice.say(f"key  {key.text}", f"キー {key.text}")
    voice.aside(
        f"Keep the key now: it is not shown again. The old one ends in {overlap_hours} h.",
        f"キーはこの一度だけ表示します。保管してください。古いキーは{overlap_hours}時間後に使えなくなります。",
    )
    return FINE


def _stop(invalid: InvalidInput) -> Stop:
    return Stop(
        " ".join(problem.text["en"] for problem in invalid.problems),
        "".join(problem.text["ja"] for problem in invalid.problems),
    )


def _no_organisation(organisation: str) -> Stop:
    return Stop(
        f"There is no organisation {organisation}; see: rbc-assess organisations list",
        f"組織 {organisation} はありません。rbc-assess organisations list で確かめてください。",
    )


def _read_scopes(scopes: Sequence[str]) -> list[str]:
    known = [scope.value for scope in Scope]
    wanted = [part for scope in scopes for part in scope.replace(",", " ").split()]
    for scope in wanted:
        if scope not in known:
            meant = nearest(scope, known)
            raise Stop(
                f"There is no scope “{scope}”." + (f" Did you mean {meant}?" if meant else ""),
                f"「{scope}」という権限はありません。" + (f"{meant} のことでしょうか。" if meant else ""),
            )
    return wanted


def list_keys(voice: Voice, organisation: str) -> int:
    """Print the keys of an organisation, never a secret.

    Raises:
        Stop: there is no such organisation.
    """
    try:
        with open_with_secret() as store, store.read() as connection:
            organisations.find_organisation(connection, organisation)
            found = keys.list_keys(connection, organisation)
    except NotFound:
        raise _no_organisation(organisation) from None
    if voice.json:
        write_json([_key_document(key) for key in found])
        return FINE
    now = _now()
    print_table(
        voice,
        (
            Column("id", "ID"),
            Column("label", "名札"),
            Column("until", "期限"),
            Column("state", "状態"),
            Column("scopes", "権限"),
        ),
        (
            (
                key.id,
                key.label,
                key.expires_at.date().isoformat(),
                _state(voice, key, now),
                " ".join(sorted(key.scopes)),
            )
            for key in found
        ),
    )
    return FINE


def _state(voice: Voice, key: keys.StoredKey, now: datetime) -> str:
    if key.revoked_at is not None:
        return voice.choose("revoked", "失効")
    return voice.choose("expired", "期限切れ") if key.expires_at <= now else voice.choose("live", "有効")


def _key_document(key: keys.StoredKey) -> dict[str, object]:
    def moment(at: datetime | None) -> str | None:
        return None if at is None else at.isoformat()

    return {
        "id": key.id,
        "organisation": key.organisation,
        "scopes": sorted(key.scopes),
        "livemode": key.livemode,
        "label": key.label,
        "created_at": moment(key.created_at),
        "expires_at": moment(key.expires_at),
        "revoked_at": moment(key.revoked_at),
        "last_used_at": moment(key.last_used_at),
    }


def revoke_key(voice: Voice, key_id: str) -> int:
    """End a key at once, named by its id or by the whole key.

    Raises:
        Stop: there is no such key.
    """
    if key_id.startswith("rbc_"):
        key_id = read_api_key(key_id).id
    try:
        with open_with_secret() as store, writing(store) as connection:
            revoked = keys.revoke_key(connection, keys.owner_of(connection, key_id), key_id, _now())
    except NotFound:
        raise Stop(f"There is no key {key_id}.", f"キー {key_id} はありません。") from None
    if voice.json:
        write_json(_key_document(revoked))
    else:
        voice.say(f"Revoked {revoked.id}.", f"{revoked.id} を失効させました。")
    return FINE

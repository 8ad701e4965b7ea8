"""The first people of a real installation, and a way in where there is no mail."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from rbc_assess.cli.database import keyring_of, open_store, settings_of_database
from rbc_assess.cli.tables import Column, print_table
from rbc_assess.cli.voice import FINE, Stop, Voice, write_json
from rbc_assess.errors import Conflict, InvalidInput, NotFound
from rbc_assess.identity import Peppers, read_address
from rbc_assess.settings import Settings
from rbc_assess.storage import audit, links, people
from rbc_assess.storage.engine import Store
from rbc_assess.storage.organisations import find_organisation
from rbc_assess.storage.people import Member
from rbc_assess.workflows.sign_in import link_address

ACTOR: Final = audit.Actor(None, "command-line")
"""Whose doing it is: whoever has the secret and the database in hand."""


def invite_person(voice: Voice, organisation: str, email: str, name: str, role: str) -> int:
    """Let somebody act for an organisation.

    Raises:
        Stop: no such organisation, no such role for it, no address, or the person belongs to it already.
    """
    name = name.strip()
    if not name or len(name) > 200 or not name.isprintable():
        raise Stop("A name has 1 to 200 characters.", "名前は1から200文字で指定してください。")
    address = _address(email)
    with _opened() as store, store.write() as connection:
        audit.act(connection, ACTOR, _now())
        try:
            made = people.invite(
                connection, organisation, address, _now(), name=name, role=role, by=ACTOR.credential
            )
        except NotFound:
            raise _no_organisation(organisation) from None
        except InvalidInput as invalid:
            text = invalid.problems[0].text
            raise Stop(text["en"], text["ja"]) from None
        except Conflict as there:
            raise Stop(there.text["en"], there.text["ja"]) from None
    if voice.json:
        write_json({"id": made.id})
    else:
        voice.say(made.id)
    return FINE


def list_people(voice: Voice, organisation: str) -> int:
    """Print an organisation's people.

    Raises:
        Stop: there is no such organisation.
    """
    with _opened() as store, store.read() as connection:
        try:
            find_organisation(connection, organisation)
        except NotFound:
            raise _no_organisation(organisation) from None
        found = people.list_members(connection, organisation)
    if voice.json:
        write_json([_document(one) for one in found])
        return FINE
    columns = (Column("id", "ID"), Column("email", "メール"), Column("name", "名前"), Column("role", "役割"))
    print_table(
        voice,
        (*columns, Column("state", "状態")),
        ((one.id, one.address, one.name, one.role, _state(voice, one)) for one in found),
    )
    return FINE


def end_person(voice: Voice, organisation: str, person: str) -> int:
    """Let somebody act for an organisation no more.

    Raises:
        Stop: it has no such person, or this is the last owner.
    """
    with _opened() as store, store.write() as connection:
        audit.act(connection, ACTOR, _now())
        try:
            ended = people.end_member(connection, organisation, person, _now())
        except NotFound:
            raise Stop(
                f"{organisation} has no person {person}; see: rbc-assess people list {organisation}",
                f"{organisation} に担当者 {person} はいません。rbc-assess people list で確かめてください。",
            ) from None
        except Conflict as last:
            raise Stop(last.text["en"], last.text["ja"]) from None
    if voice.json:
        write_json(_document(ended))
    else:
        voice.say(f"{ended.name} acts for it no more.", f"{ended.name} さんの登録を終えました。")
    return FINE


def make_link(voice: Voice, email: str) -> int:
    """Print a link to sign in by, for whoever cannot get mail; any browser will do.

    Raises:
        Stop: nobody with this address belongs to any organisation.
    """
    address = _address(email)
    settings = settings_of_database(with_secret=True)
    peppers = Peppers(settings.secret, settings.previous_secrets)
    with _opened(settings) as store, store.write() as connection:
        person = people.who_belongs(connection, address, _now())
        if person is None:
            raise Stop(
                f"Nobody with the address {address} belongs to an organisation; first: rbc-assess people invite",
                f"{address} はどの組織の担当者でもありません。先に rbc-assess people invite で招待してください。",
            )
        link = links.record_link(connection, person, None, peppers, _now())
        audit.note(connection, action="link.made", object_id=link.id, actor=ACTOR, now=_now())
    url = link_address(str(settings.public_url), link)
    if voice.json:
        write_json({"link": url, "token": link.text})
        return FINE
    voice.say(url)
    voice.aside("It leads in once, within ten minutes.", "10分以内に、一度だけ使えます。")
    return FINE


def _opened(settings: Settings | None = None) -> Store:
    settings = settings or settings_of_database(with_secret=True)
    return open_store(settings, keyring=keyring_of(settings))


def _now() -> datetime:
    return datetime.now(UTC)


def _address(email: str) -> str:
    address = read_address(email)
    if address is None:
        raise Stop(
            "An e-mail address such as name@example.jp is due.",
            "メールアドレスを name@example.jp のように指定してください。",
        )
    return address


def _no_organisation(organisation: str) -> Stop:
    return Stop(
        f"There is no organisation {organisation}; see: rbc-assess organisations list",
        f"組織 {organisation} はありません。rbc-assess organisations list で確かめてください。",
    )


def _state(voice: Voice, member: Member) -> str:
    if member.ended_at is not None:
        return voice.choose("ended", "終了")
    return voice.choose("invited", "招待中") if member.joined_at is None else voice.choose("here", "利用中")


def _document(member: Member) -> dict[str, object]:
    moments = {
        name: None if at is None else at.isoformat()
        for name, at in (
            ("invited_at", member.invited_at),
            ("joined_at", member.joined_at),
            ("ended_at", member.ended_at),
        )
    }
    return {
        "id": member.id,
        "organisation": member.organisation,
        "email": member.address,
        "name": member.name,
        "role": member.role,
        **moments,
    }

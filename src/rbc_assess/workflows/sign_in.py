"""People come in: by a link that is sent to their address, used once, in the browser in which it was asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection

from rbc_assess.errors import InvalidInput, NotSignedIn, Problem, QuotaExceeded, SignInRefused
from rbc_assess.identity import Peppers, Slip, read_address, read_slip
from rbc_assess.storage import audit, links, people, sessions
from rbc_assess.storage.engine import Store
from rbc_assess.storage.people import Belonging
from rbc_assess.storage.sessions import Session
from rbc_assess.workflows.post import Mail, Postbox


class SignedIn(NamedTuple):
    """A session, by which a person is known from now on, and whom the person can act for."""

    session: Session
    slip: Slip
    address: str
    belongings: tuple[Belonging, ...]


class Browser(NamedTuple):
    """What a browser shows as it comes in: its mark, what it calls itself, the session that it had before."""

    mark: str | None
    name: str
    before: Slip | None


def ask_for_link(
    store: Store,
    postbox: Postbox,
    peppers: Peppers,
    public_url: str,
    address: str,
    mark: str,
    language: str,
    now: datetime,
) -> None:
    """Send a link to an address, if anybody has it; the work is the same if nobody does.

    Raises:
        InvalidInput: it is no e-mail address.
        QuotaExceeded: five were asked for in this quarter of an hour, for an address that is known or not.
    """
    known = require_address(address, "/email")
    with store.write() as connection:
        if links.count_asked(connection, known, peppers, now) > links.MOST_PER_PERIOD:
            ends = links.period_of(now) + links.PERIOD
            raise QuotaExceeded("sign-in-links", retry_after=int((ends - now).total_seconds()) + 1)
        person = people.who_belongs(connection, known, now)
        link = links.record_link(connection, person, mark, peppers, now)
    if person is not None:
        postbox.post(_mail(known, link_address(public_url, link), language))


def link_address(public_url: str, link: Slip) -> str:
    """The address that a link leads to: a page that asks to go on, so that nobody comes in by looking at it."""
    return f"{public_url}/sign-in?token={link.text}"


def confirm_link(store: Store, peppers: Peppers, token: str, browser: Browser, now: datetime) -> SignedIn:
    """Let in who holds a link, once.

    Raises:
        SignInRefused: it is unknown, over, used, or was asked for in another browser; not said which.
    """
    link = read_slip("lnk", token)
    if link is None:
        raise SignInRefused
    with store.write() as connection:
        person = links.use_link(connection, link, browser.mark, peppers, now)
        if person is None:
            raise SignInRefused
        return come_in(connection, person, "link", peppers, browser, now)


def come_in(
    connection: Connection, person: str, means: str, peppers: Peppers, browser: Browser, now: datetime
) -> SignedIn:
    """Begin a session of somebody who has shown who it is; the one that this browser had before is ended."""
    audit.act(connection, audit.Actor(None, person), now)
    if browser.before is not None:
        try:
            old = sessions.find_session(connection, browser.before, peppers, now)
            sessions.end_session(connection, old.person, old.id, now)
        except NotSignedIn:
            pass
    belongings = people.belongings_of(connection, person)
    only = belongings[0].organisation if len(belongings) == 1 else None
    session, slip = sessions.begin_session(
        connection, person, peppers, now, means=means, browser=browser.name, organisation=only
    )
    if only is not None:
        people.note_joined(connection, only, person, now)
    return SignedIn(session, slip, people.address_of(connection, person), belongings)


def require_address(text: str, pointer: str) -> str:
    """Read an e-mail address.

    Raises:
        InvalidInput: it is none.
    """
    address = read_address(text)
    if address is None:
        raise InvalidInput([Problem(pointer, "not-an-address", _NO_ADDRESS)])
    return address


def invitation(address: str, organisation: str, public_url: str, language: str) -> Mail:
    """The mail that tells somebody that it may act for an organisation; it holds no secret."""
    subject, text = _INVITED[language]
    return Mail(address, subject, text.format(organisation=organisation, url=f"{public_url}/sign-in"))


def _mail(address: str, url: str, language: str) -> Mail:
    subject, text = _LINK[language]
    return Mail(address, subject, text.format(url=url))


_NO_ADDRESS: Final = {
    "en": "An e-mail address such as name@example.jp is due here.",
    "ja": "メールアドレスを name@example.jp のように書いてください。",
}
_LINK: Final = {
    "en": (
        "Your link to sign in",
        (
            "Open this link within 10 minutes, in the browser in which you asked for it. It works once.\n\n"
            "{url}\n\n"
            "If you did not ask for it, there is nothing to do: nobody comes in without it.\n"
        ),
    ),
    "ja": (
        "ログイン用リンクのお知らせ",
        (
            "次のリンクを、請求したときと同じブラウザーで、10分以内に開いてください。使えるのは一度だけです。\n\n"
            "{url}\n\n"
            "お心当たりがない場合は、何もする必要はありません。このリンクなしには誰もログインできません。\n"
        ),
    ),
}
_INVITED: Final = {
    "en": (
        "You have been invited",
        (
            "{organisation} has invited you to act for it. Sign in with this e-mail address:\n\n"
            "{url}\n\n"
            "If you do not know it, there is nothing to do.\n"
        ),
    ),
    "ja": (
        "担当者としての招待のお知らせ",
        (
            "「{organisation}」から、担当者として招待されました。このメールアドレスでログインしてください。\n\n"
            "{url}\n\n"
            "お心当たりがない場合は、何もする必要はありません。\n"
        ),
    ),
}

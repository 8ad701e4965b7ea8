"""People for the API's tests: an installation at an https address, its mail in a list, browsers that sign in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.api.world import Clock, Parties

from rbc_assess.api.app import create_app
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.identity import Peppers
from rbc_assess.settings import Settings
from rbc_assess.storage import people
from rbc_assess.storage.engine import Store
from rbc_assess.workflows.post import Mail

HOST = "rbc.example.jp"
ORIGIN = f"https://{HOST}"
OWN_PAGE = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}


class Kept:
    """A postbox that keeps what is put into it."""

    def __init__(self) -> None:
        self.mail: list[Mail] = []

    def post(self, mail: Mail) -> None:
        self.mail.append(mail)

    def close(self) -> None:
        """Nothing waits."""


@dataclass
class House:
    """The service, its mail, and everybody's organisations."""

    app: FastAPI
    store: Store
    clock: Clock
    parties: Parties
    postbox: Kept = field(default_factory=Kept)

    def browser(self, *, opened_on_our_page: bool = True) -> TestClient:
        """A browser of its own, with no cookies yet."""
        return TestClient(
            self.app,
            base_url=ORIGIN,
            raise_server_exceptions=False,
            follow_redirects=False,
            headers=OWN_PAGE if opened_on_our_page else {},
        )

    def let_in(self, address: str, party: str, role: str) -> str:
        """Make somebody one of an organisation's people; gives its id there."""
        with self.store.write() as connection:
            return people.invite(
                connection,
                self.parties.ids[party],
                address,
                self.clock.now,
                name=address.partition("@")[0],
                role=role,
                by="test",
            ).id

    def signed_in(self, address: str) -> TestClient:
        """A browser in which somebody is signed in."""
        browser = self.browser()
        assert browser.post("/v1/sign-in/links", json={"email": address}).status_code == 200
        answered = confirm(browser, self.token())
        assert answered.status_code == 200, answered.text
        return browser

    def token(self) -> str:
        """What the link in the last mail holds."""
        found = re.search(r"/sign-in\?token=(\S+)", self.postbox.mail[-1].text)
        assert found is not None
        return found[1]


def confirm(browser: TestClient, token: str) -> Any:
    return browser.post("/v1/sign-in/links/confirmation", json={"token": token})


def open_house(
    catalogue: Catalogue, served: Store, store: Store, peppers: Peppers, clock: Clock, parties: Parties
) -> House:
    postbox = Kept()
    settings = Settings(demo=True, public_url=ORIGIN)
    app = create_app(settings, catalogue, served, peppers=peppers, clock=clock, postbox=postbox)
    return House(app, store, clock, parties, postbox)

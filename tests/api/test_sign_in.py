"""People come in: by a link, once, in their browser; and nobody learns who else could."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient
from tests.api.signing_in import HOST, ORIGIN, House, confirm

from rbc_assess.api.browsers import BROWSER, SESSION
from rbc_assess.identity import Peppers
from rbc_assess.storage import links, people, sessions

HANAKO = "hanako@prefecture.example.jp"


@pytest.fixture
def hanako(house: House) -> str:
    return house.let_in(HANAKO, "prefecture", "officer")


def ask(browser: TestClient, address: str = HANAKO) -> None:
    assert browser.post("/v1/sign-in/links", json={"email": address}).status_code == 200


def test_a_link_leads_in_once(house: House, hanako: str) -> None:
    browser = house.browser()
    asked = browser.post("/v1/sign-in/links?lang=ja", json={"email": f" {HANAKO.upper()} "})
    assert asked.json() == {"expires_in": 600}
    (mail,) = house.postbox.mail
    assert mail.to == HANAKO
    assert "10分以内" in mail.text
    assert f"{ORIGIN}/sign-in?token=lnk_" in mail.text
    came_in = confirm(browser, house.token())
    assert came_in.status_code == 200, came_in.text
    told = came_in.json()
    assert told["email"] == HANAKO
    assert told["session"]["organisation"] == house.parties.ids["prefecture"]
    assert [(one["role"], one["member"]) for one in told["organisations"]] == [("officer", hanako)]
    assert browser.get("/v1/decisions").status_code == 200
    # The role of an officer drafts no schemes.
    assert browser.put("/v1/schemes/jp-27-x/draft", json={}).status_code == 403
    again = confirm(house.browser(), house.token())
    assert (again.status_code, again.json()["type"]) == (403, "/problems/sign-in-refused")
    assert confirm(browser, house.token()).status_code == 403


def test_the_cookies_are_kept_from_scripts_other_hosts_and_open_wires(house: House, hanako: str) -> None:
    browser = house.browser()
    asked = browser.post("/v1/sign-in/links", json={"email": HANAKO})
    came_in = confirm(browser, house.token())
    for answered, name, seconds in ((asked, BROWSER, 600), (came_in, SESSION, 43_200)):
        (said,) = answered.headers.get_list("set-cookie")
        assert said.startswith(f"{name}=")
        assert name.startswith("__Host-")
        rest = said.partition("; ")[2]
        assert rest == f"Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax"


def test_sixteen_confirmations_at_once_lead_in_once(house: House, hanako: str) -> None:
    browser = house.browser()
    ask(browser)
    token, mark = house.token(), browser.cookies[BROWSER]

    def try_it(_: int) -> int:
        one = house.browser()
        one.cookies.set(BROWSER, mark, domain=HOST)
        return int(confirm(one, token).status_code)

    with house.browser(), ThreadPoolExecutor(16) as threads:
        statuses = list(threads.map(try_it, range(16)))
    assert sorted(statuses) == [200] + [403] * 15
    with house.store.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM session")).scalar_one() == 1


def test_a_link_holds_for_ten_minutes(house: House, hanako: str) -> None:
    browser = house.browser()
    ask(browser)
    house.clock.turn(minutes=9, seconds=59)
    ask(browser)
    late = house.token()
    house.clock.turn(minutes=10)
    assert confirm(browser, late).status_code == 403
    house.clock.turn(minutes=-10)
    assert confirm(browser, late).status_code == 200


def test_a_link_leads_in_nobody_from_another_browser_and_is_not_burnt_by_that(
    house: House, hanako: str
) -> None:
    browser, other = house.browser(), house.browser()
    ask(browser)
    token = house.token()
    assert confirm(other, token).status_code == 403  # it has no mark
    ask(other, "nobody@example.jp")
    assert confirm(other, token).status_code == 403  # it has its own
    assert confirm(browser, token).status_code == 200


def test_a_link_with_another_secret_is_no_link(house: House, hanako: str) -> None:
    browser = house.browser()
    ask(browser)
    token = house.token()
    wrong = token[:-1] + ("A" if token[-1] != "A" else "B")
    for tried in (wrong, token.partition(".")[0], "", "x", token.replace("lnk_", "ses_"), token + "x"):
        assert confirm(browser, tried).status_code == 403, tried
    assert confirm(browser, token).status_code == 200


def test_an_unknown_address_is_answered_as_a_known_one(house: House, hanako: str) -> None:
    """Same answer, same rows written: but for the mail, which goes out after the answer is made."""
    answers, rows = [], []
    for address in (HANAKO, "nobody@example.jp"):
        asked = house.browser().post("/v1/sign-in/links", json={"email": address})
        same = {name: value for name, value in asked.headers.items() if name in {"cache-control", "vary"}}
        answers.append((asked.status_code, asked.json(), same, "set-cookie" in asked.headers))
        with house.store.read() as connection:
            rows.append(
                [
                    connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
                    for table in ("sign_in_link", "sign_in_count", "person")
                ]
            )
    assert answers[0] == answers[1]
    assert rows == [[1, 1, 1], [2, 2, 1]]
    assert [mail.to for mail in house.postbox.mail] == [HANAKO]


def test_whoever_belongs_nowhere_any_more_gets_no_mail(house: House, hanako: str) -> None:
    with house.store.write() as connection:
        people.end_member(connection, house.parties.ids["prefecture"], hanako, house.clock.now)
    ask(house.browser())
    assert house.postbox.mail == []


def test_an_address_is_sent_five_links_in_a_quarter_of_an_hour_known_or_not(
    house: House, hanako: str
) -> None:
    for address in (HANAKO, "nobody@example.jp"):
        for _ in range(5):
            ask(house.browser(), address)
        refused = house.browser().post("/v1/sign-in/links", json={"email": address})
        assert refused.status_code == 429
        assert refused.json()["violated-policies"] == ["sign-in-links"]
        assert 0 < int(refused.headers["retry-after"]) <= 901
    assert len(house.postbox.mail) == 5
    ask(house.browser(), "somebody.else@example.jp")
    house.clock.turn(minutes=15)
    ask(house.browser())
    assert len(house.postbox.mail) == 6


def test_no_more_than_five_also_when_asked_at_once(house: House, hanako: str) -> None:
    with house.browser(), ThreadPoolExecutor(12) as threads:
        statuses = list(
            threads.map(
                lambda _: house.browser().post("/v1/sign-in/links", json={"email": HANAKO}).status_code,
                range(12),
            )
        )
    assert sorted(statuses) == [200] * 5 + [429] * 7


NO_ADDRESSES = [
    *(
        "x",
        "x@",
        "a@b",
        "a b@example.jp",
        "a@example.jp\r\nBcc: b@example.jp",
        "a@example..jp",
        "é@example.jp",
    ),
    *(
        "x" * 65 + "@example.jp",
        "a@" + "x" * 250 + ".jp",
        "",
        '"a b"@example.jp',
        "a@example.jp, b@example.jp",
    ),
]


def test_what_is_no_address_is_said_so(house: House) -> None:
    for address in NO_ADDRESSES:
        refused = house.browser().post("/v1/sign-in/links", json={"email": address})
        assert refused.status_code == 422, address
        assert refused.json()["errors"][0]["pointer"] == "#/email"


def test_no_secret_is_stored(house: House, hanako: str) -> None:
    browser = house.signed_in(HANAKO)
    hidden = [
        house.token().partition(".")[2],
        browser.cookies[BROWSER],
        browser.cookies[SESSION].partition(".")[2],
    ]
    with house.store.read() as connection:
        for table in ("sign_in_link", "session", "sign_in_count"):
            kept = str(connection.execute(text(f"SELECT * FROM {table}")).all())
            assert kept
            assert not any(one in kept for one in hidden)
            assert table == "session" or HANAKO not in kept


def test_who_signs_in_gets_a_fresh_session_and_the_one_before_is_over(house: House, hanako: str) -> None:
    """Fixation: a cookie that somebody planted, or used before, never becomes the new session."""
    browser = house.signed_in(HANAKO)
    before = browser.cookies[SESSION]
    ask(browser)
    assert confirm(browser, house.token()).status_code == 200
    assert browser.cookies[SESSION] != before
    old = house.browser()
    old.cookies.set(SESSION, before, domain=HOST)
    assert old.get("/v1/sessions").status_code == 401
    planted = house.browser()
    planted.cookies.set(SESSION, before[:-3] + "AAA", domain=HOST)
    ask(planted)
    assert confirm(planted, house.token()).status_code == 200
    assert before.partition(".")[0] not in planted.cookies[SESSION]


def test_nobody_is_signed_in_from_another_sites_page(house: House, hanako: str) -> None:
    for headers, status in (
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 200),
        ({"Origin": ORIGIN}, 200),
    ):
        house.clock.turn(minutes=15)
        browser = house.browser(opened_on_our_page=False)
        assert browser.post("/v1/sign-in/links", json={"email": HANAKO}).status_code == 200
        assert confirm_with(browser, house.token(), headers) == status, headers


def confirm_with(browser: TestClient, token: str, headers: dict[str, str]) -> int:
    answered = browser.post("/v1/sign-in/links/confirmation", json={"token": token}, headers=headers)
    return answered.status_code


def test_links_and_sessions_are_forgotten(house: House, hanako: str) -> None:
    house.signed_in(HANAKO)
    for after, kept in ((timedelta(minutes=69), (1, 0, 1)), (timedelta(minutes=91), (0, 0, 1)),
                        (timedelta(hours=37), (0, 0, 0))):  # fmt: skip
        with house.store.write() as connection:
            links.purge(connection, house.clock.now + after, at_most=10)
            sessions.purge(connection, house.clock.now + after, at_most=10)
            left = tuple(
                connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
                for table in ("sign_in_link", "sign_in_count", "session")
            )
        assert left == kept, after


def test_a_change_of_the_secret_ends_no_session(house: House, hanako: str) -> None:
    browser = house.signed_in(HANAKO)
    fresh = Peppers("another secret of thirty-two bytes", ["0123456789abcdefghijklmnopqrstuv"])
    object.__setattr__(house.app.state.desk, "peppers", fresh)
    assert browser.get("/v1/sessions").status_code == 200
    object.__setattr__(house.app.state.desk, "peppers", Peppers("another secret of thirty-two bytes"))
    assert browser.get("/v1/sessions").status_code == 401

"""Sessions: how long they go on, who ends them, what another site's page cannot do with them."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.api.signing_in import HOST, ORIGIN, House
from tests.api.test_contract import CONTRACT, problems_with

from rbc_assess.api.browsers import SESSION, origin_of

TARO = "taro@example.jp"


@pytest.fixture
def taro(house: House) -> TestClient:
    """Signed in for a firm."""
    house.let_in(TARO, "first", "owner")
    return house.signed_in(TARO)


def copy_of(house: House, browser: TestClient, headers: dict[str, str] | None = None) -> TestClient:
    """Another program with the same cookie."""
    made = house.browser(opened_on_our_page=headers is None)
    made.headers.update(headers or {})
    made.cookies.set(SESSION, browser.cookies[SESSION], domain=HOST)
    return made


def fits(answered: Any, method: str, path: str) -> None:
    assert answered.status_code == 200, answered.text
    schema = CONTRACT["paths"][path][method]["responses"]["200"]["content"]["application/json"]["schema"]
    assert problems_with(answered.json(), schema) == []


def test_a_session_is_a_caller_like_a_key(house: House, taro: TestClient) -> None:
    named = taro.get("/v1/sessions/current").json()["organisations"][0]["member"]
    own = house.parties.ids["first"]
    assert taro.get(f"/v1/enterprises/{own}").json()["id"] == own
    assert taro.get(f"/v1/enterprises/{house.parties.ids['second']}").status_code == 404
    assert taro.get("/v1/organisations").status_code == 403
    given = taro.post("/v1/consents", json={"recipient": house.parties.ids["bank"]})
    assert given.status_code == 201, given.text
    # Who agreed is on record: the person, by the id it has there.
    with house.store.read() as connection:
        from sqlalchemy import text

        assert connection.execute(text("SELECT credential FROM consent")).scalar_one() == named


def test_it_ends_after_half_an_hour_without_use(house: House, taro: TestClient) -> None:
    for _ in range(3):
        house.clock.turn(minutes=29, seconds=59)
        assert taro.get("/v1/enterprises").status_code == 200
    house.clock.turn(minutes=30)
    refused = taro.get("/v1/enterprises")
    assert (refused.status_code, refused.json()["type"]) == (401, "/problems/not-signed-in")
    assert "www-authenticate" in refused.headers


def test_use_is_noted_by_calls_about_oneself_and_by_calls_that_change_something(
    house: House, taro: TestClient
) -> None:
    house.clock.turn(minutes=20)
    assert taro.get("/v1/sessions").status_code == 200
    house.clock.turn(minutes=20)
    assert taro.post("/v1/assessments", json={"questionnaire": "tiny"}).status_code == 201
    house.clock.turn(minutes=20)
    assert taro.get("/v1/enterprises").status_code == 200


def test_it_ends_after_twelve_hours_however_much_it_is_used(house: House, taro: TestClient) -> None:
    for _ in range(35):
        house.clock.turn(minutes=20)
        assert taro.get("/v1/enterprises").status_code == 200
    house.clock.turn(minutes=19, seconds=59)
    assert taro.get("/v1/enterprises").status_code == 200
    house.clock.turn(seconds=1)
    assert taro.get("/v1/enterprises").status_code == 401


def test_its_owner_sees_and_ends_it_and_it_is_refused_at_once(house: House, taro: TestClient) -> None:
    house.clock.turn(minutes=1)
    other = house.signed_in(TARO)
    listed = taro.get("/v1/sessions", headers={"User-Agent": "x"})
    fits(listed, "get", "/v1/sessions")
    newest, oldest = listed.json()["items"]
    assert (newest["current"], oldest["current"]) == (False, True)
    assert newest["browser"] == "testclient"
    assert other.get("/v1/enterprises").status_code == 200
    ended = taro.post(f"/v1/sessions/{newest['id']}/end")
    fits(ended, "post", "/v1/sessions/{id}/end")
    assert "set-cookie" not in ended.headers
    assert other.get("/v1/enterprises").status_code == 401
    assert other.get("/v1/sessions").status_code == 401
    assert [one["id"] for one in taro.get("/v1/sessions").json()["items"]] == [oldest["id"]]
    assert taro.post(f"/v1/sessions/{newest['id']}/end").status_code == 404


def test_signing_out_takes_the_cookie_away(house: House, taro: TestClient) -> None:
    stolen = copy_of(house, taro)
    gone = taro.post("/v1/sessions/current/end")
    assert gone.headers["set-cookie"].startswith(f"{SESSION}=; Path=/; Max-Age=0; Secure")
    assert stolen.get("/v1/enterprises").status_code == 401
    assert taro.get("/v1/sessions").status_code == 401


def test_one_ends_all_others_at_once(house: House, taro: TestClient) -> None:
    others = [house.signed_in(TARO) for _ in range(3)]
    ended = taro.post("/v1/sessions/end")
    fits(ended, "post", "/v1/sessions/end")
    assert ended.json() == {"ended": 3}
    assert {one.get("/v1/sessions").status_code for one in others} == {401}
    assert taro.get("/v1/sessions").status_code == 200


def test_nobody_ends_or_sees_anothers_session(house: House, taro: TestClient) -> None:
    house.let_in("jiro@example.jp", "first", "owner")
    jiro = house.signed_in("jiro@example.jp")
    (theirs,) = taro.get("/v1/sessions").json()["items"]
    (own,) = jiro.get("/v1/sessions").json()["items"]
    assert own["id"] != theirs["id"]
    assert jiro.post(f"/v1/sessions/{theirs['id']}/end").status_code == 404
    assert jiro.post("/v1/sessions/end").json() == {"ended": 0}
    assert taro.get("/v1/sessions").status_code == 200


def test_a_key_opens_nobodys_sessions(house: House, taro: TestClient) -> None:
    keyed = house.browser()
    keyed.headers.update(house.parties.headers("first"))
    assert keyed.get("/v1/sessions").status_code == 401


# --- for whom one acts -------------------------------------------------------------------------------------


def test_who_belongs_to_several_chooses_one(house: House) -> None:
    house.let_in(TARO, "first", "member")
    house.let_in(TARO, "chamber", "owner")
    browser = house.signed_in(TARO)
    unsaid = browser.get("/v1/enterprises")
    assert (unsaid.status_code, unsaid.json()["type"]) == (403, "/problems/choose-organisation")
    current = browser.get("/v1/sessions/current")
    fits(current, "get", "/v1/sessions/current")
    assert {one["role"] for one in current.json()["organisations"]} == {"member", "owner"}
    before = copy_of(house, browser)
    choices = {name: {"organisation": house.parties.ids[name]} for name in ("second", "first", "chamber")}
    assert browser.post("/v1/sessions/current/organisation", json=choices["second"]).status_code == 404
    chosen = browser.post("/v1/sessions/current/organisation", json=choices["first"])
    fits(chosen, "post", "/v1/sessions/current/organisation")
    # More can be done now, so the cookie is another one.
    assert before.get("/v1/sessions").status_code == 401
    # A member of the firm agrees to nothing; the owner at the chamber could.
    recipient = {"recipient": house.parties.ids["bank"]}
    assert browser.post("/v1/consents", json=recipient).status_code == 403
    assert browser.post("/v1/sessions/current/organisation", json=choices["chamber"]).status_code == 200
    assert browser.post("/v1/enterprises", json={"name": "another firm"}).status_code == 201


def test_who_belongs_there_no_more_acts_for_nobody_at_once(house: House, taro: TestClient) -> None:
    house.let_in("owner@example.jp", "first", "owner")
    member = taro.get("/v1/sessions/current").json()["organisations"][0]["member"]
    owner = house.signed_in("owner@example.jp")
    assert owner.post(f"/v1/people/{member}/end").status_code == 200
    assert taro.get("/v1/enterprises").status_code == 403
    own = {"organisation": house.parties.ids["first"]}
    assert taro.post("/v1/sessions/current/organisation", json=own).status_code == 404
    assert taro.get("/v1/sessions/current").json()["organisations"] == []


def test_a_lesser_role_holds_at_once(house: House, taro: TestClient) -> None:
    house.let_in("owner@example.jp", "first", "owner")
    member = taro.get("/v1/sessions/current").json()["organisations"][0]["member"]
    owner = house.signed_in("owner@example.jp")
    assert owner.patch(f"/v1/people/{member}", json={"role": "auditor"}).status_code == 200
    assert taro.get("/v1/assessments").status_code == 200
    assert taro.post("/v1/assessments", json={"questionnaire": "tiny"}).status_code == 403


# --- other sites -------------------------------------------------------------------------------------------

SAME = "same-origin"
PAGES: list[tuple[dict[str, str], bool]] = [
    ({"Sec-Fetch-Site": SAME, "Origin": ORIGIN}, True),
    ({"Sec-Fetch-Site": SAME}, True),
    ({"Origin": ORIGIN}, True),
    ({}, False),
    ({"Sec-Fetch-Site": "same-site", "Origin": ORIGIN}, False),
    ({"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, False),
    ({"Sec-Fetch-Site": "cross-site", "Origin": ORIGIN}, False),
    ({"Sec-Fetch-Site": SAME, "Origin": "https://evil.example"}, False),
    ({"Sec-Fetch-Site": "none"}, False),
    ({"Sec-Fetch-Site": ""}, False),
    ({"Origin": "null"}, False),
    ({"Origin": ""}, False),
    ({"Origin": "http://rbc.example.jp"}, False),
    ({"Origin": "https://rbc.example.jp:8443"}, False),
    ({"Origin": "https://rbc.example.jp.evil.example"}, False),
    ({"Origin": f"{ORIGIN}, https://evil.example"}, False),
    ({"Referer": f"{ORIGIN}/x"}, False),
    ({"Host": "evil.example", "Origin": "https://evil.example"}, False),
]
CHANGES = [
    ("POST", "/v1/assessments", {"questionnaire": "tiny"}),
    ("PATCH", "/v1/enterprises/{own}", {"name": "another"}),
    ("PUT", "/v1/schemes/jp-27-x/draft", {}),
    ("POST", "/v1/sessions/end", None),
    ("POST", "/v1/sessions/current/end", None),
]


def test_only_a_page_of_ours_changes_anything(house: House, taro: TestClient) -> None:
    house.let_in("jiro@example.jp", "first", "owner")
    for headers, ours in PAGES:
        browser = copy_of(house, taro if not ours else house.signed_in("jiro@example.jp"), headers)
        for method, path, body in CHANGES:
            address = path.replace("{own}", house.parties.ids["first"])
            answered = browser.request(method, address, json=body)
            crossed = answered.status_code == 403 and answered.json()["type"] == "/problems/cross-site"
            assert crossed is not ours, (headers, path, answered.text)
        # Reading harms nobody: another site's page cannot read the answer.
        assert browser.get("/v1/enterprises").status_code == (401 if ours else 200), headers


def test_a_key_needs_no_page_and_goes_before_a_cookie(house: House, taro: TestClient) -> None:
    browser = copy_of(house, taro, {"Sec-Fetch-Site": "cross-site", **house.parties.headers("second")})
    assert browser.post("/v1/assessments", json={"questionnaire": "tiny"}).status_code == 201
    (own,) = browser.get("/v1/enterprises").json()["items"]
    assert own["id"] == house.parties.ids["second"]
    browser.headers["Authorization"] = "Bearer nonsense"
    assert browser.get("/v1/enterprises").status_code == 401


def test_two_cookies_are_none(house: House, taro: TestClient) -> None:
    value = f"{SESSION}={taro.cookies[SESSION]}"
    bare = house.browser()
    for said, status in (
        (value, 200),
        (f"{value}; {value}", 401),
        (f"{SESSION}=x; {value}", 401),
        ("x=y", 401),
    ):
        assert bare.get("/v1/enterprises", headers={"Cookie": said}).status_code == status, said


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://rbc.example.jp", "https://rbc.example.jp"),
        ("https://RBC.example.jp:443/path", "https://rbc.example.jp"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("http://example.jp:443", "http://example.jp:443"),
    ],
)
def test_an_origin_is_written_as_browsers_do(address: str, origin: str) -> None:
    assert origin_of(address) == origin

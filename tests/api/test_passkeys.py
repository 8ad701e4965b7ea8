"""Passkeys: added by who is fresh from signing in, signed in by, and nothing that is not proved."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from starlette.testclient import TestClient
from tests.api.device import PRESENT, VERIFIED, Device
from tests.api.signing_in import HOST, ORIGIN, House
from tests.api.test_contract import CONTRACT, problems_with
from tests.api.world import NOW
from webauthn.helpers import bytes_to_base64url

from rbc_assess.api.browsers import BROWSER, SESSION
from rbc_assess.errors import InvalidInput, SignInRefused
from rbc_assess.storage import passkeys
from rbc_assess.storage.passkeys import Passkey
from rbc_assess.workflows.passkeys import house_of, name_of, read_made, read_shown

KEY = ec.generate_private_key(ec.SECP256R1())
IN_HOUSE = house_of(ORIGIN, ORIGIN)
HANAKO = "hanako@prefecture.example.jp"


@pytest.fixture
def hanako(house: House) -> TestClient:
    """Just signed in by a link."""
    house.let_in(HANAKO, "prefecture", "officer")
    return house.signed_in(HANAKO)


def device(**wrong: Any) -> Device:
    return Device(**{"origin": ORIGIN, "host": HOST, **wrong})


def options_of(browser: TestClient, path: str = "/v1/passkeys/options") -> dict[str, Any]:
    asked = browser.post(path)
    assert asked.status_code == 200, asked.text
    return dict(asked.json()["public_key"])


def add(browser: TestClient, one: Device) -> Any:
    made = {"credential": one.make(options_of(browser)), "name": "電話"}
    return browser.post("/v1/passkeys", json=made)


def sign_in(browser: TestClient, one: Device) -> Any:
    credential = one.sign(options_of(browser, "/v1/sign-in/passkeys/options"))
    return confirm(browser, credential)


def confirm(browser: TestClient, credential: Any) -> Any:
    return browser.post("/v1/sign-in/passkeys/confirmation", json={"credential": credential})


def fits(answered: Any, method: str, path: str) -> None:
    good = CONTRACT["paths"][path][method]["responses"][str(answered.status_code)]
    assert problems_with(answered.json(), good["content"]["application/json"]["schema"]) == []


@pytest.mark.parametrize("kind", ["P-256", "Ed25519"])
def test_a_passkey_is_added_and_leads_in(house: House, hanako: TestClient, kind: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1()) if kind == "P-256" else ed25519.Ed25519PrivateKey.generate()
    one = device(key=key)
    added = add(hanako, one)
    assert added.status_code == 201, added.text
    fits(added, "post", "/v1/passkeys")
    assert house.postbox.mail[-1].to == HANAKO
    assert "passkey was added" in house.postbox.mail[-1].text
    house.clock.turn(hours=20)
    browser = house.browser()
    came_in = sign_in(browser, one)
    assert came_in.status_code == 200, came_in.text
    assert came_in.json()["session"]["means"] == "passkey"
    assert browser.get("/v1/decisions").status_code == 200
    listed = browser.get("/v1/passkeys")
    fits(listed, "get", "/v1/passkeys")
    (kept,) = listed.json()["items"]
    assert (kept["name"], kept["last_used_at"] is not None) == ("電話", True)
    removed = browser.post(f"/v1/passkeys/{kept['id']}/end")
    fits(removed, "post", "/v1/passkeys/{id}/end")
    assert sign_in(house.browser(), one).status_code == 403
    assert browser.post(f"/v1/passkeys/{kept['id']}/end").status_code == 404


def test_the_options_ask_for_a_holder_that_is_made_sure_of_and_name_nobody(
    house: House, hanako: TestClient
) -> None:
    made = options_of(hanako)
    assert made["rp"] == {"id": HOST, "name": "rbc-assess"}
    assert made["authenticatorSelection"] == {
        "residentKey": "required", "requireResidentKey": True, "userVerification": "required",
    }  # fmt: skip
    assert HANAKO not in made["user"]["id"]
    one = device()
    assert add(hanako, one).status_code == 201
    assert [known["id"] for known in options_of(hanako)["excludeCredentials"]] == [one.sign(made)["id"]]
    asked = options_of(house.browser(), "/v1/sign-in/passkeys/options")
    assert (asked["rpId"], asked["userVerification"], asked["allowCredentials"]) == (HOST, "required", [])


WRONG: dict[str, dict[str, Any]] = {
    "another site": {"origin": "https://evil.example"},
    "another port": {"origin": f"{ORIGIN}:8443"},
    "without TLS": {"origin": f"http://{HOST}"},
    "another host": {"host": "evil.example"},
    "the holder was not made sure of": {"flags": PRESENT},
    "nobody was there": {"flags": VERIFIED},
    "in a frame of another site": {"cross_origin": True},
}


def test_what_does_not_prove_what_it_should_is_neither_added_nor_leads_in(
    house: House, hanako: TestClient
) -> None:
    good = device()
    assert add(hanako, good).status_code == 201
    for reason, wrong in WRONG.items():
        refused = add(hanako, device(**wrong))
        assert refused.status_code == 422, reason
        assert refused.json()["errors"][0]["code"] == "not-proved"
        bad = device(**{"key": good.key, "credential_id": good.credential_id, "holder": good.holder, **wrong})
        bad.count = good.count + 10
        answered = sign_in(house.browser(), bad)
        assert (answered.status_code, answered.json()["type"]) == (403, "/problems/sign-in-refused"), reason
    others_key = device(credential_id=good.credential_id, holder=good.holder)
    others_key.count = 20
    assert sign_in(house.browser(), others_key).status_code == 403
    for holder in (b"somebody else", b""):
        other = device(key=good.key, credential_id=good.credential_id, holder=holder)
        other.count = 20
        assert sign_in(house.browser(), other).status_code == 403
    assert sign_in(house.browser(), device()).status_code == 403
    assert sign_in(house.browser(), good).status_code == 200


def test_a_copied_device_is_noticed_by_its_count(house: House, hanako: TestClient) -> None:
    one = device()
    assert add(hanako, one).status_code == 201
    copy = device(key=one.key, credential_id=one.credential_id, holder=one.holder)
    for _ in range(2):
        assert sign_in(house.browser(), one).status_code == 200
    assert sign_in(house.browser(), copy).status_code == 403


def test_an_answer_leads_in_once_in_the_browser_that_asked_within_five_minutes(
    house: House, hanako: TestClient
) -> None:
    one = device()
    assert add(hanako, one).status_code == 201
    browser = house.browser()
    asked = options_of(browser, "/v1/sign-in/passkeys/options")
    credential = one.sign(asked)
    assert confirm(house.browser(), credential).status_code == 403
    other = house.browser()
    options_of(other, "/v1/sign-in/passkeys/options")
    assert confirm(other, credential).status_code == 403
    mark = browser.cookies[BROWSER]

    def try_it(_: int) -> int:
        copy = house.browser()
        copy.cookies.set(BROWSER, mark, domain=HOST)
        return int(confirm(copy, credential).status_code)

    with house.browser(), ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(try_it, range(8))) == [200] + [403] * 7
    late = one.sign(options_of(browser, "/v1/sign-in/passkeys/options"))
    house.clock.turn(minutes=5)
    assert confirm(browser, late).status_code == 403


def test_an_answer_to_one_question_is_none_to_another(house: House, hanako: TestClient) -> None:
    """Neither a challenge of another session, nor one to sign in by, makes a passkey."""
    house.let_in("taro@example.jp", "first", "owner")
    taro = house.signed_in("taro@example.jp")
    theirs = device().make(options_of(taro))
    to_sign_in = options_of(hanako, "/v1/sign-in/passkeys/options")
    for credential in (theirs, device().make({**options_of(hanako), "challenge": to_sign_in["challenge"]})):
        refused = hanako.post("/v1/passkeys", json={"credential": credential, "name": "x"})
        assert refused.status_code == 422
    twice = device().make(options_of(hanako))
    for status in (201, 422):
        answered = hanako.post("/v1/passkeys", json={"credential": twice, "name": "x"})
        assert answered.status_code == status


def test_a_passkey_belongs_to_one_person(house: House, hanako: TestClient) -> None:
    house.let_in("taro@example.jp", "first", "owner")
    taro = house.signed_in("taro@example.jp")
    one = device()
    mine = add(hanako, one).json()
    taken = add(taro, one)
    assert (taken.status_code, taken.json()["errors"][0]["code"]) == (409, "passkey-known")
    assert taro.post(f"/v1/passkeys/{mine['id']}/end").status_code == 404
    assert taro.get("/v1/passkeys").json()["items"] == []


def test_ten_are_enough(house: House, hanako: TestClient) -> None:
    for _ in range(10):
        assert add(hanako, device()).status_code == 201
    refused = add(hanako, device())
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "too-many-passkeys")


def test_a_session_that_was_left_open_adds_and_removes_none(house: House, hanako: TestClient) -> None:
    one = device()
    kept = add(hanako, one).json()
    ready = {"credential": device().make(options_of(hanako)), "name": "x"}
    house.clock.turn(minutes=15)
    for refused in (
        hanako.post("/v1/passkeys/options"),
        hanako.post("/v1/passkeys", json=ready),
        hanako.post(f"/v1/passkeys/{kept['id']}/end"),
    ):
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/sign-in-again")
    assert sign_in(hanako, one).status_code == 200
    assert hanako.post(f"/v1/passkeys/{kept['id']}/end").status_code == 200


def test_no_other_sites_page_adds_one_or_signs_in_by_one(house: House, hanako: TestClient) -> None:
    one = device()
    assert add(hanako, one).status_code == 201
    elsewhere = house.browser(opened_on_our_page=False)
    elsewhere.headers["Sec-Fetch-Site"] = "cross-site"
    elsewhere.cookies.set(SESSION, hanako.cookies[SESSION], domain=HOST)
    for path in ("/v1/passkeys/options", "/v1/sign-in/passkeys/options"):
        assert elsewhere.post(path).json()["type"] == "/problems/cross-site"
    credential = one.sign(options_of(hanako, "/v1/sign-in/passkeys/options"))
    assert confirm(elsewhere, credential).json()["type"] == "/problems/cross-site"


def test_challenges_are_forgotten_and_none_is_readable(house: House, hanako: TestClient) -> None:
    asked = options_of(hanako)
    with house.store.write() as connection:
        kept = str(connection.execute(text("SELECT * FROM passkey_challenge")).all())
        assert asked["challenge"] not in kept
        assert passkeys.purge(connection, house.clock.now, at_most=10) == 0
        house.clock.turn(minutes=66)
        assert passkeys.purge(connection, house.clock.now, at_most=10) == 1


HOSTILE = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=30) | st.just("AAAA"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("id", "rawId", "type", "response", "clientDataJSON", "attestationObject"),
                    *("authenticatorData", "signature", "userHandle", "transports"),
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(node=HOSTILE, place=st.integers(0, 8), noise=st.binary(max_size=60), cut=st.integers(0, 300))
def test_no_answer_of_a_device_brings_it_down(node: Any, place: int, noise: bytes, cut: int) -> None:
    """Anything in the place of a part, and every part cut or with noise in it: refused, never a fault of ours."""
    good = device(key=KEY)
    asked = {"challenge": bytes_to_base64url(b"x" * 32), "user": {"id": bytes_to_base64url(b"per")}}
    made, signed = good.make(asked), good.sign(asked)
    public = read_made(made, IN_HOUSE)[1].credential_public_key
    kept = Passkey("psk", "per", "x", good.credential_id, public, 0, False, NOW, None)
    assert read_shown(signed, kept, IN_HOUSE) == (b"x" * 32, 1)
    for credential in (made, signed):
        name = sorted(credential["response"])[place % len(credential["response"])]
        value = credential["response"][name]
        at = cut % len(value)
        for response in (
            {**credential["response"], name: node},
            {**credential["response"], name: value[:at]},
            {**credential["response"], name: value[:at] + noise.hex() + value[at:]},
            node,
        ):
            broken = {**credential, "response": response}
            for read in (lambda one: read_made(one, IN_HOUSE), lambda one: read_shown(one, kept, IN_HOUSE)):
                with suppress(InvalidInput, SignInRefused):
                    read(broken)
    with suppress(SignInRefused):
        name_of({"rawId": node})
    for broken in ({**signed, "rawId": node}, {**signed, "id": node}, {**signed, "type": node}):
        with suppress(SignInRefused):
            read_shown(broken, kept, IN_HOUSE)

"""Posting to an address that somebody else has named: what is reached, and what never is."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from tests.workflows.receiver import NAME, Certificate, Receiver, certificate, here_too, receiving

from rbc_assess.workflows import posting
from rbc_assess.workflows.posting import AddressRefused, NotSent, Post


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def receiver(made: Certificate) -> Iterator[Receiver]:
    with receiving(made) as opened:
        yield opened


def post(made: Certificate, addresses: Any = ("127.0.0.1",), **more: Any) -> Post:
    return Post(resolve=lambda _, __: list(addresses), admits=here_too, tls=made.client, **more)


def test_it_reaches_a_name_by_the_address_that_was_looked_at(made: Certificate, receiver: Receiver) -> None:
    asked: list[tuple[str, int]] = []

    def resolve(name: str, port: int) -> list[str]:
        asked.append((name, port))
        # Whoever asks twice is led astray.
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    sender = Post(resolve=resolve, admits=here_too, tls=made.client)
    assert sender.send(f"{receiver.url}?a=b", b'{"a":1}', {"webhook-id": "evt_1"}) == 204
    (received,) = receiver.received
    assert asked == [(NAME, receiver.port)]
    assert (received.path, received.body, received.server_name) == ("/in?a=b", b'{"a":1}', NAME)
    assert received.headers["host"] == f"{NAME}:{receiver.port}"
    assert received.headers["webhook-id"] == "evt_1"


@pytest.mark.parametrize("status", [200, 301, 302, 307, 308, 400, 410, 500, 503])
def test_every_status_is_told_and_no_redirect_followed(
    made: Certificate, receiver: Receiver, status: int
) -> None:
    receiver.status, receiver.headers = status, {"Location": f"https://127.0.0.1:{receiver.port}/elsewhere"}
    assert post(made).send(receiver.url, b"{}", {}) == status
    assert [one.path for one in receiver.received] == ["/in"]


# --- what is never connected to ----------------------------------------------------------------------------

ADDRESSES = [
    *("127.0.0.2", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
    *("100.64.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "192.88.99.1"),
    *("224.0.0.1", "255.255.255.255", "240.0.0.1", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1"),
    *(
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::127.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
    ),
    *("2002:7f00:1::1", "2002:c0a8:101::1", "2001::1", "2001:db8::1", "2001:10::1", "3fff::1", "fc00::1"),
    *("fd00:ec2::254", "fe80::1", "fe80::1%1", "ff02::1", "fec0::1", "100::1", "2400:cb00::5efe:7f00:1"),
    *("not-an-address", "", "127.0.0.1:80"),
]
TEXTS = [
    *(
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://0x7f.1/",
    ),
    *("https://017700000001/", "https://127.0.0.1/", "https://[::1]/", "https://[::ffff:127.0.0.1]/"),
    *("https://[64:ff9b::127.0.0.1]/", "https://[2002:7f00:1::]/", "https://10.0.0.1/", "https://localhost/"),
    *("https://hook.example.jp@127.0.0.1/", "https://127.0.0.1@hook.example.jp/", "https://a:b@10.0.0.1/"),
    *("https://hook.example.jp\\@127.0.0.1/", "https://hook.example.jp#@127.0.0.1/", "https://①②⑦.0.0.1/"),
    *("https://127。0。0。1/", "https://ｌocalhost/", "https://例え.jp/", "http://hook.example.jp/"),
    *(
        "https://hook.example.jp:22:443/",
        "https://169.254.169.254/latest/meta-data/",
        "gopher://hook.example.jp/",
    ),
]


def answering(found: list[str]) -> Any:
    """A resolver that always gives these."""
    return lambda _, __: found


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every address that somebody tries to connect to, and is kept from."""
    tried: list[object] = []

    class Watched(socket.socket):
        def connect(self, address: Any, /) -> None:
            tried.append(address)
            raise OSError("kept from it")

    monkeypatch.setattr(socket, "socket", Watched)
    return tried


def test_an_address_that_is_not_public_is_never_connected_to(
    connected: list[object], made: Certificate
) -> None:
    for address in ADDRESSES:
        for found in ([address], ["93.184.216.34", address], [address, "2606:4700::1111"]):
            with pytest.raises(AddressRefused):
                Post(resolve=answering(found), tls=made.client).send("https://hook.example.jp/", b"", {})
    assert connected == []
    with pytest.raises(NotSent):
        Post(resolve=answering(["93.184.216.34"]), tls=made.client).send("https://hook.example.jp/", b"", {})
    assert connected == [("93.184.216.34", 443)], "or this test proves nothing"


@pytest.mark.parametrize("url", TEXTS)
def test_an_address_in_disguise_is_never_connected_to(
    connected: list[object], made: Certificate, url: str
) -> None:
    with pytest.raises(AddressRefused):
        Post(resolve=answering(["127.0.0.1"]), tls=made.client).send(url, b"", {})
    assert connected == []


def test_no_proxy_of_the_environment_is_used(
    monkeypatch: pytest.MonkeyPatch, made: Certificate, receiver: Receiver
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert post(made).send(receiver.url, b"{}", {}) == 204


# --- what goes wrong ---------------------------------------------------------------------------------------


def fault_of(sender: Post, url: str) -> str:
    with pytest.raises(NotSent) as failed:
        sender.send(url, b"{}", {})
    return failed.value.code


def test_a_name_that_nobody_knows(made: Certificate) -> None:
    def resolve(_: str, __: int) -> list[str]:
        raise socket.gaierror("no such name")

    assert fault_of(Post(resolve=resolve, tls=made.client), "https://hook.example.jp/") == "no-such-host"
    assert (
        fault_of(Post(resolve=answering([]), tls=made.client), "https://hook.example.jp/")
        == "address-refused"
    )


def test_a_certificate_that_is_another_ones(made: Certificate, receiver: Receiver) -> None:
    url = receiver.url.replace(NAME, "other.example.jp")
    assert fault_of(post(made), url) == "tls-failed"
    stranger = Post(resolve=lambda _, __: ["127.0.0.1"], admits=here_too)
    assert fault_of(stranger, receiver.url) == "tls-failed"
    assert receiver.received == []


def test_nobody_there(made: Certificate) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert fault_of(post(made), f"https://{NAME}:{port}/") == "unreachable"


@pytest.mark.parametrize("drip", [b"", b"H", b"HTTP/1.1 200 OK\r\nX-A: "])
def test_a_reply_that_does_not_come_in_time(made: Certificate, receiver: Receiver, drip: bytes) -> None:
    def reply(out: Any) -> None:
        out.write(drip)
        for _ in range(40):
            time.sleep(0.05)
            out.write(b"x" if drip else b"")
            out.flush()

    receiver.reply = reply
    started = time.monotonic()
    assert fault_of(post(made, seconds=0.4), receiver.url) in {"timed-out", "unreachable"}
    assert time.monotonic() - started < 2


def test_a_resolver_that_does_not_answer(made: Certificate) -> None:
    def resolve(_: str, __: int) -> list[str]:
        time.sleep(2)
        return ["127.0.0.1"]

    assert (
        fault_of(Post(resolve=resolve, seconds=0.1, tls=made.client), "https://hook.example.jp/")
        == "timed-out"
    )


def test_a_head_without_end_is_not_read(made: Certificate, receiver: Receiver) -> None:

    def reply(out: Any) -> None:
        out.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(5000):
            out.write(b"X-A: %060d\r\n" % number)

    receiver.reply = reply
    assert fault_of(post(made), receiver.url) in {"reply-too-large", "unreachable"}


def test_little_of_a_body_is_read_and_its_status_counts(
    made: Certificate, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[int] = []
    receive = posting._Stream.read

    def read(self: Any, *asked: Any, **more: Any) -> bytes:
        part = receive(self, *asked, **more)
        taken.append(len(part))
        return part

    monkeypatch.setattr(posting._Stream, "read", read)

    def reply(out: Any) -> None:
        out.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
        for _ in range(2000):
            out.write(b"y" * 1000)

    receiver.reply = reply
    assert post(made).send(receiver.url, b"{}", {}) == 200
    assert sum(taken) <= posting.MOST_REPLY

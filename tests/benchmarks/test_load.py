"""The clients that measure: they must see exactly what a server did, also when it did wrong."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle

from benchmarks.load import Address, Load, Request, drive, request_bytes

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
BUSY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nContent-Length: 0\r\n\r\n"
RUDE = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
LAST = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"
LARGE = b"HTTP/1.1 200 OK\r\ncontent-length: 700000\r\n\r\n" + b"x" * 700_000


@contextmanager
def server(answer: Callable[[int], bytes | None]) -> Iterator[Address]:
    """Answers the n-th request on each connection with the n-th answer; None closes the connection instead."""

    def talk(connection: socket.socket) -> None:
        with connection:
            number = 0
            while request := connection.recv(65_536):
                while not request.endswith(b"\r\n\r\n"):
                    request += connection.recv(65_536)
                reply = answer(number)
                if reply is None:
                    return
                connection.sendall(reply)
                if reply is LAST:
                    return
                number += 1

    def listen(listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=listen, args=(listener,), daemon=True).start()
        yield listener.getsockname()[:2]
        listener.shutdown(socket.SHUT_RDWR)


def driven(answer: Callable[[int], bytes | None], *, clients: int = 3, seconds: float = 0.1) -> Load:
    with server(answer) as address:
        tags = cycle(range(5))
        raw = request_bytes("GET", "/", address)
        return drive(
            address,
            lambda: Request(raw, next(tags)),
            clients=clients,
            seconds=seconds,
            keep_every=1,
            patience=1,
        )


def test_answers_are_counted_and_kept_with_the_tag_of_their_request() -> None:
    load = driven(lambda _: OK)
    assert set(load.statuses) == {200}
    assert load.statuses.total() == len(load.seconds_each) == len(load.kept) >= load.done > 3
    assert {kept.tag for kept in load.kept} == set(range(5))
    assert {kept.body for kept in load.kept} == {b"ok"}
    assert load.faults(frozenset({200})) == []
    assert load.faults(frozenset({201})) == [f"unexpected answers: {{200: {load.statuses[200]}}}"]


def test_large_answers_are_read_whole() -> None:
    load = driven(lambda _: LARGE)
    assert {len(kept.body) for kept in load.kept} == {700_000}


def test_a_refusal_must_say_when_to_come_again() -> None:
    assert driven(lambda _: BUSY).faults(frozenset({503})) == []
    rude = driven(lambda number: RUDE if number == 1 else BUSY)
    assert rude.without_retry_after == 3
    assert rude.faults(frozenset({503})) == ["3 refusals without Retry-After"]


def test_a_connection_that_ends_without_an_answer_is_broken() -> None:
    load = driven(lambda number: None if number == 2 else OK)
    assert load.broken > 3, "others take the place of broken ones"
    assert load.faults(frozenset({200})) == [f"{load.broken} connections broke"]


def test_a_server_may_close_after_an_answer() -> None:
    load = driven(lambda _: LAST)
    assert load.broken == 0
    assert load.statuses[200] > 3


def test_a_request_without_an_answer_hangs() -> None:
    load = driven(lambda number: OK if number == 0 else b"")
    assert (load.statuses[200], load.hung) == (3, 3)
    assert load.faults(frozenset({200})) == ["3 requests hang"]


def test_a_lone_request_is_sent_even_when_there_is_no_time() -> None:
    load = driven(lambda _: OK, clients=1, seconds=0.0)
    assert (load.statuses[200], load.done, load.hung) == (1, 0, 0)

"""Broken and hostile forms: each is read or refused, none is a fault of ours, and no file is left open."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import MutableMapping
from typing import Any

from starlette.requests import Request
from tests.papers import PDF

from rbc_assess.api import file_body
from rbc_assess.api.problems import Refusal
from rbc_assess.errors import InvalidInput
from rbc_assess.workflows.evidence import Upload

FORM = (
    b'--b\r\nContent-Disposition: form-data; name="question"\r\n\r\na1\r\n'
    b'--b\r\nContent-Disposition: form-data; name="kind"\r\n\r\nminutes\r\n'
    b'--b\r\nContent-Disposition: form-data; name="dated"\r\n\r\n2026-10-01\r\n'
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n'
    b"Content-Type: application/pdf\r\n\r\n" + PDF + b"\r\n--b--\r\n"
)
BITS = (b"--b", b"\r\n", b'"', b"\\", b";", b"=", b"\0", b"\xff", b"--", b'filename="', b"\r", b":", b"''x")
FORMS = 600


def broken(chance: random.Random) -> bytes:
    form = bytearray(FORM)
    for _ in range(chance.randint(0, 4)):
        place, kind = chance.randrange(len(form) + 1), chance.random()
        if kind < 0.4:
            form[place : place + chance.randint(0, 6)] = chance.choice(BITS)
        elif kind < 0.7:
            del form[place : place + chance.randint(1, 40)]
        else:
            form[place:place] = chance.randbytes(chance.randint(1, 5))
    return bytes(form)


def arriving(form: bytes, chance: random.Random) -> Request:
    messages: list[MutableMapping[str, Any]] = []
    while form:
        length = chance.randint(1, 90)
        messages.append({"type": "http.request", "body": form[:length], "more_body": True})
        form = form[length:]
    messages.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> MutableMapping[str, Any]:
        return messages.pop(0)

    return Request({"type": "http", "path": "/x", "headers": []}, receive)


async def receive_all() -> Counter[str]:
    chance, seen = random.Random(20261122), Counter[str]()
    for _ in range(FORMS):
        with await file_body._receive(arriving(broken(chance), chance), b"b") as sent:
            try:
                assert isinstance(sent.read(), Upload)
                seen["read"] += 1
            except Refusal as refused:
                seen[refused.kind] += 1
            except InvalidInput:
                seen["invalid-input"] += 1
    return seen


def test_a_broken_form_is_read_or_refused() -> None:
    seen = asyncio.run(receive_all())
    assert set(seen) == {"read", "bad-request", "invalid-input"}
    assert min(seen.values()) > 20
    assert sum(seen.values()) == FORMS

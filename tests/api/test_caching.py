"""Prepared representations: tags, 304, compressed twins."""

from __future__ import annotations

import gzip

import pytest
from starlette.responses import Response

from rbc_assess.api.caching import IMMUTABLE, Prepared, accepts_gzip, matches

BODY = b'{"id": "quick-check"}' * 100


def prepared() -> Prepared:
    return Prepared(BODY, media_type="application/json", cache=IMMUTABLE)


def ask(**headers: str) -> Response:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return prepared().answer({"type": "http", "headers": raw})


def test_the_same_bytes_have_the_same_strong_tag() -> None:
    first, second = ask(), ask()
    assert first.headers["etag"] == second.headers["etag"]
    assert first.headers["etag"].startswith('"')
    assert first.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert bytes(first.body) == BODY


def test_the_compressed_twin_has_its_own_tag_and_the_same_meaning() -> None:
    plain, packed = ask(), ask(accept_encoding="gzip, deflate, br")
    assert gzip.decompress(bytes(packed.body)) == BODY
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["etag"] != plain.headers["etag"]
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_who_has_it_already_gets_304(form: str) -> None:
    tag = ask().headers["etag"]
    answered = ask(if_none_match=form.format(tag))
    assert answered.status_code == 304
    assert bytes(answered.body) == b""
    assert answered.headers["etag"] == tag
    assert "content-length" not in answered.headers


def test_another_tag_gets_the_whole() -> None:
    assert ask(if_none_match='"other"').status_code == 200
    packed_tag = ask(accept_encoding="gzip").headers["etag"]
    assert ask(if_none_match=packed_tag).status_code == 200


@pytest.mark.parametrize(
    ("accept", "taken"),
    [
        (None, False),
        ("", False),
        ("identity", False),
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip; q=0.0", False),
        ("*", True),
        ("notgzip", False),
        ("gzipped", False),
        ("GZIP", True),
        ("gzip;q=..", False),
    ],
)
def test_gzip_only_for_those_who_take_it(accept: str | None, taken: bool) -> None:
    assert accepts_gzip(accept) is taken


def test_a_tag_inside_another_does_not_match() -> None:
    assert not matches('"abcd"', '"abc"')

"""Cursors: opaque, whole, and nobody else's."""

from __future__ import annotations

import base64
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from rbc_assess.api.paging import link_to_next, page_document, read_cursor, write_cursor
from rbc_assess.api.problems import Refusal

places = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=200)


@given(places)
def test_a_cursor_leads_back_to_its_place(place: str) -> None:
    assert read_cursor(write_cursor(place)) == place


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "a" * 5000, "é", "====", base64.urlsafe_b64encode(b"2:org_1").decode(), "MTo", "MTo=MTo="],
)
def test_what_we_never_gave_is_refused(cursor: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_cursor(cursor)
    assert refused.value.kind == "bad-request"


@given(st.text(max_size=40))
def test_a_made_up_cursor_is_a_place_or_a_refusal(cursor: str) -> None:
    with suppress(Refusal):
        assert read_cursor(cursor)


def request(query: bytes) -> Request:
    return Request({"type": "http", "path": "/v1/submissions", "query_string": query, "headers": []})


def test_the_link_keeps_the_other_parameters() -> None:
    link = link_to_next(request(b"limit=2&cursor=old&enterprise=ent_1"), "sub_2")["Link"]
    assert link == f'</v1/submissions?limit=2&enterprise=ent_1&cursor={write_cursor("sub_2")}>; rel="next"'


def test_the_link_keeps_only_what_lists_declare() -> None:
    flood = "&".join(f"a{place}=1" for place in range(200)).encode()
    link = link_to_next(request(flood + b"&lang=ja"), "sub_2")["Link"]
    assert link == f'</v1/submissions?lang=ja&cursor={write_cursor("sub_2")}>; rel="next"'


def test_the_last_page_has_no_link() -> None:
    assert link_to_next(request(b""), None) == {}
    assert page_document(["a"], None) == {"items": ["a"], "next_cursor": None}

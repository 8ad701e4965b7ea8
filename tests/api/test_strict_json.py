"""What counts as JSON here: one meaning or a refusal with its place."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbc_assess.api.strict_json import DEEPEST, BadJson, read_json

LARGEST = 9_007_199_254_740_991


def fault(body: bytes) -> tuple[str, str]:
    with pytest.raises(BadJson) as refused:
        read_json(body)
    problem = refused.value.problem
    assert set(problem.text) == {"en", "ja"}
    return problem.code, problem.pointer


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        (b"", "empty-body", ""),
        (b" \n", "empty-body", ""),
        (b"{", "not-json", ""),
        (b"1 2", "not-json", ""),
        (b"{'a': 1}", "not-json", ""),
        (b'["a\nb"]', "not-json", ""),
        (b'["\x00"]', "not-json", ""),
        (b'{"a": "\xff"}', "not-utf-8", ""),
        (b'["\xed\xa0\x80"]', "not-utf-8", ""),
        (b"\xef\xbb\xbf{}", "not-utf-8", ""),
        ('{"a": 1}'.encode("utf-16"), "not-utf-8", ""),
        (b'{"a": 1, "a": 1}', "duplicate-key", "/a"),
        (b'{"answers": {"flb-02": "x", "flb-02": "y"}}', "duplicate-key", "/answers/flb-02"),
        (b'[{"\\u0061": 1, "a": 2}]', "duplicate-key", "/0/a"),
        (b"[NaN]", "not-a-json-number", "/0"),
        (b'{"q": [1, -Infinity]}', "not-a-json-number", "/q/1"),
        (b'{"a": 9007199254740992}', "number-out-of-range", "/a"),
        (b'{"a": -9007199254740992}', "number-out-of-range", "/a"),
        (b"[" + b"1" * 5000 + b"]", "number-out-of-range", "/0"),
        (b'{"a": 1e400}', "number-out-of-range", "/a"),
        (b'{"a": 1e99999999999999999999}', "number-out-of-range", "/a"),
        (b"[0e999999999999]", "number-out-of-range", "/0"),
        (b"[1e-70]", "number-out-of-range", "/0"),
        (b"[9007199254740991.5]", "number-out-of-range", "/0"),
        (b"[0." + b"1" * 63 + b"]", "number-out-of-range", "/0"),
        (b'["\\ud800"]', "bad-character", "/0"),
        (b'["\\udc00\\ud800"]', "bad-character", "/0"),
        (b'{"a": "x\\u0000"}', "bad-character", "/a"),
        (b'{"\\u0000": 1}', "bad-character", ""),
        (b"[" * 33 + b"]" * 33, "too-deep", "/0" * 32),
        (b'{"a":' * 33 + b"1" + b"}" * 33, "too-deep", "/a" * 32),
        (b"[" * 100_000, "too-deep", ""),
        (b"[" * 5000 + b"]" * 5000, "too-deep", ""),
    ],
)
def test_a_hostile_body_is_refused_at_its_place(body: bytes, code: str, pointer: str) -> None:
    assert fault(body) == (code, pointer)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": 1.50}', {"a": Decimal("1.50")}),
        (b"[0.1]", [Decimal("0.1")]),
        (b"[1E5]", [Decimal("1E+5")]),
        (f"[{LARGEST}, -{LARGEST}]".encode(), [LARGEST, -LARGEST]),
        (b'"\\ud83d\\ude00"', "😀"),
        ('{"a": "預かっていません"}'.encode(), {"a": "預かっていません"}),
        (b" [true, false, null] ", [True, False, None]),
        (b"-0", 0),
    ],
)
def test_a_good_body_keeps_its_exact_meaning(body: bytes, value: object) -> None:
    read = read_json(body)
    assert read == value
    assert repr(read) == repr(value)


def test_thirty_two_levels_are_fine() -> None:
    assert read_json(b"[" * DEEPEST + b"1" + b"]" * DEEPEST)


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-LARGEST, LARGEST)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(plain)
def test_it_agrees_with_the_standard_reader(value: object) -> None:
    text = json.dumps(value)
    if "\\u0000" in text:
        with pytest.raises(BadJson):
            read_json(text.encode())
    else:
        assert read_json(text.encode()) == value

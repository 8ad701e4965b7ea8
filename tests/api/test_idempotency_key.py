"""The Idempotency-Key header as the draft writes it."""

from __future__ import annotations

import pytest

from rbc_assess.api.idempotency import RetryKey, read_key
from rbc_assess.api.problems import Refusal


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ('"8e03978e-40d5"', "8e03978e-40d5"),
        ("8e03978e-40d5", "8e03978e-40d5"),
        (' "a" ', "a"),
        (r'"a\"b\\c"', r"a\"b\\c".replace(r"\"", '"').replace(r"\\", "\\")),
        ('"with space"', "with space"),
        ("x" * 255, "x" * 255),
        ('"' + "x" * 255 + '"', "x" * 255),
    ],
)
def test_quoted_and_bare_are_one_key(value: str, key: str) -> None:
    assert read_key(value) == key


@pytest.mark.parametrize(
    "value",
    [
        "",
        '""',
        '"',
        '"a',
        'a"',
        '"a"b"',
        r'"a\n"',
        "with space",
        "x" * 256,
        '"' + "x" * 256 + '"',
        "é",
        '"é"',
        "a,b",
    ],
)
def test_what_is_no_key_is_refused(value: str) -> None:
    assert read_key(value) is None
    with pytest.raises(Refusal) as refused:
        RetryKey([value], required=False).read()
    assert refused.value.kind == "bad-request"


def test_two_keys_are_none() -> None:
    with pytest.raises(Refusal):
        RetryKey(["a", "a"], required=False).read()


def test_a_missing_key_matters_only_where_it_is_required() -> None:
    assert RetryKey([], required=False).read() is None
    with pytest.raises(Refusal) as refused:
        RetryKey([], required=True).read()
    assert refused.value.kind == "idempotency-key-missing"

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reading import read_shipped

from rbc_assess.documents import strict_yaml
from rbc_assess.documents.faults import Place, render
from rbc_assess.documents.files import find_files
from rbc_assess.documents.strict_yaml import MAX_BYTES, MAX_DEPTH, MAX_FAULTS, MAX_NODES, read_yaml
from rbc_assess.shipped import documents_root

BAD: dict[str, tuple[str | bytes, list[str]]] = {
    "two keys alike": ("a: 1\nb: 2\na: 3\n", ["3:1 duplicate-key"]),
    "an inner key twice": ("a:\n  b: 1\n  b: 2\n", ["3:3 duplicate-key"]),
    "anchor and alias": ("a: &x 1\nb: *x\n", ["1:4 anchor", "2:4 alias"]),
    "anchor on a list": ("a: &x [1]\n", ["1:4 anchor"]),
    "alias to nothing": ("a: *x\n", ["1:4 alias"]),
    "alias as a key": ("*x : 1\n", ["1:1 alias"]),
    "tags": ("a: !!str 3\nb: !py [1]\nc: ! x\n", ["1:4 tag", "2:4 tag", "3:4 tag"]),
    "a very long tag": ("a: !<" + "x" * 300 + ">\nb: 1\nb: 2\n", ["1:4 tag"]),
    "merge key": ("<<: {a: 1}\nb: 2\n", ["1:1 merge-key"]),
    "two documents": ("---\na: 1\n---\nb: 1\n", ["3:1 many-documents"]),
    "a version directive": ("# old\n%YAML 1.1\n---\na: 1\n", ["2:1 directive"]),
    "an unknown directive": ("%ANY thing\n---\na: 1\n", ["1:1 directive"]),
    "keys that are no text": ("1: a\ntrue: b\n~: c\n1.5: d\n", [f"{n}:1 key-not-text" for n in (1, 2, 3, 4)]),
    "list as a key": (
        "[a, b]: 1\n? {x: 1, x: 2}\n: 3\n",
        ["1:1 key-not-text", "2:3 key-not-text", "2:10 duplicate-key"],
    ),
    "numbers read in two ways": (
        "- 010\n- 1_000\n- 12:30\n- 0x1f\n- 0o17\n- 0b1\n- 1e3\n- -007\n- 1_0.5\n",
        [f"{line}:3 ambiguous-number" for line in range(1, 10)],
    ),
    "no numbers": ("- .nan\n- .inf\n- -.INF\n", [f"{line}:3 not-finite" for line in (1, 2, 3)]),
    "numbers too large": (
        f"- 9007199254740992\n- -9007199254740992\n- {'9' * 5000}\n- 0.{'1' * 16}\n",
        [f"{line}:3 number-too-large" for line in (1, 2, 3, 4)],
    ),
    "empty": ("", ["1:1 empty-file"]),
    "comments alone": ("# nothing\n\n", ["1:1 empty-file"]),
    "byte order mark": ("\ufeffa: 1\n", ["1:1 byte-order-mark"]),
    "not UTF-8": (b"a: 1\nb: \xff\n", ["2:4 not-utf8"]),
    "UTF-16": ("a: 1".encode("utf-16"), ["1:1 not-utf8"]),
    "a lone surrogate": (b"a: \xed\xa0\x80", ["1:4 not-utf8"]),
    "control characters": ("a: \x00\nb: x\x07\n", ["1:4 control-character", "2:5 control-character"]),
    "a line end of YAML 1.1": ("a: x\u2028b: 1\n", ["1:5 control-character"]),
    "text that reads backwards": ("a: \u202exyz\n", ["1:4 control-character"]),
    "escaped control characters": (
        'a: "\\0"\nb: "\\ud800"\n',
        ["1:4 control-character", "2:4 control-character"],
    ),
    "too large": (b"#" * (MAX_BYTES + 1), ["1:1 too-large"]),
    "too deep": ("[" * 100_000, [f"1:{MAX_DEPTH + 1} too-deep"]),
    "tab": ("a:\n\t- x\n", ["2:1 syntax"]),
    "colon in a text": ("a: b: c\n", ["1:5 syntax"]),
    "open bracket": ("a: 1\nb: [1, 2\n", ["2:4 syntax"]),
    "open quote": ('a: 1\nb: "x\n', ["2:4 syntax"]),
    "odd first character": ("a: @x\n", ["1:4 syntax"]),
    "indentation": (" a: 1\nb: 2\n", ["2:1 syntax"]),
    "unknown escape": ('a: "\\q"\n', ["1:6 syntax"]),
    "no such character": ('a: "\\UFFFFFFFF"\n', ["2:1 syntax"]),
    "faults before a stop": ("a: &x 1\na: 2\nb: [1\n", ["1:4 anchor", "2:1 duplicate-key", "3:4 syntax"]),
}


def faults_of(source: str | bytes) -> list[str]:
    return [f"{f.line}:{f.column} {f.code}" for f in read_yaml(source, "bad.yaml").faults]


@pytest.mark.parametrize("name", BAD)
def test_each_fault_has_its_place_and_code(name: str) -> None:
    source, expected = BAD[name]
    assert faults_of(source) == expected


def test_values_follow_the_core_schema_of_yaml_1_2() -> None:
    source = """
words: [yes, no, on, off, y, N, Yes]
dates: {2026-04-01: 60, until: 2026-10-01, at: 2026-04-01T10:00:00Z}
nothing: [~, null, Null, ]
empty:
truth: [true, False, TRUE]
integers: [0, -5, +7, -0, 9007199254740991]
decimals: [1.50, -0.5, .5, 2., 0.1]
texts: ["1", '010', 1.0.0, JP-27, 1 2, 0-1, -, 1-, ３]
"""
    loaded = read_yaml(source, "good.yaml").loaded
    assert loaded is not None
    assert loaded.tree == {
        "words": ["yes", "no", "on", "off", "y", "N", "Yes"],
        "dates": {"2026-04-01": 60, "until": "2026-10-01", "at": "2026-04-01T10:00:00Z"},
        "nothing": [None, None, None],
        "empty": None,
        "truth": [True, False, True],
        "integers": [0, -5, 7, 0, 9007199254740991],
        "decimals": [Decimal("1.5"), Decimal("-0.5"), Decimal("0.5"), Decimal(2), Decimal("0.1")],
        "texts": ["1", "010", "1.0.0", "JP-27", "1 2", "0-1", "-", "1-", "３"],
    }
    assert isinstance(loaded.tree, dict)
    decimals = loaded.tree["decimals"]
    assert isinstance(decimals, list)
    assert [str(number) for number in decimals] == ["1.50", "-0.5", "0.5", "2.0", "0.1"]


def test_keys_and_values_know_their_places() -> None:
    loaded = read_yaml("a: 1\nb:\n  - x\n  - {c: 日本, d: 4}\r\ne: |\n  text\nf:\ng:\n", "good.yaml").loaded
    assert loaded is not None
    spots = {path: (*spot.key, *spot.value) for path, spot in loaded.positions.items()}
    assert spots == {
        (): (1, 1, 1, 1),
        ("a",): (1, 1, 1, 4),
        ("b",): (2, 1, 3, 3),
        ("b", 0): (3, 5, 3, 5),
        ("b", 1): (4, 5, 4, 5),
        ("b", 1, "c"): (4, 6, 4, 9),
        ("b", 1, "d"): (4, 13, 4, 16),
        ("e",): (5, 1, 5, 4),
        ("f",): (7, 1, 7, 1),
        ("g",): (8, 1, 8, 1),
    }
    assert loaded.spot(("b", 1, "missing", 3)).value == Place(4, 5)


def test_the_limits_themselves_are_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """That of nodes is tried with fewer of them: reading 50,000 takes seconds and tells no more."""
    assert (MAX_BYTES, MAX_DEPTH, MAX_NODES) == (1024 * 1024, 32, 50_000)
    assert faults_of("[" * MAX_DEPTH + "]" * MAX_DEPTH) == []
    assert faults_of(b"a: 1\n#" + b"-" * (MAX_BYTES - 6)) == []
    monkeypatch.setattr(strict_yaml, "MAX_NODES", 500)
    assert faults_of("- 1\n" * 499) == []
    assert faults_of("- 1\n" * 500) == ["500:3 too-many-nodes"]


def test_a_flood_of_faults_is_cut() -> None:
    codes = [fault.code for fault in read_yaml("- &a 1\n" * 1000, "bad.yaml").faults]
    assert codes == ["anchor"] * MAX_FAULTS + ["too-many-faults"]


def test_a_name_in_a_sentence_cannot_move_the_cursor() -> None:
    source = '"\\e[2J\\nx": 1\n"\\e[2J\\nx": 2\n'
    lines = [render(fault, "ja") for fault in read_yaml(source, "bad.yaml").faults]
    assert lines[-1] == (
        "bad.yaml:2:1: duplicate-key キー「U+001B[2JU+000Ax」が重複しています。"
        "最初の1行目と見比べて、どちらかを消してください。"
    )
    assert all(line.isprintable() for line in lines)


YAML_LIKE = (
    st.text(alphabet=st.sampled_from(list("ab:-?[]{},&*!|>'\"%@#\\ \n\t~<.0_1yes\u00e9語\ufeff\x00\r")))
    | st.text()
)


@settings(max_examples=500, deadline=None)
@given(YAML_LIKE | st.binary())
def test_any_text_loads_or_yields_faults(source: str | bytes) -> None:
    loaded, faults = read_yaml(source, "any.yaml")
    assert loaded is not None or faults
    assert all(fault.line >= 1 and fault.column >= 1 and fault.text["ja"] for fault in faults)


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.integers(-99, 99) | st.booleans() | st.none(),
        lambda part: st.lists(part) | st.dictionaries(st.text("ab", min_size=1), part),
    )
)
def test_json_is_read_as_yaml(tree: object) -> None:
    source = json.dumps(tree)
    loaded, faults = read_yaml(source, "any.yaml")
    if tree is None:
        assert [fault.code for fault in faults] == ["empty-file"]
    else:
        assert not faults
        assert loaded is not None
        assert loaded.tree == tree


def test_shipped_documents_are_strict_yaml() -> None:
    """Every file is read with the documents, and reading them raises for an error in any."""
    root = documents_root()
    read = [file.path for file in find_files(root) if file.role != "stray"]
    assert sorted(read) == sorted(root.rglob("*.yaml"))
    assert read_shipped().root == root

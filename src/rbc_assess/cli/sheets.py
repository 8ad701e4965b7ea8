"""Reading a SHEET: ``{"profile": {...}, "answers": {...}, "as_of"?}`` from a JSON or YAML file or standard input.

Where a scheme is tried, also ``"inputs"``; or FACTS in its place: ``{"facts": {...}, "inputs": {...}}``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import quote

from rbc_assess.cli.voice import Stop, Voice, nearest, write_json
from rbc_assess.core.document import Tree
from rbc_assess.errors import Problem

MAX_BYTES: Final = 1_048_576
_MEMBERS: Final = ("profile", "answers", "as_of")
_FOR_A_SCHEME: Final = (*_MEMBERS, "questionnaire", "facts", "inputs")
_ALSO: Final = ("name", "questionnaire", "edition", "expect")
_OF_A_CASE: Final = (*_ALSO, "because", "missing", "points", "terms", "review")
"""Members of an example, of a scheme's case or of a request to the API: such a file is a sheet or facts too. They
decide nothing here."""


class Sheet(NamedTuple):
    """A sheet as written, not yet read against a questionnaire; ``problems`` concern its outer shape."""

    profile: Tree
    answers: Tree
    as_of: date | None
    problems: tuple[Problem, ...]
    questionnaire: str | None = None
    """The questionnaire that the sheet itself names; a score is not decided by it, but a difference is worth a word."""
    facts: Tree = None
    inputs: Tree = None


def read_sheet(name: str, *, for_scheme: bool = False) -> Sheet:
    """Read a file, or standard input for ``-``.

    Args:
        name: of the file.
        for_scheme: it may have inputs, and facts in place of profile and answers.

    Raises:
        Stop: there is no such file, or it is neither JSON nor YAML with one meaning.
    """
    source = _bytes_of(name)
    if len(source) > MAX_BYTES:
        raise Stop(
            f"{name} is larger than 1 MiB; a sheet is a few kilobytes.",
            f"{name} が1MiBを超えています。通常、回答ファイルは数KBです。",
        )
    tree = _tree_of(name, source)
    if not isinstance(tree, Mapping):
        raise Stop(
            f'{name} is no sheet: an object {{"profile": {{...}}, "answers": {{...}}}} is due.',
            f'{name} は回答ファイルではありません。{{"profile": {{...}}, "answers": {{...}}}} の形が必要です。',
        )
    members, also = (_FOR_A_SCHEME, _OF_A_CASE) if for_scheme else (_MEMBERS, _ALSO)
    problems = [_unknown_member(key, members) for key in tree if key not in (*members, *also)]
    if for_scheme and "facts" in tree and not {"profile", "answers"}.isdisjoint(tree):
        problems.append(Problem("/facts", "facts-and-answers", _FACTS_AND_ANSWERS))
    as_of = None
    if tree.get("as_of") is not None:
        as_of = _day(tree["as_of"])
        if as_of is None:
            problems.append(
                Problem(
                    "/as_of",
                    "not-a-date",
                    {
                        "en": "A calendar date such as 2026-04-01 is due here.",
                        "ja": "日付を 2026-04-01 のように入力してください。",
                    },
                )
            )
    named = tree.get("questionnaire")
    return Sheet(
        tree.get("profile", {}),
        tree.get("answers", {}),
        as_of,
        tuple(problems),
        _reference(named, tree.get("edition")),
        tree.get("facts"),
        tree.get("inputs"),
    )


def read_list(name: str) -> list[Tree]:
    """Read a list of anything from a file, or standard input for ``-``.

    Raises:
        Stop: there is no such file, it has no one meaning, or it is no list.
    """
    source = _bytes_of(name)
    if len(source) > MAX_BYTES:
        raise Stop(f"{name} is larger than 1 MiB.", f"{name} が1MiBを超えています。")
    tree = _tree_of(name, source)
    if not isinstance(tree, list):
        raise Stop(
            f"{name} is no list: [{{...}}, {{...}}] is due.",
            f"{name} はリストではありません。[{{...}}, {{...}}] の形が必要です。",
        )
    return tree


_FACTS_AND_ANSWERS: Final = {
    "en": "Write facts, or a profile and answers, not both: facts are taken as given, and nothing is derived.",
    "ja": "facts と、profile・answers は、どちらか一方だけを書いてください。facts はそのまま使われます。",
}


def _reference(questionnaire: Tree, edition: Tree) -> str | None:
    """``id@edition``, as an example writes it, or as a request to the API does with two members."""
    if not isinstance(questionnaire, str):
        return None
    named = isinstance(edition, str) and "@" not in questionnaire
    return f"{questionnaire}@{edition}" if named else questionnaire


def _bytes_of(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    try:
        with Path(name).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise Stop(f"There is no file {name}.", f"ファイル {name} がありません。") from None
    except OSError as error:
        raise Stop(
            f"{name} cannot be read: {error.strerror}.", f"{name} を読めません({error.strerror})。"
        ) from None


def _tree_of(name: str, source: bytes) -> Tree:
    is_yaml = name.lower().endswith((".yaml", ".yml"))
    is_json = name.lower().endswith(".json") or source.lstrip()[:1] in (b"{", b"[", b"")
    return _json(name, source) if is_json and not is_yaml else _yaml(name, source)


def _json(name: str, source: bytes) -> Tree:
    from rbc_assess.api.strict_json import BadJson, read_json

    try:
        return read_json(source)
    except BadJson as bad:
        where = f" ({_fragment(bad.problem.pointer)})" if bad.problem.pointer else ""
        text = bad.problem.text
        raise Stop(f"{name}: {text['en']}{where}", f"{name}: {text['ja']}{where}") from None


def _yaml(name: str, source: bytes) -> Tree:
    from rbc_assess.documents.faults import errors_in, render
    from rbc_assess.documents.strict_yaml import read_yaml

    loaded, faults = read_yaml(source, "<stdin>" if name == "-" else name)
    errors = errors_in(faults)
    if errors or loaded is None:
        raise Stop(
            "\n".join(render(fault) for fault in errors), "\n".join(render(fault, "ja") for fault in errors)
        )
    return loaded.tree


def _unknown_member(key: str, members: Sequence[str]) -> Problem:
    meant = nearest(key, members)
    en, ja = f"{', '.join(members[:-1])} and {members[-1]}", "・".join(members)
    return Problem(
        f"/{key.replace('~', '~0').replace('/', '~1')}",
        "unknown-member",
        {
            "en": f"A sheet has {en}." + (f" Did you mean {meant}?" if meant else ""),
            "ja": f"書けるのは {ja} です。" + (f"{meant} の書き間違いではありませんか。" if meant else ""),
        },
    )


def _day(value: Tree) -> date | None:
    if not isinstance(value, str) or re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def read_day(text: str | None) -> date | None:
    """Read ``--as-of``.

    Raises:
        Stop: it is not a calendar date.
    """
    if text is None:
        return None
    day = _day(text)
    if day is None:
        raise Stop(
            f"“{text}” is not a calendar date; write --as-of 2026-04-01.",
            f"「{text}」は日付ではありません。--as-of 2026-04-01 のように書いてください。",
        )
    return day


# --- problems ----------------------------------------------------------------------------------------------


def problem_document(problem: Problem, voice: Voice) -> dict[str, str]:
    """Write a problem as the HTTP API does."""
    return {
        "pointer": _fragment(problem.pointer),
        "code": problem.code,
        "detail": voice.of_text(problem.text),
    }


def problem_line(problem: Problem, voice: Voice) -> str:
    """Write a problem as one line."""
    written = problem_document(problem, voice)
    return f"{written['pointer']}: {written['code']} {written['detail']}"


def _fragment(pointer: str) -> str:
    """A JSON Pointer as a URI fragment (RFC 6901 section 6)."""
    return "#" + quote(pointer, safe="/~!$&'()*+,;=:@-._")


def print_problems(voice: Voice, problems: Sequence[Problem], en: str, ja: str) -> None:
    """Print what is wrong with a sheet, and that for this reason nothing came of it; with ``--json`` both lists."""
    if voice.json:
        write_json({"problems": [problem_document(problem, voice) for problem in problems], "ignored": []})
        return
    for problem in problems:
        voice.say(problem_line(problem, voice))
    voice.aside(en, ja)


def print_open(voice: Voice, problems: Sequence[Problem], ignored: Sequence[str]) -> None:
    """Print what a submission would still need, and the answers that do not count."""
    if problems:
        voice.say("")
        voice.say("Still needed before it can be submitted:", "提出までに必要なもの:")
        for problem in problems:
            voice.say(f"  {problem_line(problem, voice)}")
    if ignored:
        names = ", ".join(ignored)
        voice.say("")
        voice.say(
            f"Not asked here, so left out of the score: {names}",
            f"この企業には尋ねない設問のため、計算に含めていません:{names}",
        )

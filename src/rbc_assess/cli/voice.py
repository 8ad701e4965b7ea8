"""Speaking to the person at the terminal: in which language, to which stream, and how a command stops."""

from __future__ import annotations

import functools
import json as json_text
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import ParamSpec, TextIO, TypeVar

import typer

FINE, FINDINGS, USAGE = 0, 1, 2
"""Exit codes."""

_Parameters = ParamSpec("_Parameters")
_Returned = TypeVar("_Returned")


class Stop(Exception):
    """A command cannot go on: a sentence per language, and the exit code (usage unless said otherwise)."""

    def __init__(self, en: str, ja: str, *, status: int = USAGE) -> None:
        super().__init__(en)
        self.text: Mapping[str, str] = {"en": en, "ja": ja}
        self.status = status


def language_of(asked: str | None) -> str:
    """Return the tag asked for, else that of ``RBC_LANG`` or the locale: ja or en."""
    if asked:
        return asked
    environment = (os.environ.get(name, "") for name in ("RBC_LANG", "LC_ALL", "LC_MESSAGES", "LANG"))
    first = next((value for value in environment if value), "")
    return "ja" if first.lower().startswith("ja") else "en"


@dataclass(frozen=True, slots=True)
class Voice:
    """How to speak: the reader's language tag, and whether a program is reading (``--json``)."""

    tag: str
    json: bool = False

    @classmethod
    def of(cls, asked: str | None, json: bool = False) -> Voice:
        return cls(language_of(asked), json)

    @property
    def language(self) -> str:
        """The language of our own sentences: ja for ``ja`` and ``ja-simple``, en for every other tag."""
        return "ja" if self.tag.lower().split("-")[0] == "ja" else "en"

    def choose(self, en: str, ja: str) -> str:
        return ja if self.language == "ja" else en

    def of_text(self, text: Mapping[str, str]) -> str:
        return text.get(self.language) or text["en"]

    def say(self, en: str, ja: str | None = None) -> None:
        """Print to standard output."""
        _write(self.choose(en, ja if ja is not None else en), sys.stdout)

    def aside(self, en: str, ja: str | None = None) -> None:
        """Print to standard error what is about the output and no part of it."""
        _write(self.choose(en, ja if ja is not None else en), sys.stderr)


def _write(text: str, stream: TextIO) -> None:
    # Names of files and keys of sheets are somebody else's text: they must not steer the terminal.
    write_plainly("\n".join(visible(line) for line in text.split("\n")), stream)


def write_plainly(text: str, stream: TextIO) -> None:
    """Print a text; what a console of another encoding cannot show is escaped and no reason to fall over."""
    encoding = stream.encoding or "utf-8"
    typer.echo(text.encode(encoding, "backslashreplace").decode(encoding), file=stream)


def write_json(document: object) -> None:
    """Print one JSON document: decimals as numbers, readable, in ASCII where the stream knows no more."""
    encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "")
    text = json_text.dumps(document, ensure_ascii=encoding != "utf8", indent=2, default=plain)
    typer.echo(text)


def plain(value: object) -> object:
    """What JSON has no word for, in the nearest that it has: decimals become numbers."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, tuple | frozenset | set):
        return list(value)
    return str(value)


def visible(text: str) -> str:
    """Show what cannot be printed as a replacement character."""
    if text.isprintable():
        return text
    return "".join(
        one if one.isprintable() or one == "\u3000" else "\N{REPLACEMENT CHARACTER}" for one in text
    )


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant."""
    return next(iter(get_close_matches(name, list(known), n=1, cutoff=0.5)), None)


def spoken(command: Callable[_Parameters, _Returned]) -> Callable[_Parameters, _Returned]:
    """Let a command end with a sentence: a ``Stop``, or a fault of the domain, to standard error."""

    @functools.wraps(command)
    def speaking(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> _Returned:
        from rbc_assess.errors import RbcError

        asked = kwargs.get("lang")
        voice = Voice.of(asked if isinstance(asked, str) else None)
        try:
            return command(*args, **kwargs)
        except Stop as stop:
            voice.aside(voice.of_text(stop.text))
            raise typer.Exit(stop.status) from None
        except RbcError as error:
            voice.aside(voice.of_text(error.text))
            raise typer.Exit(USAGE) from None

    return speaking

"""What every reviewable text file shares: the frozen base class, ids, texts, numbers, the fingerprint."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, NamedTuple, Self, TypeAlias

import rfc8785
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    RootModel,
    StrictBool,
    StrictInt,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from rbc_assess.core.figures import shortest_decimal
from rbc_assess.core.placeholders import Fill, filled, unknown_figure

Tree: TypeAlias = "bool | int | Decimal | str | Sequence[Tree] | Mapping[str, Tree] | None"
"""A parsed YAML or JSON value before validation; numbers are ``int`` or ``Decimal``, never floats."""

SOURCE_LANGUAGES = ("en", "ja")
"""The languages every document is written in; others come from translation files."""


class Document(BaseModel):
    """Base of everything read from a file: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Identity(NamedTuple):
    """Which text exactly: id, edition and fingerprint (``None`` for a document that came from no file)."""

    id: str
    edition: str
    sha256: str | None


class Published(Document):
    """A document that stands alone in a file, with an id, an edition and a fingerprint."""

    id: str
    edition: str
    _sha256: str | None = PrivateAttr(default=None)

    @property
    def identity(self) -> Identity:
        return Identity(self.id, self.edition, self._sha256)

    @property
    def reference(self) -> str:
        """The canonical reference, such as ``quick-check@1.0.0#0123456789ab``."""
        return f"{self.id}@{self.edition}" + (f"#{self._sha256[:12]}" if self._sha256 else "")

    @classmethod
    def read(cls, tree: Mapping[str, Tree]) -> Self:
        """Validate a parsed tree and remember its fingerprint.

        Raises:
            pydantic.ValidationError: the tree does not have the form.
        """
        document = cls.model_validate(tree)
        document._sha256 = fingerprint(tree)  # noqa: SLF001 - its own private part
        return document


def fault(code: str, en: str, ja: str) -> PydanticCustomError:
    """Make a validation error with a stable code and a sentence in both source languages."""
    return PydanticCustomError(code, "{en}", {"en": en, "ja": ja})


# --- ids and codes -----------------------------------------------------------------------------------------

YAML_1_1_BOOLEANS = frozenset({"yes", "no", "on", "off", "y", "n", "null", "true", "false"})
"""Words that other YAML readers silently turn into a boolean or nothing."""

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$")]
"""Id of a document, section or question: lower case letters, digits and hyphens, at most 64."""

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$")]
"""Id of a theme, criterion, reference or evidence type."""


def _refuse_boolean_word(value: str) -> str:
    if value.lower() in YAML_1_1_BOOLEANS:
        raise fault(
            "boolean-word",
            f"“{value}” is read as a boolean or as nothing by other YAML readers; choose another id",
            f"「{value}」は他のYAML読み取りで真偽値や空とみなされます。別のIDにしてください。",
        )
    return value


OptionId = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62}[A-Za-z0-9])?$"),
    AfterValidator(_refuse_boolean_word),
]

_SEMVER = re.compile(r"(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})")


def read_semver(edition: str) -> tuple[int, int, int]:
    """Split a semantic version ``major.minor.patch`` (Semantic Versioning 2.0.0, no pre-release part).

    Raises:
        ValueError: it is not of that form.
    """
    found = _SEMVER.fullmatch(edition)
    if found is None:
        raise ValueError(f"not a semantic version: {edition!r}")
    major, minor, patch = (int(part) for part in found.groups())
    return major, minor, patch


def _check_semver(value: str) -> str:
    try:
        read_semver(value)
    except ValueError:
        raise fault(
            "bad-edition",
            f'“{value}” is not an edition; write three numbers such as "1.0.0"',
            f'「{value}」は版番号ではありません。"1.0.0" のように3つの数字で書いてください。',
        ) from None
    return value


Edition = Annotated[str, AfterValidator(_check_semver)]
DatedEdition = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}\.(0[1-9]|1[0-2])(\.[0-9]{1,3})?$")]
"""Edition of a country document: year and month, ``2026.11`` or ``2026.11.1``."""


# --- numbers and dates -------------------------------------------------------------------------------------


def _read_number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise fault("not-a-number", "a number is due here", "ここには数値が必要です。")
    if isinstance(value, str) and not re.fullmatch(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?", value):
        raise fault("not-a-number", f"“{value}” is not a number", f"「{value}」は数値ではありません。")
    number = Decimal(value)
    if not number.is_finite() or abs(number) > Decimal(10) ** 15:
        raise fault("impossible-number", "this number is out of every range", "この数値は範囲外です。")
    return number


Number = Annotated[Decimal, BeforeValidator(_read_number)]
"""An exact number: a YAML number or a quoted decimal."""


def at_most_three_decimals(number: Decimal) -> Decimal:
    """Refuse a finer number than the arithmetic keeps (thousandths)."""
    exponent = number.normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < -3:
        raise fault("too-many-decimals", "at most three decimals", "小数は3桁までです。")
    return number


def _above_zero(number: Decimal) -> Decimal:
    if number <= 0:
        raise fault(
            "weight-not-positive", "a weight or share is above 0", "重みや配分は0より大きい数にしてください。"
        )
    if number > 1000:
        raise fault("impossible-number", "a weight or share is at most 1000", "重みや配分は1000までです。")
    return number


Weight = Annotated[Number, AfterValidator(at_most_three_decimals), AfterValidator(_above_zero)]


def _share(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 1000:
        raise fault(
            "bad-share",
            "a share is a whole number from 1 to 1000",
            "配分は1から1000までの整数で書いてください。",
        )
    return value


Share = Annotated[int, BeforeValidator(_share)]


def read_date(value: object) -> date:
    """Read ``YYYY-MM-DD`` (ISO 8601 calendar date); a number or a time is refused, never reinterpreted."""
    if isinstance(value, date):
        return value
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise fault(
        "not-a-date", "write a calendar date such as 2026-04-01", "日付は 2026-04-01 のように書いてください。"
    )


Day = Annotated[date, BeforeValidator(read_date)]
Flag = StrictBool
Count = Annotated[StrictInt, Field(ge=0, le=100_000_000)]


# --- texts -------------------------------------------------------------------------------------------------

WebAddress = Annotated[str, StringConstraints(pattern=r"^https?://[^\s]{1,1000}$")]
"""Links are shown to people: nothing but the web's own schemes."""

LanguageTag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")]
"""A BCP 47 tag; やさしい日本語 is ``ja-simple``."""

Sentence = Annotated[str, StringConstraints(min_length=1, max_length=4000)]


class Spoken(NamedTuple):
    """A text and the language it is really in, which may differ from the one asked for."""

    text: str
    language: str


class Text(RootModel[dict[LanguageTag, Sentence]]):
    """One text in several languages. Not all need be there: a missing one falls back visibly."""

    model_config = ConfigDict(frozen=True)

    def in_language(self, language: str, fill: Fill = unknown_figure) -> Spoken:
        """Give the text in ``language``, else its parent tag (``ja`` for ``ja-simple``), else en, else any.

        ``fill`` gives the words for parameters of a country; by default that its law decides.
        """
        for tag in (language, language.split("-", 1)[0], *SOURCE_LANGUAGES):
            if tag in self.root:
                return Spoken(filled(self.root[tag], tag, fill), tag)
        tag, text = next(iter(self.root.items()), (SOURCE_LANGUAGES[0], ""))
        return Spoken(filled(text, tag, fill), tag)

    @property
    def names(self) -> dict[str, str]:
        """The text in every language that it has, for whoever shows it without knowing the country."""
        return {tag: filled(text, tag) for tag, text in self.root.items()}

    @property
    def languages(self) -> frozenset[str]:
        return frozenset(self.root)


# --- status and life time ----------------------------------------------------------------------------------


class Status(StrEnum):
    """Where a document stands; only a published one is used for new assessments."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class Effective(Document):
    """When a document may be used: ``from`` and ``until`` both inclusive; drafts begun before get grace."""

    from_: Day = Field(alias="from")
    until: Day | None = None
    grace_days: Annotated[StrictInt, Field(ge=0, le=3650)] = 0

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until is not None and self.until < self.from_:
            raise fault("until-before-from", "`until` lies before `from`", "`until` が `from` より前です。")
        return self

    def includes(self, day: date) -> bool:
        return self.from_ <= day and (self.until is None or day <= self.until)

    def nearest(self, day: date) -> date:
        """The day itself if it lies within, else the first or the last day that does."""
        latest = day if self.until is None else min(day, self.until)
        return max(latest, self.from_)


# --- fingerprint -------------------------------------------------------------------------------------------


def _canonical(value: Tree) -> object:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | Decimal):
        return shortest_decimal(value)
    if isinstance(value, Mapping):
        return {key: _canonical(part) for key, part in value.items()}
    return [_canonical(part) for part in value]


def canonical_text(tree: Mapping[str, Tree]) -> str:
    """Write a parsed document as RFC 8785 canonical JSON: numbers as shortest decimal strings.

    Strings rather than numbers, because RFC 8785 writes numbers as binary doubles and would lose exactness.
    """
    return rfc8785.dumps(_canonical(tree)).decode("utf-8")  # type: ignore[arg-type]


def lasting_part(tree: Mapping[str, Tree]) -> dict[str, Tree]:
    """What of a document never changes once it is published: all but ``status`` and ``effective.until``.

    Those two may change later (retirement); anything else makes another document.
    """
    kept = {key: part for key, part in tree.items() if key != "status"}
    effective = kept.get("effective")
    if isinstance(effective, Mapping):
        kept["effective"] = {key: part for key, part in effective.items() if key != "until"}
    return kept


def fingerprint(tree: Mapping[str, Tree]) -> str:
    """SHA-256 (hex) of a document's meaning: the canonical text of its lasting part."""
    return hashlib.sha256(canonical_text(lasting_part(tree)).encode("utf-8")).hexdigest()


def exact_text(tree: Tree) -> str:
    """Write a parsed document as JSON that reads back to the same tree: keys sorted, numbers as exact numbers.

    Canonical text cannot serve for that: it writes ``at_least: 60`` and ``at_least: "60"`` alike.
    """
    if isinstance(tree, Mapping):
        members = (f"{exact_text(key)}:{exact_text(tree[key])}" for key in sorted(tree))
        return "{" + ",".join(members) + "}"
    if isinstance(tree, str) or tree is None or isinstance(tree, bool):
        return json.dumps(tree, ensure_ascii=False)
    if isinstance(tree, int | Decimal):
        return shortest_decimal(tree)
    return "[" + ",".join(exact_text(part) for part in tree) + "]"


def read_exact_text(text: str) -> Tree:
    """Read back what ``exact_text`` wrote."""
    tree: Tree = json.loads(text, parse_float=Decimal)
    return tree

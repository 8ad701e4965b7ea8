"""``ETag`` and ``If-Match`` of drafts (RFC 9110 section 13.1.1): the tag is the draft's revision."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import Depends, Header
from starlette.requests import Request

from rbc_assess.api.problems import Refusal, stale_members
from rbc_assess.api.records import identity_document
from rbc_assess.api.scopes import headers
from rbc_assess.api.validation import ParameterProblem
from rbc_assess.core.document import Identity
from rbc_assess.errors import StaleRevision

IF_MATCH: Final = "If-Match"

_TAG: Final = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
_LIST: Final = re.compile(rf"\s*(?:{_TAG.pattern})?\s*(?:,\s*(?:{_TAG.pattern})?\s*)*")
_SHOWN: Final = {"pattern": rf"^(?:\*|{_TAG.pattern}(?:\s*,\s*{_TAG.pattern})*)$"}
"""For readers of the contract; ``IfMatch`` judges, and says what is wrong in our own words."""
_REVISION: Final = re.compile(r'"(0|[1-9][0-9]{0,14})"')

_BAD: Final = {
    "en": 'If-Match is the ETag as you received it, such as "7", with its quotes.',
    "ja": 'If-Matchには、受け取ったETagを "7" のように引用符ごと書いてください。',
}

_WEAK: Final = {
    "en": 'If-Match needs the strong ETag, such as "7"; one that begins with W/ does not do.',
    "ja": 'If-Matchには、"7" のような強いETagが必要です。W/ で始まるものは使えません。',
}


def revision_tag(revision: int) -> str:
    """The strong entity tag of a draft's revision."""
    return f'"{revision}"'


class IfMatch:
    """The ``If-Match`` header as it was sent, judged when the handler asks."""

    def __init__(self, values: list[str]) -> None:
        self._values = values

    @property
    def is_there(self) -> bool:
        """Whether the header was sent at all."""
        return bool(self._values)

    def admits(self, tag: str) -> bool:
        """Whether a change may build on the state that this strong tag names; ``*`` admits any.

        Raises:
            Refusal: the header is missing (428), malformed or without a strong tag (400).
        """
        tags = self._tags()
        return tags is None or tag in tags

    def revisions(self) -> frozenset[int] | None:
        """The revisions that the change may build on; ``None`` for ``*``, which matches any draft that exists.

        A weak tag never matches (RFC 9110 section 13.1.1). Nothing but weak tags is refused rather than called
        stale: the draft need not have changed, something on the way has weakened its tag.

        Raises:
            Refusal: the header is missing (428), malformed or without a strong tag (400).
        """
        tags = self._tags()
        if tags is None:
            return None
        found = (_REVISION.fullmatch(tag) for tag in tags)
        return frozenset(int(tag.group(1)) for tag in found if tag is not None)

    def _tags(self) -> list[str] | None:
        if not self._values:
            raise Refusal("precondition-required")
        text = ",".join(self._values).strip()
        if text == "*":
            return None
        if not _LIST.fullmatch(text) or '"' not in text:
            raise Refusal("bad-request", ParameterProblem(IF_MATCH, "bad-if-match", _BAD))
        tags = _TAG.findall(text)
        if all(tag.startswith("W/") for tag in tags):
            raise Refusal("bad-request", ParameterProblem(IF_MATCH, "weak-if-match", _WEAK))
        return tags


def precondition_failed(stale: StaleRevision, edition: Identity) -> Refusal:
    """Say a stale draft as 412: what changed since, the edition it is under, and the tag to send next time."""
    return Refusal(
        "precondition-failed",
        headers={"ETag": revision_tag(stale.current)},
        members=_members(stale, edition),
    )


def stale_draft(
    stale: StaleRevision, edition: Identity, text: Mapping[str, str] = StaleRevision.text
) -> Refusal:
    """Say a stale draft as 409, where the body named the revision."""
    return Refusal("stale-revision", members=_members(stale, edition), text=text)


def _members(stale: StaleRevision, edition: Identity) -> dict[str, object]:
    return {**stale_members(stale), "questionnaire": identity_document(edition)}


async def read_if_match(
    request: Request,
    _shown: Annotated[
        str | None,
        Header(
            alias=IF_MATCH,
            description="The draft's ETag as you read it.",
            examples=['"7"'],
            json_schema_extra=_SHOWN,
        ),
    ] = None,
) -> IfMatch:
    """The dependency that reads the header."""
    return IfMatch(headers(request.scope, b"if-match"))


Precondition = Annotated[IfMatch, Depends(read_if_match)]
"""In a signature: a change of what exists names the state that it builds on."""


async def read_optional_if_match(
    request: Request,
    _shown: Annotated[
        str | None,
        Header(
            alias=IF_MATCH,
            description="The draft's ETag, if it must not have changed.",
            examples=['"7"'],
            json_schema_extra=_SHOWN,
        ),
    ] = None,
) -> IfMatch:
    """The dependency that reads the header where it may be left out."""
    return IfMatch(headers(request.scope, b"if-match"))


OptionalPrecondition = Annotated[IfMatch, Depends(read_optional_if_match)]
"""In a signature: whoever names the state that they saw is refused if it has changed."""

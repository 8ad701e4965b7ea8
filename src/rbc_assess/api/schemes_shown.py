"""Published versions of schemes as they leave: the lasting source, or one language with every rule said in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from rbc_assess.api.answers import as_bytes
from rbc_assess.api.caching import IMMUTABLE, SHORT, Prepared
from rbc_assess.api.published import JSON, VARY
from rbc_assess.core.document import read_exact_text
from rbc_assess.core.facts import Vocabulary
from rbc_assess.core.review_findings import texts_in
from rbc_assess.core.scheme import Scheme
from rbc_assess.core.scheme_words import SchemeWords, scheme_words
from rbc_assess.storage.schemes import SchemeVersion
from rbc_assess.workflows.schemes import LoadedVersion, SchemeHistory, with_standing

Written = dict[str, Any]
ANY_MODE: Final = "any"


def version_url(version: SchemeVersion, query: str = "") -> str:
    """The root-relative address of a version for good."""
    return f"/v1/schemes/{version.scheme_id}/versions/{version.version}{query}"


@lru_cache(maxsize=256)
def source(text: str) -> Prepared:
    """A version's source document: what its fingerprint covers, kept by the text itself."""
    return Prepared(text.encode(), media_type=JSON, cache=IMMUTABLE)


def status_of(version: SchemeVersion) -> str:
    """``published`` or ``retired``."""
    return "published" if version.retired_at is None else "retired"


def spoken(
    loaded: LoadedVersion, known: SchemeHistory, scheme: Scheme, vocabulary: Vocabulary, language: str
) -> Prepared:
    """A version in one language, with its rules in plain sentences as they stand today.

    ``scheme``: the version's document, with the texts of its translations.
    """
    body = as_bytes(spoken_document(loaded, known, scheme, vocabulary, language))
    headers = {"Content-Language": language, "Link": f'<{version_url(loaded.version)}>; rel="canonical"'}
    return Prepared(body, media_type=JSON, cache=SHORT, vary=VARY, headers=headers)


def spoken_document(
    loaded: LoadedVersion, known: SchemeHistory, scheme: Scheme, vocabulary: Vocabulary, language: str
) -> Written:
    """The source with each text in one language; ``fallbacks`` names texts that are in another."""
    version = loaded.version
    until = None if version.effective_until is None else version.effective_until.isoformat()
    tree = read_exact_text(loaded.text)
    assert isinstance(tree, dict)
    whole: Written = dict(with_standing(tree, status_of(version), until))
    fallbacks: dict[str, str] = {}
    for path, text in texts_in(scheme):
        said = text.in_language(language)
        holder: Any = whole
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = said.text
        if said.language != language:
            fallbacks[".".join(map(str, path))] = said.language
    # A version that is not in force today is said as on its nearest day.
    last = scheme.effective.until
    day = max(known.today, scheme.effective.from_)
    day = day if last is None else min(day, last)
    return {
        **whole,
        "sha256": version.sha256,
        "retired_at": version.retired_at,
        "state": scheme.application_state(known.today),
        "current": known.current.version.version == version.version,
        "language": language,
        "fallbacks": fallbacks,
        "said_on": day,
        "sentences": sentences_document(scheme_words(scheme, vocabulary, language, day)),
    }


def sentences_document(words: SchemeWords) -> Written:
    """A scheme in sentences, part by part, and all of them in reading order."""
    parts: Written = dict(words._asdict())
    for name in ("requirements", "points", "terms", "review"):
        parts[name] = [one._asdict() for one in parts[name]]
    return {**parts, "lines": words.lines}


def listed(known: SchemeHistory, language: str) -> Written:
    """One line of the list: the current version, and every version with its fingerprint."""
    version, scheme = known.current.version, known.current.scheme
    return {
        "id": version.scheme_id,
        "version": version.version,
        "status": status_of(version),
        "title": scheme.title.in_language(language).text,
        "summary": scheme.summary.in_language(language).text,
        "kind": scheme.kind,
        "issuer": issuer_document(scheme, language),
        "effective": {"from": version.effective_from, "until": version.effective_until},
        "applications": None if scheme.applications is None else scheme.applications.model_dump(),
        "state": scheme.application_state(known.today),
        "sha256": version.sha256,
        "url": version_url(version),
        "versions": version_lines(known.versions),
    }


def issuer_document(scheme: Scheme, language: str) -> Mapping[str, object]:
    """Who makes the rules."""
    issuer = scheme.issuer
    return {"kind": issuer.kind, "id": issuer.id, "name": issuer.name.in_language(language).text}


def version_lines(versions: Sequence[SchemeVersion]) -> list[Written]:
    """Versions in a list, the oldest first."""
    return [version_line(version) for version in versions]


def version_line(version: SchemeVersion) -> Written:
    """One version; ``url`` is its address for good."""
    return {
        "version": version.version,
        "status": status_of(version),
        "sha256": version.sha256,
        "from": version.effective_from,
        "until": version.effective_until,
        "published_at": version.published_at,
        "retired_at": version.retired_at,
        "url": version_url(version),
    }

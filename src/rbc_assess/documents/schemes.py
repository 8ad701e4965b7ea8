"""Schemes among the other documents: reviewed with what they accept, and held to what the gate asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from rbc_assess.core.criteria import Criteria
from rbc_assess.core.document import Status
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.review_findings import Finding
from rbc_assess.core.scheme import Scheme
from rbc_assess.core.scheme_gate import try_cases
from rbc_assess.core.scheme_review import review_scheme
from rbc_assess.documents.catalogue import Entry
from rbc_assess.documents.sentences import sentences

Name = tuple[str, str]
"""Id and edition."""

_ABOUT_WHAT_IS_ACCEPTED: Final = frozenset({"unknown-questionnaire", "no-accepted-edition"})


def scheme_findings(
    scheme: Scheme,
    questionnaires: Iterable[Entry[Questionnaire]],
    criteria: Iterable[Entry[Criteria]],
    *,
    forgotten: frozenset[str],
    askable: bool,
    gated: bool,
) -> list[Finding]:
    """Find every mistake in a scheme, given the faultless documents beside it.

    Args:
        scheme: what is reviewed.
        questionnaires: those that can be read.
        criteria: those that can be read.
        forgotten: ids of parts left out beforehand, as in ``review_questionnaire``.
        askable: False where part of what it accepts cannot be read. What it may ask of a firm is not known then,
            and nothing is said about it.
        gated: also say, as warnings, what would keep a published scheme from being published anew.
    """
    asked = tuple(entry.document for entry in questionnaires) if askable else ()
    yardsticks = tuple(entry.document for entry in criteria)
    findings = review_scheme(scheme, asked, yardsticks, forgotten=forgotten)
    if not askable:
        return [one for one in findings if one.code not in _ABOUT_WHAT_IS_ACCEPTED]
    sound = not forgotten and not any(one.severity == "error" for one in findings)
    if gated and sound and scheme.status is Status.PUBLISHED:
        tried = try_cases(scheme, asked, yardsticks)
        findings += [one._replace(severity="warning") for one in tried]
    return findings


def faulty_among(
    scheme: Scheme,
    present: Iterable[Name],
    questionnaires: Mapping[Name, Entry[Questionnaire]],
    criteria: Mapping[Name, Entry[Criteria]],
) -> list[str]:
    """The accepted editions whose file, or whose yardstick's file, has faults.

    Args:
        scheme: what accepts them.
        present: the editions that have a file, be it faulty.
        questionnaires: those that can be read.
        criteria: those that can be read.
    """
    return [
        f"{id_}@{edition}"
        for id_, edition in present
        if _accepts(scheme, id_, edition) and not _is_readable((id_, edition), questionnaires, criteria)
    ]


def _accepts(scheme: Scheme, id_: str, edition: str) -> bool:
    try:
        return scheme.fits(id_, edition)
    except ValueError:  # a file's name such as 01.0.0 is no edition, and its fault has been told
        return False


def _is_readable(
    name: Name,
    questionnaires: Mapping[Name, Entry[Questionnaire]],
    criteria: Mapping[Name, Entry[Criteria]],
) -> bool:
    entry = questionnaires.get(name)
    if entry is None:
        return False
    id_, _, edition = (entry.document.criteria or "").partition("@")
    return not id_ or (id_, edition) in criteria


def taken_version(scheme: Scheme, entry: Entry[Scheme] | None) -> Iterator[Finding]:
    """A file from elsewhere with the number of a version that was published here and says something else."""
    if entry is None or entry.status is Status.DRAFT or entry.fingerprint == scheme.identity.sha256:
        return
    text = sentences("version-taken", {"name": f"{scheme.id}@{scheme.edition}"})
    yield Finding(("version",), "version-taken", "error", text)

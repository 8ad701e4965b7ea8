"""``preview`` of a scheme: its rules in plain sentences, for those who read no YAML."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

from rbc_assess.cli.library import Library
from rbc_assess.cli.voice import FINE, Voice, write_json
from rbc_assess.core.scheme import Scheme
from rbc_assess.core.scheme_words import SchemeWords, scheme_words
from rbc_assess.workflows.check import accepted_of, today_of_issuer


def preview_scheme(voice: Voice, library: Library, reference: str) -> int:
    """Print a version of a scheme as it stands today, or on the nearest day on which it is in force.

    Raises:
        Stop: there is no such scheme.
    """
    scheme = library.scheme(reference).document
    day = _nearest_day(scheme, today_of_issuer(library.catalogue, scheme, datetime.now(UTC)))
    words = scheme_words(scheme, accepted_of(library.catalogue, scheme).vocabulary, voice.tag, day)
    if voice.json:
        write_json(_document(voice, scheme, words, day))
    else:
        voice.say("\n".join(_lines(voice, scheme, words, day)))
    return FINE


def _nearest_day(scheme: Scheme, today: date) -> date:
    first, last = scheme.effective.from_, scheme.effective.until
    return max(first, today if last is None else min(today, last))


def _lines(voice: Voice, scheme: Scheme, words: SchemeWords, day: date) -> Iterator[str]:
    choose = voice.choose
    title, issuer = (one.in_language(voice.tag).text for one in (scheme.title, scheme.issuer.name))
    yield f"{title}  ({scheme.reference}, {scheme.status})"
    yield issuer
    yield scheme.summary.in_language(voice.tag).text
    yield choose(f"The rules as of {day}.", f"{day} 時点の規則です。")
    yield ""
    yield from words.accepts
    yield ""
    yield choose("Requirements", "要件")
    for number, one in enumerate(words.requirements, start=1):
        yield ""
        yield f"{number}. {one.label}  [{one.id}]"
        for line in (one.sentence, one.otherwise, one.remedy, one.legal_basis):
            if line:
                yield f"   {line}"
    parts = (
        (choose("Said by the office", "窓口が入力する項目"), words.inputs),
        (choose("Points", "点数"), (*(one.sentence for one in words.points), words.points_cap)),
        (choose("Terms", "適用される条件"), tuple(one.sentence for one in words.terms)),
        (choose("A person looks at", "担当者による確認"), tuple(one.sentence for one in words.review)),
        (choose("Days", "期間"), words.days),
        (choose("What the issuer sees", "実施主体に見える情報"), words.discloses),
        (choose("Contact", "問い合わせ"), (words.contact, words.objection)),
    )
    for heading, lines in parts:
        shown = [line for line in lines if line]
        if shown:
            yield ""
            yield heading
            yield from (f"   {line}" for line in shown)


def _document(voice: Voice, scheme: Scheme, words: SchemeWords, day: date) -> dict[str, object]:
    parts: dict[str, object] = dict(words._asdict())
    for name in ("requirements", "points", "terms", "review"):
        parts[name] = [one._asdict() for one in getattr(words, name)]
    return {
        "scheme": scheme.identity._asdict(),
        "status": str(scheme.status),
        "language": voice.tag,
        "title": scheme.title.in_language(voice.tag).text,
        "summary": scheme.summary.in_language(voice.tag).text,
        "issuer": {
            "id": scheme.issuer.id,
            "kind": scheme.issuer.kind,
            "name": scheme.issuer.name.in_language(voice.tag).text,
        },
        "said_on": day.isoformat(),
        "sentences": parts,
    }

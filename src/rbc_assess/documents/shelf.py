"""Where the files of documents become entries of the catalogue: read, reviewed, checked against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeVar

from rbc_assess.core.country import Country
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.document import Status, exact_text, fingerprint, lasting_part
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.review import review_country, review_coverage, review_criteria, review_questionnaire
from rbc_assess.core.review_audience import review_supplement
from rbc_assess.core.review_findings import Finding
from rbc_assess.core.scheme import Scheme
from rbc_assess.documents.catalogue import Catalogue, Entry, NamedExample, by_id
from rbc_assess.documents.edition_numbers import small_editions, stray_migrations
from rbc_assess.documents.faults import errors_in
from rbc_assess.documents.files import Kind, Role
from rbc_assess.documents.partial import without_faulty_parts
from rbc_assess.documents.schemes import Name, faulty_among, scheme_findings, taken_version
from rbc_assess.documents.sentences import sentences
from rbc_assess.documents.source import Source
from rbc_assess.documents.style import Style, note_style
from rbc_assess.documents.supplementing import bases_of, missing_bases
from rbc_assess.documents.translations import Translation, with_translations

TOLD_WITH_BASE: Final = frozenset(
    {
        *("critical-without-state", "corrective-band-missing", "unconfirmed-band-missing"),
        *("unknown-fact", "later-question", "profile-field-not-listed"),
    }
)
"""What only a supplement together with the questionnaire that it is asked with can tell."""

Content = TypeVar("Content")
TypedDocument = TypeVar("TypedDocument", Criteria, Questionnaire, Country, Scheme)


@dataclass
class Shelf:
    """The sources of one root on their way into a catalogue."""

    root: Path
    warnings: bool = True
    sources: list[Source] = field(default_factory=list)
    criteria: dict[Name, Entry[Criteria]] = field(default_factory=dict)
    countries: dict[Name, Entry[Country]] = field(default_factory=dict)
    questionnaires: dict[Name, Entry[Questionnaire]] = field(default_factory=dict)
    schemes: dict[Name, Entry[Scheme]] = field(default_factory=dict)
    translations: dict[tuple[Kind, Name], list[Translation]] = field(default_factory=dict)
    examples: dict[str, list[NamedExample]] = field(default_factory=dict)
    styles: list[Style] = field(default_factory=list)

    def add(self, source: Source) -> None:
        self.sources.append(source)

    def read_documents(self) -> None:
        """Countries before what names their parameters, yardsticks before the questionnaires that name them."""
        for source in self.having("stray"):
            source.warn((), "unexpected-file")
        for source in self.having("style"):
            self.read_style(source)
        for source in self.having("document", "country"):
            self.read_document(
                source,
                Country,
                self.countries,
                lambda document, left: review_country(document, forgotten=left),
            )
        for source in self.having("document", "criteria"):
            self.read_document(
                source,
                Criteria,
                self.criteria,
                lambda document, left: review_criteria(
                    document, self.readable_countries(), forgotten=left | self.unread_parameters()
                ),
            )
        for source in self.having("document", "questionnaire"):
            self.read_document(source, Questionnaire, self.questionnaires, self.review_questionnaire)
        self.note_supplements()
        self.note_stray_migrations()
        self.note_small_editions()
        self.note_unasked_criteria()
        for source in self.having("document", "scheme"):
            self.read_scheme(source)

    def having(self, role: Role, kind: Kind | None = None) -> list[Source]:
        return [one for one in self.sources if one.file.role == role and kind in (None, one.file.kind)]

    def readable_countries(self) -> list[Country]:
        """Every edition of every country document without errors, the oldest first."""
        return [entry.document for entry in sorted(self.countries.values(), key=lambda one: one.order)]

    def unread_parameters(self) -> frozenset[str]:
        """Names that country documents with errors give: nothing is said about them elsewhere."""
        faulty = [one for one in self.having("document", "country") if errors_in(one.faults)]
        written = (one.mapping.get("parameters") for one in faulty)
        return frozenset(name for one in written if isinstance(one, Mapping) for name in one)

    def is_present(self, kind: Kind, name: Name) -> bool:
        """Whether there is such a file, be it faulty."""
        return any((one.file.id, one.file.edition) == name for one in self.having("document", kind))

    def note(self, source: Source, findings: Iterable[Finding]) -> None:
        source.note(found for found in findings if self.warnings or found.severity == "error")

    # --- documents -----------------------------------------------------------------------------------------

    def read_style(self, source: Source) -> None:
        style, _ = source.read_as(Style, Style.model_validate)
        if source.file.inside:
            agree(source, "language", source.file.language)
            if style is not None:
                self.styles.append(style)

    def read_document(
        self,
        source: Source,
        model: type[TypedDocument],
        shelved: dict[Name, Entry[TypedDocument]],
        review: Callable[[TypedDocument, frozenset[str]], list[Finding]],
    ) -> None:
        document, mistakes = source.read_as(model, model.read)
        check_place(source)
        if document is None:
            self.review_the_rest(source, model, mistakes, review)
            return
        self.note(source, review(document, frozenset()))
        if self.warnings:
            for style in self.styles:
                note_style(source, document, style)
        if not errors_in(source.faults) and source.file.inside:
            shelved[source.file.id, source.file.edition] = _entry(source, document, document.status)

    def review_the_rest(
        self,
        source: Source,
        model: type[TypedDocument],
        mistakes: list[Finding],
        review: Callable[[TypedDocument, frozenset[str]], list[Finding]],
    ) -> None:
        """One round of corrections should do: what has its form is reviewed although another part has not."""
        partial = without_faulty_parts(source.tree, model, mistakes)
        if partial is not None:
            findings = review(partial.document, partial.forgotten)
            self.note(source, (one._replace(path=partial.remainder.original(one.path)) for one in findings))

    def review_questionnaire(self, questionnaire: Questionnaire, forgotten: frozenset[str]) -> list[Finding]:
        id_, _, edition = (questionnaire.criteria or "").partition("@")
        yardstick = self.criteria.get((id_, edition))
        findings = self.review_whole(questionnaire, forgotten)
        if questionnaire.supplements:
            findings = [one for one in findings if one.code not in TOLD_WITH_BASE]
        if questionnaire.criteria and not self.is_present("criteria", (id_, edition)):
            text = sentences("unknown-document", {"name": questionnaire.criteria})
            findings.append(Finding(("criteria",), "unknown-document", "error", text))
        elif yardstick and questionnaire.status is Status.PUBLISHED:
            findings.extend(_unfit_yardstick(yardstick))
        return findings

    def review_whole(
        self, questionnaire: Questionnaire, forgotten: frozenset[str] = frozenset()
    ) -> list[Finding]:
        """Review a questionnaire, be it one with supplements, against its criteria and the countries."""
        id_, _, edition = (questionnaire.criteria or "").partition("@")
        yardstick = self.criteria.get((id_, edition))
        return review_questionnaire(
            questionnaire,
            yardstick.document if yardstick else None,
            self.readable_countries(),
            forgotten=forgotten | self.unread_parameters(),
        )

    def note_supplements(self) -> None:
        """A supplement is reviewed with everything that it is asked with, once that has been read."""
        present = [(one.file.id, one.file.edition) for one in self.having("document", "questionnaire")]
        in_bases: dict[Path, list[Finding]] = {}
        for name, entry in [*self.questionnaires.items()]:
            if not entry.document.supplements:
                continue
            known = self.questionnaires.values()
            findings = [*missing_bases(entry.document, known, present)]
            for base in bases_of(entry.document, known):
                if base.document.supplements or base.document.audience == "workers":
                    continue
                if base.path not in in_bases:
                    in_bases[base.path] = self.review_whole(base.document)
                findings += review_supplement(
                    entry.document, base.document, in_bases[base.path], self.review_whole
                )
            source = next(one for one in self.sources if one.file.path == entry.path)
            self.note(source, findings)
            if any(one.severity == "error" for one in findings):
                del self.questionnaires[name]

    def note_small_editions(self) -> None:
        """A number that says less than has changed would let a different document pass for the same."""
        for entry, finding in [*small_editions(self.criteria, self.questionnaires)]:
            source = next(one for one in self.sources if one.file.path == entry.path)
            source.note([finding])
            shelved = self.criteria if entry.kind == "criteria" else self.questionnaires
            del shelved[entry.id, entry.edition]

    def note_stray_migrations(self) -> None:
        """Rules about old answers, which only the edition before can tell from misspelled ones."""
        present = [(one.file.id, one.file.edition) for one in self.having("document", "questionnaire")]
        for entry, finding in [*stray_migrations(self.questionnaires, present)]:
            source = next(one for one in self.sources if one.file.path == entry.path)
            self.note(source, [finding])
            if finding.severity == "error":
                self.questionnaires.pop((entry.id, entry.edition), None)

    def note_unasked_criteria(self) -> None:
        """A criterion that no questionnaire of its yardstick asks about; not told while some cannot be read."""
        if not self.warnings or any(
            errors_in(one.faults) for one in self.having("document", "questionnaire")
        ):
            return
        for source in self.having("document", "criteria"):
            entry = self.criteria.get((source.file.id, source.file.edition))
            asking = [
                one.document
                for one in self.questionnaires.values()
                if (one.document.criteria or "").partition("@")[0] == source.file.id
            ]
            if entry is not None:
                source.note(review_coverage(entry.document, asking))

    def read_scheme(self, source: Source) -> None:
        written = source.mapping.get("accepts")
        accepts = len(written) if isinstance(written, list) else 0

        def review(scheme: Scheme, forgotten: frozenset[str]) -> list[Finding]:
            findings = scheme_findings(
                scheme,
                self.questionnaires.values(),
                self.criteria.values(),
                forgotten=forgotten,
                # Nobody knows what a scheme may ask as long as part of what it accepts has faults.
                askable=len(scheme.accepts) == accepts and not self.faulty_among(scheme),
                gated=self.warnings,
            )
            return [*findings, *taken_version(scheme, self.schemes.get((scheme.id, scheme.edition)))]

        self.read_document(source, Scheme, self.schemes, review)
        entry = self.schemes.get((source.file.id, source.file.edition)) if source.file.inside else None
        if entry is not None and self.faulty_among(entry.document):
            # It has not been reviewed with what it accepts; the faults are told where they are.
            del self.schemes[entry.id, entry.edition]

    def faulty_among(self, scheme: Scheme) -> list[str]:
        present = [(one.file.id, one.file.edition) for one in self.having("document", "questionnaire")]
        return faulty_among(scheme, present, self.questionnaires, self.criteria)

    # --- the catalogue -------------------------------------------------------------------------------------

    def catalogue(self) -> Catalogue:
        """Everything without errors, each document with the current texts of its translations."""
        return Catalogue(
            self.root,
            by_id(self.translated("questionnaire", self.questionnaires)),
            by_id(self.translated("criteria", self.criteria)),
            by_id(self.translated("country", self.countries)),
            by_id(self.translated("scheme", self.schemes)),
            MappingProxyType({id_: tuple(found) for id_, found in self.examples.items()}),
        )

    def translated(
        self, kind: Kind, shelved: Mapping[Name, Entry[TypedDocument]]
    ) -> Iterable[Entry[TypedDocument]]:
        trees = {one.file.path: one.mapping for one in self.sources}
        for name, entry in shelved.items():
            found = self.translations.get((kind, name))
            if not found:
                yield entry
                continue
            document = with_translations(entry.document, trees[entry.path], found)
            languages = MappingProxyType({translation.language: translation for translation in found})
            yield replace(entry, document=document, translations=languages)


def _unfit_yardstick(yardstick: Entry[Criteria]) -> Iterable[Finding]:
    """What is published is lasting, so it cannot rest on what may still change."""
    name = {"name": f"{yardstick.id}@{yardstick.edition}"}
    if yardstick.status is Status.DRAFT:
        yield Finding(("criteria",), "draft-criteria", "error", sentences("draft-criteria", name))
    elif yardstick.status is Status.RETIRED:
        yield Finding(("criteria",), "retired-criteria", "warning", sentences("retired-criteria", name))


def check_place(source: Source) -> None:
    """A document is found by its path, so its id and edition must be those of its path."""
    file = source.file
    if file.inside:
        agree(source, "id", file.id)
        agree(source, "version" if file.kind == "scheme" else "edition", file.edition)


def agree(source: Source, key: str, expected: str) -> None:
    """Note a word that differs from what the file's place promises; one that has no form is noted elsewhere."""
    found = source.mapping.get(key)
    if isinstance(found, str | int) and str(found) != expected:
        source.error((key,), "path-mismatch", expected=expected, found=found)


def _entry(source: Source, document: Content, status: Status) -> Entry[Content]:
    file = source.file
    return Entry(
        kind=file.kind,
        id=file.id,
        edition=file.edition,
        status=status,
        effective=document.effective if isinstance(document, Criteria | Questionnaire | Scheme) else None,
        fingerprint=fingerprint(source.mapping),
        text=exact_text(lasting_part(source.mapping)),
        source=source.octets,
        path=file.path,
        document=document,
    )

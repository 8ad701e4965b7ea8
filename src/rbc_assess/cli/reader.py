"""For whom a questionnaire is shown: a country, a region and a day, from the options of a command."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import NamedTuple

from rbc_assess.cli.library import Library
from rbc_assess.cli.sheets import read_day
from rbc_assess.cli.voice import Stop
from rbc_assess.core.codes import is_region, is_sector
from rbc_assess.core.country import Country
from rbc_assess.core.jurisdiction import Jurisdiction
from rbc_assess.core.law_parts import asked_under
from rbc_assess.core.profile import Profile
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.documents.supplementing import asking


class Reader(NamedTuple):
    """Where and when a questionnaire is read, as far as that was said."""

    country: str | None = None
    region: str | None = None
    as_of: str | None = None
    sector: str | None = None

    @property
    def day(self) -> date | None:
        """The day that was said; raises ``Stop`` where that is none."""
        return read_day(self.as_of)

    def law(self, library: Library) -> Jurisdiction:
        """The law that is read under.

        Raises:
            Stop: there is no document of the country, or no such region in it.
        """
        country = library.country(self.country, self.day)
        if self.country is not None and country is None:
            known = ", ".join(sorted(library.catalogue.countries)) or "-"
            raise Stop(
                f"--country: there is no document of {self.country}; there are: {known}.",
                f"--country: {self.country} の文書がありません。あるもの:{known}",
            )
        region = self.region
        if region is not None and not (is_region(region) and region.startswith(f"{self.country}-")):
            raise Stop(
                f"--region: {region} is no region of that country; write a code such as JP-13.",
                f"--region: {region} はその国の地域コードではありません。JP-13 のように書いてください。",
            )
        return Jurisdiction(country, self.day or today_in(country), region)

    def asked(self, library: Library, questionnaire: Questionnaire, law: Jurisdiction) -> Questionnaire:
        """The questionnaire with the supplements of the reader's sector and, with a day, only what is asked on it.

        Raises:
            Stop: there is no such sector.
        """
        if self.sector is not None:
            if not is_sector(self.sector):
                raise Stop(
                    f"--sector: {self.sector} is no ISIC section or division, such as C or 13.",
                    f"--sector: {self.sector} はISICの大分類・中分類(C や 13 など)ではありません。",
                )
            facts = Profile(sector=self.sector).facts()
            questionnaire = asking(library.catalogue, questionnaire, facts, law).asked
        return questionnaire if self.day is None else asked_under(questionnaire, law)


def today_in(country: Country | None) -> date:
    """Days are counted where the firm is."""
    return datetime.now(country.zone if country is not None else UTC).date()

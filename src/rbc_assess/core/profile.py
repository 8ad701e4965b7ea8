"""The facts about an enterprise that decide what it is asked and which legal duties it has."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from rbc_assess.core.codes import is_region, is_sector
from rbc_assess.core.country import Country, Measured, legal_size_class
from rbc_assess.core.document import Tree
from rbc_assess.core.figures import shortest_decimal
from rbc_assess.errors import Problem

Scalar = bool | int | Decimal | str | date | frozenset[str]

LARGEST_HEADCOUNT: Final = 10_000_000
LARGEST_AMOUNT: Final = Decimal(10) ** 15 - 1


class Certification(NamedTuple):
    """A certificate held, and its last day of validity if known."""

    id: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known about an enterprise; ``None`` is unknown, never "no".

    ``workers_total`` counts everyone who works for the firm: employees, trainees and interns, dispatched
    workers, family helpers, freelancers on site. ``employees_total`` and ``employees_largest_site`` serve legal
    duties, which use other units.
    """

    country: str | None = None
    region: str | None = None
    sector: str | None = None
    workers_total: int | None = None
    employees_total: int | None = None
    employees_largest_site: int | None = None
    capital: Decimal | None = None
    annual_sales: Decimal | None = None
    has_migrant_workers: bool | None = None
    has_under_18: bool | None = None
    has_suppliers: bool | None = None
    provides_housing: bool | None = None
    certifications: tuple[Certification, ...] | None = None

    @property
    def tier(self) -> str | None:
        return None if self.workers_total is None else tier_of(self.workers_total)

    def facts(self, country: Country | None = None) -> dict[str, Scalar]:
        """The known ``profile.*`` facts, with the derived ``tier`` and legal ``size_class``; unknown ones absent."""
        known: dict[str, Scalar] = {}
        for name in PLAIN_FIELDS:
            value = getattr(self, name)
            if value is not None:
                known["profile." + name] = value
        if self.certifications is not None:
            known["profile.certifications"] = frozenset(held.id for held in self.certifications)
        if self.workers_total is not None:
            known["profile.tier"] = tier_of(self.workers_total)
        if country is not None and country.size_classes is not None:
            firm = Measured(self.capital, self.employees_total, self.annual_sales)
            size_class = legal_size_class(country.size_classes, self.sector, firm)
            if size_class is not None:
                known["profile.size_class"] = size_class
        return known

    def document(self) -> dict[str, object]:
        """The known fields as plain JSON values; amounts as decimal text."""
        plain: dict[str, object] = {}
        for name in PLAIN_FIELDS:
            value = getattr(self, name)
            if value is not None:
                plain[name] = shortest_decimal(value) if isinstance(value, Decimal) else value
        if self.certifications is not None:
            plain["certifications"] = [
                {"id": held.id, "until": held.until.isoformat()} if held.until else held.id
                for held in self.certifications
            ]
        return plain


PLAIN_FIELDS: Final = tuple(field.name for field in fields(Profile) if field.name != "certifications")
PROFILE_FIELDS: Final = (*PLAIN_FIELDS, "certifications")


def tier_of(workers_total: int) -> str:
    """Size tier by everyone who works for the firm: T0 none, T1 1-9, T2 10-49, T3 50-300, T4 more.

    The limits are those at which legal duties begin in most countries (10, 50) and the SME limit (300).
    """
    for tier, at_most in (("T0", 0), ("T1", 9), ("T2", 49), ("T3", 300)):
        if workers_total <= at_most:
            return tier
    return "T4"


BAD_CORPORATE_NUMBER: Final = {
    "en": "A corporate number has 13 digits, the first of which is a check digit.",
    "ja": "法人番号は13桁の数字です(先頭は検査用の数字)。番号をご確認ください。",
}
"""What to say of one that ``corporate_number_is_valid`` refuses."""


def corporate_number_is_valid(number: str) -> bool:
    """Check a Japanese corporate number (法人番号): 13 digits, the first of them the check digit.

    Check digit = 9 - (sum of P(n) x Q(n) mod 9), P(n) being the n-th digit of the other twelve from the right,
    Q(n) 1 for odd n and 2 for even n (Ordinance of the Ministry of Finance on corporate numbers, article 2).
    """
    if re.fullmatch(r"[0-9]{13}", number) is None:
        return False
    body = number[:0:-1]
    total = sum(int(digit) * (1 if place % 2 == 0 else 2) for place, digit in enumerate(body))
    return int(number[0]) == 9 - total % 9


# --- reading -----------------------------------------------------------------------------------------------


class ProfileReading(NamedTuple):
    """A typed profile, and everything that was wrong with what was sent."""

    profile: Profile
    problems: tuple[Problem, ...]


_SENTENCES: Final[Mapping[str, Mapping[str, str]]] = {
    "unknown-profile-field": {
        "en": "There is no such profile field.",
        "ja": "企業情報にこの項目はありません。",
    },
    "not-an-object": {"en": "Write an object with named fields.", "ja": "項目名と値の組で書いてください。"},
    "not-a-code": {
        "en": 'A code is due here; write it in quotes, such as "JP", "JP-27" or "13".',
        "ja": 'コードを "JP"、"JP-27"、"13" のように文字列で書いてください。',
    },
    "unknown-code": {
        "en": "This code is not in the list (country ISO 3166-1, region ISO 3166-2, sector ISIC Rev. 4).",
        "ja": "一覧にないコードです(国はISO 3166-1、地域はISO 3166-2、業種はISIC Rev.4)。",
    },
    "not-a-count": {
        "en": "A whole number of people is due here, 0 or more.",
        "ja": "人数を0以上の整数で入力してください。",
    },
    "not-an-amount": {
        "en": "An amount of money is due here: 0 or more, at most 15 digits and 3 decimals.",
        "ja": "金額を0以上の数値で入力してください(整数部15桁、小数3桁まで)。",
    },
    "not-true-or-false": {"en": "Write true or false.", "ja": "true か false で書いてください。"},
    "not-certifications": {
        "en": "Write a list of certificates: an id, or an id with its last day (until).",
        "ja": "認証のIDの一覧を書いてください。有効期限があれば until を添えてください。",
    },
    "region-of-another-country": {
        "en": "The region does not lie in the country.",
        "ja": "地域が国と合っていません。",
    },
    "employees-above-workers": {
        "en": "There cannot be more employees than people who work for the firm in all.",
        "ja": "従業員数が、働く人の総数を超えています。",
    },
    "missing-profile-field": {
        "en": "This must be known before the questions can be answered.",
        "ja": "設問に答える前に、この項目の入力が必要です。",
    },
}


class _Refused(Exception):
    """A value of a profile field is not acceptable; the argument is the problem's code."""


def read_profile(raw: Tree, *, pointer: str = "/profile") -> ProfileReading:
    """Read a profile as sent: every problem at once; a field with a problem stays unknown.

    ``null`` says that a field is not known.
    """
    if not isinstance(raw, Mapping):
        return ProfileReading(Profile(), (profile_problem(pointer, "not-an-object"),))
    problems: list[Problem] = []
    known: dict[str, object] = {}
    for name, value in raw.items():
        where = f"{pointer}/{pointer_part(name)}"
        if name not in _READERS:
            problems.append(profile_problem(where, "unknown-profile-field"))
        elif value is not None:
            try:
                known[name] = _READERS[name](value)
            except _Refused as refused:
                problems.append(profile_problem(where, str(refused)))
    profile = Profile(**known)  # type: ignore[arg-type]
    if profile.country and profile.region and not profile.region.startswith(profile.country + "-"):
        problems.append(profile_problem(f"{pointer}/region", "region-of-another-country"))
    if (
        profile.employees_total is not None
        and profile.workers_total is not None
        and profile.employees_total > profile.workers_total
    ):
        problems.append(profile_problem(f"{pointer}/employees_total", "employees-above-workers"))
    return ProfileReading(profile, tuple(problems))


def missing_fields(
    profile: Profile, needed: tuple[str, ...], *, pointer: str = "/profile"
) -> tuple[Problem, ...]:
    """List the fields that a questionnaire needs to know before answering and that are not known."""
    return tuple(
        profile_problem(f"{pointer}/{name}", "missing-profile-field")
        for name in needed
        if name in PROFILE_FIELDS and getattr(profile, name) is None
    )


def profile_problem(pointer: str, code: str) -> Problem:
    """Make a problem of this code with its sentences."""
    return Problem(pointer, code, _SENTENCES[code])


def pointer_part(key: str) -> str:
    """Escape one part of a JSON Pointer (RFC 6901); an over-long key is cut, so that nothing large is echoed."""
    return key[:80].replace("~", "~0").replace("/", "~1")


def _text_code(is_known: Callable[[str], bool]) -> Callable[[Tree], str]:
    def read(value: Tree) -> str:
        if not isinstance(value, str):
            raise _Refused("not-a-code")
        if not is_known(value):
            raise _Refused("unknown-code")
        return value

    return read


def _count(value: Tree) -> int:
    if isinstance(value, Decimal) and value == value.to_integral_value():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST_HEADCOUNT:
        raise _Refused("not-a-count")
    return value


def _amount(value: Tree) -> Decimal:
    """Numbers and texts pass the same gate, so that what was stored as text can always be read back."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise _Refused("not-an-amount")
    if not isinstance(value, str):
        number = Decimal(value)
        if not number.is_finite() or not 0 <= number <= LARGEST_AMOUNT:
            raise _Refused("not-an-amount")
        value = shortest_decimal(number)
    if re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,3})?", value) is None:
        raise _Refused("not-an-amount")
    return Decimal(value)


def _flag(value: Tree) -> bool:
    if not isinstance(value, bool):
        raise _Refused("not-true-or-false")
    return value


def _certifications(value: Tree) -> tuple[Certification, ...]:
    if isinstance(value, str) or not isinstance(value, list | tuple) or len(value) > 50:
        raise _Refused("not-certifications")
    return tuple(_certification(entry) for entry in value)


def _certification(entry: Tree) -> Certification:
    if isinstance(entry, str):
        entry = {"id": entry}
    if not isinstance(entry, Mapping) or not set(entry) <= {"id", "until"}:
        raise _Refused("not-certifications")
    name, until = entry.get("id"), entry.get("until")
    if not isinstance(name, str) or re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", name) is None:
        raise _Refused("not-certifications")
    if until is None:
        return Certification(name)
    if not isinstance(until, str) or re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", until) is None:
        raise _Refused("not-certifications")
    try:
        return Certification(name, date.fromisoformat(until))
    except ValueError:
        raise _Refused("not-certifications") from None


def _is_country(code: str) -> bool:
    return re.fullmatch(r"[A-Z]{2}", code) is not None


_READERS: Final[Mapping[str, Callable[[Tree], object]]] = {
    "country": _text_code(_is_country),
    "region": _text_code(is_region),
    "sector": _text_code(is_sector),
    "workers_total": _count,
    "employees_total": _count,
    "employees_largest_site": _count,
    "capital": _amount,
    "annual_sales": _amount,
    "has_migrant_workers": _flag,
    "has_under_18": _flag,
    "has_suppliers": _flag,
    "provides_housing": _flag,
    "certifications": _certifications,
}

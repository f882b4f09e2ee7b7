"""The terms of a reward: who may have it and when, and who pays what for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from points.shop_errors import AgeUnknown, CertificateMissing, NotForYourArea, OutsideWindow, TooYoung
from points.windows import Window, window_from_json, window_to_json

COMMUNITY = "community"  # the payer that is neither a shop nor a sponsor


@dataclass(frozen=True)
class Terms:
    """Each part narrows it down; `areas` are codes, `payer` is COMMUNITY, the shop or a sponsor, by code."""

    min_age: int | None = None
    areas: tuple[str, ...] = ()
    window: Window | None = None
    certificate: str | None = None
    cost_fen: int | None = None
    payer: str | None = None


@dataclass(frozen=True)
class Facts:
    """What is known of who wants a reward: the areas are the own one and all above it, by code."""

    birth_year: int | None = None
    areas: frozenset[str] = field(default_factory=frozenset)
    certificates: frozenset[str] = field(default_factory=frozenset)


FOR_EVERYBODY = Terms()
NO_FACTS = Facts()


def check_entitled(
    names: Mapping[str, str], terms: Terms, facts: Facts, now: datetime, zone: ZoneInfo
) -> None:
    """Refuse who the reward is not for. Only the year of birth is known: who turns the age this year has it.

    Raises:
        AgeUnknown, TooYoung, NotForYourArea, CertificateMissing: what is lacking.
    """
    if terms.min_age is not None:
        _check_age(names, terms.min_age, facts.birth_year, now.astimezone(zone).year)
    if terms.areas and not facts.areas & set(terms.areas):
        raise NotForYourArea(names, terms.areas)
    if terms.certificate is not None and terms.certificate not in facts.certificates:
        raise CertificateMissing(names, terms.certificate)


def check_open(names: Mapping[str, str], terms: Terms, now: datetime, zone: ZoneInfo) -> None:
    """Refuse outside the hours and days in which the reward can be redeemed.

    Raises:
        OutsideWindow: it is not the time.
    """
    if terms.window is not None and not terms.window.holds(now.astimezone(zone)):
        raise OutsideWindow(names, terms.window.next_opening(now, zone))


def terms_values(terms: Terms) -> dict[str, Any]:
    """Write terms for a reward's row."""
    return {
        "min_age": terms.min_age,
        "areas": list(terms.areas) or None,
        "opening": window_to_json(terms.window) if terms.window else None,
        "certificate": terms.certificate,
        "cost_fen": terms.cost_fen,
        "payer": terms.payer,
    }


def terms_of(row: Row[Any]) -> Terms:
    """Read the terms of a reward's row."""
    return Terms(
        min_age=row.min_age,
        areas=tuple(row.areas or ()),
        window=window_from_json(row.opening) if row.opening else None,
        certificate=row.certificate,
        cost_fen=row.cost_fen,
        payer=row.payer,
    )


def _check_age(names: Mapping[str, str], min_age: int, birth_year: int | None, year: int) -> None:
    if birth_year is None:
        raise AgeUnknown(names, min_age)
    if year - birth_year < min_age:
        raise TooYoung(names, min_age)

"""Claiming a deed, asking back about it and answering: everything before somebody decides."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session

from points.activities import VersionedRule, current_activity
from points.awards import foresee
from points.claims import Deserved
from points.deeds.deserving import NO_FACTS, Facts
from points.deeds.errors import (
    DeedDecided,
    HowLong,
    HowMany,
    NotAskedBack,
    NothingSaid,
    PaysByItself,
    QuestionOpen,
)
from points.deeds.flags import flags_of, write_flags
from points.deeds.models import Deed, DeedState, Origin, Tier, deeds
from points.deeds.rights import check_not_own
from points.deeds.views import OPEN, DeedView, row, view
from points.rules import ActivityRule
from points.shelf import Verify

MOST_MINUTES = 24 * 60
MOST_UNITS = 1000
MOST_LETTERS = 500


@dataclass(frozen=True)
class Proof:
    """What speaks for a deed, each part optional: words, a picture by its name and its likeness, a place."""

    note: str | None = None
    photo: str | None = None
    likeness: str | None = None
    place: tuple[float, float] | None = None


NO_PROOF = Proof()


@dataclass(frozen=True)
class Doer:
    """Who did it and where they belong: household and who else lives there, area, the team that verifies.

    `facts` are what an award to them depends on besides.
    """

    resident_id: int
    household: str | None
    area_id: int
    team: str | None = None
    kin: tuple[int, ...] = ()
    facts: Facts = NO_FACTS


@dataclass(frozen=True)
class Work:
    """What was done: which activity, for how long and how many where that counts, and what speaks for it."""

    activity: str
    minutes: int | None = None
    units: int | None = None
    proof: Proof = NO_PROOF


def claim(
    session: Session,
    *,
    key: str,
    doer: Doer,
    work: Work,
    tier: Tier,
    now: datetime,
    zone: ZoneInfo,
    origin: Origin = Origin.CLAIM,
) -> tuple[DeedView, bool]:
    """Write down what somebody did, and tell whether it is new; the same key again gives the first.

    Raises:
        UnknownActivity: no such rule holds now.
        PaysByItself: nobody claims this one.
        HowLong, HowMany: it earns by the hour or the unit, and that is missing or no such number.
        NothingSaid: the note is too long.
    """
    first = session.execute(select(deeds.c.id).where(deeds.c.key == key)).scalar_one_or_none()
    if first is not None:
        return view(session, row(session, first)), False
    versioned = current_activity(session, work.activity)
    made = Deed(
        key=key,
        at=now,
        tier=tier,
        flags=_flags(session, doer, work, now) if origin is Origin.CLAIM else [],
        **_of_whom(doer),
        **_by_rule(versioned, origin, work),
    )
    made.worth = worth_of(
        session, resident_id=doer.resident_id, work=work, facts=doer.facts, now=now, zone=zone
    )
    _attach(made, work.proof)
    session.add(made)
    session.flush()
    return view(session, made), True


def worth_of(
    session: Session, *, resident_id: int, work: Work, facts: Facts, now: datetime, zone: ZoneInfo
) -> int:
    """Say what work is worth by the rule that holds, or more where this person would get more for it.

    Raises:
        UnknownActivity: no such rule holds now.
    """
    rule = current_activity(session, work.activity).rule
    minutes, units = work.minutes or 0, work.units or 0
    home = facts.groups, minutes, units, facts.birth_year, facts.areas
    deserved = Deserved(resident_id, "", *home, done_at=now, shared=facts.shared)
    foreseen = foresee(session, activity=rule.code, deserved=deserved, now=now, zone=zone)
    return max(rule.worth(minutes, units), foreseen.amount)


def checked_minutes(rule: ActivityRule, minutes: int | None) -> int | None:
    """Give the minutes as they count: none where the activity does not earn by the hour.

    Raises:
        HowLong: they are needed, and missing or not of one day.
    """
    if not rule.points_per_hour:
        return None
    if minutes is None or not 1 <= minutes <= MOST_MINUTES:
        raise HowLong(minutes, MOST_MINUTES)
    return minutes


def checked_units(rule: ActivityRule, units: int | None) -> int | None:
    """Give the units as they count: none where the activity does not earn by the unit.

    Raises:
        HowMany: they are needed, and missing or no number of things that one person does.
    """
    if not rule.points_per_unit:
        return None
    if units is None or not 1 <= units <= MOST_UNITS:
        raise HowMany(units, MOST_UNITS)
    return units


def ask_back(session: Session, *, deed_id: int, by: int, household: str | None, question: str) -> DeedView:
    """Ask the claimant for more; another verifier may still decide meanwhile.

    Raises:
        UnknownDeed: there is none with this number.
        DeedDecided: there is nothing to ask any more.
        OwnDeed: of whom it is, or of their household.
        QuestionOpen: somebody else asked, and waits for the answer.
        NothingSaid: no question, or one that is too long.
    """
    asked = open_row(session, deed_id)
    check_not_own(asked, by, household)
    if asked.state is DeedState.ASKED and asked.asked_by != by:
        raise QuestionOpen(deed_id, asked.asked_by, asked.question or "")
    asked.question, asked.answer = checked_words(question), None
    asked.asked_by, asked.state, asked.round = by, DeedState.ASKED, asked.round + 1
    session.flush()
    return view(session, asked)


def answer(session: Session, *, deed_id: int, resident_id: int, proof: Proof, now: datetime) -> DeedView:
    """Answer what a verifier asked; a picture or a place sent now takes the place of an earlier one.

    Raises:
        UnknownDeed: there is none with this number.
        DeedDecided: somebody decided meanwhile.
        NotAskedBack: nobody asked this person.
        NothingSaid: an empty answer, or one that is too long.
    """
    asked = row(session, deed_id, lock=True)
    if asked.resident != resident_id:
        raise NotAskedBack(deed_id)
    if asked.state is not DeedState.ASKED:
        raise NotAskedBack(deed_id) if asked.state is DeedState.CLAIMED else decided(asked)
    if proof.note is None and proof.photo is None and proof.place is None:
        raise NothingSaid(MOST_LETTERS)
    asked.answer = None if proof.note is None else checked_words(proof.note)
    _attach(asked, Proof(asked.note, proof.photo, proof.likeness, proof.place))
    if proof.likeness is not None:
        more = flags_of(session, resident_id=resident_id, likeness=proof.likeness, now=now)
        asked.flags = [*asked.flags, *write_flags(flag for flag in more if flag.at is not None)]
    asked.state, asked.round = DeedState.CLAIMED, asked.round + 1
    session.flush()
    return view(session, asked)


def open_row(session: Session, deed_id: int) -> Deed:
    """Give a deed on which verifiers are still to decide, held until the unit ends.

    Raises:
        UnknownDeed: there is none with this number.
        DeedDecided: somebody decided before.
    """
    found = row(session, deed_id, lock=True)
    if found.state not in OPEN:
        raise decided(found)
    return found


def decided(found: Deed) -> DeedDecided:
    """Give the error that says what a deed came to."""
    return DeedDecided(found.id or 0, found.state, found.decided_by, found.decided_at)


def checked_words(typed: str) -> str:
    """Give what was typed as it is kept.

    Raises:
        NothingSaid: nothing, or too much.
    """
    words = typed.strip()
    if not words or len(words) > MOST_LETTERS:
        raise NothingSaid(MOST_LETTERS)
    return words


def _of_whom(doer: Doer) -> dict[str, Any]:
    return {
        "resident": doer.resident_id,
        "household": doer.household,
        "kin": list(doer.kin),
        "area": doer.area_id,
        "team": doer.team,
    }


def _by_rule(versioned: VersionedRule, origin: Origin, work: Work) -> dict[str, Any]:
    rule = versioned.rule
    if rule.verify is Verify.AUTOMATIC and origin is Origin.CLAIM:
        raise PaysByItself(rule.names)
    return {
        "origin": origin,
        "activity": rule.code,
        "version": versioned.version,
        "verify": rule.verify.value,
        "minutes": checked_minutes(rule, work.minutes),
        "units": checked_units(rule, work.units),
        "worth": 0,
    }


def _flags(session: Session, doer: Doer, work: Work, now: datetime) -> list[dict[str, Any]]:
    likeness = work.proof.likeness
    return write_flags(flags_of(session, resident_id=doer.resident_id, likeness=likeness, now=now))


def _attach(made: Deed, proof: Proof) -> None:
    made.note = None if proof.note is None else checked_words(proof.note)
    if proof.photo is not None:
        made.photo, made.likeness = proof.photo, proof.likeness
    if proof.place is not None:
        made.lat, made.lon = proof.place

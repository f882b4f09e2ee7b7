"""Verifying a deed: agreeing, alone or as the second, rejecting and asking back; each act is audited."""

from datetime import datetime

from sqlmodel import Session

from bot.community import Act, record
from bot.deeds.errors import saying_who
from bot.deeds.events import (
    DeedAskedBack,
    DeedClaimed,
    DeedHalfAgreed,
    DeedListed,
    DeedPaid,
    DeedRejected,
    DeedReopened,
    DeedUnpaid,
    People,
)
from bot.deeds.people import (
    DeedRules,
    check_second,
    check_verifier,
    claimant,
    deed_card,
    facts_of,
    one_address,
    tier_above,
    up_to,
    verifiers,
)
from points.deeds import (
    DeedDecided,
    DeedState,
    DeedView,
    OwnDeed,
    Tier,
    Why,
    agree,
    ask_back,
    deed,
    pass_on,
    pay,
    reject,
)

Outcome = DeedClaimed | DeedHalfAgreed | DeedListed | DeedPaid | DeedUnpaid


def say_yes(session: Session, *, deed_id: int, verifier_id: int, rules: DeedRules, now: datetime) -> Outcome:
    """Agree to a deed: it is paid, or listed first, or a second person is asked.

    Raises:
        UnknownDeed: there is none with this number.
        DecidedBefore: somebody decided before.
        NotAllowed, OwnDeed: it is not theirs to verify.
        SecondPersonNeeded: they agreed already.
        NearFirst, TooClose: they cannot be the second person.
    """
    with saying_who(session):
        asked = deed(session, deed_id)
        household = check_verifier(session, asked, verifier_id, now)
        check_second(session, asked, verifier_id, now)
        outcome = agreed(session, asked, by=verifier_id, household=household, rules=rules, now=now)
    record_act(session, asked, actor=verifier_id, act=Act.VERIFY_DEED, now=now)
    return outcome


def say_no(
    session: Session,
    *,
    deed_id: int,
    verifier_id: int,
    now: datetime,
    why: Why | None = None,
    reason: str | None = None,
) -> DeedRejected:
    """Reject a deed with a reason, which the claimant reads.

    Raises:
        UnknownDeed, DecidedBefore, NotAllowed, OwnDeed: as for `say_yes`.
        NothingSaid: there is no reason, or it is too long.
    """
    with saying_who(session):
        household = check_verifier(session, deed(session, deed_id), verifier_id, now)
        rejected = reject(
            session, deed_id=deed_id, by=verifier_id, household=household, why=why, reason=reason, now=now
        )
    record_act(session, rejected, actor=verifier_id, act="reject-deed", now=now)
    return DeedRejected(deed_card(session, rejected), claimant(session, rejected), ())


def ask_claimant(
    session: Session, *, deed_id: int, verifier_id: int, question: str, now: datetime
) -> DeedAskedBack:
    """Ask the claimant for more.

    Raises:
        UnknownDeed, DecidedBefore, NotAllowed, OwnDeed: as for `say_yes`.
        NothingSaid: there is no question, or it is too long.
    """
    with saying_who(session):
        household = check_verifier(session, deed(session, deed_id), verifier_id, now)
        asked = ask_back(session, deed_id=deed_id, by=verifier_id, household=household, question=question)
    record_act(session, asked, actor=verifier_id, act="ask-about-deed", now=now)
    return DeedAskedBack(deed_card(session, asked), claimant(session, asked))


def still_open(session: Session, *, deed_id: int, verifier_id: int, now: datetime) -> DeedView:
    """Give a deed that somebody may decide on now.

    Raises:
        UnknownDeed, DecidedBefore, NotAllowed, OwnDeed: as for `say_yes`.
    """
    with saying_who(session):
        found = deed(session, deed_id)
        check_verifier(session, found, verifier_id, now)
        if found.resident_id == verifier_id:
            raise OwnDeed(household=False)
        if not found.is_open:
            raise DeedDecided(deed_id, found.state, found.decided_by, found.decided_at)
    return found


def agreed(
    session: Session,
    asked: DeedView,
    *,
    by: int,
    household: str | None,
    rules: DeedRules,
    now: datetime,
) -> Outcome:
    """Agree, and do what follows: pay, list, or ask a second person."""
    after = agree(session, deed_id=asked.deed_id, by=by, household=household, bounds=rules.bounds, now=now)
    if after.is_open:
        return _ask_second(session, after, now)
    if after.state is DeedState.LISTED and after.listed_until is not None:
        return DeedListed(deed_card(session, after), claimant(session, after), after.listed_until)
    return paid(session, after, rules=rules, now=now)


def paid(session: Session, due: DeedView, *, rules: DeedRules, now: datetime) -> DeedPaid | DeedUnpaid:
    """Pay what was agreed to; where there is nobody to pay any more, those in charge hear it."""
    owed = claimant(session, due)
    facts = facts_of(session, due.resident_id or 0, now)
    award = pay(session, deed_id=due.deed_id, now=now, zone=rules.zone, facts=facts, budget=rules.budget)
    if award is None:
        return DeedUnpaid(deed_card(session, due), owed, _in_charge(session, due, now))
    done = deed_card(session, deed(session, due.deed_id))
    return DeedPaid(done, owed, one_address(session, due.objector), award)


def record_act(session: Session, about: DeedView, *, actor: int, act: str, now: datetime) -> None:
    """Write into the audit log who did what with this deed."""
    facts: dict[str, str | int] = {
        "deed": about.deed_id,
        "activity": about.activity,
        "points": about.worth,
    }
    record(
        session,
        actor=actor,
        act=act,
        area_id=about.area_id,
        about=about.resident_id,
        facts=facts,
        now=now,
    )


def ask_anew(session: Session, *, deed_id: int, now: datetime) -> DeedReopened:
    """Find who decides on a deed after somebody who had begun to is gone."""
    reopened, asked = _whom_to_ask(session, deed(session, deed_id), now)
    free = claimant(session, reopened) if reopened.state is DeedState.CLAIMED else ()
    return DeedReopened(deed_card(session, reopened), asked, free)


def _ask_second(session: Session, half: DeedView, now: datetime) -> DeedHalfAgreed:
    half, asked = _whom_to_ask(session, half, now)
    return DeedHalfAgreed(deed_card(session, half), asked)


def _whom_to_ask(session: Session, half: DeedView, now: datetime) -> tuple[DeedView, People]:
    """Find somebody else who can agree: of those asked so far, or of the next who can be."""
    people = verifiers(session, half, now, without=[half.verifier])
    tier: Tier | None = half.tier
    while tier is not None and not up_to(people, tier):
        tier = tier_above(people, tier)
    if tier is not None and tier is not half.tier:
        half = pass_on(session, deed_id=half.deed_id, tier=tier)
    return half, up_to(people, half.tier)


def _in_charge(session: Session, about: DeedView, now: datetime) -> People:
    people = verifiers(session, about, now)
    return people[Tier.OFFICERS] or people[Tier.ADMINS]

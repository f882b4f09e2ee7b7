"""A resident claims a deed, answers what a verifier asked, and a coordinator awards one at once."""

from datetime import datetime

from sqlmodel import Session

from bot.community import Act, card, near_people, require, teams_of
from bot.deeds.errors import OwnAward, saying_who
from bot.deeds.events import DeedAnswered, DeedClaimed
from bot.deeds.people import (
    DeedRules,
    Home,
    by_leads,
    deed_card,
    facts_of,
    first_tier,
    household_of,
    people_by_tier,
    up_to,
    verifiers,
)
from bot.deeds.verifying import Outcome, agreed, record_act
from points import current_activity
from points.deeds import Doer, Origin, Proof, Tier, Work, answer, claim, worth_of


def claim_deed(
    session: Session,
    *,
    key: str,
    resident_id: int,
    work: Work,
    rules: DeedRules,
    now: datetime,
) -> DeedClaimed:
    """Claim a good deed of one's own; the same key again changes nothing.

    Raises:
        UnknownActivity, PaysByItself, HowLong, HowMany, NothingSaid: it cannot be claimed so.
    """
    leads = by_leads(current_activity(session, work.activity).rule.verify.value)
    doer = _doer(session, resident_id, now, leads=leads)
    tier = first_tier(people_by_tier(session, _home(session, doer), leads=leads), leads=leads)
    deed, new = claim(session, key=key, doer=doer, work=work, tier=tier, now=now, zone=rules.zone)
    return DeedClaimed(deed_card(session, deed), up_to(verifiers(session, deed, now), deed.tier), new)


def answer_verifier(
    session: Session, *, deed_id: int, resident_id: int, proof: Proof, now: datetime
) -> DeedAnswered:
    """Answer what a verifier wanted to know about one's own deed.

    Raises:
        UnknownDeed, NotAskedBack, NothingSaid: there is nothing to answer, or no answer.
        DecidedBefore: somebody decided meanwhile.
    """
    with saying_who(session):
        deed = answer(session, deed_id=deed_id, resident_id=resident_id, proof=proof, now=now)
    return DeedAnswered(
        deed_card(session, deed), up_to(verifiers(session, deed, now, without=[deed.verifier]), deed.tier)
    )


def award_deed(
    session: Session,
    *,
    key: str,
    coordinator_id: int,
    resident_id: int,
    work: Work,
    rules: DeedRules,
    now: datetime,
) -> Outcome:
    """Award somebody by an activity's rule: paid at once, listed, or asked of a second person.

    Raises:
        UnknownResident: there is no such person.
        NotAllowed: no role of the coordinator reaches where they live.
        OwnAward: it is the coordinator, or somebody of their household.
        UnknownActivity, HowLong, HowMany, NothingSaid: it cannot be awarded so.
    """
    check_award(session, coordinator_id=coordinator_id, resident_id=resident_id, now=now)
    deed, new = claim(
        session,
        key=key,
        doer=_doer(session, resident_id, now, leads=False),
        work=work,
        origin=Origin.AWARD,
        tier=Tier.OFFICERS,
        now=now,
        zone=rules.zone,
    )
    if not new:
        return DeedClaimed(deed_card(session, deed), (), new=False)
    record_act(session, deed, actor=coordinator_id, act=Act.AWARD, now=now)
    return agreed(session, deed, by=coordinator_id, household=None, rules=rules, now=now)


def worth_to(session: Session, *, resident_id: int, work: Work, rules: DeedRules, now: datetime) -> int:
    """Give what a piece of work would be worth to somebody now, which decides how many must agree."""
    facts = facts_of(session, resident_id, now)
    return worth_of(session, resident_id=resident_id, work=work, facts=facts, now=now, zone=rules.zone)


def check_award(session: Session, *, coordinator_id: int, resident_id: int, now: datetime) -> None:
    """Let a coordinator award somebody who lives where their role reaches.

    Raises:
        UnknownResident, NotAllowed, OwnAward: as for `award_deed`.
    """
    require(
        session, resident_id=coordinator_id, act=Act.AWARD, area_id=card(session, resident_id).area.area_id
    )
    if coordinator_id == resident_id:
        raise OwnAward(household=False)
    if coordinator_id in near_people(session, [resident_id], now):
        raise OwnAward(household=True)


def _doer(session: Session, resident_id: int, now: datetime, *, leads: bool) -> Doer:
    home = household_of(session, resident_id)
    team = next((one.code for one in teams_of(session, resident_id)), None) if leads else None
    kin = tuple(sorted(near_people(session, [resident_id], now) - {resident_id}))
    area_id, facts = card(session, resident_id).area.area_id, facts_of(session, resident_id, now)
    return Doer(resident_id, home, area_id, team, kin, facts)


def _home(session: Session, doer: Doer) -> Home:
    teams = frozenset(team.code for team in teams_of(session, doer.resident_id))
    households = frozenset({doer.household} if doer.household else ())
    path = card(session, doer.resident_id).area.path
    return Home(path, teams, households, frozenset(doer.kin), doer.resident_id)

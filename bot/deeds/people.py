"""Who verifies a deed: leads of the claimant's teams, those of the area, admins; never the household."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.community import (
    Act,
    Grant,
    NotAllowed,
    PersonAddress,
    Place,
    Role,
    addresses,
    area,
    earner_facts,
    grants_of,
    group_keys,
    holders,
    lived_together,
    near_people,
    shown_names,
    teams_of,
)
from bot.deeds.errors import NearFirst
from points import Groups, Shared, Verify
from points.deeds import Bounds, DeedView, Facts, OwnDeed, Tier, too_close

TIERS = (Tier.LEADS, Tier.OFFICERS, Tier.ADMINS)
_TIER_OF = {
    Role.TEAM_LEAD: Tier.LEADS,
    Role.GRID_OFFICER: Tier.OFFICERS,
    Role.COORDINATOR: Tier.OFFICERS,
    Role.ADMIN: Tier.ADMINS,
}


@dataclass(frozen=True)
class DeedRules:
    """What the neighbourhood's file says of deeds: the bounds, whose calendar counts, the month's budget."""

    zone: ZoneInfo
    bounds: Bounds
    budget: int | None = None


@dataclass(frozen=True)
class Home:
    """Where a deed belongs: the area's path, the claimant's teams, and who is too close to decide on it."""

    path: str
    teams: frozenset[str]
    households: frozenset[str]
    kin: frozenset[int]
    resident_id: int | None


@dataclass(frozen=True)
class DeedCard:
    """A deed with the names that are said about it: who did it and where they live, who else had to do."""

    deed: DeedView
    area_names: Mapping[str, str]
    names: Mapping[int, str]
    public: Mapping[int, str] = field(default_factory=dict)

    def name(self, resident_id: int | None) -> str:
        """Give somebody's name; who was forgotten has none."""
        return self.names.get(resident_id, "") if resident_id is not None else ""

    def public_name(self, resident_id: int | None) -> str:
        """Give the name by which everybody may read of somebody; who hides has none."""
        return self.public.get(resident_id, "") if resident_id is not None else ""


def deed_card(session: Session, deed: DeedView) -> DeedCard:
    """Give a deed with its names."""
    people = (deed.resident_id, deed.asked_by, deed.verifier, deed.decided_by, deed.objector)
    numbers = [number for number in people if number is not None]
    known = addresses(session, numbers)
    return DeedCard(
        deed=deed,
        area_names=area(session, deed.area_id).names,
        names={number: person.name for number, person in known.items()},
        public=shown_names(session, numbers, Place.PRIVATE),
    )


def claimant(session: Session, deed: DeedView) -> tuple[PersonAddress, ...]:
    """Give where the person is reached whose deed it is; who was forgotten is nowhere."""
    return one_address(session, deed.resident_id)


def one_address(session: Session, resident_id: int | None) -> tuple[PersonAddress, ...]:
    """Give where somebody is reached, if they are still with us."""
    return () if resident_id is None else tuple(addresses(session, [resident_id]).values())


def home_of(session: Session, deed: DeedView, now: datetime) -> Home:
    """Give where a deed belongs, by where its claimant lives now and lived lately or when they claimed it."""
    teams = {deed.team} if deed.team else set()
    households = {deed.household} if deed.household else set()
    kin = set(deed.kin)
    if deed.resident_id is not None:
        teams |= {team.code for team in teams_of(session, deed.resident_id)}
        kin |= near_people(session, [deed.resident_id], now) - {deed.resident_id}
    path = area(session, deed.area_id).path
    return Home(path, frozenset(teams), frozenset(households), frozenset(kin), deed.resident_id)


def near(session: Session, home: Home, resident_ids: Iterable[int]) -> set[int | None]:
    """Give who of these people is the claimant, lives with them, or did lately or when they claimed it."""
    keys = group_keys(session, resident_ids)
    return {
        home.resident_id,
        *home.kin,
        *(number for number, one in keys.items() if one.household in home.households),
    }


def facts_of(session: Session, resident_id: int, now: datetime) -> Facts:
    """Give what an award to somebody depends on: their groups as they are now, their age, where they live."""
    known = earner_facts(session, [resident_id]).get(resident_id)
    if known is None:
        return Facts()
    own = known.groups
    groups = Groups(household=own.household, building=own.building, grid=own.grid)
    lately = lived_together(session, resident_id, now)
    return Facts(groups, known.birth_year, known.areas, Shared(lately.left, lately.parted))


def household_of(session: Session, resident_id: int) -> str | None:
    """Give the household that somebody lives in."""
    return next(iter(households_of(session, [resident_id])), None)


def households_of(session: Session, resident_ids: Iterable[int]) -> set[str]:
    """Give the households that these people live in."""
    return {keys.household for keys in group_keys(session, resident_ids).values() if keys.household}


def people_by_tier(
    session: Session, home: Home, *, leads: bool, without: Iterable[int | None] = ()
) -> dict[Tier, tuple[PersonAddress, ...]]:
    """Give who may verify, each once and in the first tier they are in; only who can be reached."""
    found: dict[Tier, dict[int, PersonAddress]] = {tier: {} for tier in TIERS}
    for person, grant in holders(session, act=Act.VERIFY_DEED):
        if person.chat_id is not None and _reaches(grant, home, leads=leads):
            found[_TIER_OF[grant.role]][person.resident_id] = person
    everybody = {number for people in found.values() for number in people}
    seen = {*without, *near(session, home, everybody)}
    told: dict[Tier, tuple[PersonAddress, ...]] = {}
    for tier in TIERS:
        told[tier] = tuple(person for number, person in found[tier].items() if number not in seen)
        seen |= found[tier].keys()
    return told


def first_tier(people: Mapping[Tier, tuple[PersonAddress, ...]], *, leads: bool) -> Tier:
    """Give who is asked first: the leads or those of the area, or else the next where there is anybody."""
    first = Tier.LEADS if leads else Tier.OFFICERS
    return next((tier for tier in _from(first) if people[tier]), Tier.OFFICERS)


def tier_above(people: Mapping[Tier, tuple[PersonAddress, ...]], tier: Tier) -> Tier | None:
    """Give the next who can be asked, None where there is nobody."""
    return next((one for one in _from(tier)[1:] if people[one]), None)


def up_to(people: Mapping[Tier, tuple[PersonAddress, ...]], tier: Tier) -> tuple[PersonAddress, ...]:
    """Give everybody who is asked by now: those of a tier and of the ones below it."""
    return tuple(person for one in TIERS[: TIERS.index(tier) + 1] for person in people[one])


def verifiers(
    session: Session, deed: DeedView, now: datetime, *, without: Iterable[int | None] = ()
) -> dict[Tier, tuple[PersonAddress, ...]]:
    """Give who may verify a deed, by tier; as the second only who is close to none of the other two."""
    home = home_of(session, deed, now)
    people = people_by_tier(session, home, leads=by_leads(deed.verify), without=without)
    if deed.verifier is None or not deed.is_open:
        return people
    out = near_people(session, [deed.verifier], now) | {
        one.resident_id
        for some in people.values()
        for one in some
        if deed.resident_id is not None and too_close(session, deed.resident_id, one.resident_id, now)
    }
    return {tier: tuple(one for one in some if one.resident_id not in out) for tier, some in people.items()}


def check_verifier(session: Session, deed: DeedView, resident_id: int, now: datetime) -> str | None:
    """Let somebody decide on a deed whose role reaches it; give their household.

    Raises:
        NotAllowed: no role of theirs does.
        OwnDeed: it is their own, or of somebody they live with, or did lately.
    """
    home = home_of(session, deed, now)
    leads = by_leads(deed.verify)
    if not any(_reaches(grant, home, leads=leads) for grant in grants_of(session, resident_id)):
        raise NotAllowed(Act.VERIFY_DEED)
    household = household_of(session, resident_id)
    if resident_id != home.resident_id and (household in home.households or resident_id in home.kin):
        raise OwnDeed(household=True)
    return household


def check_second(session: Session, deed: DeedView, resident_id: int, now: datetime) -> None:
    """Let nobody be the second person who lives with the first, or did lately: two of one home are one.

    Raises:
        NearFirst: they do, or did.
    """
    if not deed.is_open or deed.verifier is None or resident_id == deed.verifier:
        return
    if resident_id in near_people(session, [deed.verifier], now):
        raise NearFirst


def by_leads(verify: str) -> bool:
    """Tell whether team leads verify an activity."""
    return verify == Verify.TEAM_LEAD.value


def _reaches(grant: Grant, home: Home, *, leads: bool) -> bool:
    if grant.role not in _TIER_OF or not grant.reaches(home.path, None):
        return False
    return grant.role is not Role.TEAM_LEAD or (leads and grant.subject in home.teams)


def _from(tier: Tier) -> tuple[Tier, ...]:
    return TIERS[TIERS.index(tier) :]

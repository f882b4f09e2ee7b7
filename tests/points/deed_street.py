"""Neighbours who claim deeds and verify each other's, by number; households are `h1`, `h2` and so on."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from points_town import NOON, SHANGHAI
from sqlmodel import Session

from points import (
    ActivityRule,
    Awarded,
    Cap,
    Groups,
    Per,
    Verify,
    Window,
    standing,
    synchronise_activities,
)
from points.deeds import (
    Bounds,
    DeedView,
    Doer,
    Facts,
    Origin,
    Proof,
    Tier,
    Work,
    agree,
    answer,
    ask_back,
    claim,
    object_to,
    pay,
    reject,
    settle_objection,
)

VISIT = ActivityRule("visit", {"en": "Visit"}, 15, cap=Cap(30, Per.DAY), verify=Verify.COORDINATOR)
PATROL = ActivityRule("patrol", {"en": "Patrol"}, points_per_hour=10, verify=Verify.TEAM_LEAD)
RESCUE = ActivityRule("rescue", {"en": "Rescue"}, 200, verify=Verify.COORDINATOR)
LITTER = ActivityRule(
    "litter", {"en": "Litter"}, points_per_unit=4, unit={"en": "bags"}, verify=Verify.COORDINATOR
)
CARRIED = ActivityRule("carried", {"en": "Carried"}, 15, verify=Verify.TWO_PEOPLE)
MORNING = ActivityRule(
    "morning", {"en": "Morning"}, 15, verify=Verify.COORDINATOR, windows=(Window(begins=0, ends=13 * 60),)
)
CALLOUT = ActivityRule("callout", {"en": "Call-out"}, 20)
BOUNDS = Bounds(two_people_over=100, public_over=50)
NO_BOUNDS = Bounds()


@dataclass
class Street:
    """A street at a time that only moves when told."""

    session: Session
    now = NOON
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def passes(self, **time: float) -> None:
        self.now += timedelta(**time)

    def claims(
        self,
        who: int,
        activity: str = "visit",
        *,
        key: str = "",
        minutes: int | None = None,
        units: int | None = None,
        facts: Facts | None = None,
        proof: Proof | None = None,
        origin: Origin = Origin.CLAIM,
    ) -> DeedView:
        return claim(
            self.session,
            key=key or f"claim:{next(self.numbers)}",
            doer=Doer(who, f"h{who}", area_id=1, team="core", facts=facts or Facts()),
            work=Work(activity, minutes, units, proof or Proof()),
            origin=origin,
            tier=Tier.OFFICERS,
            now=self.now,
            zone=SHANGHAI,
        )[0]

    def agrees(self, deed: DeedView, by: int, bounds: Bounds = NO_BOUNDS) -> DeedView:
        return agree(
            self.session, deed_id=deed.deed_id, by=by, household=f"h{by}", bounds=bounds, now=self.now
        )

    def rejects(self, deed: DeedView, by: int, reason: str = "Nobody saw it") -> DeedView:
        return reject(
            self.session, deed_id=deed.deed_id, by=by, household=f"h{by}", reason=reason, now=self.now
        )

    def asks(self, deed: DeedView, by: int, question: str = "When was it?") -> DeedView:
        return ask_back(self.session, deed_id=deed.deed_id, by=by, household=f"h{by}", question=question)

    def answers(self, deed: DeedView, who: int, proof: Proof) -> DeedView:
        return answer(self.session, deed_id=deed.deed_id, resident_id=who, proof=proof, now=self.now)

    def objects(self, deed: DeedView, who: int, words: str = "That was me") -> DeedView:
        return object_to(self.session, deed_id=deed.deed_id, by=who, objection=words, now=self.now)

    def settles(self, deed: DeedView, by: int, *, post: bool) -> DeedView:
        return settle_objection(
            self.session, deed_id=deed.deed_id, by=by, household=f"h{by}", post=post, now=self.now
        )

    def pays(self, deed: DeedView, *, budget: int | None = None) -> Awarded | None:
        facts = Facts(Groups(household="h9", building="b1", grid="g1"))
        return pay(
            self.session, deed_id=deed.deed_id, now=self.now, zone=SHANGHAI, facts=facts, budget=budget
        )

    def has(self, who: int) -> int:
        return standing(self.session, who, self.now, SHANGHAI).available


def open_street(session: Session) -> Street:
    synchronise_activities(session, [VISIT, PATROL, RESCUE, CALLOUT, LITTER, CARRIED, MORNING], NOON)
    return Street(session)

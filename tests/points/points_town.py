"""A small neighbourhood to try the rules of points in."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from points import (
    ActivityRule,
    Awarded,
    By,
    Cap,
    Deserved,
    Groups,
    HandedOver,
    HandoverUndone,
    Limit,
    MerchantEntry,
    Per,
    Redeemed,
    RewardOffer,
    Sealed,
    Standing,
    WaitingPaid,
    award,
    award_all,
    catalogue,
    hand_over,
    pay_waiting,
    redeem,
    seal,
    settled_upto,
    standing,
    synchronise_activities,
    synchronise_rewards,
    undo_handover,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)

CALLOUT = ActivityRule("callout", {"zh": "应急出动", "en": "Answered a call-out"}, 20, 10, Cap(80, Per.DAY))
GARDEN = ActivityRule("garden", {"*": "Garden"}, points=500)
RICE = RewardOffer(
    code="rice",
    names={"zh": "大米 5 公斤", "en": "Rice, 5 kg"},
    price=150,
    merchant="corner-shop",
    valid_days=14,
    stock=3,
    limit=Limit(1, Per.MONTH, By.HOUSEHOLD),
)
HAIRCUT = RewardOffer(code="haircut", names={"*": "Haircut"}, price=60, merchant="barber", valid_days=7)
SHOP = MerchantEntry("corner-shop", {"zh": "街角小店", "en": "Corner shop"})


@dataclass
class Town:
    """A neighbourhood with two rules and two rewards, at a time that only moves when told."""

    session: Session
    now: datetime = NOON
    keys: int = 0

    def set_up(self, *, rules: list[ActivityRule], offers: list[RewardOffer]) -> None:
        synchronise_activities(self.session, rules, self.now)
        synchronise_rewards(self.session, offers, [SHOP], self.now)

    def passes(self, **time: float) -> None:
        self.now += timedelta(**time)

    def earns(
        self, resident_id: int, key: str = "", *, activity: str = "garden", minutes: int = 0
    ) -> Awarded:
        return award(
            self.session,
            activity=activity,
            resident_id=resident_id,
            key=key or f"{activity}:{resident_id}:{self.now}",
            groups=Groups(household=f"h{resident_id}", building="b1"),
            minutes=minutes,
            now=self.now,
            zone=SHANGHAI,
        )

    def does(self, *deserved: Deserved, activity: str = "visit", budget: int | None = None) -> list[Awarded]:
        return award_all(
            self.session, activity=activity, deserved=deserved, now=self.now, zone=SHANGHAI, budget=budget
        )

    def did(
        self,
        resident_id: int,
        key: str = "",
        *,
        budget: int | None = None,
        **more: Any,
    ) -> Awarded:
        """Pay somebody for a visit; they live in a home of their own where no other is said."""
        home = more.pop("household", f"h{resident_id}")
        groups = Groups(household=home, building=more.pop("building", "b1"), grid=more.pop("grid", "g1"))
        self.keys += 1
        deserved = Deserved(resident_id, key or f"did:{self.keys}", groups, **more)
        return self.does(deserved, budget=budget)[0]

    def pays_waiting(self, budget: int | None = None) -> WaitingPaid:
        return pay_waiting(self.session, now=self.now, zone=SHANGHAI, budget=budget)

    def rules(self, *rules: ActivityRule) -> None:
        synchronise_activities(self.session, rules, self.now)

    def reward(self, code: str) -> int:
        return next(offer.reward_id for offer in catalogue(self.session) if offer.code == code)

    def redeems(self, resident_id: int, code: str = "rice", *, household: str | None = None) -> Redeemed:
        [offer] = [offer for offer in catalogue(self.session) if offer.code == code]
        return redeem(
            self.session,
            resident_id=resident_id,
            household=household or f"h{resident_id}",
            reward_id=offer.reward_id,
            price_shown=offer.price,
            now=self.now,
            zone=SHANGHAI,
        )

    def hands_over(self, code: str, merchants: frozenset[str] | None = None) -> HandedOver:
        return hand_over(self.session, code=code, merchant_codes=merchants, now=self.now, zone=SHANGHAI)

    def undoes(self, code: str, merchants: frozenset[str] | None = None) -> HandoverUndone:
        return undo_handover(self.session, code=code, merchant_codes=merchants, now=self.now, zone=SHANGHAI)

    def stands(self, resident_id: int, *, expire_months: int = 0) -> Standing:
        return standing(self.session, resident_id, self.now, SHANGHAI, expire_months=expire_months)

    def left(self, code: str = "rice") -> int | None:
        return next(offer.left for offer in catalogue(self.session) if offer.code == code)


def seal_now(session: Session, *, now: datetime, month: str | None = None) -> Sealed:
    """Seal what is there, where nobody else posts."""
    return seal(session, upto=settled_upto(session), now=now, month=month)


def settle(session: Session) -> Town:
    """Settle a town in a session."""
    town = Town(session)
    town.set_up(rules=[CALLOUT, GARDEN], offers=[RICE, HAIRCUT])
    return town

"""Who may have a reward: what is known of who asks, and how each refusal of a reward is said."""

from datetime import datetime

from sqlmodel import Session

from bot.chat.house import House
from bot.chat.refusals import refuses
from bot.chat.reward_words import area_names, limit_words
from bot.chat.texts import Texts
from bot.community import card, lived_together
from points import (
    AgeUnknown,
    BudgetSpent,
    CertificateMissing,
    Facts,
    LimitReached,
    NotEnoughPoints,
    NotForYourArea,
    OutOfStock,
    OutsideWindow,
    PriceChanged,
    RewardPaused,
    RewardRetired,
    Shared,
    TooYoung,
    UnknownReward,
)


def facts_of(session: Session, resident_id: int) -> Facts:
    """Give what the terms of a reward may ask of a resident."""
    mine = card(session, resident_id)
    return Facts(
        birth_year=mine.birth_year,
        areas=frozenset(area.code for area in mine.trail),
        certificates=certificates_of(session, resident_id),
    )


def shared_by(session: Session, resident_id: int, now: datetime) -> Shared:
    """Give what counts for a resident's household besides its own: of those who lately lived together."""
    lately = lived_together(session, resident_id, now)
    return Shared(lately.left, lately.parted)


def certificates_of(_session: Session, _resident_id: int) -> frozenset[str]:
    """Give the certificates a resident holds, by code: none, as long as no room keeps any."""
    return frozenset()


@refuses(NotEnoughPoints)
def _not_enough(error: NotEnoughPoints, t: Texts, _: House) -> str:
    missing = error.price - error.available
    return t("refusal.not_enough", available=error.available, price=error.price, missing=missing)


@refuses(PriceChanged)
def _price_changed(error: PriceChanged, t: Texts, _: House) -> str:
    return t("refusal.price_changed", shown=error.shown, price=error.price)


@refuses(OutOfStock)
def _out_of_stock(error: OutOfStock, t: Texts, _: House) -> str:
    return t("refusal.out_of_stock", name=t.name(error.names))


@refuses(LimitReached)
def _limit(error: LimitReached, t: Texts, _: House) -> str:
    return t("refusal.limit", limit=limit_words(t, error.count, error.per, error.by))


@refuses(RewardRetired)
def _retired(error: RewardRetired, t: Texts, _: House) -> str:
    return t("refusal.reward_retired", name=t.name(error.names))


@refuses(RewardPaused)
def _paused(error: RewardPaused, t: Texts, _: House) -> str:
    return t("refusal.reward_paused", name=t.name(error.names))


@refuses(BudgetSpent)
def _budget_spent(error: BudgetSpent, t: Texts, house: House) -> str:
    return t("refusal.budget_spent", name=t.name(error.names), day=house.day(error.reopens_at))


@refuses(OutsideWindow)
def _outside_window(error: OutsideWindow, t: Texts, house: House) -> str:
    if error.opens_at is None:
        return t("refusal.window_over", name=t.name(error.names))
    day, hour = house.day(error.opens_at), house.hour(error.opens_at)
    return t("refusal.outside_window", name=t.name(error.names), day=day, hour=hour)


@refuses(AgeUnknown)
def _age_unknown(error: AgeUnknown, t: Texts, _: House) -> str:
    return t("refusal.age_unknown", name=t.name(error.names), age=error.min_age)


@refuses(TooYoung)
def _too_young(error: TooYoung, t: Texts, _: House) -> str:
    return t("refusal.too_young", name=t.name(error.names), age=error.min_age)


@refuses(NotForYourArea)
def _other_area(error: NotForYourArea, t: Texts, house: House) -> str:
    return t("refusal.other_area", name=t.name(error.names), areas=area_names(t, house, error.areas))


@refuses(CertificateMissing)
def _certificate(error: CertificateMissing, t: Texts, _: House) -> str:
    return t("refusal.certificate", name=t.name(error.names), certificate=error.certificate)


@refuses(UnknownReward)
def _unknown_reward(_: UnknownReward, t: Texts, __: House) -> str:
    return t("oops.stale_button")

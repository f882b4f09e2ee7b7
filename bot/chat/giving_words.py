"""How gifts and area funds are worded, and how each refusal of one is said."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.chat.house import House
from bot.chat.refusals import refuses
from bot.chat.texts import Texts
from bot.giving import (
    FundNotYours,
    FundPage,
    GiftToVerifier,
    Neighbour,
    NeighbourGone,
    NobodyFound,
    NobodyToAgree,
    OnlyYourself,
    SpendingCard,
    SpendingOver,
)
from points import BadAmount
from points.giving import (
    GiftsOff,
    GivenEnough,
    NoPurpose,
    NotEnoughInFund,
    NotEnoughToGive,
    OwnGift,
    OwnSpending,
    ReceivedEnough,
    SharedPurse,
    SpendingState,
    TooManyWaiting,
    UnknownSpending,
)

ENDS = {
    SpendingState.AGREED: "fund.over_agreed",
    SpendingState.REFUSED: "fund.over_refused",
    SpendingState.LAPSED: "fund.over_lapsed",
    SpendingState.WITHDRAWN: "fund.over_withdrawn",
}


def seen(t: Texts, one: Neighbour) -> str:
    """Name a neighbour with where they live, as far as that is shown."""
    if not one.area_names:
        return one.name
    return t("gift.person", name=one.name, area=t.name(one.area_names))


def page_html(t: Texts, house: House, page: FundPage, cards: Sequence[SpendingCard]) -> Markup:
    """Word a fund: what it has, and of these cards what waits for a second person and what was paid."""
    lines = [t.rich("fund.heading", area=t.name(page.area.names), available=page.fund.available)]
    waiting = [one for one in cards if one.spending.is_open]
    paid = [one for one in cards if not one.spending.is_open]
    if waiting:
        lines.append(Markup("\n") + t.rich("fund.waiting"))
        lines += [_waiting(t, house, one) for one in waiting]
    if paid or page.nothing_paid:
        lines.append(Markup("\n") + t.rich("fund.paid" if paid else "fund.nothing_paid"))
    lines += [_paid(t, house, one) for one in paid]
    return Markup("\n").join(lines)


def who(t: Texts, card: SpendingCard, resident_id: int | None) -> str:
    """Name who proposed or decided; who hides or was forgotten is somebody with a role."""
    return card.name(resident_id) or t("fund.somebody")


def about(t: Texts, card: SpendingCard, key: str) -> Markup:
    """Say something of a proposal: of which fund, how much, what for, who proposed and who decided."""
    one = card.spending
    return t.rich(
        key,
        area=t.name(card.area.names),
        amount=one.amount,
        purpose=one.purpose,
        first=who(t, card, one.proposed_by),
        second=who(t, card, one.decided_by),
    )


def _waiting(t: Texts, house: House, card: SpendingCard) -> Markup:
    one = card.spending
    first, day = who(t, card, one.proposed_by), house.day(one.lapses_at)
    return t.rich("fund.line_waiting", amount=one.amount, purpose=one.purpose, first=first, day=day)


def _paid(t: Texts, house: House, card: SpendingCard) -> Markup:
    one = card.spending
    return t.rich(
        "fund.line_paid",
        day=house.day(one.decided_at or one.at),
        amount=one.amount,
        purpose=one.purpose,
        first=who(t, card, one.proposed_by),
        second=who(t, card, one.decided_by),
    )


@refuses(BadAmount)
def _bad_amount(_: BadAmount, t: Texts, __: House) -> str:
    return t("refusal.whole_points")


@refuses(GiftsOff)
def _off(_: GiftsOff, t: Texts, __: House) -> str:
    return t("refusal.gifts_off")


@refuses(NotEnoughToGive)
def _not_enough(error: NotEnoughToGive, t: Texts, _: House) -> str:
    return t("refusal.not_enough_to_give", available=error.available, amount=error.amount)


@refuses(GivenEnough)
def _given_enough(error: GivenEnough, t: Texts, _: House) -> str:
    return t("refusal.given_enough", most=error.most, left=error.left)


@refuses(ReceivedEnough)
def _received_enough(error: ReceivedEnough, t: Texts, _: House) -> str:
    return t("refusal.received_enough", most=error.most, left=error.left)


@refuses(OwnGift)
def _own_gift(_: OwnGift, t: Texts, __: House) -> str:
    return t("refusal.own_gift")


@refuses(SharedPurse)
def _shared_purse(_: SharedPurse, t: Texts, __: House) -> str:
    return t("refusal.shared_purse")


@refuses(OnlyYourself)
def _yourself(_: OnlyYourself, t: Texts, __: House) -> str:
    return t("refusal.own_gift")


@refuses(NobodyFound)
def _nobody(error: NobodyFound, t: Texts, _: House) -> str:
    return t("refusal.neighbour_not_found", typed=error.typed)


@refuses(NeighbourGone)
def _gone(_: NeighbourGone, t: Texts, __: House) -> str:
    return t("refusal.neighbour_gone")


@refuses(GiftToVerifier)
def _verifier(_: GiftToVerifier, t: Texts, __: House) -> str:
    return t("refusal.gift_to_verifier")


@refuses(FundNotYours)
def _other_fund(_: FundNotYours, t: Texts, __: House) -> str:
    return t("refusal.other_fund")


@refuses(NotEnoughInFund)
def _not_in_fund(error: NotEnoughInFund, t: Texts, _: House) -> str:
    return t("refusal.not_in_fund", available=error.available, amount=error.amount)


@refuses(NoPurpose)
def _no_purpose(error: NoPurpose, t: Texts, _: House) -> str:
    return t("refusal.no_purpose", most=error.most)


@refuses(TooManyWaiting)
def _too_many(error: TooManyWaiting, t: Texts, _: House) -> str:
    return t("refusal.too_many_waiting", most=error.most)


@refuses(NobodyToAgree)
def _nobody_to_agree(_: NobodyToAgree, t: Texts, __: House) -> str:
    return t("refusal.nobody_to_agree")


@refuses(OwnSpending)
def _own_spending(error: OwnSpending, t: Texts, _: House) -> str:
    return t("refusal.own_spending_household" if error.household else "refusal.own_spending")


@refuses(UnknownSpending)
def _unknown(_: UnknownSpending, t: Texts, __: House) -> str:
    return t("oops.stale_button")


@refuses(SpendingOver)
def _over(error: SpendingOver, t: Texts, house: House) -> str:
    at = house.hour(error.at) if error.at else ""
    day = house.day(error.at) if error.at else ""
    return t(ENDS[SpendingState(error.state)], name=error.name or t("fund.somebody"), day=day, at=at)

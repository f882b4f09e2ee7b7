"""Area funds as people see them: which somebody may read, and what each page shows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.community import (
    Act,
    AreaView,
    Grant,
    NotAllowed,
    allows,
    area,
    area_by_code,
    card,
    grants_of,
)
from bot.giving.deciders import may_decide, spending_card
from bot.giving.events import SpendingCard
from points import giving as funds
from points.giving import Fund

_ACTS = (Act.PROPOSE_SPENDING, Act.AGREE_SPENDING)


@dataclass(frozen=True)
class FundLine:
    area: AreaView
    available: int


@dataclass(frozen=True)
class FundPage:
    """A fund as one reader sees it, and which of what waits is theirs to decide or to take back."""

    area: AreaView
    fund: Fund
    cards: tuple[SpendingCard, ...]
    lives_there: bool
    may_propose: bool
    to_decide: tuple[int, ...]
    to_withdraw: tuple[int, ...]

    @property
    def nothing_paid(self) -> bool:
        return not self.fund.paid


def funds_for(session: Session, resident_id: int) -> tuple[FundLine, ...]:
    """Give the funds somebody may read: of where they live, and those they may spend from."""
    home = [one for one in reversed(card(session, resident_id).trail) if not one.retired]
    grants = grants_of(session, resident_id)
    codes = {one.code for one in home}
    held = [area_by_code(session, code) for code in funds.fund_codes(session) if code not in codes]
    granted = [area(session, one.area_id) for one in grants]
    more = {one.area_id: one for one in (*held, *granted) if _reaches(grants, one) and one.code not in codes}
    areas = [*home, *sorted(more.values(), key=lambda one: one.path)]
    balances = funds.fund_balances(session, [one.code for one in areas])
    return tuple(FundLine(one, balances.get(one.code, 0)) for one in areas)


def fund_page(session: Session, *, area_id: int, reader_id: int, now: datetime) -> FundPage:
    """Give a fund's page: what it has, what waits, what was paid last, and by whose consent.

    Raises:
        NotAllowed: the reader neither lives there nor may spend from it.
        UnknownArea: there is no such area.
    """
    place, grants = area(session, area_id), grants_of(session, reader_id)
    lives_there = any(one.area_id == area_id for one in card(session, reader_id).trail)
    if not lives_there and not _reaches(grants, place):
        raise NotAllowed(Act.SEE_FUND)
    shown = funds.fund(session, place.code)
    return FundPage(
        area=place,
        fund=shown,
        cards=tuple(spending_card(session, one) for one in (*shown.waiting, *shown.paid)),
        lives_there=lives_there and not place.retired,
        may_propose=allows(grants, Act.PROPOSE_SPENDING, place.path),
        to_decide=tuple(one.spending_id for one in shown.waiting if may_decide(session, one, reader_id, now)),
        to_withdraw=tuple(one.spending_id for one in shown.waiting if one.proposed_by == reader_id),
    )


def _reaches(grants: Iterable[Grant], place: AreaView) -> bool:
    """Tell whether one of these grants lets somebody spend from the fund of a place."""
    return any(allows(grants, act, place.path) for act in _ACTS)

"""Where a resident stands: available, on hold, expiring next, the last entries; and all of it for export."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, case, func, or_, select
from sqlmodel import Session

from points.accounts import held_by
from points.activities import activity_names
from points.disputes import complaints_of
from points.expiry import next_to_expire
from points.lookup import redemptions_of
from points.models import AccountKind, DebtStep, TransferKind, accounts, transfers
from points.nothing import nothing_for
from points.purses import Keeping, Passing, keeping, passing_of
from points.rewards import reward_names
from points.waiting import Waiting, waiting_for
from points.waiting_line import waits_of
from points.whose import whose_entries

SHOWN = 10


@dataclass(frozen=True)
class Entry:
    """One movement of a resident's points: above zero came in, below went out; `names` say for what.

    With `debt` it notes what is owed (and comes in, for what was spent already), or repays it. `other` is the
    resident to whom or from whom it passed, `fund` the code of the area whose fund it went to. Where points
    lie together `passing` says how they came or went, and `resident_id` whose deed or reward it was.
    """

    transfer_id: int
    at: datetime
    kind: TransferKind
    amount: int
    names: Mapping[str, str]
    minutes: int | None
    debt: DebtStep | None = None
    other: int | None = None
    fund: str | None = None
    link: str | None = None
    passing: Passing | None = None
    resident_id: int | None = None


@dataclass(frozen=True)
class Standing:
    """`expiring` points are the next to be gone, at `expiring_at`, if they are not spent before.

    `owed` points were spent before it turned out that they were not earned: what comes next repays them.
    What is `waiting` was earned and comes when a month's budget can give it. All but that is what lies
    together, where points are `shared`, with the entries since the reader came to it.
    """

    available: int
    held: int
    expiring: int
    expiring_at: datetime | None
    entries: tuple[Entry, ...]
    owed: int = 0
    waiting: tuple[Waiting, ...] = ()
    shared: bool = False


def standing(
    session: Session,
    resident_id: int,
    now: datetime,
    zone: ZoneInfo,
    *,
    expire_months: int = 0,
    last: int = SHOWN,
) -> Standing:
    """Say where a resident stands; who never had points has none."""
    mine = keeping(session, resident_id)
    if mine is None:
        return Standing(0, 0, 0, None, ())
    account = mine.purse
    held = held_by(session, account, now=now)
    expiring, gone_at = next_to_expire(
        session, account, held.available, expire_months=expire_months, now=now, zone=zone
    )
    owed = held.owed if mine.own == account else held.owed + held_by(session, mine.own).owed
    return Standing(
        available=held.available,
        held=held.held,
        expiring=expiring,
        expiring_at=gone_at,
        entries=tuple(_whole_gifts(entries(session, account, last, since=mine.since))),
        owed=owed,
        waiting=waiting_for(session, mine.own),
        shared=mine.own != account,
    )


def exported(session: Session, resident_id: int) -> dict[str, Any]:
    """Give all that is stored here about a resident, ready for JSON."""
    mine = keeping(session, resident_id)
    if mine is None:
        nothing: dict[str, Any] = {"available": 0, "held": 0, "owed": 0, "entries": [], "waiting": []}
        return {**nothing, "without_points": [], "codes": [], "waiting_for": [], "complaints": []}
    held = held_by(session, mine.purse)
    return {
        "available": held.available,
        "held": held.held,
        "owed": held.owed,
        "entries": [_plain(asdict(entry)) for entry in entries(session, mine.own, None)],
        **_together(session, mine, resident_id),
        "waiting": [
            {"amount": one.amount, "month": one.month, "names": dict(one.names)}
            for one in waiting_for(session, mine.own)
        ],
        "without_points": nothing_for(session, mine.own),
        "codes": [
            {
                "code": view.code,
                "reward": dict(view.names),
                "merchant": dict(view.merchant_names),
                "price": view.price,
                "state": view.state.value,
                "at": view.at.isoformat(),
                "lapses_at": view.lapses_at.isoformat(),
            }
            for view in redemptions_of(session, resident_id)
        ],
        "waiting_for": waits_of(session, resident_id),
        "complaints": [
            {"code": one.code, "state": one.state.value, "at": one.at.isoformat()}
            for one in complaints_of(session, resident_id)
        ],
    }


def entries(
    session: Session, account: int, last: int | None, *, since: datetime | None = None
) -> tuple[Entry, ...]:
    """Give the movements of an account, the newest first: so many, or all of them.

    Of a purse those `since` the reader came to it, with whose deed or reward each was.
    """
    mended, other = transfers.alias("mended"), accounts.alias("other")
    beside = case((transfers.c.debit == account, transfers.c.credit), else_=transfers.c.debit)
    query = (
        select(
            *(transfers, mended.c.kind.label("mended_kind"), mended.c.rule.label("mended_rule")),
            *(other.c.kind.label("other_kind"), other.c.owner.label("other_owner")),
            func.coalesce(transfers.c.hold, mended.c.hold).label("of_hold"),
        )
        .outerjoin(mended, mended.c.id == transfers.c.reverses)
        .join(other, other.c.id == beside)
        .where(or_(transfers.c.debit == account, transfers.c.credit == account))
        .order_by(transfers.c.id.desc())
        .limit(last)
    )
    if since is not None:
        query = query.where(transfers.c.at >= since)
    rows = session.connection().execute(query).all()
    whose = {} if since is None else whose_entries(session, account, rows)
    named = {TransferKind.AWARD: activity_names(session), TransferKind.CAPTURE: reward_names(session)}
    return tuple(_entry(row, account, named, whose) for row in rows)


def _whole_gifts(latest: Iterable[Entry]) -> Iterator[Entry]:
    """Give what was one gift as one entry; it has a transfer for each month that its points are of."""
    for link, parts in groupby(latest, lambda one: one.link or one.transfer_id):
        first, *more = parts
        gift = first.kind is TransferKind.GIFT and first.link == link
        if gift:
            yield replace(first, amount=sum((one.amount for one in more), first.amount))
        else:
            yield from (first, *more)


def _entry(
    row: Row[Any],
    account: int,
    named: Mapping[TransferKind, Mapping[str, Mapping[str, str]]],
    whose: Mapping[int, int],
) -> Entry:
    passing = passing_of(row.kind, row.key)
    by_code = named.get(TransferKind.AWARD if passing else row.mended_kind or row.kind, {})
    neighbour = row.other_kind is AccountKind.RESIDENT and row.other_owner is not None
    return Entry(
        transfer_id=row.id,
        at=row.at,
        kind=row.kind,
        amount=row.amount if row.credit == account else -row.amount,
        names=by_code.get(row.mended_rule or row.rule or "", {}),
        minutes=row.minutes,
        debt=row.debt,
        other=int(row.other_owner) if neighbour else None,
        fund=row.other_owner if row.other_kind is AccountKind.FUND else None,
        link=row.link,
        passing=passing,
        resident_id=whose.get(row.id),
    )


def _together(session: Session, mine: Keeping, resident_id: int) -> dict[str, Any]:
    """Give what is stored of points that lie together with others', but not who the others are."""
    if mine.since is None:
        return {}
    told = [
        _plain(asdict(entry)) | {"yours": entry.resident_id == resident_id}
        for entry in entries(session, mine.purse, None, since=mine.since)
    ]
    return {"shared_since": mine.since.isoformat(), "shared_entries": told}


def _plain(entry: dict[str, Any]) -> dict[str, Any]:
    """Write an entry for its owner's file, in which nobody else is named."""
    others = {"other", "link", "resident_id"}
    mine = {name: value for name, value in entry.items() if name not in others}
    return mine | {"at": entry["at"].isoformat(), "kind": entry["kind"].value, "names": dict(entry["names"])}

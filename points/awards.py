"""Awards: what a good deed earns by its rule, up to the rule's cap."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlmodel import Session

from points import books
from points.accounts import community_account, holdings, lock, open_accounts
from points.activities import ActivityRule, VersionedRule, current_activity
from points.models import AccountKind, TransferKind, transfers
from points.months import period_start
from points.posting import NO_GROUPS, Groups, Posted, Posting, Refused, post
from points.storing import chunks


@dataclass(frozen=True)
class Deserved:
    """Somebody who did the activity, for how many minutes; the key comes from the fact."""

    resident_id: int
    key: str
    groups: Groups = NO_GROUPS
    minutes: int = 0


@dataclass(frozen=True)
class Awarded:
    """What an award came to; `balance` is what is available now, `capped` says that a cap took some of it."""

    resident_id: int
    activity: str
    names: Mapping[str, str]
    amount: int
    balance: int
    transfer_id: int | None
    replayed: bool
    capped: bool


def award(
    session: Session,
    *,
    activity: str,
    resident_id: int,
    key: str,
    now: datetime,
    zone: ZoneInfo,
    groups: Groups = NO_GROUPS,
    minutes: int = 0,
) -> Awarded:
    """Award one resident by an activity's rule; the same key again gives the first award.

    Raises:
        UnknownActivity: no such rule holds now.
        KeyConflict: the key paid for something else before.
    """
    deserved = Deserved(resident_id, key, groups, minutes)
    return award_all(session, activity=activity, deserved=[deserved], now=now, zone=zone)[0]


def award_all(
    session: Session, *, activity: str, deserved: Sequence[Deserved], now: datetime, zone: ZoneInfo
) -> list[Awarded]:
    """Award many residents at once, as at the end of a call-out; one result each, in order.

    Raises:
        UnknownActivity: no such rule holds now.
        KeyConflict: a key paid for something else before.
    """
    rule = current_activity(session, activity)
    owners = open_accounts(session, AccountKind.RESIDENT, [str(one.resident_id) for one in deserved])
    account_of = {one.resident_id: owners[str(one.resident_id)] for one in deserved}
    lock(session, list(account_of.values()))
    firsts = books.amounts_by_key(session, [one.key for one in deserved])
    used = _used(session, rule, list(account_of.values()), now, zone)
    amounts = _amounts(deserved, account_of, rule.rule, firsts, used)
    issued = community_account(session, AccountKind.ISSUED)
    postings = [
        _posting(one, account_of[one.resident_id], issued, amount, rule)
        for one, amount in zip(deserved, amounts, strict=True)
        if amount
    ]
    posted = _posted(session, postings, now, zone)
    after = holdings(session, list(account_of.values()))
    return [
        _awarded(one, amount, after[account_of[one.resident_id]].available, posted.get(one.key), rule.rule)
        for one, amount in zip(deserved, amounts, strict=True)
    ]


def _amounts(
    deserved: Sequence[Deserved],
    account_of: Mapping[int, int],
    rule: ActivityRule,
    firsts: Mapping[str, int],
    used: Counter[int],
) -> list[int]:
    """Give what each award comes to: what its key paid before, else the worth as far as the cap allows."""
    paid = dict(firsts)
    for one in deserved:
        if one.key in paid:
            continue
        account, worth = account_of[one.resident_id], rule.worth(one.minutes)
        paid[one.key] = worth if rule.cap is None else max(0, min(worth, rule.cap.points - used[account]))
        used[account] += paid[one.key]
    return [paid[one.key] for one in deserved]


def _used(
    session: Session, rule: VersionedRule, account_ids: Sequence[int], now: datetime, zone: ZoneInfo
) -> Counter[int]:
    """Add up what the accounts earned by the activity in the period of its cap, less what was reversed."""
    used: Counter[int] = Counter()
    if rule.rule.cap is None:
        return used
    mended = transfers.alias("mended")
    query = (
        select(transfers.c.credit, func.sum(transfers.c.amount))
        .outerjoin(mended, mended.c.reverses == transfers.c.id)
        .where(
            transfers.c.kind == TransferKind.AWARD, transfers.c.rule == rule.rule.code, mended.c.id.is_(None)
        )
        .group_by(transfers.c.credit)
    )
    start = period_start(rule.rule.cap.per, now, zone)
    if start is not None:
        query = query.where(transfers.c.at >= start)
    for some in chunks(account_ids):
        for account, amount in session.connection().execute(query.where(transfers.c.credit.in_(some))):
            used[account] += int(amount)
    return used


def _posting(one: Deserved, account: int, issued: int, amount: int, rule: VersionedRule) -> Posting:
    return Posting(
        key=one.key,
        kind=TransferKind.AWARD,
        debit=issued,
        credit=account,
        amount=amount,
        groups=one.groups,
        rule=rule.rule.code,
        rule_version=rule.version,
        minutes=one.minutes,
        # Neither amount nor groups: a repeated request gets the first award, though the cap, the rule or the
        # resident's door may be others by now.
        request=f"award {rule.rule.code} to {account} for {one.minutes} minutes",
    )


def _posted(
    session: Session, postings: Sequence[Posting], now: datetime, zone: ZoneInfo
) -> dict[str, Posted]:
    outcomes = post(session, postings, now, zone=zone)
    posted: dict[str, Posted] = {}
    for posting, outcome in zip(postings, outcomes, strict=True):
        if isinstance(outcome, Refused):
            raise outcome.reason
        posted.setdefault(posting.key, outcome)
    return posted


def _awarded(one: Deserved, amount: int, balance: int, posted: Posted | None, rule: ActivityRule) -> Awarded:
    return Awarded(
        resident_id=one.resident_id,
        activity=rule.code,
        names=rule.names,
        amount=amount,
        balance=balance,
        transfer_id=posted.transfer_id if posted else None,
        replayed=posted.replayed if posted else False,
        capped=amount < rule.worth(one.minutes),
    )

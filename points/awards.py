"""Awards: what good deeds earn by their rule, within its caps and the month's budget."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from points import waiting
from points.accounts import find_own_account, held_by, holdings, purse_of
from points.activities import VersionedRule, activity_or_version, current_activity
from points.awarded import Awarded, awarded
from points.budget import book
from points.claims import (
    Claim,
    Deserved,
    claims_of,
    decide_new,
    decided_before,
    did,
    earner_of,
    lock_claims,
    parted_accounts,
)
from points.months import month_of, month_start
from points.nothing import remember_nothing
from points.past import read_past
from points.posting import NO_GROUPS, Groups, Posted, Posting, Refused, post
from points.postings import GROUPS, fingerprint
from points.purses import share
from points.worth import Decision, decide


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
    budget: int | None = None,
) -> Awarded:
    """Award one resident by an activity's rule; the same key again gives the first award.

    An award that comes to 0, as behind a cap that is used up, is no transfer, and yet its key is taken: a
    second call says the same, whatever the cap or the rule would leave by then.

    Raises:
        UnknownActivity: no such rule holds now.
        KeyConflict: the key paid for something else before.
    """
    deserved = Deserved(resident_id, key, groups, minutes)
    [awarded] = award_all(session, activity=activity, deserved=[deserved], now=now, zone=zone, budget=budget)
    return awarded


def award_all(
    session: Session,
    *,
    activity: str,
    deserved: Sequence[Deserved],
    now: datetime,
    zone: ZoneInfo,
    budget: int | None = None,
    version: int | None = None,
) -> list[Awarded]:
    """Award many residents at once, as at the end of a call-out; one result each, in order.

    A retired activity pays what a `version` promised; what a month's `budget` cannot give waits for the next.
    Accounts are locked first, then what households share, then the budget, so that units decide in turn.

    Raises:
        UnknownActivity: no such rule holds now.
        KeyConflict: a key paid for something else before.
    """
    rule = activity_or_version(session, activity, version)
    claims = claims_of(session, deserved, rule)
    lies_in = lock_claims(session, claims, rule)
    decided, due = decided_before(session, claims, zone)
    fresh = decide_new(session, claims, rule, decided, now, zone, budget)
    due, decided = due | _book(session, fresh, month_of(now, zone), budget), decided | fresh
    _write_down(session, claims, rule, fresh, due, now)
    posted = _post(session, claims, rule, decided, due, lies_in, now, zone)
    after = holdings(session, list(lies_in.values()))
    return [
        awarded(
            claim.deserved.resident_id,
            rule,
            decided[key],
            balance=after[lies_in[claim.earner.account]].available,
            posted=posted.get(key),
            waiting_until=month_start(due[key], zone) if key in due else None,
            replayed=key not in fresh,
        )
        for key, claim in ((claim.posting.key, claim) for claim in claims)
    ]


def foresee(session: Session, *, activity: str, deserved: Deserved, now: datetime, zone: ZoneInfo) -> Awarded:
    """Say what an award would come to now, without giving it; the month's budget is not asked.

    Raises:
        UnknownActivity: no such rule holds now.
    """
    rule = current_activity(session, activity)
    account = find_own_account(session, deserved.resident_id)
    earner = earner_of(deserved, account or 0, parted_accounts(session, [deserved]))
    past = read_past(session, rule.rule, [earner], now, zone)
    decision = decide(rule.rule, did(deserved, now, zone), earner, past, now, zone)
    balance = held_by(session, purse_of(session, account)).available if account is not None else 0
    return awarded(deserved.resident_id, rule, decision, balance=balance)


def _book(
    session: Session, decided: Mapping[str, Decision], month: str, budget: int | None
) -> dict[str, str]:
    """Enter new awards in the budget; give the month for those that have to wait."""
    keys = [key for key, decision in decided.items() if decision.amount]
    months = book(session, month=month, amounts=[decided[key].amount for key in keys], budget=budget)
    return {key: chosen for key, chosen in zip(keys, months, strict=True) if chosen != month}


def _write_down(
    session: Session,
    claims: Sequence[Claim],
    rule: VersionedRule,
    fresh: Mapping[str, Decision],
    due: Mapping[str, str],
    now: datetime,
) -> None:
    """Keep what is new and no transfer: what waits for its month, and what came to nothing."""
    waits: dict[str, Mapping[str, Any]] = {}
    nothing: dict[str, Mapping[str, Any]] = {}
    for claim in claims:
        key, decision = claim.posting.key, fresh.get(claim.posting.key)
        if decision is None:
            continue
        facts = _facts(claim, rule, decision, now)
        if key in due:
            waits[key] = {
                **facts,
                "amount": decision.amount,
                "due": due[key],
                **{name: getattr(claim.deserved.groups, name) for name in GROUPS},
            }
        elif not decision.amount:
            why = {"capped": decision.capped, "outside": decision.outside, "until": decision.until}
            nothing[key] = facts | why
    waiting.queue(session, list(waits.values()))
    remember_nothing(session, list(nothing.values()))


def _facts(claim: Claim, rule: VersionedRule, decision: Decision, now: datetime) -> dict[str, Any]:
    """Give what is written down of an award that is no transfer (yet)."""
    return {
        "key": claim.posting.key,
        "request_hash": fingerprint(claim.posting),
        "account": claim.earner.account,
        "at": now,
        "rule": rule.rule.code,
        "rule_version": rule.version,
        "minutes": claim.deserved.minutes,
        "inputs": decision.inputs.written(rule.rule, claim.deserved.minutes),
    }


def _post(
    session: Session,
    claims: Iterable[Claim],
    rule: VersionedRule,
    decided: Mapping[str, Decision],
    due: Mapping[str, str],
    lies_in: Mapping[int, int],
    now: datetime,
    zone: ZoneInfo,
) -> dict[str, Posted]:
    postings = [
        _filled(claim.posting, decided[claim.posting.key], rule)
        for claim in claims
        if decided[claim.posting.key].amount and claim.posting.key not in due
    ]
    posted: dict[str, Posted] = {}
    for posting, outcome in zip(postings, post(session, postings, now, zone=zone), strict=True):
        if isinstance(outcome, Refused):
            raise outcome.reason
        posted.setdefault(posting.key, outcome)
    new = {posting.key: posting for posting in postings if not posted[posting.key].replayed}
    share(session, list(new.values()), now, zone=zone, lies_in=lies_in)
    return posted


def _filled(posting: Posting, decision: Decision, rule: VersionedRule) -> Posting:
    written = decision.inputs.written(rule.rule, posting.minutes or 0)
    return replace(posting, amount=decision.amount, inputs=written)

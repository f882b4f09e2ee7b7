"""What is claimed of a rule: who deserves what, what their keys came to before, and what is decided anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from points import waiting
from points.accounts import community_account, find_accounts, lock, open_accounts, purses_of
from points.activities import VersionedRule
from points.errors import KeyConflict
from points.inputs import read_inputs
from points.models import AccountKind, TransferKind
from points.nothing import nothing_under
from points.past import Earner, Left, read_past, shares_households
from points.posting import NO_GROUPS, Groups, Posting
from points.postings import fingerprint
from points.sharing import ALONE, Shared
from points.storing import lock_keys
from points.worth import Decision, Did, capped_until, decide


@dataclass(frozen=True)
class Deserved:
    """Somebody who did the activity, for how many minutes and units; the key comes from the fact.

    `areas` are the codes of where they live, from the innermost outwards (without them building and grid),
    `done_at` is when it was done, where that is not now, `shared` what counts besides the household's own.
    """

    resident_id: int
    key: str
    groups: Groups = NO_GROUPS
    minutes: int = 0
    units: int = 0
    birth_year: int | None = None
    areas: tuple[str, ...] = ()
    done_at: datetime | None = None
    shared: Shared = ALONE


@dataclass(frozen=True)
class Claim:
    """What somebody deserved, who they are to the ledger, and the posting it asks for."""

    deserved: Deserved
    earner: Earner
    posting: Posting


def asked(rule: str, account: int, minutes: int, units: int) -> str:
    """Say what an award asks for, to tell a repeated request from another.

    Neither amount nor groups: a repeated request gets the first award, though the cap, the rule or the
    resident's door may be others by now.
    """
    counted = f" and {units} units" if units else ""
    return f"award {rule} to {account} for {minutes} minutes{counted}"


def claims_of(session: Session, deserved: Sequence[Deserved], rule: VersionedRule) -> list[Claim]:
    owners = open_accounts(session, AccountKind.RESIDENT, [str(one.resident_id) for one in deserved])
    issued = community_account(session, AccountKind.ISSUED)
    parted = parted_accounts(session, deserved)
    claims = [
        _claim(one, earner_of(one, owners[str(one.resident_id)], parted), issued, rule) for one in deserved
    ]
    first: dict[str, Posting] = {}
    for claim in claims:
        if first.setdefault(claim.posting.key, claim.posting).request != claim.posting.request:
            raise _conflict(claim.posting, {"request": first[claim.posting.key].request})
    return claims


def earner_of(one: Deserved, account: int, parted: Mapping[int, int]) -> Earner:
    """Say who somebody is to the ledger; `parted` are the accounts of who left the household, by resident."""
    home = one.groups.household
    left = tuple(Left(key, until) for key, until in one.shared.left.items() if key != home)
    accounts = tuple(parted[who] for who in one.shared.parted if who in parted)
    return Earner(account, home, left, accounts)


def parted_accounts(session: Session, deserved: Sequence[Deserved]) -> dict[int, int]:
    """Give the accounts of who left the households of these people lately, by resident."""
    whom = sorted({who for one in deserved for who in one.shared.parted})
    found = find_accounts(session, AccountKind.RESIDENT, [str(who) for who in whom])
    return {int(owner): account for owner, account in found.items()}


def _claim(one: Deserved, earner: Earner, issued: int, rule: VersionedRule) -> Claim:
    posting = Posting(
        key=one.key,
        kind=TransferKind.AWARD,
        debit=issued,
        credit=earner.account,
        amount=0,
        groups=one.groups,
        rule=rule.rule.code,
        rule_version=rule.version,
        minutes=one.minutes,
        request=asked(rule.rule.code, earner.account, one.minutes, one.units),
    )
    return Claim(one, earner, posting)


def lock_claims(session: Session, claims: Sequence[Claim], rule: VersionedRule) -> dict[int, int]:
    """Keep others from what these claims are decided by; give where each earner's points lie from now on."""
    shares = shares_households(rule.rule)
    parted = {one for claim in claims for one in claim.earner.parted} if shares else set()
    earners = [claim.earner.account for claim in claims]
    lock(session, sorted({*earners, *parted}))
    lies_in = purses_of(session, earners)
    if shares:
        homes = {home for claim in claims for home in claim.earner.homes}
        households = {home.household if isinstance(home, Left) else home for home in homes}
        lock_keys(session, [f"household {household}" for household in sorted(households)])
    return lies_in


def decided_before(
    session: Session, claims: Sequence[Claim], zone: ZoneInfo
) -> tuple[dict[str, Decision], dict[str, str]]:
    """Give what was decided under these keys before, and for those that wait, the month they are due in."""
    paid, waits = waiting.kept(session, [claim.posting.key for claim in claims])
    keys = {claim.posting.key for claim in claims} - set(paid) - set(waits)
    came_to_nothing = nothing_under(session, keys)
    for claim in claims:
        row = (waits | came_to_nothing).get(claim.posting.key)
        if row is not None and row.request_hash != fingerprint(claim.posting):
            raise _conflict(claim.posting, dict(row._mapping))
    decided = {key: _read(row, zone) for key, row in (paid | waits).items()}
    decided |= {key: _nothing(row) for key, row in came_to_nothing.items()}
    return decided, {key: row.due for key, row in waits.items()}


def _read(row: Any, zone: ZoneInfo) -> Decision:
    inputs = read_inputs(row.inputs)
    taken = inputs.cap is not None or inputs.budget is not None
    until = capped_until(inputs, inputs.earned_at or row.at, zone)
    return Decision(row.amount, inputs, capped=taken, until=until)


def _nothing(row: Any) -> Decision:
    inputs = read_inputs(row.inputs)
    return Decision(0, inputs, capped=row.capped, outside=row.outside, until=row.until)


def _conflict(posting: Posting, first: Mapping[str, object]) -> KeyConflict:
    return KeyConflict(posting.key, first, {"request": posting.request, "rule": posting.rule})


def decide_new(
    session: Session,
    claims: Sequence[Claim],
    rule: VersionedRule,
    known: Mapping[str, Decision],
    now: datetime,
    zone: ZoneInfo,
    budget: int | None,
) -> dict[str, Decision]:
    """Decide one after the other, each knowing what those before it came to."""
    new = {claim.posting.key: claim for claim in reversed(claims) if claim.posting.key not in known}
    past = read_past(session, rule.rule, [claim.earner for claim in new.values()], now, zone)
    decided: dict[str, Decision] = {}
    for claim in claims:
        if claim.posting.key in new and claim.posting.key not in decided:
            done = did(claim.deserved, now, zone)
            decision = _within(budget, decide(rule.rule, done, claim.earner, past, now, zone))
            decided[claim.posting.key] = decision
            if decision.amount:
                past.add(claim.earner, decision.amount)
    return decided


def did(one: Deserved, now: datetime, zone: ZoneInfo) -> Did:
    age = None if one.birth_year is None else now.astimezone(zone).year - one.birth_year
    around = tuple(area for area in (one.groups.building, one.groups.grid) if area is not None)
    return Did(one.minutes, one.units, age, one.areas or around, one.done_at)


def _within(budget: int | None, decision: Decision) -> Decision:
    """No award is more than a whole month may give: no month could ever pay it."""
    if budget is None or decision.amount <= budget:
        return decision
    return replace(decision, amount=budget, inputs=replace(decision.inputs, budget=budget), capped=True)

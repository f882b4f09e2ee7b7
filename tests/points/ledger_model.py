"""The ledger in a few plain values, by the rules as one would say them: what the real one is held against."""

from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime

ISSUED = "issued"
MOST = 10**12


@dataclass(frozen=True)
class Ask:
    """One posting, between accounts by name, from a hold or of a link if those are named."""

    key: str
    kind: str
    debit: str
    credit: str
    amount: int
    hold: str | None = None
    link: str | None = None


@dataclass
class ModelHold:
    account: str
    amount: int
    lapses_at: datetime | None
    state: str = "open"


@dataclass
class Done:
    """A transfer: what it moved, whether it counted as earned, what it mends and what mended it."""

    debit: str
    credit: str
    amount: int
    asked: object
    award: bool = False
    mends: bool = False
    mended: bool = False


@dataclass
class Model:
    available: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    owed: Counter[str] = field(default_factory=Counter)
    earned: Counter[str] = field(default_factory=Counter)
    issued: int = 0
    holds: dict[str, ModelHold] = field(default_factory=dict)
    done: dict[str, Done] = field(default_factory=dict)

    def post(self, asks: list[Ask], now: datetime) -> list[str]:
        """Say of each what came of it: posted, replayed, or the name of the refusal."""
        said: dict[int, str] = {}
        for place, ask in enumerate(asks):
            if place in said:
                continue
            places = [place]
            if ask.link is not None:
                places = [other for other, each in enumerate(asks) if each.link == ask.link]
            said |= dict(zip(places, self._together([asks[each] for each in places], now), strict=True))
        return [said[place] for place in range(len(asks))]

    def _together(self, asks: list[Ask], now: datetime) -> list[str]:
        before = deepcopy(self.__dict__)
        said: list[str] = []
        for ask in asks:
            said.append(self._post(ask, now))
            if said[-1] not in {"posted", "replayed"}:
                break
        known = [ask.key in before["done"] for ask in asks]
        well = set(said) <= {"posted", "replayed"}
        if len(asks) == 1 or (well and len(set(known)) == 1):
            return said
        self.__dict__.update(before)
        for place, each in enumerate(said):
            if each in {"posted", "replayed"} and not known[place]:
                said[place] = "LinkRefused"
        return said + ["LinkRefused"] * (len(asks) - len(said))

    def _post(self, ask: Ask, now: datetime) -> str:
        known = self.done.get(ask.key)
        if known is not None:
            return "replayed" if known.asked == ask else "KeyConflict"
        refused = self._refusal(ask, now)
        if refused:
            return refused
        if ask.hold is not None:
            self.holds[ask.hold].state = "captured"
            self._moves(ask.debit, self.holds[ask.hold].amount, held=-self.holds[ask.hold].amount)
        self._transfer(ask.key, Done(ask.debit, ask.credit, ask.amount, ask, award=ask.kind == "award"))
        return "posted"

    def _refusal(self, ask: Ask, now: datetime) -> str | None:
        if _is_bad(ask.amount):
            return "BadAmount"
        if ask.debit == ask.credit:
            return "SameAccount"
        if ask.hold is not None:
            return self._uncapturable(ask, self.holds[ask.hold], now)
        if ask.debit != ISSUED and not self._has(ask.debit, ask.amount, now):
            return "NotEnoughPoints"
        return None

    def _uncapturable(self, ask: Ask, hold: ModelHold, now: datetime) -> str | None:
        if hold.state != "open":
            return "HoldEnded"
        if hold.lapses_at is not None and hold.lapses_at <= now:
            return "HoldLapsed"
        if hold.account != ask.debit:
            return "HoldEnded"
        return "HoldExceeded" if ask.amount > hold.amount else None

    def reverse(self, key: str, by: str, now: datetime, onto: str | None = None) -> str:
        first = self.done[key]
        asked = ("reverse", key, onto)
        if by in self.done:
            return "replayed" if self.done[by].asked == asked else "KeyConflict"
        if first.mends:
            return "NothingToReverse"
        if first.mended:
            return "AlreadyReversed"
        if onto is not None and first.debit == ISSUED:
            return "UnknownAccount"
        if first.credit != ISSUED and not self._has(first.credit, first.amount, now):
            lacking = first.amount - self.available[first.credit]
            self.owed[first.credit] += lacking
            self.available[first.credit] += lacking
        first.mended = True
        if onto is not None:
            self.holds[onto] = ModelHold(first.debit, first.amount, None)
        back = Done(first.credit, first.debit, first.amount, asked, first.award, mends=True)
        self._transfer(by, back, onto_hold=onto is not None)
        return "posted"

    def place(self, key: str, account: str, amount: int, lapses_at: datetime | None, now: datetime) -> str:
        wanted = ModelHold(account, amount, lapses_at)
        first = self.holds.get(key)
        if first is not None:
            same = (first.account, first.amount, first.lapses_at) == (account, amount, lapses_at)
            return "replayed" if same else "KeyConflict"
        if _is_bad(amount):
            return "BadAmount"
        before = deepcopy(self.__dict__)
        if not self._has(account, amount, now):
            self.__dict__.update(before)  # who refuses by raising changes nothing at all
            return "NotEnoughPoints"
        self.holds[key] = wanted
        self.available[account] -= amount
        self.held[account] += amount
        return "posted"

    def release(self, key: str, now: datetime) -> str:
        hold = self.holds[key]
        if hold.state != "open":
            return "HoldEnded"
        if hold.lapses_at is not None and hold.lapses_at <= now:
            return "HoldLapsed"
        self._free(hold, "released")
        return "posted"

    def lapse(self, now: datetime, account: str | None = None) -> int:
        """End what can only lapse; give how many that were."""
        over = [hold for hold in self.holds.values() if self._is_over(hold, now)]
        over = [hold for hold in over if account in {None, hold.account}]
        for hold in over:
            self._free(hold, "lapsed")
        return len(over)

    def _is_over(self, hold: ModelHold, now: datetime) -> bool:
        return hold.state == "open" and hold.lapses_at is not None and hold.lapses_at <= now

    def _has(self, account: str, amount: int, now: datetime) -> bool:
        if self.available[account] < amount:
            self.lapse(now, account)
        return self.available[account] >= amount

    def _free(self, hold: ModelHold, state: str) -> None:
        hold.state = state
        self._moves(hold.account, hold.amount, held=-hold.amount)
        self._repay(hold.account)

    def _transfer(self, key: str, done: Done, *, onto_hold: bool = False) -> None:
        self.done[key] = done
        self._moves(done.debit, -done.amount)
        self._moves(done.credit, 0 if onto_hold else done.amount, held=done.amount if onto_hold else 0)
        if done.award:
            earner, sign = (done.debit, -1) if done.mends else (done.credit, 1)
            self.earned[earner] += sign * done.amount
        for account in (done.credit, done.debit):
            self._repay(account)

    def _moves(self, account: str, available: int, held: int = 0) -> None:
        if account == ISSUED:
            self.issued += available
            return
        self.available[account] += available
        self.held[account] += held

    def _repay(self, account: str) -> None:
        repaid = min(self.owed[account], self.available[account])
        self.owed[account] -= repaid
        self.available[account] -= repaid


def _is_bad(amount: int) -> bool:
    return isinstance(amount, bool) or not 0 < amount <= MOST

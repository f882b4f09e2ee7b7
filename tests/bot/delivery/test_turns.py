"""The pace as Telegram's server sees it, for arbitrary arrivals, delays and refusals, on its own clock."""

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field
from heapq import heappop, heappush
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delivery.chats import ChatLimits, Chats, is_group
from bot.delivery.messages import Lane
from bot.delivery.rhythm import Flight
from bot.delivery.turns import Turns, Waiter

PER_SECOND = 30


@dataclass
class Server:
    """Counts arrivals as Telegram does: a second for the bot, a bucket for a chat, a minute for a group."""

    per_second: int = PER_SECOND
    arrivals: deque[float] = field(default_factory=deque)
    worst: int = 0
    levels: dict[int, tuple[float, float]] = field(default_factory=dict)
    minutes: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))

    def arrive(self, chat_id: int, at: float) -> None:
        self.arrivals.append(at)
        while self.arrivals[0] <= at - 1.0:
            self.arrivals.popleft()
        self.worst = max(self.worst, len(self.arrivals))
        level, since = self.levels.get(chat_id, (3.0, at))
        level = min(3.0, level + at - since) - 1
        assert level >= -1e-6, f"chat {chat_id} got more than one a second"
        self.levels[chat_id] = (level, at)
        if is_group(chat_id):
            times = [*(t for t in self.minutes[chat_id] if t > at - 60), at]
            assert len(times) <= 20
            self.minutes[chat_id] = times


@dataclass(frozen=True)
class Ask:
    at: float
    lane: Lane
    chat_id: int
    way_there: float = 0.005
    way_back: float = 0.005
    refused_for: float = 0.0


@dataclass
class Run:
    """Plays asks against a server and remembers who departed when."""

    asks: list[Ask]
    per_second: int = PER_SECOND

    def __post_init__(self) -> None:
        self.turns: Turns[Ask] = Turns(self.per_second)
        self.server = Server(self.per_second)
        self.departures: list[tuple[float, Ask]] = []
        self.paused: list[tuple[float, float]] = []
        self._events: list[tuple[float, int, str, object]] = []
        self._number = 0
        self._looks_at = math.inf

    def play(self) -> "Run":
        for ask in self.asks:
            self._plan(ask.at, "ask", ask)
        while self._events:
            now, _, kind, fact = heappop(self._events)
            getattr(self, f"_{kind}")(now, fact)
            self._serve(now)
        return self

    def _plan(self, at: float, kind: str, fact: object) -> None:
        self._number += 1
        heappush(self._events, (at, self._number, kind, fact))

    def _ask(self, now: float, ask: Ask) -> None:
        self.turns.add(Waiter(ask.lane, ask.chat_id, ask))

    def _arrive(self, now: float, ask: Ask) -> None:
        self.server.arrive(ask.chat_id, now)

    def _land(self, now: float, fact: tuple[Waiter[Ask], Flight]) -> None:
        waiter, flight = fact
        if not waiter.ticket.refused_for:
            self.turns.land(waiter, flight, now)
            return
        self.turns.refuse(waiter, flight, waiter.ticket.refused_for, now)
        self.paused.append((now, self.turns.rhythm.paused_until))

    def _look(self, now: float, _: object) -> None:
        self._looks_at = math.inf

    def _serve(self, now: float) -> None:
        while (taken := self.turns.take(now)) is not None:
            waiter, flight = taken
            ask = waiter.ticket
            self.departures.append((now, ask))
            self._plan(now + ask.way_there, "arrive", ask)
            self._plan(now + ask.way_there + ask.way_back, "land", (waiter, flight))
        at = self.turns.next_at(now)
        if at < self._looks_at:
            self._looks_at = max(at, now + 1e-6)
            self._plan(self._looks_at, "look", None)


WAY = 0.02
ways = st.floats(WAY, 2 * WAY)
asks = st.builds(
    Ask,
    at=st.floats(0, 5),
    lane=st.sampled_from(Lane),
    chat_id=st.integers(-3, 60).filter(bool),
    way_there=ways,
    way_back=ways,
    refused_for=st.sampled_from([0.0] * 30 + [0.5, 3.0]),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(asks, max_size=150))
def test_no_second_holds_more_than_the_allowance_and_nobody_is_forgotten(wanted: list[Ask]) -> None:
    run = Run(wanted).play()
    assert run.server.worst <= PER_SECOND
    assert len(run.departures) == len(wanted)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(WAY, 1.5), min_size=50, max_size=120))
def test_a_delay_on_the_way_never_makes_a_second_overflow(delays: list[float]) -> None:
    """Every second request is delayed by anything, on the way there."""
    there = [way for delay in delays for way in (WAY, delay)]
    wanted = [Ask(0, Lane.EMERGENCY, chat, way, WAY) for chat, way in enumerate(there, 1)]
    assert Run(wanted).play().server.worst <= PER_SECOND


@pytest.mark.parametrize("trip", [0.04, 0.1])
@given(st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=20)
def test_ways_that_are_uneven_in_turn_never_make_a_second_overflow(trip: float, chance: Random) -> None:
    """Some requests fly there and crawl back, others the other way round."""
    short = 0.0005
    there = [chance.choice((short, trip - short)) for _ in range(300)]
    wanted = [Ask(0, Lane.EMERGENCY, chat, way, trip - way) for chat, way in enumerate(there, 1)]
    assert Run(wanted).play().server.worst <= PER_SECOND


@pytest.mark.parametrize("delay", [WAY, 1.0, 3.0, 15.0])
def test_a_delay_on_the_way_never_makes_a_groups_minute_overflow(delay: float) -> None:
    run = Run([Ask(0, Lane.GROUP, -1, delay), *[Ask(0, Lane.GROUP, -1)] * 50]).play()
    assert len(run.departures) == 51


@settings(deadline=None, max_examples=40)
@given(st.lists(asks, max_size=100))
def test_nothing_leaves_while_the_bot_is_told_to_wait(wanted: list[Ask]) -> None:
    run = Run(wanted).play()
    for since, until in run.paused:
        assert not [at for at, _ in run.departures if since < at < until]


def test_900_messages_keep_the_pace() -> None:
    run = Run([Ask(0, Lane.EMERGENCY, chat) for chat in range(1, 901)]).play()
    assert run.departures[-1][0] <= 900 / PER_SECOND * 1.02
    assert run.server.worst <= PER_SECOND


def test_lanes_go_in_the_order_of_law_6() -> None:
    first = [Ask(0, Lane.ROUTINE, 1)] * 3
    wanted = [Ask(0, lane, 100 + lane) for lane in reversed(Lane) if lane is not Lane.OWN_ACT]
    lanes = [ask.lane for _, ask in Run(first + wanted).play().departures]
    assert lanes[3:] == [
        Lane.CORRECTION,
        Lane.GROUP,
        Lane.EMERGENCY,
        Lane.BOARD,
        Lane.ROUTINE,
        Lane.BULK,
    ]


def test_own_acts_take_a_third_while_an_emergency_waits() -> None:
    own = [Ask(0, Lane.OWN_ACT, chat) for chat in range(1, 301)]
    emergency = [Ask(0, Lane.EMERGENCY, chat) for chat in range(1001, 1301)]
    run = Run(own + emergency).play()
    last = max(index for index, (_, ask) in enumerate(run.departures) if ask.lane is Lane.EMERGENCY)
    shared = [ask.lane for _, ask in run.departures[: last + 1]]
    assert abs(shared.count(Lane.OWN_ACT) - len(shared) / 3) <= 2


def test_a_correction_overtakes_ten_thousand_at_once() -> None:
    waiting = [Ask(0, Lane.EMERGENCY, chat) for chat in range(1, 10_001)]
    run = Run([*waiting, Ask(2, Lane.CORRECTION, 20_000)]).play()
    at = next(at for at, ask in run.departures if ask.lane is Lane.CORRECTION)
    assert at - 2 < 0.1


def test_a_busy_chat_holds_up_nobody() -> None:
    run = Run([Ask(0, Lane.EMERGENCY, 1)] * 500 + [Ask(0, Lane.EMERGENCY, 2)]).play()
    assert next(at for at, ask in run.departures if ask.chat_id == 2) < 0.5
    assert run.departures[-1][0] > 490


def test_a_board_keeps_up_with_a_storm_of_own_acts() -> None:
    wanted = [Ask(0, Lane.OWN_ACT, chat) for chat in range(1, 101)] + [Ask(0, Lane.BOARD, 1000)]
    wanted += [Ask(0, Lane.BULK, 2000)]
    lanes = [ask.lane for _, ask in Run(wanted).play().departures]
    assert lanes.index(Lane.BOARD) < 15
    assert lanes.index(Lane.BULK) < 25


def test_bulk_keeps_a_floor_when_no_emergency_waits() -> None:
    wanted = [Ask(0, Lane.ROUTINE, chat) for chat in range(1, 101)] + [Ask(0, Lane.BULK, 1000)]
    run = Run(wanted).play()
    assert [ask.lane for _, ask in run.departures].index(Lane.BULK) < 15


def test_a_refusal_of_one_chat_leaves_the_others_alone() -> None:
    others = [Ask(0, Lane.ROUTINE, chat) for chat in range(10, 70)]
    run = Run([*others, Ask(0.5, Lane.OWN_ACT, 1, refused_for=60)]).play()
    assert run.departures[-1][0] < 3
    assert run.turns.chats.ready_at(1) > 60
    assert run.turns.rhythm.allowed(3) == PER_SECOND


def test_after_a_refusal_of_the_bot_four_fifths_then_one_more_each_ten_seconds() -> None:
    run = Run([Ask(0, Lane.ROUTINE, 1, refused_for=10)]).play()
    rhythm = run.turns.rhythm
    resumed = rhythm.paused_until
    assert 10.5 <= resumed <= 10.6
    assert [rhythm.allowed(resumed + after) for after in (0, 9, 11, 35, 100)] == [24, 24, 25, 27, 30]


def test_a_second_chat_refused_makes_it_the_bot() -> None:
    fine = [Ask(0, Lane.ROUTINE, chat) for chat in range(10, 20)]
    bad = [Ask(0.5, Lane.ROUTINE, chat, refused_for=5) for chat in (1, 2)]
    late = Ask(1.5, Lane.ROUTINE, 30)
    run = Run([*fine, *bad, late]).play()
    assert run.departures[-1][0] > 5


def test_who_went_away_takes_no_turn() -> None:
    turns: Turns[None] = Turns(PER_SECOND)
    for chat_id in (1, 1, 1, 1, 1, 2):
        turns.add(Waiter(Lane.ROUTINE, chat_id, None, gone=chat_id == 1))
    taken = turns.take(0.0)
    assert taken is not None
    assert taken[0].chat_id == 2
    assert turns.next_at(0.0) == math.inf


def test_what_one_chat_and_one_group_may_get_can_be_set() -> None:
    chats = Chats(ChatLimits(per_second=2.0, burst=1, group_per_minute=1))
    for chat_id in (7, -7):
        chats.leave(chat_id, 0.0)
    assert 0.5 <= chats.ready_at(7) < 0.6
    assert 60 <= chats.ready_at(-7) < 61

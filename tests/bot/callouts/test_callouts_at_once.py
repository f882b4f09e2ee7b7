"""Many people tapping in the same moment, through real units of work on both databases."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from callout_street import NOW, RULES, ZONE, Street
from sqlmodel import Session

from bot import callouts
from bot.callouts import AlreadyDecided, Answer, Level, Opened, StoodDown
from bot.database import Database

T = TypeVar("T")
PEOPLE = 40


def in_street(act: Callable[[Street], T]) -> Callable[[Session], T]:
    return lambda session: act(Street(session))


async def test_every_answer_counts_when_all_tap_at_once(database: Database) -> None:
    people, callout = await database.write(in_street(lambda s: (s.volunteers(PEOPLE), s.opens())))
    taps = [
        database.write(
            callouts.answer,
            callout_id=callout,
            resident_id=who,
            answer=(Answer.COMING, Answer.LATER)[who % 2],
            now=NOW,
        )
        for who in people * 2
    ]
    changed = sum(one.changed for one in await asyncio.gather(*taps))
    board = await database.read(callouts.board, callout_id=callout, now=NOW)
    assert (changed, board.figures.coming + board.figures.later) == (PEOPLE, PEOPLE)


async def test_same_preview_tapped_at_once_sends_once(database: Database) -> None:
    draft, mei = await database.write(in_street(lambda s: (s.volunteers(3), s.draft(), s.mei)[1:]))
    tap = {"draft": draft, "key": "once", "coordinator_id": mei, "now": NOW, "rules": RULES}
    sent = await asyncio.gather(*(database.write(callouts.send, **tap) for _ in range(8)))
    assert all(isinstance(one, Opened) for one in sent)
    assert len({one.callout.callout_id for one in sent}) == 1
    assert sorted(len(one.asked) for one in sent if isinstance(one, Opened)) == [0] * 7 + [3]


async def test_one_of_many_decisions_counts(database: Database) -> None:
    def prepare(street: Street) -> tuple[int, list[int]]:
        street.volunteers(4)
        others = [street.coordinator(f"Second {one}") for one in range(6)]
        return street.waits(street.draft("flood").with_level(Level.RED)), others

    callout, others = await database.write(in_street(prepare))
    decisions = [
        database.write(
            (callouts.approve, callouts.refuse)[who % 2], callout_id=callout, coordinator_id=who, now=NOW
        )
        for who in others
    ]
    results = await asyncio.gather(*decisions, return_exceptions=True)
    assert sum(isinstance(one, AlreadyDecided) for one in results) == len(others) - 1


async def test_two_stand_downs_at_once_pay_once(database: Database) -> None:
    def prepare(street: Street) -> tuple[int, int, int]:
        people = street.volunteers(10)
        callout = street.opens()
        for who in people:
            street.arrives(callout, who)
        return callout, street.mei, street.jun

    callout, mei, jun = await database.write(in_street(prepare))
    end = {"callout_id": callout, "confirmed": True, "now": NOW, "zone": ZONE}
    ended = await asyncio.gather(
        *(database.write(callouts.stand_down, **end, coordinator_id=who) for who in (mei, jun, mei, jun))
    )
    assert all(isinstance(one, StoodDown) for one in ended)
    assert sorted(len(one.awards) for one in ended if isinstance(one, StoodDown)) == [0, 0, 0, 10]
    board = await database.read(callouts.board, callout_id=callout, now=NOW)
    assert board.figures.done == 10

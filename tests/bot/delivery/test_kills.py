"""A sender that is killed in the middle of an emergency: nobody is lost, and few hear it twice."""

from random import randrange

from bot.delivery import State
from bot.delivery.hand import UNRECORDED
from tests.benchmarks import room as rooms
from tests.killing import Emergency, finish, kill_often

PEOPLE = 150


def test_a_kill_loses_nobody_and_says_it_twice_only_to_whom_it_was_saying_it(tables_url: str) -> None:
    seed = randrange(2**32)
    with rooms.opened() as room:
        room.limits(on=False)
        people = room.phones(PEOPLE)
        room.restart_statistics()
        emergency = Emergency(tables_url, room.address, rooms.TOKEN, per_second=100)
        emergency.call(people)
        in_doubt = kill_often(
            emergency, lambda: room.statistics()["messages"], times=3, seed=seed, longest=0.4
        )
        finish(emergency)
        ends = emergency.progress()
        emergency.close()
        heard = [len(room.messages(person)) for person in people]
    assert ends.counts == {State.SENT: PEOPLE}, f"seed {seed}"
    assert min(heard) == 1, f"seed {seed}"
    assert all(0 <= each <= UNRECORDED for each in in_doubt), f"seed {seed}: {in_doubt}"
    assert sum(heard) == PEOPLE + sum(in_doubt), f"seed {seed}"

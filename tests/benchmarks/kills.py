"""A hundred kills in an emergency for two thousand people: who was lost, and who heard it twice."""

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bot.delivery.hand import UNRECORDED
from bot.migrating import migrate
from tests.benchmarks import room as rooms
from tests.benchmarks.figures import Figure
from tests.killing import Emergency, finish, kill_often

PEOPLE = 2_000
KILLS = 100
PER_SECOND = 100
LONGEST = 0.35


def measure() -> Iterator[Figure]:
    seed = random.randrange(2**32)
    with tempfile.TemporaryDirectory() as folder, rooms.opened() as room:
        url = f"sqlite:///{Path(folder) / 'linli.db'}"
        migrate(url, backup_folder=None)
        room.limits(on=False)
        people = room.phones(PEOPLE)
        room.restart_statistics()
        emergency = Emergency(url, room.address, rooms.TOKEN, per_second=PER_SECOND)
        emergency.call(people)
        in_doubt = kill_often(emergency, room.seen, times=KILLS, seed=seed, longest=LONGEST)
        finish(emergency)
        heard = [len(room.messages(person)) for person in people]
        emergency.close()
    yield Figure(name=f"kills, seed {seed}", value=KILLS, unit="")
    yield Figure(name="  lost of 2,000", value=heard.count(0), unit="", at_most=0)
    yield Figure(name="  most in doubt at one kill", value=max(in_doubt), unit="", at_most=UNRECORDED)
    twice = sum(heard) - PEOPLE
    yield Figure(name="  heard twice, all kills together", value=twice, unit="", at_most=sum(in_doubt))

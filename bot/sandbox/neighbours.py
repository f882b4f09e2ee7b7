"""The simulated neighbourhood: people who join by the usual doors and answer when they are called."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from typing import Any, Self, TypeVar

import httpx

from bot.sandbox.neighbours_kept import keep_mind, take_up_mind
from bot.sandbox.neighbours_luck import Luck
from bot.sandbox.neighbours_mind import Mind, Stage, Step
from bot.sandbox.neighbours_names import Name, name
from bot.sandbox.neighbours_notes import Note, Press

Json = dict[str, Any]
Outcome = TypeVar("Outcome")
LOG = logging.getLogger(__name__)
MOST_PEOPLE = 2_000
LISTENS_FOR = 20
PATIENCE = LISTENS_FOR + 10
ARRIVALS_PER_SECOND = 8.0
AT_ONCE = 6
BREATH = 0.1  # what happens meanwhile is read together
WORTH_READING = frozenset({"message", "edited", "deleted"})


class TooManyNeighbours(ValueError):
    def __init__(self, wanted: int) -> None:
        super().__init__(f"At most {MOST_PEOPLE} simulated people fit in the room; {wanted} were asked for.")
        self.wanted = wanted


@dataclass(frozen=True)
class Pace:
    """How fast the neighbourhood lives: at speed 20 a walk of ten minutes takes thirty seconds."""

    speed: float = 20.0
    arrivals_per_second: float = ARRIVALS_PER_SECOND


@dataclass(frozen=True)
class Summary:
    """How many simulated people are where; those asked are counted by what they last answered."""

    size: int
    moved_in: int
    joined: int
    volunteers: int
    declined: int
    asked: int
    coming: int
    later: int
    cannot: int
    silent: int
    arrived: int
    done: int
    released: int
    blocked: int

    def facts(self) -> dict[str, int]:
        return asdict(self)


@dataclass
class Neighbour:
    person_id: int
    mind: Mind
    revision: int = 0
    eyes: asyncio.Lock = field(default_factory=asyncio.Lock)


class Neighbours:
    """People living their own life over the control API, until the task that runs them is cancelled."""

    def __init__(
        self,
        address: str,
        *,
        size: int = 60,
        seed: int = 1,
        posters: Sequence[str] = (),
        pace: Pace | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._address, self._pace = address, pace or Pace()
        self._seed, self._posters, self._sleep = seed, tuple(posters), sleep
        self._hands = asyncio.Semaphore(AT_ONCE)
        self._people: dict[int, Neighbour] = {}
        self._newcomers: asyncio.Queue[int] = asyncio.Queue()
        self._begun: set[asyncio.Task[Any]] = set()
        self._size = 0
        self.move_in(size)

    async def __aenter__(self) -> Self:
        """Open the way to the room; a neighbourhood may stop and live again later."""
        self._client = httpx.AsyncClient(base_url=self._address, timeout=LISTENS_FOR + 10, trust_env=False)
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*self._begun)
        await self._client.aclose()

    def move_in(self, size: int) -> None:
        """Let so many more people come; they arrive one after another.

        Raises:
            TooManyNeighbours: more than the room is made for.
        """
        if self._size + size > MOST_PEOPLE:
            raise TooManyNeighbours(self._size + size)
        for number in range(self._size, self._size + size):
            self._newcomers.put_nowait(number)
        self._size += size

    def kept(self) -> Json:
        """Give what `take_up` needs to let the same people live on in another process."""
        people = {neighbour.person_id: keep_mind(neighbour.mind) for neighbour in self._people.values()}
        return {"seed": self._seed, "size": self._size, "people": people}

    def take_up(self, kept: Json) -> None:
        """Become the neighbourhood that was kept."""
        self._seed, self._size = kept["seed"], kept["size"]
        self._people = {
            person_id: Neighbour(person_id, take_up_mind(self._seed, mind))
            for person_id, mind in kept["people"].items()
        }

    @property
    def people(self) -> list[int]:
        return list(self._people)

    def summary(self) -> Summary:
        minds = [neighbour.mind for neighbour in self._people.values()]
        where = Counter(mind.standing() for mind in minds)
        return Summary(
            size=self._size,
            moved_in=len(minds),
            joined=sum(mind.stage is Stage.JOINED for mind in minds),
            volunteers=sum(mind.volunteer and mind.stage is Stage.JOINED for mind in minds),
            declined=where[Stage.DECLINED],
            asked=sum(bool(mind.answers) for mind in minds),
            coming=where[Stage.COMING] + where[Stage.WALKING],
            later=where[Stage.LATER],
            cannot=where[Stage.CANNOT],
            silent=where[Stage.SILENT] + where[Stage.ASKED],
            arrived=where[Stage.ARRIVED],
            done=where[Stage.DONE],
            released=where[Stage.RELEASED],
            blocked=where[Stage.BLOCKED],
        )

    async def run(self) -> None:
        """Move in, listen and answer until cancelled; run again, everybody goes on from where they are."""
        async with asyncio.TaskGroup() as life:
            self._await_the_missing()
            for neighbour in self._people.values():
                life.create_task(self._wake(neighbour, life))
            life.create_task(self._listen(life))
            while True:
                number = await self._newcomers.get()
                life.create_task(self._whole(self._arrive(number)))
                await self._sleep(1 / self._pace.arrivals_per_second)

    def _await_the_missing(self) -> None:
        here = {neighbour.mind.luck.person for neighbour in self._people.values()}
        self._newcomers = asyncio.Queue()
        for number in range(self._size):
            if number not in here:
                self._newcomers.put_nowait(number)

    async def _whole(self, act: Coroutine[Any, Any, Outcome]) -> Outcome:
        """Let an act that was begun come to its end when the neighbourhood stops: who did it remembers it."""
        task = asyncio.create_task(act)
        self._begun.add(task)
        task.add_done_callback(self._begun.discard)
        return await asyncio.shield(task)

    async def _arrive(self, number: int) -> None:
        luck = Luck(self._seed, number)
        who = name(luck)
        person = await self._call("POST", "/sim/people", _introduction(who))
        if person is None:
            return
        neighbour = Neighbour(int(person["id"]), Mind(luck, who.first))
        self._people[neighbour.person_id] = neighbour
        await self._begin(neighbour)

    async def _begin(self, neighbour: Neighbour) -> None:
        """Scan the poster at the door."""
        poster = f" {neighbour.mind.luck.one_of('door', self._posters)}" if self._posters else ""
        await self._act(neighbour, "text", {"text": f"/start{poster}"})

    async def _wake(self, neighbour: Neighbour, life: asyncio.TaskGroup) -> None:
        """Take up again what a person had begun before the neighbourhood stopped."""
        async with neighbour.eyes:
            neighbour.revision = 0
            steps = neighbour.mind.resume(await self._read(neighbour))
        person = await self._call("GET", f"/sim/people/{neighbour.person_id}")
        if person is not None and not person["started"]:
            await self._whole(self._begin(neighbour))
        for step in steps:
            life.create_task(self._live(neighbour, step))

    async def _listen(self, life: asyncio.TaskGroup) -> None:
        """Follow the room's events; one long poll serves everybody."""
        revision = 0
        while True:
            news = await self._call("GET", f"/sim/events?after={revision}&wait={LISTENS_FOR}")
            if news is None:
                await self._sleep(1)
                continue
            revision = int(news["revision"])
            touched = {event["chat_id"] for event in news["events"] if event["kind"] in WORTH_READING}
            concerned = self._people.keys() & touched if not news["missed"] else set(self._people)
            for person_id in concerned:
                life.create_task(self._look(self._people[person_id], life))
            await self._sleep(BREATH)

    async def _look(self, neighbour: Neighbour, life: asyncio.TaskGroup) -> None:
        """Read what is new in this person's chat and begin what they mean to do."""
        async with neighbour.eyes:
            steps = [neighbour.mind.read(note) for note in await self._read(neighbour)]
        for step in filter(None, steps):
            life.create_task(self._live(neighbour, step))

    async def _read(self, neighbour: Neighbour) -> list[Note]:
        who, after = neighbour.person_id, neighbour.revision
        news = await self._call("GET", f"/sim/chats/{who}/messages?after={after}&viewer={who}")
        if news is None:
            return []
        neighbour.revision = int(news["revision"])
        return [note for note in map(_note, news["messages"]) if note]

    async def _live(self, neighbour: Neighbour, step: Step | None) -> None:
        """Do one thing after another, each in its own time."""
        while step is not None:
            await self._sleep(step.after / self._pace.speed)
            step = await self._whole(self._try(neighbour, step))

    async def _try(self, neighbour: Neighbour, step: Step) -> Step | None:
        done = neighbour.mind.possible(step) and await self._do(neighbour, step)
        return neighbour.mind.did(step) if done else neighbour.mind.missed(step)

    async def _do(self, neighbour: Neighbour, step: Step) -> bool:
        if step.words is not None:
            return await self._act(neighbour, "text", {"text": step.words})
        if step.press is not None:
            return await self._act(neighbour, "tap", {"message_id": step.message_id, "data": step.press.data})
        return await self._act(neighbour, "block", {})

    async def _act(self, neighbour: Neighbour, act: str, body: Json) -> bool:
        return await self._call("POST", f"/sim/people/{neighbour.person_id}/{act}", body) is not None

    async def _call(self, method: str, path: str, body: Json | None = None) -> Json | None:
        """Ask the control API; what it refuses is one person's bad luck and stops nobody else."""
        try:
            async with self._hands if "wait=" not in path else nullcontext():
                answer = await self._client.request(method, path, json=body)
            answer.raise_for_status()
        except httpx.HTTPError as error:
            LOG.info("a simulated person could not act: %s", error)
            return None
        found: Json = answer.json()
        return found


def _introduction(who: Name) -> Json:
    known = {"first_name": who.first, "last_name": who.last, "language_code": who.language}
    return {key: value for key, value in known.items() if value}


def _note(message: Json) -> Note | None:
    """Take from a message what matters to a simulated person."""
    if not message["from_bot"]:
        return None
    buttons = [button for row in message.get("buttons") or () for button in row]
    presses = tuple(Press(button["text"], button["data"]) for button in buttons if button.get("data"))
    return Note(int(message["message_id"]), presses, message["text"])

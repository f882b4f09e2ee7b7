"""`linli demo`: the rehearsal room and the bot beside it, on a fresh folder, with one address to open."""

import asyncio
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx
from rich.console import Console
from sqlmodel import Session

from bot import community
from bot.clock import SystemClock
from bot.commands.demo_bot import bot_beside
from bot.commands.failing import Failed
from bot.database import Database
from bot.migrating import migrate
from bot.neighbourhood import SAMPLE, Neighbourhood, load
from bot.neighbourhood.model import Area
from bot.sandbox import Sandbox, serve
from bot.sandbox.kept import held, keep_room, take_up_room
from bot.sandbox.page.rehearsal import Door, Place, Preset, Rehearsal
from bot.sandbox.page.routes import Street, neighbours_from, routes
from bot.sandbox.room import Room
from bot.sandbox.story import Cast, Story, StoryBroke
from bot.settling import settle
from points.counting import counted

INVITED_FOR_DAYS = 365
ROOM_FILE = "room.pickle"
KEEP_SECONDS = 5.0


@dataclass(frozen=True)
class Invitations:
    """The start payloads by which people with a role enter the demo."""

    coordinators: tuple[str, str]
    merchants: dict[str, str]


def demo(*, story: bool, keep: Path | None, port: int, people: int) -> int:
    """Run the demo until Ctrl-C, or its story until the end; give the exit code."""
    folder = (keep or Path(tempfile.mkdtemp(prefix="linli-demo-"))).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with held(folder):
            return asyncio.run(_demo(folder, story=story, port=port, people=people, kept=keep is not None))
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)


async def _demo(folder: Path, *, story: bool, port: int, people: int, kept: bool) -> int:
    neighbourhood = _neighbourhood(folder)
    database_url = f"sqlite:///{folder / 'linli.db'}"
    migrate(database_url, backup_folder=folder)
    async with Database(database_url) as database:
        invitations = await database.write(_invite, neighbourhood, SystemClock().now())
    rehearsal = _rehearsal(neighbourhood, invitations)
    street = Street(neighbours_from(rehearsal))
    sandbox = Sandbox(extra_routes=routes(rehearsal, street=street))
    left = take_up_room(sandbox.room, folder / ROOM_FILE) if kept else None
    async with (
        serve(sandbox, port=0 if story else port) as address,
        _keeping(sandbox.room, street, folder / ROOM_FILE) if kept else nullcontext(),
        bot_beside(folder, address, sandbox) as bot,
    ):
        if left is not None and left.neighbours is not None:
            street.take_up(address, left.neighbours)
        if story:
            return await _play(address, neighbourhood, invitations, database_url)
        return await _wait(address, street, 0 if sandbox.room.world.people else people, bot)


@asynccontextmanager
async def _keeping(room: Room, street: Street, file: Path) -> AsyncIterator[None]:
    """Write the room down now and then, for a kill, and at the end, when the bot has said its last."""
    task = asyncio.create_task(_keep_now_and_then(room, street, file))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        keep_room(room, file, neighbours=street.kept())


async def _keep_now_and_then(room: Room, street: Street, file: Path) -> None:
    kept = -1
    while True:
        if room.world.revision != kept:
            kept = room.world.revision
            keep_room(room, file, neighbours=street.kept())
        await asyncio.sleep(KEEP_SECONDS)


async def _wait(address: str, street: Street, people: int, bot: subprocess.Popen[bytes]) -> int:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    _tell(f"Linli is ready. Open {address}/ in a browser; Ctrl-C stops everything.")
    street.go_on()
    if people:
        street.move_in(address, people)
    while not stop.is_set():
        try:
            await asyncio.wait_for(stop.wait(), 1.0)
        except TimeoutError:
            if bot.poll() is not None:
                raise Failed(f"The bot stopped by itself with exit code {bot.returncode}.") from None
    await street.stop()
    return 0


async def _play(
    address: str, neighbourhood: Neighbourhood, invitations: Invitations, database_url: str
) -> int:
    async with httpx.AsyncClient(base_url=address, timeout=60, trust_env=False) as client:
        try:
            await Story(client, _cast(neighbourhood, invitations), _tell).play()
        except StoryBroke as broke:
            raise Failed(f"The story broke at {broke}") from broke
    books = await _verify(database_url)
    _tell(f"✓ {'ledger':<12} {books}")
    return 0


def _tell(line: str) -> None:
    """Print a line at once, also into a pipe or a file."""
    console = Console(soft_wrap=True, highlight=False)
    console.print(line, markup=False)
    console.file.flush()


async def _verify(database_url: str) -> str:
    from points import verify  # noqa: PLC0415 - the demo on a page never needs it

    async with Database(database_url) as database:
        found = await database.read(verify)
    if not found.sound:
        raise Failed(f"The books do not add up: {'; '.join(found.problems)}")
    return f"{counted(found.transfers, 'transfer')} verified, the sum over all accounts is zero"


def _neighbourhood(folder: Path) -> Neighbourhood:
    file = folder / "community.toml"
    if not file.exists():
        file.write_bytes(SAMPLE.read_bytes())
    return load(file)


def _invite(session: Session, neighbourhood: Neighbourhood, now: datetime) -> Invitations:
    settle(session, neighbourhood, now)

    def offer(role: community.Role, subject: str | None = None) -> str:
        made = community.invite(
            session, role=role, days=INVITED_FOR_DAYS, now=now, granted_by=None, subject=subject
        )
        return f"i_{made.code}"

    return Invitations(
        coordinators=(offer(community.Role.COORDINATOR), offer(community.Role.COORDINATOR)),
        merchants={one.code: offer(community.Role.MERCHANT, one.code) for one in neighbourhood.merchants},
    )


def _rehearsal(neighbourhood: Neighbourhood, invitations: Invitations) -> Rehearsal:
    parents = {area.parent for area in neighbourhood.areas}
    homes = [area for area in neighbourhood.areas if area.code not in parents]
    posters = tuple(Door(area.names, f"a_{area.code}") for area in homes)
    first, second = invitations.coordinators
    shops = [
        Preset(
            _role("爱心商家", "Merchant", one.names),
            _keeper(place),
            "zh" if place % 2 else "en",
            invitations.merchants[one.code],
        )
        for place, one in enumerate(neighbourhood.merchants)
    ]
    return Rehearsal(
        posters=posters,
        invitations=(),
        presets=(
            Preset({"zh": "应急值班员", "en": "Coordinator"}, "林静", "zh", first),
            *(
                Preset(_role("居民", "Resident", home.names), name, language, f"a_{home.code}")
                for home, name, language in _people(homes)
            ),
            *shops,
            Preset({"zh": "第二位值班员", "en": "Second coordinator"}, "Grace", "en", second),
        ),
        timezone=str(neighbourhood.zone),
        places=tuple(Place(area.names, *area.at) for area in homes if area.at),
    )


def _role(zh: str, en: str, of: Mapping[str, str]) -> Mapping[str, str]:
    """Say in both languages who somebody is, and where."""
    either = next(iter(of.values()))
    return {"zh": f"{zh} · {of.get('zh', either)}", "en": f"{en} · {of.get('en', either)}"}


def _keeper(place: int) -> str:
    return ("Old Zhou", "小吴", "Ms Tang", "老何")[place % 4]


def _people(homes: Sequence[Area]) -> list[tuple[Area, str, str]]:
    names = (("王小英", "zh"), ("Tom", "en"))
    return [(home, name, language) for home, (name, language) in zip(homes[2:], names, strict=False)]


def _cast(neighbourhood: Neighbourhood, invitations: Invitations) -> Cast:
    plan = neighbourhood.plans[0]
    reward = min(neighbourhood.rewards, key=lambda one: one.price)
    core = next(team for team in neighbourhood.teams if team.code == plan.teams[0])
    pays = next(one for one in neighbourhood.activities if one.code == "callout")
    parents = {area.parent for area in neighbourhood.areas}
    return Cast(
        posters=[f"a_{area.code}" for area in neighbourhood.areas if area.code not in parents],
        coordinator=invitations.coordinators[0],
        merchant=invitations.merchants[reward.merchant],
        team=f"{core.emoji} {core.names['en']}",
        plan=plan.code,
        reward=reward.names["en"],
        price=reward.price,
        award=pays.points,
    )

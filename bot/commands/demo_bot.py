"""The demo's bot: a process of its own, as a real one would be, started, waited for and ended."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.commands.failing import Failed
from bot.sandbox import Sandbox

READY_WITHIN = 60.0


@asynccontextmanager
async def bot_beside(folder: Path, address: str, sandbox: Sandbox) -> AsyncIterator[subprocess.Popen[bytes]]:
    """Run the bot on a folder until the end of the block, which begins when it listens.

    Raises:
        Failed: it did not start; with its own last words.
    """
    log = folder / "linli.log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LINLI_")}
    environment |= {
        "LINLI_BOT_TOKEN": sandbox.token,
        "LINLI_BOT_API_URL": address,
        "LINLI_DATABASE_URL": f"sqlite:///{folder / 'linli.db'}",
        "LINLI_COMMUNITY": str(folder / "community.toml"),
    }
    bot = await asyncio.to_thread(_start, folder, environment, log)
    try:
        await _until_it_listens(sandbox, bot, log)
        yield bot
    finally:
        bot.terminate()
        await asyncio.to_thread(_end, bot)


def _start(folder: Path, environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as written:
        return subprocess.Popen(
            [sys.executable, "-m", "bot.commands.attended"],
            env=environment,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=written,
            stderr=written,
            start_new_session=True,
        )


async def _until_it_listens(sandbox: Sandbox, bot: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(int(READY_WITHIN * 20)):
        if sandbox.room.statistics.calls["getUpdates"]:
            return
        if bot.poll() is not None:
            break
        await asyncio.sleep(0.05)
    raise Failed(f"The bot did not start: {await asyncio.to_thread(_last_line, log)}")


def _last_line(log: Path) -> str:
    lines = log.read_text("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def _end(bot: subprocess.Popen[bytes]) -> None:
    with bot:  # closes what it listens to, too
        try:
            bot.wait(10)
        except subprocess.TimeoutExpired:
            bot.kill()

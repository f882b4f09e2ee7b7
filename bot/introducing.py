"""The first words with Telegram: who are we, asked again while the line is down."""

import asyncio
from dataclasses import dataclass

import structlog
from telegram.error import Forbidden, InvalidToken, TelegramError
from telegram.ext import ExtBot

from bot.delivery import Lane

log = structlog.get_logger(__name__)

WRONG_TOKEN = "Telegram does not know this token: copy it again from @BotFather into LINLI_BOT_TOKEN."  # noqa: S105
FIRST_TRIES = (1, 2, 4, 8, 15, 30)


class CannotStartError(Exception):
    """The bot cannot run as it was set up; the text says what to do."""


@dataclass(frozen=True)
class Me:
    id: int
    username: str


async def introduce(bot: ExtBot[Lane]) -> Me:
    """Ask Telegram who we are, again and again while the line is down.

    Raises:
        CannotStartError: Telegram does not know the token.
    """
    for pause in (*FIRST_TRIES, None):
        try:
            await bot.initialize()
            return Me(bot.id, bot.username)
        except (InvalidToken, Forbidden):
            await bot.shutdown()
            raise CannotStartError(WRONG_TOKEN) from None
        except TelegramError as trouble:
            if pause is None:
                await bot.shutdown()
                raise CannotStartError(_no_answer(trouble)) from None
            log.warning("telegram.no_answer", trouble=str(trouble), again_in_seconds=pause)
            await asyncio.sleep(pause)
    raise AssertionError


def _no_answer(trouble: TelegramError) -> str:
    return (
        f"The Bot API server does not answer ({trouble}): check the network, LINLI_BOT_API_URL, "
        "or set LINLI_PROXY_URL where Telegram is not reachable."
    )

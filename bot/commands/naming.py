"""What the bot is called on Telegram, for links to it."""

from dataclasses import dataclass

import httpx
from sqlmodel import Session

from bot.remembered import BOT_ID, BOT_USERNAME, recall
from bot.settings import Settings

PATIENCE = 10.0  # seconds for the Bot API to answer


@dataclass(frozen=True)
class KnownBot:
    """The bot as its last start left it in the database."""

    bot_id: str | None
    username: str | None


def known_bot(session: Session) -> KnownBot:
    """Give what the last start remembered."""
    return KnownBot(recall(session, BOT_ID), recall(session, BOT_USERNAME))


def username(settings: Settings, known: KnownBot) -> str | None:
    """Give the bot's name: as its last start learnt it, unless the token is another bot's by now."""
    if settings.bot_token is None:
        return known.username
    token = settings.bot_token.get_secret_value()
    if known.username and token.partition(":")[0] == known.bot_id:
        return known.username
    return _asked_for(settings, token)


def _asked_for(settings: Settings, token: str) -> str | None:
    try:
        with httpx.Client(proxy=settings.proxy_url, timeout=PATIENCE) as client:
            answer = client.get(f"{settings.bot_api_url}/bot{token}/getMe").json()
        return str(answer["result"]["username"])
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return None

"""`linli poster`: a page for a door whose code opens the bot with that area filled in."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import typer
from sqlmodel import Session

from bot import community
from bot.chat.texts import Texts, texts
from bot.clock import SystemClock
from bot.commands.failing import Failed, say
from bot.commands.naming import KnownBot, known_bot, username
from bot.commands.opening import configured, in_database, working
from bot.neighbourhood import Neighbourhood, load
from bot.pictures import Poster, PosterSide, draw_poster
from bot.settling import settle_once

NAMELESS = (
    "The bot's name is not known yet, and a poster leads to it: start the bot once with linli run, "
    "or set LINLI_BOT_TOKEN where Telegram can be reached."
)


@dataclass(frozen=True)
class Hanging:
    """Where a poster hangs, as the names on the way down to it, and which bot it leads to."""

    way: tuple[Mapping[str, str], ...]
    bot: KnownBot


def write_poster(area_code: str, *, out: Path | None, env_file: Path | None) -> None:
    """Draw the poster of an area into a file, and print the file's name."""
    settings = configured(env_file).settings
    neighbourhood = load(settings.community)
    now = SystemClock().now()
    hanging = asyncio.run(in_database(settings, _look_up, neighbourhood, area_code=area_code, now=now))
    bot = username(settings, hanging.bot)
    if bot is None:
        raise Failed(NAMELESS)
    link = f"https://t.me/{bot}?start=a_{area_code}"
    file = out or Path(f"poster-{area_code}.pdf")
    with working("Drawing the poster"):
        file.write_bytes(draw_poster(_poster(neighbourhood, hanging, link)))
    typer.echo(file)
    say(f"The poster's code opens {link}")


def _look_up(session: Session, neighbourhood: Neighbourhood, *, area_code: str, now: datetime) -> Hanging:
    settle_once(session, neighbourhood, now)
    area = community.area_by_code(session, area_code)
    if area.retired:
        raise community.AreaRetired(area.area_id, area.names)
    below_community = community.trail(session, area.path)[1:]
    return Hanging(tuple(one.names for one in below_community), known_bot(session))


def _poster(neighbourhood: Neighbourhood, hanging: Hanging, link: str) -> Poster:
    sides = (_side(texts(language), neighbourhood, hanging) for language in neighbourhood.community.languages)
    return Poster(link=link, phone=neighbourhood.community.phone, sides=tuple(sides))


def _side(t: Texts, neighbourhood: Neighbourhood, hanging: Hanging) -> PosterSide:
    return PosterSide(
        neighbourhood=t.name(neighbourhood.community.names),
        area=" ".join(map(t.name, hanging.way)),
        scan=t("poster.scan"),
        by_hand=t("poster.by_hand"),
        purposes=(t("poster.purpose_called"), t("poster.purpose_points"), t("poster.purpose_trust")),
        operated=t("poster.operated", operator=t.name(neighbourhood.community.operators)),
        danger=t("poster.danger"),
        fire=t("poster.fire"),
        ambulance=t("poster.ambulance"),
        police=t("poster.police"),
    )

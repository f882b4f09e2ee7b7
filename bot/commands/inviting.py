"""`linli invite`: a one-time link that gives a role."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import typer
from sqlmodel import Session

from bot import community
from bot.clock import SystemClock
from bot.commands.failing import Failed, say
from bot.commands.naming import KnownBot, known_bot, username
from bot.commands.opening import configured, in_database
from bot.neighbourhood import Neighbourhood, load
from bot.settling import settle_once


@dataclass(frozen=True)
class Invited:
    invitation: community.InvitationView
    bot: KnownBot


def print_invitation(
    role: str, *, area_code: str | None, subject: str | None, days: int, env_file: Path | None
) -> None:
    """Make the invitation, and print its link alone on standard output."""
    settings = configured(env_file).settings
    neighbourhood = load(settings.community)
    wanted = community.Role(role)
    if wanted is community.Role.MERCHANT and subject:
        _check_merchant(neighbourhood, subject)
    invited = asyncio.run(
        in_database(
            settings,
            _invite,
            neighbourhood=neighbourhood,
            role=wanted,
            area_code=area_code,
            subject=subject,
            days=days,
            now=SystemClock().now(),
        )
    )
    _print(invited.invitation, username(settings, invited.bot), neighbourhood)


def _check_merchant(neighbourhood: Neighbourhood, code: str) -> None:
    known = [merchant.code for merchant in neighbourhood.merchants]
    if code not in known:
        raise Failed(f'No reward names a merchant "{code}"; there are: {", ".join(known) or "none yet"}.')


def _invite(
    session: Session,
    *,
    neighbourhood: Neighbourhood,
    role: community.Role,
    area_code: str | None,
    subject: str | None,
    days: int,
    now: datetime,
) -> Invited:
    settle_once(session, neighbourhood, now)
    invitation = community.invite(
        session, role=role, area_code=area_code, subject=subject, days=days, granted_by=None, now=now
    )
    return Invited(invitation, known_bot(session))


def _print(made: community.InvitationView, bot: str | None, neighbourhood: Neighbourhood) -> None:
    payload = f"i_{made.code}"
    if bot:
        typer.echo(f"https://t.me/{bot}?start={payload}")
    else:
        typer.echo(f"/start {payload}")
        say("The bot's name is not known before its first start: send this line to the bot as a message.")
    until = made.expires_at.astimezone(neighbourhood.zone)
    place = " / ".join(dict.fromkeys(made.area_names.values()))
    of = f" of {made.subject}" if made.subject else ""
    say(f"{made.role.value}{of} in {place}; for one person, until {until:%Y-%m-%d %H:%M}.")

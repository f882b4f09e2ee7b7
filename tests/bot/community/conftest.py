"""The rules of the community, tried in the willow bank neighbourhood."""

from collections.abc import Callable

import pytest
from sqlmodel import Session
from willow_bank import AREAS, BOT, NOW, TEAMS

from bot.community import Joined, area_by_code, choose_team, join, synchronise

JoinAs = Callable[..., Joined]


@pytest.fixture
def town(session: Session) -> Session:
    """Give the session with the neighbourhood's areas and teams in place."""
    synchronise(session, areas=AREAS, teams=TEAMS, now=NOW)
    return session


@pytest.fixture
def join_as(town: Session) -> JoinAs:
    """Give a function by which somebody of this name joins, in an area and in teams if told."""

    def join_(name: str, area: str | None = None, *teams: str, chat: int | None = None) -> Joined:
        joined = join(
            town,
            bot_id=BOT,
            chat_id=chat or 10_000_000_000 + sum(map(ord, name)),
            name=name,
            language="en",
            area_id=None if area is None else area_by_code(town, area).area_id,
            now=NOW,
        )
        for team in teams:
            choose_team(town, resident_id=joined.resident_id, team_code=team, now=NOW)
        return joined

    return join_

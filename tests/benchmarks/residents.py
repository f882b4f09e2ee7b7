"""A database full of residents, written directly: joining ten thousand by hand is another benchmark."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert
from sqlmodel import Session, select

from bot.community.models import Area, ChatLink, Household, Membership, Resident, Role, RoleGrant, Team
from bot.database import writing_engine
from bot.migrating import migrate
from bot.neighbourhood import SAMPLE, load
from bot.settling import settle
from tests.benchmarks.room import BOT_ID

TEAM = "core"


def settled(folder: Path, people: list[int], *, volunteers: int) -> str:
    """Make a database in which these people live; the first coordinates, the next are volunteers."""
    url = f"sqlite:///{folder / 'linli.db'}"
    migrate(url, backup_folder=None)
    engine = writing_engine(url)
    with Session(engine) as session:
        now = datetime.now(UTC)
        settle(session, load(SAMPLE), now)
        _write(session, people, now)
        session.execute(insert(Membership), _memberships(session, range(2, volunteers + 2), now))
        root = session.exec(select(Area.id).where(Area.depth == 0)).one()
        session.add(RoleGrant(role=Role.COORDINATOR, area_id=root, resident_id=1, at=now))
        session.commit()
    engine.dispose()
    return url


def _write(session: Session, people: list[int], now: datetime) -> None:
    area = session.exec(select(Area.id).where(Area.code == "b1")).one()
    numbers = range(1, len(people) + 1)
    session.execute(insert(Household), [{"id": number, "area_id": area} for number in numbers])
    session.execute(insert(Resident), [_resident(number, area, now) for number in numbers])
    links = [
        {"bot_id": BOT_ID, "chat_id": chat_id, "resident_id": number}
        for number, chat_id in zip(numbers, people, strict=True)
    ]
    session.execute(insert(ChatLink), links)


def _resident(number: int, area: int | None, now: datetime) -> dict[str, object]:
    return {
        "id": number,
        "short_code": f"{number:05d}",
        "name": f"Resident {number}",
        "name_key": f"resident {number}",
        "language": "en",
        "area_id": area,
        "household_id": number,
        "consent_at": now,
    }


def _memberships(session: Session, residents: range, now: datetime) -> list[dict[str, object]]:
    team = session.exec(select(Team.id).where(Team.code == TEAM)).one()
    return [{"team_id": team, "resident_id": number, "since": now} for number in residents]

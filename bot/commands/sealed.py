"""The seals checked in a process of its own: it imports little, as it starts while somebody waits."""

from sqlmodel import Session

from bot.database import reading_engine
from points import check_seals


def check_seals_of(url: str) -> tuple[str, ...]:
    """Say what the seals of a database of this version do not bear out."""
    engine = reading_engine(url, connections=1)
    try:
        with engine.connect() as connection, Session(connection) as session:
            return check_seals(session)
    finally:
        engine.dispose()

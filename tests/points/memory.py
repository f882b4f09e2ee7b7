"""Books in memory for stories of many steps, on the transactions that the house uses."""

from sqlalchemy import create_engine, event
from sqlalchemy.pool import StaticPool
from sqlmodel import Session, SQLModel


def books_in_memory() -> Session:
    """Open empty books on SQLite; disposing of the session's engine forgets them."""
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"isolation_level": None})
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    SQLModel.metadata.create_all(engine)
    return Session(engine, expire_on_commit=False)

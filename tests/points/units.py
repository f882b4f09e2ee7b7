"""Many units of work side by side on real databases, each going again as the house lets it."""

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from bot.database import writing_engine
from points import verify
from points.errors import PointsError

ON_POSTGRESQL = ["READ COMMITTED", "SERIALIZABLE"]
ON_BOTH = ["sqlite", *ON_POSTGRESQL]
TRY_AGAIN = {"40001", "40P01"}  # serialisation failure, deadlock

Act = Callable[[Session], Any]


def opened(request: pytest.FixtureRequest, *, connections: int) -> Engine:
    """Open an empty database of the kind that a fixture's parameter names."""
    if request.param == "sqlite":
        return writing_engine(request.getfixturevalue("sqlite_tables_url"), connections=connections)
    url = request.getfixturevalue("postgres_tables_url").replace("postgresql://", "postgresql+psycopg://")
    return create_engine(url, pool_size=connections, isolation_level=request.param)


def unit(engine: Engine, act: Act) -> Any:
    """Run one unit of work as the house does: again after a serialisation failure or a deadlock."""
    while True:
        try:
            with Session(engine) as session:
                done = act(session)
                session.commit()
                return done
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) not in TRY_AGAIN:
                raise


def tried(engine: Engine, act: Act) -> str:
    """Run one unit of work, and say how it went: the refusal's name, its own word, or that it is done."""
    try:
        done = unit(engine, act)
    except PointsError as error:
        return type(error).__name__
    return done if isinstance(done, str) else "done"


def all_at_once(engine: Engine, acts: Iterable[Act], *, threads: int) -> Counter[str]:
    """Say how often it went well, and how often which refusal came."""
    with ThreadPoolExecutor(threads) as side_by_side:
        return Counter(side_by_side.map(partial(tried, engine), acts))


def sound(engine: Engine) -> bool:
    with Session(engine) as session:
        return verify(session).problems == ()

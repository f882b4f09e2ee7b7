"""Everything the ledger does, in any order, on both databases, beside a model: the laws hold at each step."""

from collections.abc import Iterator
from functools import partial

import pytest
from ledger_acts import Act, Acts, Said, name_of, open_accounts
from ledger_story import STEPS, LedgerStory, tell
from sqlalchemy import Engine
from sqlmodel import Session

from bot.database import writing_engine
from points import verify
from points.errors import PointsError


class Story(LedgerStory):
    """One story in one transaction, each step a unit of work with a savepoint; nothing of it stays."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.connection = engine.connect()
        self.transaction = self.connection.begin()
        self.session = Session(
            self.connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )
        self.acts = Acts(open_accounts(self.session))

    def teardown(self) -> None:
        try:
            assert verify(self.session).problems == ()
        finally:
            self.session.close()
            self.transaction.rollback()
            self.connection.close()

    def unit(self, act: Act) -> Said:
        try:
            with self.session.begin_nested():
                return act.asked(self.session)
        except PointsError as error:
            return name_of(error)


@pytest.fixture
def engine(tables_url: str) -> Iterator[Engine]:
    engine = writing_engine(tables_url)
    yield engine
    engine.dispose()


@pytest.mark.timeout(0)
def test_any_story_of_the_ledger_keeps_the_laws(engine: Engine) -> None:
    """Tell a tenth of the steps on PostgreSQL, which takes ten times as long for each."""
    steps = STEPS if engine.dialect.name == "sqlite" else STEPS // 10
    tell(partial(Story, engine), steps=steps, at_a_time=40, shrinking=True)

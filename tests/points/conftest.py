import pytest
from points_town import Town, settle
from sqlmodel import Session


@pytest.fixture
def town(session: Session) -> Town:
    return settle(session)

"""The rules of call-outs, tried in a street with two grids, a coordinator in each and some volunteers."""

import pytest
from callout_street import Street
from sqlmodel import Session


@pytest.fixture
def street(session: Session) -> Street:
    """Give a street with its areas, teams, plans and the rule that call-outs pay by."""
    return Street(session)

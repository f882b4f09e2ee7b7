"""The audit log's line for each act of a coordinator on a call-out."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from bot.callouts.models import CallOut
from bot.callouts.views import number
from bot.community import record


def record_act(
    session: Session,
    callout: CallOut,
    *,
    actor: int | None,
    act: str,
    now: datetime,
    more: Mapping[str, int | bool] | None = None,
) -> None:
    """Write into the audit log who did what with this call-out."""
    facts = {"callout": number(callout), "level": callout.level.value, "exercise": callout.exercise}
    record(session, actor=actor, act=act, area_id=callout.area_id, facts={**facts, **(more or {})}, now=now)

"""Call-outs as others see them: rows read, states checked, the ones that are open."""

from collections.abc import Iterable

from sqlalchemy import bindparam
from sqlmodel import Session, and_, col, or_, select

from bot.callouts.errors import Closed, UnknownCallOut
from bot.callouts.events import CallOutView
from bot.callouts.models import CallOut, Plan
from bot.callouts.states import CallOutState
from bot.community import Act, Grant, allows, area, path_range

_PLAN = select(Plan).where(Plan.code == bindparam("code"))


def callout(session: Session, callout_id: int) -> CallOutView:
    """Give one call-out.

    Raises:
        UnknownCallOut: there is none with this number.
    """
    return view(session, row(session, callout_id))


def open_callouts(session: Session, *, area_path: str) -> tuple[CallOutView, ...]:
    """Give the open call-outs that touch this area: in it, below it or around it; the latest first."""
    path, (low, high) = col(CallOut.area_path), path_range(area_path)
    touching = or_(path.in_(_path_and_above(area_path)), and_(path >= low, path < high))
    found = (
        select(CallOut).where(CallOut.state == CallOutState.OPEN, touching).order_by(col(CallOut.id).desc())
    )
    return tuple(view(session, one) for one in session.exec(found))


def may_watch(grants: Iterable[Grant], seen: CallOutView) -> bool:
    """Tell whether one of these roles may watch a call-out: in its area, or as lead of a team it calls."""
    held = tuple(grants)
    return allows(held, Act.SEE_BOARD, seen.area_path) or any(
        allows(held, Act.SEE_TEAM_BOARD, seen.area_path, team) for team in seen.team_codes
    )


def row(session: Session, callout_id: int) -> CallOut:
    """Read a call-out's row afresh, as other units may have changed it.

    Raises:
        UnknownCallOut: there is none with this number.
    """
    found = session.get(CallOut, callout_id, populate_existing=True)
    if found is None:
        raise UnknownCallOut(callout_id)
    return found


def closed(callout: CallOut) -> Closed:
    """Give the error that says this call-out is over."""
    return Closed(callout_id=number(callout), level=callout.level, exercise=callout.exercise)


def number(callout: CallOut) -> int:
    """Give the number of a call-out that is stored."""
    if callout.id is None:
        raise ValueError("a call-out that was not stored yet")
    return callout.id


def view(session: Session, callout: CallOut) -> CallOutView:
    """Turn a row into what may leave the unit of work."""
    plan = session.scalar(_PLAN, {"code": callout.plan_code})
    return CallOutView(
        callout_id=number(callout),
        state=callout.state,
        level=callout.level,
        exercise=callout.exercise,
        plan_code=callout.plan_code,
        plan_version=callout.plan_version,
        plan_emoji=plan.emoji if plan else None,
        plan_names=dict(plan.names) if plan else {},
        texts=dict(callout.texts),
        team_codes=tuple(callout.team_codes),
        area_id=callout.area_id,
        area_path=callout.area_path,
        area_names=area(session, callout.area_id).names,
        place=callout.place,
        needed=callout.needed,
        people=callout.people,
        created_by=callout.created_by,
        created_at=callout.created_at,
        opened_at=callout.opened_at,
        closed_at=callout.closed_at,
        review_open=callout.review_open,
    )


def _path_and_above(path: str) -> list[str]:
    codes = path.rstrip("/").split("/")
    return ["/".join(codes[:depth]) + "/" for depth in range(1, len(codes) + 1)]

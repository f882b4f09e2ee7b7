"""What is kept of a person's deeds, handed out or erased when they ask (law 11)."""

from datetime import datetime
from typing import Any

from sqlalchemy import case, or_, select, update
from sqlmodel import Session

from points.deeds.models import DeedState, deeds
from points.deeds.views import OPEN

_KEPT = (
    *("origin", "activity", "minutes", "units", "worth", "at", "note", "photo", "likeness", "lat", "lon"),
    *("state", "flags", "question", "answer", "why", "reason", "verified_at", "decided_at", "listed_until"),
    *("doubt", "objection", "paid", "paid_at"),
)
_FINAL = (DeedState.PAID, DeedState.REJECTED)


def exported_deeds(session: Session, resident_id: int) -> dict[str, Any]:
    """Give what somebody claimed or was awarded, and what they said about others' deeds, ready for JSON."""
    mine = select(*(deeds.c[name] for name in _KEPT)).where(deeds.c.resident == resident_id)
    asked = select(deeds.c.question).where(deeds.c.asked_by == resident_id, deeds.c.question.is_not(None))
    rejected = select(deeds.c.reason).where(deeds.c.decided_by == resident_id, deeds.c.reason.is_not(None))
    objected = select(deeds.c.objected_at, deeds.c.doubt, deeds.c.objection)
    return {
        "mine": [_plain(row) for row in session.execute(mine.order_by(deeds.c.id)).mappings()],
        "questions": list(session.execute(asked.order_by(deeds.c.id)).scalars()),
        "reasons": list(session.execute(rejected.order_by(deeds.c.id)).scalars()),
        "objections": [
            _plain(row) for row in session.execute(objected.where(deeds.c.objector == resident_id)).mappings()
        ],
    }


def forget_deeds(session: Session, *, resident_id: int) -> tuple[int, ...]:
    """Take a person out of all deeds; give those of theirs that were open and nobody decides on any more."""
    mine, final = deeds.c.resident == resident_id, deeds.c.state.in_(_FINAL)
    open_ = select(deeds.c.id).where(mine, ~final).order_by(deeds.c.id)
    ended = tuple(session.execute(open_).scalars())
    nothing = dict.fromkeys(
        ("resident", "household", "note", "photo", "likeness", "lat", "lon", "question", "answer", "reason"),
        None,
    )
    objections = dict.fromkeys(("objection", "doubt", "objector"), None)
    state = case((final, deeds.c.state), else_=DeedState.WITHDRAWN.value)
    session.execute(update(deeds).where(mine).values(**nothing, objection=None, kin=[], state=state))
    session.execute(update(deeds).where(deeds.c.objector == resident_id).values(**objections))
    _as_verifier(session, resident_id)
    session.expire_all()
    return ended


def objections_of(session: Session, resident_id: int) -> tuple[int, ...]:
    """Give the deeds to which somebody objects and that nobody decided on yet."""
    theirs = deeds.c.objector == resident_id, deeds.c.state == DeedState.OBJECTED
    return tuple(session.execute(select(deeds.c.id).where(*theirs).order_by(deeds.c.id)).scalars())


def reopen_deeds(session: Session, *, verifier_id: int) -> tuple[int, ...]:
    """Undo what a verifier who is to be forgotten left half done, and give those deeds: others begin anew."""
    asking = (deeds.c.asked_by == verifier_id) & (deeds.c.state == DeedState.ASKED)
    agreed = (deeds.c.verifier == verifier_id) & deeds.c.state.in_(OPEN)
    nothing = {"question": None, "answer": None, "asked_by": None, "state": DeedState.CLAIMED}
    changed = session.execute(select(deeds.c.id).where(asking | agreed).order_by(deeds.c.id)).scalars().all()
    begun = update(deeds).where(deeds.c.id.in_(changed))
    session.execute(begun.values(round=deeds.c.round + 1))
    session.execute(update(deeds).where(asking).values(**nothing))
    session.execute(update(deeds).where(agreed).values(verifier=None, verified_at=None))
    session.expire_all()
    return tuple(changed)


def _as_verifier(session: Session, resident_id: int) -> None:
    """That somebody decided stays, as in the log of acts; what they typed and their number go."""
    asked = update(deeds).where(deeds.c.asked_by == resident_id)
    session.execute(asked.values(asked_by=None, question=None))
    said = or_(deeds.c.decided_by == resident_id, deeds.c.verifier == resident_id)
    decided = update(deeds).where(said)
    session.execute(
        decided.values(
            reason=case((deeds.c.decided_by == resident_id, None), else_=deeds.c.reason),
            decided_by=case((deeds.c.decided_by == resident_id, None), else_=deeds.c.decided_by),
            verifier=case((deeds.c.verifier == resident_id, None), else_=deeds.c.verifier),
        )
    )


def _plain(row: Any) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in row.items()
        if value is not None
    }
